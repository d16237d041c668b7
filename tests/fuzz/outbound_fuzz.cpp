// What comes back to the controller from outside but from DNS services: 'c' what a shield's
// certificate says, 'w' a webhook receiver's answer, else what a mail server says: lines, of which
// a '>' in front tells that they are ours. Whatever it is, the outcome is one to act on, and no
// password comes back in it.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/ensure.h"
#include "base/utf8.h"
#include "controller/runtime/outbound/mail_dialogue.h"
#include "controller/runtime/probes/shown_certificate.h"
#include "notify/channel.h"

using namespace understudy;

namespace {

constexpr std::string_view kPassword = "correct horse battery staple";
constexpr std::size_t kTextLimit = 4'000;

void check(std::string_view text) {
    ensure(text.size() <= kTextLimit);
    ensure(valid_utf8(text) == text);
    ensure(text.find(kPassword) == std::string_view::npos);
}

void check(const Delivery& delivery) {
    if (const auto* done = std::get_if<Delivered>(&delivery)) check(done->note);
    if (const auto* given_up = std::get_if<GiveUp>(&delivery)) check(given_up->error);
    const auto* later = std::get_if<TryLater>(&delivery);
    if (later == nullptr) return;
    check(later->error);
    ensure(!later->retry_after || later->retry_after->count() >= 0);
}

MailServer mail_server() {
    MailServer server;
    server.ehlo_name = "ctl.example.org";
    server.username = "understudy";
    server.password = Secret{std::string{kPassword}};
    return server;
}

const ChannelDriver& channel(const char* kind, const char* settings, const char* secrets) {
    static std::map<std::string, std::unique_ptr<ChannelDriver>> drivers;
    auto& place = drivers[kind];
    if (place) return *place;
    initialise_crypto();
    auto made = make_channel_driver(kind, settings, Secret{secrets},
                                    MailSettings{mail_server(), "a@example.org"}, true);
    ensure(made.ok());
    place = *std::move(made);
    return *place;
}

void read_mail(std::string_view text) {
    MailRequest request;
    request.server = mail_server();
    request.recipients = {"a@example.org", "b@example.org"};
    MailDialogue dialogue{request};
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.starts_with('>')) {
            dialogue.sent(line.substr(1));
        } else {
            dialogue.received(line);
        }
    }
    const auto& driver = channel("email", R"({"to":["a@example.org","b@example.org"]})", "");
    for (const bool taken : {true, false}) {
        const MailAnswer answer = dialogue.outcome(taken, "the connection was lost");
        check(answer.message);
        ensure(answer.refused.size() <= request.recipients.size());
        for (const RefusedRecipient& each : answer.refused) {
            ensure(each.reply.refuses());
            check(each.reply.text);
        }
        check(driver.read(answer));
    }
}

// Status, headers to an empty line, body.
void read_webhook(std::string_view text) {
    // It is never told the mail server's password: a receiver that says it has guessed.
    if (text.find(kPassword) != std::string_view::npos) return;
    HttpResponse response;
    for (int i = 0; i < 3 && !text.empty(); ++i, text.remove_prefix(1))
        response.status = response.status * 10 + (text.front() & 7);
    for (;;) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) break;
        response.headers.push_back(
            {std::string{line.substr(0, colon)}, std::string{line.substr(colon + 1)}});
    }
    response.body = text;
    const auto& driver = channel(
        "webhook", R"({"origin":"https://hooks.example.org"})",
        R"({"url":"https://hooks.example.org/x","secret":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="})");
    const WallTime now{Duration{1'795'226'922'000}};
    check(driver.read(HttpAnswer{response}, now));
    const auto& discord =
        channel("discord", "{}", R"({"url":"https://discord.com/api/webhooks/1/x"})");
    check(discord.read(HttpAnswer{response}, now));
    const auto& telegram = channel("telegram", R"({"chat":"1"})", R"({"credential":"1:abcdefgh"})");
    check(telegram.read(HttpAnswer{response}, now));
}

void read_certificate(std::string_view text) {
    const std::string end = rfc3339_of_openssl(text);
    ensure(end.empty() || parse_rfc3339(end) || end.size() != 24);
    const WallTime now{Duration{1'795'226'922'000}};
    const std::string misfit = certificate_misfit({}, end, text, "www.example.org", now);
    if (end.empty() && text.starts_with("DNS:www.example.org,")) ensure(misfit.empty());
    const std::string serial = serial_digits(text);
    ensure(serial.size() <= 40);
    ensure(serial.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (text.starts_with('c')) {
        read_certificate(text.substr(1));
    } else if (text.starts_with('w')) {
        read_webhook(text.substr(1));
    } else {
        read_mail(text);
    }
    return 0;
}
