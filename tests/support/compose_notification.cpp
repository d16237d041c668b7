// Prints what a channel would send, for tests that read it with other people's libraries:
//
//   compose_notification webhook <payload file> <unix ms>   the request as JSON: url, headers, body
//   compose_notification email <payload file> <unix ms>     the message as it goes to the SMTP
//   server
//
// The secret and addresses are fixed and known to tests/integration/test_notify_formats.py.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/crypto.h"
#include "base/json.h"
#include "notify/channel.h"

namespace understudy {
namespace {

constexpr const char* kSecrets =
    R"({"url":"https://hooks.example.org/x","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw)"
    R"( whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="})";
constexpr const char* kRecipients = R"({"to":["ops@example.org","second@example.org"]})";

std::string request_as_json(const HttpRequest& request) {
    json::Writer out;
    out.begin_object().field("method", request.method).field("url", request.url);
    out.key("headers").begin_object();
    for (const Header& header : request.headers)
        out.field(header.name, header.value);
    out.end_object().field("body", request.body).end_object();
    return out.take() + "\n";
}

Result<std::string> compose(const std::string& kind, const std::string& payload, WallTime now) {
    MailSettings mail;
    mail.server.ehlo_name = "ctl-1.example.org";
    mail.from = "B\xc3\xbchne, \"Understudy\" <understudy@example.org>";
    auto driver = make_channel_driver(kind, kRecipients, Secret{kSecrets}, mail, false);
    if (!driver) return driver.error();
    Message message;
    message.id = "msg_c0ffee_77";
    message.payload = payload;
    message.incident = "c0ffee-41";
    auto dispatch = (*driver)->compose(message, now);
    if (!dispatch) return dispatch.error();
    if (const auto* request = std::get_if<HttpRequest>(&*dispatch))
        return request_as_json(*request);
    return std::get<MailRequest>(*dispatch).message;
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: compose_notification email|webhook <payload file> <unix ms>\n";
        return 2;
    }
    understudy::initialise_crypto();
    std::ifstream file{argv[2], std::ios::binary};
    std::stringstream payload;
    payload << file.rdbuf();
    const understudy::WallTime now{understudy::Duration{std::strtoll(argv[3], nullptr, 10)}};
    const auto text = understudy::compose(argv[1], payload.str(), now);
    if (!text) {
        std::cerr << text.error().text() << "\n";
        return 1;
    }
    std::cout << *text;
    return std::cout.good() ? 0 : 1;
}
