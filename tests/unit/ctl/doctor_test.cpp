#include "ctl/doctor.h"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::ctl;

namespace {

json::Document parsed(const std::string& text) {
    auto document = json::Document::parse(text);
    REQUIRE(document.ok());
    return std::move(document).value();
}

const WallTime kNow = *parse_rfc3339("2026-11-21T02:08:42Z");

Wellness clock_at(const std::string& time) {
    const auto status = parsed(R"({"time": ")" + time + R"("})");
    return look_at_clock(status.root(), kNow, kNow + Duration{500}).wellness;
}

const Finding* about(const Findings& findings, const std::string& name) {
    for (const Finding& each : findings) {
        if (each.about == name) return &each;
    }
    return nullptr;
}

Wellness wellness_of(const Findings& findings, const std::string& name) {
    const Finding* found = about(findings, name);
    CAPTURE(name);
    REQUIRE(found != nullptr);
    CHECK(found->remedy.empty() == (found->wellness == Wellness::Ok));
    return found->wellness;
}

}  // namespace

TEST_CASE("a clock is told from the time an answer takes") {
    CHECK(clock_at("2026-11-21T02:08:42.200Z") == Wellness::Ok);
    CHECK(clock_at("2026-11-21T02:08:38Z") == Wellness::Ok);
    CHECK(clock_at("2026-11-21T02:08:30Z") == Wellness::Warn);
    CHECK(clock_at("2026-11-21T02:08:54Z") == Wellness::Warn);
    CHECK(clock_at("2026-11-21T02:10:00Z") == Wellness::Fail);
    CHECK(clock_at("2026-11-21T02:00:00Z") == Wellness::Fail);
    CHECK(look_at_clock(parsed("{}").root(), kNow, kNow).wellness == Wellness::Warn);
}

TEST_CASE("plain text is well on this machine alone") {
    const auto none = parsed(R"({"tls": null})");
    CHECK(look_at_tls(none.root(), "http://127.0.0.1:8444").wellness == Wellness::Ok);
    for (const char* here :
         {"http://localhost", "http://LOCALHOST:8444/", "http://127.1.2.3", "http://[::1]:8444"}) {
        CAPTURE(here);
        CHECK(look_at_tls(none.root(), here).wellness == Wellness::Ok);
    }
    for (const char* away : {"http://c.example.org:8444", "http://127.0.0.1.example.org",
                             "http://localhost.example.org", "http://[::1].example.org",
                             "http://127.example.org", "http://127.0.0.1@example.org"}) {
        CAPTURE(away);
        CHECK(look_at_tls(none.root(), away).wellness == Wellness::Warn);
    }
    CHECK(look_at_tls(none.root(), "https://c.example.org").wellness == Wellness::Ok);
    const auto ending = parsed(
        R"({"tls": {"certificate": {"names": ["c"], "not_after": "2026-11-22T00:00:00Z",
            "problem": "it ends in 1 day"}}})");
    const Finding finding = look_at_tls(ending.root(), "https://c.example.org");
    CHECK(finding.wellness == Wellness::Fail);
    CHECK(finding.what.find("ends in 1 day") != std::string::npos);
}

TEST_CASE("agents of another version are named") {
    const auto status = parsed(R"({"version": ")" UNDERSTUDY_VERSION R"("})");
    const auto servers = parsed(
        R"([{"name": "web1", "agent": {"software": "understudy-agent 0.0.1"}},
            {"name": "web2", "agent": null}])");
    Findings findings;
    look_at_versions(status.root(), servers.root(), findings);
    CHECK(wellness_of(findings, "version") == Wellness::Ok);
    CHECK(wellness_of(findings, "agents") == Wellness::Warn);
    CHECK(about(findings, "agents")->what.find("web1") != std::string::npos);
}

TEST_CASE("what is amiss with servers, channels and domains has a remedy each") {
    Findings findings;
    look_at_servers(parsed(R"([{"name": "a", "health": "offline", "health_sentence": "gone"},
        {"name": "b", "health": "online", "token_shared": {"sentence": "two"}},
        {"name": "c", "health": "offline", "ever_seen": false},
        {"name": "d", "health": "online", "maintenance": {"who": "x"}}])")
                        .root(),
                    findings);
    CHECK(wellness_of(findings, "server a") == Wellness::Fail);
    CHECK(wellness_of(findings, "server b") == Wellness::Fail);
    CHECK(wellness_of(findings, "server c") == Wellness::Warn);
    CHECK(wellness_of(findings, "server d") == Wellness::Warn);
    CHECK(wellness_of(findings, "servers") == Wellness::Ok);

    const auto status = parsed(R"({"notifications_dead": 2, "records_behind": 1,
        "domains_without_standby": 3, "conflicts": {"count": 1, "sentences": ["x: y"]}})");
    look_at_channels(status.root(), parsed(R"([{"name": "hook", "disabled": true}])").root(),
                     findings);
    CHECK(wellness_of(findings, "channel hook") == Wellness::Fail);
    CHECK(wellness_of(findings, "notifications") == Wellness::Fail);
    look_at_domains(status.root(),
                    parsed(R"([{"name": "x", "status": "outage",
                                "serving": {"state": "disputed"}}])")
                        .root(),
                    findings);
    CHECK(wellness_of(findings, "domains") == Wellness::Fail);
    CHECK(wellness_of(findings, "DNS") == Wellness::Fail);
    CHECK(wellness_of(findings, "readiness") == Wellness::Fail);
    CHECK(about(findings, "records")->what.find("x: y") != std::string::npos);
}

TEST_CASE("messages that are still to be delivered are told, also when no channel is left") {
    const auto status = parsed(R"({"notifications_pending": 3})");
    Findings findings;
    look_at_channels(status.root(), parsed("[]").root(), findings);
    CHECK(wellness_of(findings, "notifications") == Wellness::Warn);
    CHECK(about(findings, "notifications")->what == "3 messages not delivered yet");
}

TEST_CASE("name servers agree only about domains for which they were asked") {
    const auto status = parsed("{}");
    const auto told = [&](const std::string& domains) {
        Findings findings;
        look_at_domains(status.root(), parsed(domains).root(), findings);
        CHECK(wellness_of(findings, "DNS") == Wellness::Ok);
        return about(findings, "DNS")->what;
    };
    const std::string agree = "what name servers answer is what was confirmed";
    const std::string asked = R"({"name": "a", "serving": {"state": "all"}})";
    CHECK(told("[" + asked + "]") == agree);
    CHECK(told("[" + asked + R"(, {"name": "b", "serving": {"state": "asked"}}])") ==
          agree + "; 1 domain not asked yet");
    CHECK(told(R"([{"name": "b", "serving": null}])") == "1 domain not asked yet");
}

TEST_CASE("what a provider has not shown is said beside what it has") {
    const auto verified = parsed(R"({"proven": ["it reads"], "unproven": ["it writes"],
                                     "warnings": []})");
    const Finding finding = look_at_verification("main", verified.root());
    CHECK(finding.wellness == Wellness::Ok);
    CHECK(finding.what == "it reads; not shown: it writes");
}

TEST_CASE("an empty controller is told what comes next") {
    const auto none = parsed("[]");
    Findings findings;
    look_at_servers(none.root(), findings);
    look_at_channels(none.root(), none.root(), findings);
    look_at_domains(none.root(), none.root(), findings);
    for (const char* name : {"servers", "channels", "domains"})
        CHECK(wellness_of(findings, name) == Wellness::Warn);
}
