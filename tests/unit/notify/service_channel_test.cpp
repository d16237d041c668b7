// What the services are sent, compared with tests/fixtures/services/*.txt, and held to what they
// publish about their limits. UNDERSTUDY_RECORD=1 writes the files anew: read the difference before
// committing it.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "notify/channel.h"
#include "notify/chat_text.h"
#include "schema/notice.h"
#include "tests/support/test_data.h"
#include "tests/unit/notify/composed.h"

using namespace understudy;
using namespace notify_test;

namespace {

constexpr Made kSlackHook{"slack", "{}", R"({"url":"https://hooks.slack.com/services/T0/B0/x"})"};
constexpr Made kDiscordHook{"discord", "{}",
                            R"({"url":"https://discord.com/api/webhooks/12345678/tok-EN_x"})"};
constexpr Made kTelegramChat{"telegram", R"({"chat":"-1001234567890"})",
                             R"({"credential":"123456:ABC-DEF"})"};
constexpr Made kTeamsFlow{
    "teams", "{}",
    R"({"url":"https://x.environment.api.powerplatform.com:443/powerautomate/a?sig=b"})"};
constexpr Made kNtfyTopic{"ntfy", R"({"server":"https://ntfy.example.org/"})",
                          R"({"topic":"shields-7fk2q9","credential":"tk_x"})"};
constexpr Made kMatrixRoom{"matrix",
                           R"({"server":"https://matrix.example.org","room":"!abc:example.org"})",
                           R"({"credential":"syt_x"})"};
constexpr Made kAll[]{kSlackHook, kDiscordHook, kTelegramChat, kTeamsFlow,
                      kNtfyTopic, kMatrixRoom,  kPager};

std::string as_text(const HttpRequest& request) {
    std::string text = request.method + " " + request.url + "\n";
    for (const Header& header : request.headers)
        text += header.name + ": " + header.value + "\n";
    return text + "\n" + request.body + "\n";
}

std::string text_in(const Made& what, const Notice& notice, const char* field) {
    return std::string{body_of(sent(what, notice)).root()[field].string().value_or("")};
}

// A name and a reason that want to be markup, mentions and links of every service there is.
Notice hostile() {
    Notice notice = failover();
    notice.server_name =
        "\x01\r\n<!channel> @everyone <@U024BE7LH> [x](https://evil.example) *b* `c`";
    notice.reason = "@room @admin <https://evil.example|look> **bold** <#12> && \x01\r\nX-Evil: 1";
    return notice;
}

// More of everything than anybody takes, and no character of one byte.
Notice enormous() {
    Notice notice = failover();
    for (int i = 0; i < 1000; ++i)
        notice.add({"\xC3\xBC" + std::to_string(i) + ".example", "192.0.2.10", "192.0.2.20"});
    for (int i = 0; i < 20'000; ++i) {
        notice.reason += i % 3 == 0 ? "\xF0\x9F\x94\xA5" : i % 3 == 1 ? "\"" : "&";
        notice.detail += "\xE2\x82\xAC";
    }
    return notice;
}

Delivery answered(const Made& what, int status, const std::string& body,
                  std::vector<Header> headers = {}) {
    return make(what)->read(HttpAnswer{HttpResponse{status, std::move(headers), body}},
                            kComposedAt);
}

std::optional<std::chrono::seconds> pause(const Delivery& delivery) {
    REQUIRE(std::holds_alternative<TryLater>(delivery));
    return std::get<TryLater>(delivery).retry_after;
}

std::string why(const Delivery& delivery) {
    if (const auto* later = std::get_if<TryLater>(&delivery)) return later->error;
    if (const auto* never = std::get_if<GiveUp>(&delivery)) return never->error;
    return {};
}

}  // namespace

TEST_CASE("services: each is sent what its fixture says") {
    for (const Made& what : kAll) {
        const auto path =
            tests_folder() / "fixtures" / "services" / (std::string{what.kind} + ".txt");
        const std::string got = as_text(sent(what, failover()));
        if (std::getenv("UNDERSTUDY_RECORD") != nullptr) std::ofstream{path} << got;
        std::ifstream file{path};
        const std::string golden{std::istreambuf_iterator<char>{file}, {}};
        CAPTURE(what.kind);
        CHECK(got == golden);
    }
}

TEST_CASE("services: a request is bounded, and goes to public receivers only") {
    for (const Made& what : kAll) {
        CAPTURE(what.kind);
        const HttpRequest request = sent(what, failover());
        CHECK(request.peers == HttpRequest::Peers::PublicOnly);
        CHECK(request.status_decides);
        CHECK(request.timeout <= Duration{30'000});
        CHECK(request.answer_limit_bytes <= (1u << 20));
    }
}

TEST_CASE("services: no text is longer than what each takes") {
    const Notice notice = enormous();
    using Unit = ChatForm::Unit;
    for (const auto& [what, field, limit] : {std::tuple{kSlackHook, "text", 4'000u},
                                             {kDiscordHook, "content", 2'000u},
                                             {kTelegramChat, "text", 4'096u}}) {
        const std::string kind = what.kind;  // a binding cannot be captured
        CAPTURE(kind);
        const std::string text = text_in(what, notice, field);
        CHECK(length_of(text, Unit::Utf16) <= limit);
        CHECK(length_of(text, Unit::Utf16) > limit - 20);  // and no shorter than need be
        CHECK(text.ends_with("msg_c0ffee_77") !=
              text.ends_with("msg\\_c0ffee\\_77"));  // the id is never what is cut
    }
    const std::string ntfy = text_in(kNtfyTopic, notice, "message");
    CHECK(ntfy.size() <= 4'096);
    CHECK(ntfy.ends_with("failover_triggered msg_c0ffee_77"));
    CHECK(text_in(kNtfyTopic, notice, "title").size() <= 250);
    CHECK(sent(kMatrixRoom, notice).body.size() < 60'000);
    CHECK(sent(kTeamsFlow, notice).body.size() < 28'000);
    const HttpRequest pager = sent(kPager, notice);
    CHECK(pager.body.size() < 512'000);
    CHECK(body_of(pager).root()["payload"]["summary"].string()->size() <= 1'024);
}

TEST_CASE("services: what others named themselves is no markup, no mention and no header") {
    const Notice notice = hostile();
    for (const Made& what : kAll) {
        CAPTURE(what.kind);
        const HttpRequest request = sent(what, notice);
        for (const Header& header : request.headers)
            CHECK(header.value.find_first_of("\r\n") == std::string::npos);
        CHECK(request.url.find("evil") == std::string::npos);
    }
    const std::string slack = text_in(kSlackHook, notice, "text");
    CHECK(slack.find_first_of("<>") == std::string::npos);
    CHECK(slack.find("&lt;!channel&gt;") != std::string::npos);
    CHECK(slack.find("&amp;&amp;") != std::string::npos);
    CHECK(body_of(sent(kSlackHook, notice)).root()["mrkdwn"].boolean() == false);

    const auto discord = body_of(sent(kDiscordHook, notice));
    CHECK(discord.root()["allowed_mentions"]["parse"].is_array());
    CHECK(discord.root()["allowed_mentions"]["parse"].size() == 0);
    const std::string content{*discord.root()["content"].string()};
    for (std::size_t at = 0; at < content.size(); ++at) {
        if (content[at] == '\\') {
            ++at;  // what follows is text
            continue;
        }
        CHECK(std::string_view{"*_~`|<>[]()#@"}.find(content[at]) == std::string_view::npos);
    }

    const auto telegram = body_of(sent(kTelegramChat, notice));
    CHECK_FALSE(telegram.root()["parse_mode"].exists());
    const std::string text{*telegram.root()["text"].string()};
    CHECK(text.find("@e") == std::string::npos);
    CHECK(text.find("@\xE2\x81\xA0"
                    "everyone") != std::string::npos);

    const auto teams = body_of(sent(kTeamsFlow, notice)).root()["attachments"][0]["content"].text();
    CHECK(teams.find("\"TextBlock\"") == std::string::npos);  // knows Markdown
    CHECK(teams.find("msteams") == std::string::npos);        // mentions
    for (const auto& [what, field] : {std::pair{kSlackHook, "text"},
                                      {kDiscordHook, "content"},
                                      {kTelegramChat, "text"},
                                      {kNtfyTopic, "message"},
                                      {kMatrixRoom, "body"}}) {
        const std::string kind = what.kind;  // a binding cannot be captured
        CAPTURE(kind);
        const std::string shown = text_in(what, notice, field);
        CHECK(shown.find_first_of("\r\x01") == std::string::npos);
        CHECK(shown.find("\nX-Evil") == std::string::npos);  // a line is a line of ours
    }
    const auto pager = body_of(sent(kPager, notice));
    const std::string source{*pager.root()["payload"]["source"].string()};
    CHECK(source.find_first_of("\r\n\x01") == std::string::npos);
    const auto matrix = body_of(sent(kMatrixRoom, notice));
    CHECK(matrix.root()["m.mentions"].is_object());
    CHECK_FALSE(matrix.root()["formatted_body"].exists());
}

TEST_CASE("services: a pause that a service asks for is kept") {
    using std::chrono::seconds;
    CHECK(pause(answered(kDiscordHook, 429, R"({"message":"slow","retry_after":64.57})")) ==
          seconds{65});
    CHECK(pause(answered(kDiscordHook, 429, R"({"retry_after":0.3})", {{"Retry-After", "2"}})) ==
          seconds{2});
    CHECK(pause(answered(kTelegramChat, 429,
                         R"({"ok":false,"error_code":429,"parameters":{"retry_after":5}})")) ==
          seconds{5});
    CHECK(pause(answered(kMatrixRoom, 429,
                         R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2001})")) == seconds{3});
    CHECK(pause(answered(kSlackHook, 429, "rate_limited", {{"Retry-After", "30"}})) == seconds{30});
    CHECK(pause(answered(kPager, 429, "{}")) == std::nullopt);
    CHECK(pause(answered(kNtfyTopic, 429, R"({"code":42901,"http":429})")) == std::nullopt);
    for (const char* silly : {R"({"retry_after":-1})", R"({"retry_after":"soon"})", "[]"})
        CHECK(pause(answered(kDiscordHook, 429, silly)) == std::nullopt);
    CHECK(pause(answered(kDiscordHook, 429, R"({"retry_after":1e300})")) ==
          std::chrono::minutes{30});
    // Only "too many requests" speaks of pauses in its body.
    CHECK(pause(answered(kDiscordHook, 500, R"({"retry_after":7})")) == std::nullopt);
}

TEST_CASE("services: answers that only one of them gives") {
    const Delivery gone =
        answered(kDiscordHook, 404, R"({"message":"Unknown Webhook","code":10015})");
    REQUIRE(std::holds_alternative<GiveUp>(gone));
    CHECK(std::get<GiveUp>(gone).disable_channel);
    CHECK(std::holds_alternative<TryLater>(answered(kDiscordHook, 404, R"({"code":10003})")));
    const Delivery moved = answered(
        kTelegramChat, 400,
        R"({"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-1009876543210}})");
    REQUIRE(std::holds_alternative<TryLater>(moved));
    CHECK(why(moved).find("the group is chat -1009876543210 now") != std::string::npos);
    CHECK(std::holds_alternative<GiveUp>(
        answered(kTelegramChat, 400, R"({"ok":false,"description":"Bad Request"})")));
    const Delivery archived = answered(kSlackHook, 410, "channel_is_archived");
    CHECK(std::get<GiveUp>(archived).disable_channel);
}

TEST_CASE("services: what they answer does not spread secrets") {
    CHECK(why(answered(kTelegramChat, 404, "no bot 123456:ABC-DEF")) ==
          "the receiver answered 404: no bot ***");
    CHECK(why(answered(kTelegramChat, 404, "no bot 123456%3aABC-DEF")) ==
          "the receiver answered 404: no bot ***");
    CHECK(why(answered(kMatrixRoom, 401, "token syt_x is unknown")) ==
          "the receiver answered 401: token *** is unknown");
    CHECK(why(answered(kNtfyTopic, 403, "shields-7fk2q9 is reserved")) ==
          "the receiver answered 403: *** is reserved");
    CHECK(why(answered(kPager, 500, "0123456789abcdef0123456789abcdef")) ==
          "the receiver answered 500: ***");
    for (const char* path :
         {"/api/webhooks/12345678/tok-EN_x", "/api/v10/webhooks/12345678/tok-EN_x"})
        CHECK(why(answered(kDiscordHook, 500, path)).find("tok-EN_x") == std::string::npos);
}

TEST_CASE("Discord: a version is asked for, unless the URL names one") {
    const auto url = [](const std::string& given) {
        const std::string secrets = R"({"url":")" + given + R"("})";
        return sent({"discord", "{}", secrets.c_str()}, failover()).url;
    };
    CHECK(url("https://discord.com/api/webhooks/1/x") ==
          "https://discord.com/api/v10/webhooks/1/x?wait=true");
    CHECK(url("https://discord.com/api/v9/webhooks/1/x?thread_id=2") ==
          "https://discord.com/api/v9/webhooks/1/x?thread_id=2&wait=true");
}

TEST_CASE("services: settings that are none are refused by name") {
    const auto field = [](const char* kind, const char* settings, const char* secrets) {
        const auto made = make_channel_driver(kind, settings, Secret{secrets}, std::nullopt, false);
        return made ? std::string{} : made.error().field;
    };
    CHECK(field("slack", "{}", "{}") == "url");
    CHECK(field("slack", "{}", R"({"url":"http://hooks.slack.com/x"})") == "url");
    CHECK(field("telegram", "{}", R"({"credential":"1:a"})") == "chat");
    CHECK(field("telegram", R"({"chat":"me"})", R"({"credential":"1:a"})") == "chat");
    CHECK(field("telegram", R"({"chat":"@us/x"})", R"({"credential":"1:a"})") == "chat");
    CHECK(field("telegram", R"({"chat":"1"})", R"({"credential":"1:a/../x"})") == "credential");
    CHECK(field("telegram", R"({"chat":"1","server":"http://bots.example.org"})",
                R"({"credential":"1:a"})") == "server");
    CHECK(field("telegram", R"({"chat":"1","server":"https://10.0.0.1"})",
                R"({"credential":"1:a"})") == "server");
    CHECK(field("ntfy", "{}", R"({"topic":"a b"})") == "topic");
    CHECK(field("matrix", R"({"room":"!a:b"})", R"({"credential":"x"})") == "server");
    CHECK(field("matrix", R"({"server":"https://m.example.org","room":"#a:b"})",
                R"({"credential":"x"})") == "room");
    CHECK(field("pagerduty", "{}", R"({"credential":"a b"})") == "credential");
    CHECK(field("pagerduty", "[]", "{}") == "settings");
    CHECK(field("telegram", R"({"chat":"@us"})", R"({"credential":"1:a"})").empty());
}
