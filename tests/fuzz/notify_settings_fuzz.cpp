// Settings and secrets of channels, as people give them: refused with a field, or good for a
// message that keeps its form. The first byte chooses the kind.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/channel_kinds.h"
#include "base/crypto.h"
#include "base/ensure.h"
#include "base/json.h"
#include "notify/channel.h"

namespace {

using namespace understudy;

constexpr const char* kPayload =
    R"({"type":"test","timestamp":"2026-11-21T05:00:00.000Z","data":{"reason":"x"}})";

void check_mail(const MailRequest& request) {
    ensure(!request.recipients.empty());
    for (const std::string& recipient : request.recipients) {
        ensure(recipient.find_first_of("\r\n <>") == std::string::npos);
        ensure(recipient.find('@') != std::string::npos);
    }
    ensure(request.sender.find_first_of("\r\n <>") == std::string::npos);
    const std::string& text = request.message;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\n') ensure(at > 0 && text[at - 1] == '\r');
        if (text[at] == '\r') ensure(at + 1 < text.size() && text[at + 1] == '\n');
    }
    ensure(text.find("\r\nBcc") == std::string::npos);
}

// Of a service: JSON, and nothing of ours has become a line of its own.
void check_service(const HttpRequest& request) {
    ensure(json::Document::parse(request.body).ok());
    ensure(request.url.find_first_of("\r\n ") == std::string::npos);
    for (const Header& header : request.headers)
        ensure(header.value.find_first_of("\r\n") == std::string::npos);
}

void check_request(const HttpRequest& request) {
    ensure(request.url.starts_with("http") || request.url.starts_with("HTTP") ||
           request.url.find("://") != std::string::npos);
    ensure(request.url.find_first_of("\r\n @") == std::string::npos ||
           request.url.find('@') > request.url.find('/', request.url.find("://") + 3) ||
           request.url.find('@') > request.url.find('?'));
    ensure(request.body == kPayload);
    for (const Header& header : request.headers) {
        ensure(header.value.find_first_of("\r\n") == std::string::npos);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool ready = [] {
        initialise_crypto();
        return true;
    }();
    if (!ready || size == 0) return 0;
    const std::string text{reinterpret_cast<const char*>(data) + 1, size - 1};
    const bool webhook = data[0] % 2 == 0;
    // The upper half of the first bytes is for the kinds that came later.
    const bool later_kind = data[0] >= 128;
    const auto kinds = channel_kinds();
    const std::string kind{later_kind ? kinds[data[0] % kinds.size()].name
                           : webhook  ? "webhook"
                                      : "email"};
    MailSettings mail;
    mail.server.ehlo_name = "ctl.example.org";
    mail.from = data[0] % 4 == 1 ? text : "Understudy <understudy@example.org>";
    const std::string settings = data[0] % 4 == 1 ? R"({"to":["ops@example.org"]})" : text;
    const auto driver = make_channel_driver(kind, settings, Secret{text}, mail, data[0] % 8 < 4,
                                            {{"sms", {{"/bin/true"}}}});
    if (!driver) {
        ensure(!driver.error().field.empty());
        return 0;
    }
    Message message;
    message.id = "msg_x_1";
    message.payload = kPayload;
    message.incident = text;
    const auto dispatch = (*driver)->compose(message, WallTime{});
    ensure(dispatch.ok());
    if (const auto* request = std::get_if<HttpRequest>(&*dispatch))
        kind == "webhook" ? check_request(*request) : check_service(*request);
    if (const auto* request = std::get_if<MailRequest>(&*dispatch)) check_mail(*request);
    return 0;
}
