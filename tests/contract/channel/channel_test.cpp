// What the dispatcher relies on, whatever the channel: made by make_channel_driver() as in
// production.
#include "notify/channel.h"

#include <doctest/doctest.h>

#include <set>

#include "base/channel_kinds.h"
#include "schema/notice.h"

namespace understudy {
namespace {

const WallTime kNow = *parse_rfc3339("2026-11-21T02:10:00Z");

MailSettings mail() {
    MailSettings settings;
    settings.server.host = "mail.example.org";
    settings.server.ehlo_name = "ctl-1.example.org";
    settings.server.username = "understudy";
    settings.server.password = Secret{"hunter2-mail"};
    settings.from = "Understudy <understudy@example.org>";
    return settings;
}

const Programs& programs() {
    static const Programs all{{"sms", {{"/usr/local/bin/send-sms", "--to", "+49123"}}}};
    return all;
}

struct EmailKind {
    static constexpr const char* kKind = "email";
    static constexpr const char* kSettings = R"({"to":["ops@example.org"]})";
    static constexpr const char* kSecrets = "";
    static constexpr const char* kWrongSettings = R"({"to":["hunter2 @example.org"]})";
    static constexpr const char* kWrongSecrets = "";

    static std::string id_of(const Dispatch& dispatch) {
        const std::string& text = std::get<MailRequest>(dispatch).message;
        const auto at = text.find("Message-ID: ");
        REQUIRE(at != std::string::npos);
        return text.substr(at, text.find("\r\n", at) - at);
    }
    static std::string content_of(const Dispatch& dispatch) {
        const auto& mail_request = std::get<MailRequest>(dispatch);
        REQUIRE(mail_request.recipients == std::vector<std::string>{"ops@example.org"});
        return mail_request.message;
    }
    static Delivery read(const ChannelDriver& driver, int code) {
        return driver.read(MailAnswer{code, "hello"});
    }
    static Delivery read_foreign(const ChannelDriver& driver) {
        return driver.read(HttpAnswer{HttpResponse{200, {}, ""}}, kNow);
    }
    static Delivery read_nothing(const ChannelDriver& driver) {
        return driver.read(MailAnswer{0, "could not connect"});
    }
    static constexpr int kTaken = 250;
    static constexpr int kBusy = 451;
    static constexpr int kNever = 550;
};

struct WebhookKind {
    static constexpr const char* kKind = "webhook";
    static constexpr const char* kSettings = R"({"origin":"https://hooks.example.org"})";
    static constexpr const char* kSecrets =
        R"({"url":"https://hooks.example.org/hunter2","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})";
    static constexpr const char* kWrongSettings = kSettings;
    static constexpr const char* kWrongSecrets =
        R"({"url":"http://hooks.example.org/hunter2","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})";

    static std::string id_of(const Dispatch& dispatch) {
        for (const Header& header : std::get<HttpRequest>(dispatch).headers) {
            if (header.name == "webhook-id") return header.value;
        }
        return {};
    }
    static std::string content_of(const Dispatch& dispatch) {
        return std::get<HttpRequest>(dispatch).body;
    }
    static Delivery read(const ChannelDriver& driver, int code) {
        return driver.read(HttpAnswer{HttpResponse{code, {}, "hello"}}, kNow);
    }
    static Delivery read_foreign(const ChannelDriver& driver) {
        return driver.read(MailAnswer{250, "ok"});
    }
    static Delivery read_nothing(const ChannelDriver& driver) {
        return driver.read(HttpAnswer{TransportFailure{false, "could not connect"}}, kNow);
    }
    static constexpr int kTaken = 204;
    static constexpr int kBusy = 503;
    static constexpr int kNever = 410;
};

// Over HTTP, with an answer that is the same for all services.
struct PostedKind {
    static constexpr const char* kSettings = "{}";
    static constexpr const char* kWrongSettings = "{}";
    static constexpr const char* kWrongSecrets = R"({"url":"http://hooks.example.org/hunter2"})";

    // In what reads it: the text, without what keeps names from being markup.
    static std::string content_of(const Dispatch& dispatch) {
        const auto& request = std::get<HttpRequest>(dispatch);
        std::string text = request.url + "\n" + request.body;
        std::erase(text, '\\');
        return text;
    }
    static std::string id_of(const Dispatch& dispatch) {
        const std::string text = content_of(dispatch);
        const auto at = text.find("msg_");
        REQUIRE(at != std::string::npos);
        return text.substr(at, std::string{"msg_c0ffee_77"}.size());
    }
    static Delivery read(const ChannelDriver& driver, int code) {
        return driver.read(HttpAnswer{HttpResponse{code, {}, "hello"}}, kNow);
    }
    static Delivery read_foreign(const ChannelDriver& driver) {
        return driver.read(MailAnswer{250, "ok"});
    }
    static Delivery read_nothing(const ChannelDriver& driver) {
        return driver.read(HttpAnswer{TransportFailure{false, "could not connect"}}, kNow);
    }
    static constexpr int kTaken = 200;
    static constexpr int kBusy = 429;
    static constexpr int kNever = 400;
};

struct SlackKind : PostedKind {
    static constexpr const char* kKind = "slack";
    static constexpr const char* kSecrets = R"({"url":"https://hooks.slack.com/services/T0/x"})";
};
struct DiscordKind : PostedKind {
    static constexpr const char* kKind = "discord";
    static constexpr const char* kSecrets = R"({"url":"https://discord.com/api/webhooks/1/x"})";
};
struct TeamsKind : PostedKind {
    static constexpr const char* kKind = "teams";
    static constexpr const char* kSecrets =
        R"({"url":"https://x.environment.api.powerplatform.com:443/powerautomate/a?sig=b"})";
};
struct TelegramKind : PostedKind {
    static constexpr const char* kKind = "telegram";
    static constexpr const char* kSettings = R"({"chat":"-1001234567890"})";
    static constexpr const char* kSecrets = R"({"credential":"123456:ABC-DEF"})";
    static constexpr const char* kWrongSettings = kSettings;
    static constexpr const char* kWrongSecrets = R"({"credential":"123456:AB/hunter2-mail"})";
};
struct NtfyKind : PostedKind {
    static constexpr const char* kKind = "ntfy";
    static constexpr const char* kSecrets = R"({"topic":"shields-7fk2q9"})";
    static constexpr const char* kWrongSecrets = R"({"topic":"a/hunter2-mail"})";
};
struct MatrixKind : PostedKind {
    static constexpr const char* kKind = "matrix";
    static constexpr const char* kSettings =
        R"({"server":"https://matrix.example.org","room":"!abc:example.org"})";
    static constexpr const char* kSecrets = R"({"credential":"syt_x"})";
    static constexpr const char* kWrongSettings =
        R"({"server":"https://matrix.example.org","room":"#abc:example.org"})";
    static constexpr const char* kWrongSecrets = R"({"credential":"/hunter2"})";
};
struct PagerDutyKind : PostedKind {
    static constexpr const char* kKind = "pagerduty";
    static constexpr const char* kSecrets = R"({"credential":"0123456789abcdef0123456789abcdef"})";
    static constexpr const char* kWrongSecrets = R"({"credential":"01234/hunter2-mail"})";
};

struct ExecKind {
    static constexpr const char* kKind = "exec";
    static constexpr const char* kSettings = R"({"program":"sms"})";
    static constexpr const char* kSecrets = "";
    static constexpr const char* kWrongSettings = R"({"program":"another"})";
    static constexpr const char* kWrongSecrets = "";

    static std::string content_of(const Dispatch& dispatch) {
        const auto& request = std::get<ProgramRequest>(dispatch);
        REQUIRE(request.program == programs().at("sms"));
        return request.input;
    }
    static std::string id_of(const Dispatch& dispatch) {
        const std::string text = content_of(dispatch);
        return text.substr(text.find("msg_"), std::string{"msg_c0ffee_77"}.size());
    }
    static Delivery read(const ChannelDriver& driver, int code) {
        return driver.read_program(ProgramAnswer{{}, code, false, "hello"});
    }
    static Delivery read_foreign(const ChannelDriver& driver) {
        return driver.read(HttpAnswer{HttpResponse{200, {}, ""}}, kNow);
    }
    static Delivery read_nothing(const ChannelDriver& driver) {
        return driver.read_program(ProgramAnswer{"could not connect"});
    }
    static constexpr int kTaken = 0;
    static constexpr int kBusy = 75;
    static constexpr int kNever = 65;
};

#define ALL_KINDS                                                                                  \
    EmailKind, WebhookKind, SlackKind, DiscordKind, TeamsKind, TelegramKind, NtfyKind, MatrixKind, \
        PagerDutyKind, ExecKind

template <typename Kind>
std::unique_ptr<ChannelDriver> make() {
    auto made = make_channel_driver(Kind::kKind, Kind::kSettings, Secret{Kind::kSecrets}, mail(),
                                    false, programs());
    if (!made) FAIL(made.error().text());
    return std::move(*made);
}

Message message(NoticeType type = NoticeType::FailoverTriggered) {
    Notice notice;
    notice.type = type;
    notice.incident.value = 41;
    notice.server.value = 3;
    notice.server_name = "shield-1";
    notice.domains = {{"www.example.org", "192.0.2.10", "192.0.2.20"}};
    notice.reason = "Primary server down";
    notice.at = kNow;
    Message made;
    made.id = "msg_c0ffee_77";
    made.payload = encode_notice(notice);
    made.incident = "c0ffee-41";
    return made;
}

template <typename Kind>
Dispatch composed(const ChannelDriver& driver, const Message& what, WallTime now = kNow) {
    auto dispatch = driver.compose(what, now);
    if (!dispatch) FAIL(dispatch.error().text());
    return std::move(*dispatch);
}

TEST_CASE_TEMPLATE("the message's id and facts survive every attempt", Kind, ALL_KINDS) {
    const auto driver = make<Kind>();
    const Dispatch first = composed<Kind>(*driver, message());
    CHECK(Kind::id_of(first).find("msg_c0ffee_77") != std::string::npos);
    for (const char* fact :
         {"www.example.org", "192.0.2.10", "192.0.2.20", "Primary server down"}) {
        CAPTURE(fact);
        CHECK(Kind::content_of(first).find(fact) != std::string::npos);
    }
    Message again = message();
    again.attempt = 7;
    const Dispatch later = composed<Kind>(*driver, again, kNow + std::chrono::hours{30});
    CHECK(Kind::id_of(later) == Kind::id_of(first));
    CHECK(Kind::content_of(later).find("192.0.2.20") != std::string::npos);
}

TEST_CASE_TEMPLATE("composing is pure", Kind, ALL_KINDS) {
    const auto driver = make<Kind>();
    CHECK(Kind::content_of(composed<Kind>(*driver, message())) ==
          Kind::content_of(composed<Kind>(*driver, message())));
}

TEST_CASE_TEMPLATE("every type of notification can be sent", Kind, ALL_KINDS) {
    const auto driver = make<Kind>();
    for (int type = 0; type <= static_cast<int>(NoticeType::Test); ++type) {
        const auto what = static_cast<NoticeType>(type);
        const Dispatch dispatch = composed<Kind>(*driver, message(what));
        CHECK(Kind::content_of(dispatch).find(to_text(what)) != std::string::npos);
    }
}

TEST_CASE_TEMPLATE("answers mean delivered, later or never", Kind, ALL_KINDS) {
    const auto driver = make<Kind>();
    CHECK(std::holds_alternative<Delivered>(Kind::read(*driver, Kind::kTaken)));
    const Delivery busy = Kind::read(*driver, Kind::kBusy);
    REQUIRE(std::holds_alternative<TryLater>(busy));
    CHECK(std::get<TryLater>(busy).error.find(std::to_string(Kind::kBusy)) != std::string::npos);
    const Delivery never = Kind::read(*driver, Kind::kNever);
    REQUIRE(std::holds_alternative<GiveUp>(never));
    CHECK(std::get<GiveUp>(never).error.find(std::to_string(Kind::kNever)) != std::string::npos);
}

TEST_CASE_TEMPLATE("no answer is a reason to try again", Kind, ALL_KINDS) {
    const Delivery nothing = Kind::read_nothing(*make<Kind>());
    REQUIRE(std::holds_alternative<TryLater>(nothing));
    CHECK(std::get<TryLater>(nothing).error.ends_with("could not connect"));
}

TEST_CASE_TEMPLATE("an answer of the wrong kind is no delivery", Kind, ALL_KINDS) {
    CHECK_FALSE(std::holds_alternative<Delivered>(Kind::read_foreign(*make<Kind>())));
}

TEST_CASE_TEMPLATE("wrong settings are refused without their secrets", Kind, ALL_KINDS) {
    const auto made = make_channel_driver(Kind::kKind, Kind::kWrongSettings,
                                          Secret{Kind::kWrongSecrets}, mail(), false, programs());
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == Errc::Invalid);
    CHECK_FALSE(made.error().field.empty());
    CHECK_FALSE(made.error().remedy.empty());
    for (const char* secret : {"/hunter2", "hunter2-mail", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
        CHECK(made.error().text().find(secret) == std::string::npos);
    }
}

TEST_CASE("every kind there is keeps this contract") {
    std::set<std::string_view> held;
    for (const char* kind :
         {EmailKind::kKind, WebhookKind::kKind, SlackKind::kKind, DiscordKind::kKind,
          TeamsKind::kKind, TelegramKind::kKind, NtfyKind::kKind, MatrixKind::kKind,
          PagerDutyKind::kKind, ExecKind::kKind})
        held.insert(kind);
    for (const ChannelKind& kind : channel_kinds())
        CHECK_MESSAGE(held.contains(kind.name), kind.name);
    CHECK(held.size() == channel_kinds().size());
}

TEST_CASE("a kind that does not exist, and mail without a mail server, are refused") {
    const auto unknown = make_channel_driver("pigeon", "{}", Secret{}, mail(), false);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().field == "kind");
    CHECK(unknown.error().text().find("pigeon") != std::string::npos);
    const auto no_server =
        make_channel_driver("email", EmailKind::kSettings, Secret{}, std::nullopt, false);
    REQUIRE_FALSE(no_server.ok());
    CHECK(no_server.error().field == "kind");
}

}  // namespace
}  // namespace understudy
