// What the dispatcher relies on, whatever the channel: made by make_channel_driver() as in
// production.
#include "notify/channel.h"

#include <doctest/doctest.h>

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

template <typename Kind>
std::unique_ptr<ChannelDriver> make() {
    auto made =
        make_channel_driver(Kind::kKind, Kind::kSettings, Secret{Kind::kSecrets}, mail(), false);
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

TEST_CASE_TEMPLATE("the message's id and facts survive every attempt", Kind, EmailKind,
                   WebhookKind) {
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

TEST_CASE_TEMPLATE("composing is pure", Kind, EmailKind, WebhookKind) {
    const auto driver = make<Kind>();
    CHECK(Kind::content_of(composed<Kind>(*driver, message())) ==
          Kind::content_of(composed<Kind>(*driver, message())));
}

TEST_CASE_TEMPLATE("every type of notification can be sent", Kind, EmailKind, WebhookKind) {
    const auto driver = make<Kind>();
    for (int type = 0; type <= static_cast<int>(NoticeType::Test); ++type) {
        const auto what = static_cast<NoticeType>(type);
        const Dispatch dispatch = composed<Kind>(*driver, message(what));
        CHECK(Kind::content_of(dispatch).find(to_text(what)) != std::string::npos);
    }
}

TEST_CASE_TEMPLATE("answers mean delivered, later or never", Kind, EmailKind, WebhookKind) {
    const auto driver = make<Kind>();
    CHECK(std::holds_alternative<Delivered>(Kind::read(*driver, Kind::kTaken)));
    const Delivery busy = Kind::read(*driver, Kind::kBusy);
    REQUIRE(std::holds_alternative<TryLater>(busy));
    CHECK(std::get<TryLater>(busy).error.find(std::to_string(Kind::kBusy)) != std::string::npos);
    const Delivery never = Kind::read(*driver, Kind::kNever);
    REQUIRE(std::holds_alternative<GiveUp>(never));
    CHECK(std::get<GiveUp>(never).error.find(std::to_string(Kind::kNever)) != std::string::npos);
}

TEST_CASE_TEMPLATE("no answer is a reason to try again", Kind, EmailKind, WebhookKind) {
    const Delivery nothing = Kind::read_nothing(*make<Kind>());
    REQUIRE(std::holds_alternative<TryLater>(nothing));
    CHECK(std::get<TryLater>(nothing).error == "could not connect");
}

TEST_CASE_TEMPLATE("an answer of the wrong kind is no delivery", Kind, EmailKind, WebhookKind) {
    CHECK_FALSE(std::holds_alternative<Delivered>(Kind::read_foreign(*make<Kind>())));
}

TEST_CASE_TEMPLATE("wrong settings are refused without their secrets", Kind, EmailKind,
                   WebhookKind) {
    const auto made = make_channel_driver(Kind::kKind, Kind::kWrongSettings,
                                          Secret{Kind::kWrongSecrets}, mail(), false);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == Errc::Invalid);
    CHECK_FALSE(made.error().field.empty());
    CHECK_FALSE(made.error().remedy.empty());
    for (const char* secret : {"/hunter2", "hunter2-mail", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
        CHECK(made.error().text().find(secret) == std::string::npos);
    }
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
