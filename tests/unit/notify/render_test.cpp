// The texts people read, compared with tests/fixtures/render/*.txt. UNDERSTUDY_RECORD=1 writes them
// anew: read the difference before committing it.
#include "notify/render.h"
#include "base/notice_reasons.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/test_data.h"

namespace understudy {
namespace {

const std::filesystem::path kTests = tests_folder();

std::string read(const std::filesystem::path& path) {
    std::ifstream file{path};
    INFO(path.string());
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void check_golden(const std::string& name, const Notice& notice) {
    const RenderedNotice text = render(notice);
    const std::string got = "Subject: " + text.subject + "\n\n" + text.body;
    const auto path = kTests / "fixtures" / "render" / (name + ".txt");
    if (std::getenv("UNDERSTUDY_RECORD") != nullptr) std::ofstream{path} << got;
    CAPTURE(name);
    CHECK(got == read(path));
}

Notice many_domains(std::size_t count) {
    Notice notice;
    notice.type = NoticeType::FailoverTriggered;
    notice.incident.value = 41;
    notice.server.value = 3;
    notice.server_name = "shield-1";
    notice.server_address = "192.0.2.10";
    notice.reason = "Primary server down";
    notice.at = *parse_rfc3339("2026-11-21T02:09:13Z");
    for (std::size_t index = 0; index < count; ++index) {
        const std::string name = "d" + std::to_string(index) + ".example.org";
        notice.domains.push_back({name, "192.0.2.10", index == 0 ? "192.0.2.21" : "192.0.2.20"});
        notice.pending.push_back("p" + std::to_string(index) + ".example.org");
    }
    return notice;
}

TEST_CASE("render: a subject is cut between words and never inside a command") {
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    notice.pool.value = 3;
    notice.pool_name = "shop";
    notice.reason = "automation is paused by admin token 'ops' (" + std::string(100, 'x') +
                    " and more) since 2026-11-21; it lets go with 'understudyctl resume'";
    const std::string paused = render(notice).subject;
    CHECK(paused.starts_with("[HELD] pool shop: automation is paused by admin token 'ops' ("));
    CHECK(paused.find("understudyctl") == std::string::npos);
    // Whatever its length, no command is left half.
    for (std::size_t length = 0; length < 60; ++length) {
        notice.reason = "pool 'shop' " + std::string(100 + length, 'x') +
                        " waits for 'understudyctl release shop' and nothing else";
        const std::string subject = render(notice).subject;
        CHECK(subject.size() <= 164);
        const auto command = subject.find("'understudyctl");
        const bool whole =
            command == std::string::npos || subject.find("'understudyctl release shop'") == command;
        CAPTURE(subject);
        CHECK(whole);
    }
}

TEST_CASE("render: an apostrophe within a word is no quotation") {
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    notice.reason = "12 servers are lost, which looks like the controller's own network: ";
    for (int i = 0; i < 20; ++i)
        notice.reason += "web" + std::to_string(i) + ", ";
    const std::string subject = render(notice).subject;
    CAPTURE(subject);
    CHECK(subject.find("controller's own network: web0, web1, web2, ") != std::string::npos);
}

TEST_CASE("render: several pools that are held are named, in the subject the first of them") {
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    for (int i = 1; i <= 7; ++i)
        notice.pools.push_back({PoolId{i}, "p" + std::to_string(i)});
    notice.reason = "paused by ops; it lets go with 'understudyctl resume'";
    notice.detail = "pool 'p1' would move; pool 'p2' would move";
    const RenderedNotice text = render(notice);
    CHECK(text.subject == "[HELD] automation of pools p1, p2, p3, p4, p5 and 2 more");
    CHECK(text.body.find("p1, p2, p3, p4, p5, p6, p7") != std::string::npos);
}

TEST_CASE("render: an internationalised name is told in both forms") {
    Notice notice = many_domains(1);
    notice.domains.front() = {"xn--bcher-kva.example", "192.0.2.1", "192.0.2.2"};
    notice.pending = {"xn--bcher-kva.example"};
    const std::string both = "b\u00fccher.example (xn--bcher-kva.example)";
    const RenderedNotice text = render(notice);
    CHECK(text.subject.find(both) != std::string::npos);
    CHECK(text.body.find("  " + both + ": 192.0.2.1 -> 192.0.2.2\n") != std::string::npos);
    CHECK(text.body.find("  " + both + "\n") != std::string::npos);
    const std::string payload = encode_notice(notice);
    CHECK(payload.find("\"display_name\":\"b\u00fccher.example\"") != std::string::npos);
    CHECK(decode_notice(payload)->domains == notice.domains);
}

TEST_CASE("render: a server that was removed is not said to be back") {
    Notice notice;
    notice.type = NoticeType::ServerUp;
    notice.incident.value = 41;
    notice.event.value = 62;
    notice.server.value = 3;
    notice.server_name = "shield-1";
    notice.server_address = "192.0.2.10";
    notice.reason = "Removed while down";
    notice.at = WallTime{std::chrono::milliseconds{1'795'228'122'000}};
    check_golden("server_removed", notice);
}

TEST_CASE("a record that cannot be served as one is told with the reason, not as 'nothing'") {
    Notice notice;
    notice.type = NoticeType::DnsDrift;
    notice.domains = {{"www.example.org", "192.0.2.10", "", "its addresses differ in TTL"}};
    const std::string body = render(notice).body;
    CHECK(body.find("  www.example.org: its addresses differ in TTL\n") != std::string::npos);
    CHECK(body.find("nothing\n") == std::string::npos);
}

TEST_CASE("words that fit: deleted, kept from following, nothing moved") {
    Notice notice;
    notice.type = NoticeType::DnsDrift;
    notice.reason = "Record deleted by somebody else";
    notice.domains = {{"www.example.org", "192.0.2.10", "nothing"}};
    CHECK(render(notice).subject == "[DRIFT] www.example.org: deleted by somebody else");
    notice.type = NoticeType::FailoverFailed;
    notice.reason = "Primary server down";
    notice.detail = kBlockedByAnother;
    notice.domains = {{"www.example.org", "198.51.100.7", "192.0.2.20"}};
    const RenderedNotice blocked = render(notice);
    CHECK(blocked.subject ==
          "[FAILOVER FAILED] www.example.org: changed by somebody else, not moved to 192.0.2.20");
    CHECK(blocked.body.find("Trying goes on") == std::string::npos);
    CHECK(blocked.body.find("understudyctl domain show") != std::string::npos);
    notice.type = NoticeType::ServerRecovered;
    notice.detail.clear();
    notice.domains = {{"www.example.org", "192.0.2.10", "192.0.2.10"}};
    CHECK(render(notice).subject == "[RECOVERED] www.example.org: at home at 192.0.2.10");
}

TEST_CASE("a change that is confirmed and not served is not told as one that was refused") {
    Notice notice;
    notice.type = NoticeType::FailoverFailed;
    notice.reason = "Primary server down";
    notice.detail =
        std::string{kNotServed} + "1 of 2 name servers still answer with the old content";
    notice.domains = {{"www.example.org", "192.0.2.10", "192.0.2.20"}};
    const RenderedNotice failed = render(notice);
    CHECK(failed.subject ==
          "[FAILOVER FAILED] www.example.org: changed, but not served with 192.0.2.20");
    CHECK(failed.body.find("could not be changed") == std::string::npos);
    CHECK(failed.body.find("dig +norec") != std::string::npos);
    notice.type = NoticeType::FailoverTriggered;
    notice.domains = {{"www.example.org", "192.0.2.20", "192.0.2.20"}};
    CHECK(render(notice).subject == "[FAILOVER] www.example.org: served now");
}

TEST_CASE("every kind of notification has its text") {
    int seen = 0;
    const auto examples = kTests.parent_path() / "schema" / "webhook" / "examples";
    for (const auto& entry : std::filesystem::directory_iterator{examples}) {
        const auto notice = decode_notice(read(entry.path()));
        REQUIRE(notice.ok());
        check_golden(entry.path().stem().string(), *notice);
        ++seen;
    }
    CHECK(seen == 21);
}

TEST_CASE("a message that replaces others says how many, and since when") {
    Notice notice;
    notice.type = NoticeType::ServerUp;
    notice.server_name = "shield-1";
    notice.stands_for = 7;
    notice.since = *parse_rfc3339("2026-11-21T02:08:42.123Z");
    CHECK(render(notice).body.find(
              "Replaces:   6 earlier messages about it that waited, the first of "
              "2026-11-21\n            02:08:42 UTC\n") != std::string::npos);
    notice.stands_for = 2;
    CHECK(render(notice).body.find("Replaces:   1 earlier message about") != std::string::npos);
    notice.stands_for = 0;
    CHECK(render(notice).body.find("Replaces") == std::string::npos);
}

TEST_CASE("an outage of several pools names them, and domains beyond the list are counted") {
    Notice notice;
    notice.type = NoticeType::OutageStarted;
    notice.pools = {{PoolId{1}, "eu"}, {PoolId{2}, "us"}};
    const RenderedNotice outage = render(notice);
    CHECK(outage.subject == "[OUTAGE] pools eu, us have no healthy server");
    CHECK(outage.body.find("Pools:      eu, us\n") != std::string::npos);

    Notice moved = many_domains(1000);
    moved.domain_count = 1300;
    CHECK(render(moved).subject.find("1300 domains") != std::string::npos);
    CHECK(render(moved).body.find("and 1280 more\n") != std::string::npos);
}

TEST_CASE("many domains are listed in part") {
    check_golden("many_domains", many_domains(345));
    const std::string body = render(many_domains(21)).body;
    CHECK(body.find("d19.example.org") != std::string::npos);
    CHECK(body.find("d20.example.org") == std::string::npos);
    CHECK(body.find("and 1 more\n") != std::string::npos);
    CHECK(render(many_domains(20)).body.find("more\n") == std::string::npos);
}

TEST_CASE("the subject begins with the state and names the move") {
    CHECK(render(many_domains(1)).subject == "[FAILOVER] d0.example.org: 192.0.2.10 -> 192.0.2.21");
    CHECK(render(many_domains(2)).subject == "[FAILOVER] 2 domains moved away from shield-1");
}

TEST_CASE("every kind has a text even when nothing is known") {
    for (int type = 0; type <= static_cast<int>(NoticeType::Test); ++type) {
        Notice notice;
        notice.type = static_cast<NoticeType>(type);
        const RenderedNotice text = render(notice);
        CHECK(text.subject.front() == '[');
        CHECK(text.body.find("When:") != std::string::npos);
        CHECK(text.body.find("What to do:") != std::string::npos);
    }
}

TEST_CASE("foreign text stays on its line and within its limits") {
    Notice notice = many_domains(1);
    notice.type = NoticeType::ServerError;
    notice.server_name = "evil\r\nBcc: x@example.org\xff";
    notice.reason = "line one\nWhat to do: send money\x1b[2J, \u202Egro.elpmaxe, Gr\u00f6\u00dfe";
    const RenderedNotice text = render(notice);
    CHECK(text.subject.find_first_of("\r\n") == std::string::npos);
    CHECK(text.body.find("\nBcc:") == std::string::npos);
    CHECK(text.body.find("\nWhat to do: send") == std::string::npos);
    CHECK(text.body.find('\x1b') == std::string::npos);
    CHECK(text.body.find("\u202E") == std::string::npos);
    CHECK(text.body.find("Gr\u00f6\u00dfe") != std::string::npos);
    notice.server_name = std::string(5000, 'x');
    CHECK(render(notice).subject.size() <= 160);
}

TEST_CASE("render: of an address that is not followed the subject names the server") {
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    notice.server = ServerId{7};
    notice.server_name = "web1";
    notice.server_address = "192.0.2.1";
    notice.reason = "no probe has found its service there";
    const RenderedNotice text = render(notice);
    CHECK(text.subject == "[HELD] web1 (192.0.2.1): another address is not followed");
    CHECK(text.body.find("no probe has found its service there") != std::string::npos);
    // What holds a pool is told as that, also where the message is about its primary.
    notice.pool.value = 3;
    notice.pool_name = "shop";
    CHECK(render(notice).subject.find("shop") != std::string::npos);
}

}  // namespace
}  // namespace understudy
