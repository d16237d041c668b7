#include "notify/email.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

const WallTime kNow = *parse_rfc3339("2026-11-21T02:10:00Z");

MailSettings mail() {
    MailSettings settings;
    settings.server.host = "mail.example.org";
    settings.server.ehlo_name = "ctl-1.example.org";
    settings.from = "Understudy <understudy@example.org>";
    return settings;
}

std::unique_ptr<ChannelDriver> email(const MailSettings& settings = mail()) {
    auto made = Email::make(R"({"to":["ops@example.org","second@example.org"]})", settings);
    REQUIRE(made.ok());
    return std::move(*made);
}

Message message(NoticeType type = NoticeType::FailoverTriggered) {
    Notice notice;
    notice.type = type;
    notice.incident.value = 41;
    notice.event.value = 42;
    notice.pool.value = 7;
    notice.pool_name = "eu";
    notice.domains = {{"www.example.org", "192.0.2.10", "192.0.2.20"}};
    notice.at = *parse_rfc3339("2026-11-21T02:09:13Z");
    Message made;
    made.id = "msg_c0ffee_77";
    made.payload = encode_notice(notice);
    made.incident = "c0ffee-41";
    return made;
}

MailRequest composed(const ChannelDriver& driver, const Message& what) {
    auto dispatch = driver.compose(what, kNow);
    if (!dispatch) FAIL(dispatch.error().text());
    return std::get<MailRequest>(*dispatch);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("a mail has the headers of an alert") {
    const MailRequest request = composed(*email(), message());
    CHECK(request.sender == "understudy@example.org");
    CHECK(request.recipients == std::vector<std::string>{"ops@example.org", "second@example.org"});
    CHECK(request.server.host == "mail.example.org");
    for (const char* line :
         {"Date: Sat, 21 Nov 2026 02:10:00 +0000\r\n",
          "From: Understudy <understudy@example.org>\r\n",
          "To: ops@example.org, second@example.org\r\n",
          "Subject: [FAILOVER] www.example.org: 192.0.2.10 -> 192.0.2.20\r\n",
          "Message-ID: <msg_c0ffee_77@ctl-1.example.org>\r\n",
          "References: <incident-c0ffee-41@ctl-1.example.org>\r\n",
          "In-Reply-To: <incident-c0ffee-41@ctl-1.example.org>\r\n",
          "Auto-Submitted: auto-generated\r\n", "X-Auto-Response-Suppress: All\r\n",
          "List-Id: <alerts.ctl-1.example.org>\r\n", "X-Understudy-Type: failover_triggered\r\n",
          "X-Understudy-Message: msg_c0ffee_77\r\n", "X-Understudy-Incident: 41\r\n",
          "X-Understudy-Event: 42\r\n", "MIME-Version: 1.0\r\n",
          "Content-Type: text/plain; charset=utf-8\r\n",
          "Content-Transfer-Encoding: 7bit\r\n\r\n"}) {
        CAPTURE(line);
        CHECK(has(request.message, line));
    }
    CHECK_FALSE(has(request.message, "Importance"));
}

TEST_CASE("all messages of an incident hang on one root") {
    Message first = message(NoticeType::ServerDown);
    first.opens_incident = true;
    const std::string opener = composed(*email(), first).message;
    CHECK(has(opener, "References: <incident-c0ffee-41@ctl-1.example.org>\r\n"));
    CHECK_FALSE(has(opener, "In-Reply-To"));
    Message alone = message(NoticeType::Test);
    alone.incident.clear();
    CHECK_FALSE(has(composed(*email(), alone).message, "References"));
}

TEST_CASE("a repeated attempt has the same id") {
    Message again = message();
    again.attempt = 5;
    CHECK(has(composed(*email(), again).message,
              "Message-ID: <msg_c0ffee_77@ctl-1.example.org>\r\n"));
}

TEST_CASE("real outages stand out") {
    CHECK(has(composed(*email(), message(NoticeType::OutageStarted)).message,
              "Importance: high\r\nX-Priority: 1\r\n"));
}

TEST_CASE("without a usable name of its own the sender's domain stands in") {
    MailSettings settings = mail();
    for (const char* name : {"", "not a name", "x\r\ny"}) {
        settings.server.ehlo_name = name;
        CHECK(has(composed(*email(settings), message()).message,
                  "Message-ID: <msg_c0ffee_77@example.org>\r\n"));
    }
}

TEST_CASE("all line ends are CRLF and nothing gets out of its header") {
    Message evil = message();
    evil.id = "msg\r\nBcc: x@example.org";
    evil.incident = "a>\r\nBcc: <x@example.org>";
    const std::string text = composed(*email(), evil).message;
    CHECK_FALSE(has(text, "\nBcc"));
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
        REQUIRE(at > 0);
        CHECK(text[at - 1] == '\r');
    }
    for (std::size_t at = text.find('\r'); at != std::string::npos; at = text.find('\r', at + 1)) {
        CHECK(text[at + 1] == '\n');
    }
}

TEST_CASE("a payload that is none is refused") {
    Message broken = message();
    broken.payload = "{}";
    CHECK_FALSE(email()->compose(broken, kNow).ok());
}

TEST_CASE("settings that are wrong are refused with their field") {
    const auto field_of = [](const char* settings) {
        const auto made = Email::make(settings, mail());
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().code == Errc::Invalid);
        return made.error().field;
    };
    CHECK(field_of("no json") == "settings");
    CHECK(field_of("{}") == "to");
    CHECK(field_of(R"({"to":[]})") == "to");
    CHECK(field_of(R"({"to":"ops@example.org"})") == "to");
    CHECK(field_of(R"({"to":["ops@example.org",7]})") == "to[1]");
    CHECK(field_of(R"({"to":["ops@example.org","x>"]})") == "to[1]");
    std::string many = R"({"to":["a@example.org")";
    for (int count = 0; count < 50; ++count)
        many += R"(,"a@example.org")";
    CHECK(field_of((many + "]}").c_str()) == "to");
    MailSettings nobody = mail();
    nobody.from = "";
    const auto made = Email::make(R"({"to":["ops@example.org"]})", nobody);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().field == "smtp.from");
}

TEST_CASE("answers of mail servers") {
    const auto driver = email();
    CHECK(std::holds_alternative<Delivered>(driver->read(MailAnswer{250, "ok"})));
    for (const int code : {0, 421, 450, 451, 452, 530, 535, 552}) {
        CAPTURE(code);
        CHECK(std::holds_alternative<TryLater>(driver->read(MailAnswer{code, "later\r\nplease"})));
    }
    for (const int code : {550, 553, 554}) {
        CAPTURE(code);
        const Delivery given_up = driver->read(MailAnswer{code, "no such user"});
        REQUIRE(std::holds_alternative<GiveUp>(given_up));
        CHECK_FALSE(std::get<GiveUp>(given_up).disable_channel);
        CHECK(has(std::get<GiveUp>(given_up).error, "no such user"));
    }
}

RefusedRecipient refused(const char* address, int code) {
    return RefusedRecipient{address, MailReply{code, "4.2.0 why"}};
}

TEST_CASE("who was refused for the moment gets it later, and nobody twice") {
    const auto driver = email();
    const Delivery part = driver->read(MailAnswer{250, "ok", {refused("second@example.org", 450)}});
    REQUIRE(std::holds_alternative<TryLater>(part));
    const auto& later = std::get<TryLater>(part);
    CHECK(later.error == "the mail server refused second@example.org: 450 4.2.0 why");
    Message again = message();
    again.served = later.served;
    const MailRequest request = composed(*driver, again);
    CHECK(request.recipients == std::vector<std::string>{"second@example.org"});
    CHECK(has(request.message, "To: ops@example.org, second@example.org\r\n"));
}

TEST_CASE("who was refused for good is told while the others have it") {
    const Delivery part = email()->read(MailAnswer{250, "ok", {refused("ops@example.org", 550)}});
    REQUIRE(std::holds_alternative<Delivered>(part));
    CHECK(std::get<Delivered>(part).note ==
          "the mail server refused ops@example.org: 550 4.2.0 why");
}

TEST_CASE("a message is never composed for nobody") {
    Message all = message();
    all.served = "ops@example.org\nsecond@example.org";
    CHECK(composed(*email(), all).recipients.size() == 2);
}

Delivery refused_at(MailStep step, int code, const char* text) {
    MailAnswer answer{code, text};
    answer.step = step;
    return email()->read(answer);
}

TEST_CASE("what is refused before the mail is about us, and is tried again whatever the code") {
    for (const auto step : {MailStep::Greeting, MailStep::Login, MailStep::Sender}) {
        const Delivery delivery = refused_at(step, 550, "account locked");
        REQUIRE(std::holds_alternative<TryLater>(delivery));
        CHECK(std::get<TryLater>(delivery).error == "the mail server answered 550 account locked");
    }
    CHECK(std::holds_alternative<GiveUp>(refused_at(MailStep::Sender, 552, "5.3.4 too large")));
}

TEST_CASE(
    "a name that the server does not like is named with its setting, however late it says so") {
    for (const auto& delivery :
         {refused_at(MailStep::Name, 550, "who?"), refused_at(MailStep::Mail, 504, "5.5.2 <vm>"),
          refused_at(MailStep::Mail, 550, "5.7.1 <vm>: Helo command rejected: Host not found")}) {
        REQUIRE(std::holds_alternative<TryLater>(delivery));
        CHECK(has(std::get<TryLater>(delivery).error,
                  "calls itself 'ctl-1.example.org': set smtp.ehlo_name to its full name"));
    }
    const Delivery busy = refused_at(MailStep::Name, 421, "busy");
    CHECK_FALSE(has(std::get<TryLater>(busy).error, "ehlo_name"));
}

TEST_CASE("a full mailbox is waited for, beside others who got the mail too") {
    const RefusedRecipient full{"ops@example.org", MailReply{552, "5.2.2 mailbox full"}};
    CHECK(std::holds_alternative<TryLater>(email()->read(MailAnswer{250, "ok", {full}})));
}

TEST_CASE("an error about many recipients stays readable") {
    MailAnswer answer{550, "no"};
    for (int count = 0; count < 50; ++count)
        answer.refused.push_back(refused("somebody-with-a-long-name@example.org", 550));
    const Delivery delivery = email()->read(answer);
    REQUIRE(std::holds_alternative<GiveUp>(delivery));
    CHECK(std::get<GiveUp>(delivery).error.size() < 1'200);
    CHECK(has(std::get<GiveUp>(delivery).error, " more"));
}

}  // namespace
}  // namespace understudy
