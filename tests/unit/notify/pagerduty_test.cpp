// One incident here is one at PagerDuty, told by its key.
#include <doctest/doctest.h>

#include <string>
#include <tuple>

#include "base/json.h"
#include "tests/unit/notify/composed.h"

using namespace understudy;
using namespace notify_test;

TEST_CASE("PagerDuty: one incident here is one there, its outage and its records apart") {
    const auto event = [](NoticeType type, bool incident = true) {
        Notice notice = failover();
        notice.type = type;
        if (!incident) notice.incident = {};
        const auto body = body_of(sent(kPager, notice));
        const json::Value root = body.root();
        return std::tuple{std::string{*root["event_action"].string()},
                          std::string{*root["dedup_key"].string()},
                          std::string{*root["payload"]["severity"].string()}};
    };
    const std::string key = "inc_c0ffee_41";
    CHECK((event(NoticeType::ServerDown) == std::tuple{"trigger", key, "error"}));
    CHECK((event(NoticeType::FailoverTriggered) ==
           std::tuple{"trigger", key + "-records", "critical"}));
    CHECK(
        (event(NoticeType::FailoverFailed) == std::tuple{"trigger", key + "-records", "critical"}));
    CHECK((event(NoticeType::ServerRecovered) ==
           std::tuple{"resolve", key + "-records", "critical"}));
    CHECK((event(NoticeType::ServerUp) == std::tuple{"resolve", key, "error"}));
    CHECK((event(NoticeType::OutageStarted) == std::tuple{"trigger", key + "-outage", "critical"}));
    CHECK(
        (event(NoticeType::OutageResolved) == std::tuple{"resolve", key + "-outage", "critical"}));
    CHECK((event(NoticeType::DnsDrift, false) == std::tuple{"trigger", "msg_c0ffee_77", "error"}));
    CHECK((event(NoticeType::Test, false) == std::tuple{"trigger", "msg_c0ffee_77", "info"}));
}

TEST_CASE("PagerDuty: an outage is open while another pool of its incident has nobody") {
    Notice notice = failover();
    notice.type = NoticeType::OutageResolved;
    notice.pending = {"other.example.org"};
    const auto body = body_of(sent(kPager, notice));
    CHECK(*body.root()["event_action"].string() == "trigger");
    CHECK(*body.root()["dedup_key"].string() == "inc_c0ffee_41-outage");
    const std::string text{*body.root()["payload"]["custom_details"]["text"].string()};
    CHECK(text.find("Still without a healthy member:\n  other.example.org\n") != std::string::npos);
}

TEST_CASE("PagerDuty: a reminder adds to what is open") {
    Notice notice = failover();
    notice.type = NoticeType::StillBroken;
    const auto key = [&] {
        const auto body = body_of(sent(kPager, notice));
        CHECK(*body.root()["event_action"].string() == "trigger");
        return std::string{*body.root()["dedup_key"].string()};
    };
    CHECK(key() == "inc_c0ffee_41-outage");
    notice.pool = {};
    CHECK(key() == "inc_c0ffee_41");
    notice.incident = {};
    CHECK(key() == "msg_c0ffee-still-broken");
}

TEST_CASE("PagerDuty: what is acknowledged here is acknowledged there") {
    Notice notice = failover();
    notice.type = NoticeType::Acknowledged;
    notice.incidents = {notice.incident};
    const auto key = [&] {
        const auto body = body_of(sent(kPager, notice));
        CHECK(*body.root()["event_action"].string() == "acknowledge");
        return std::string{*body.root()["dedup_key"].string()};
    };
    notice.domain_count = 1;
    CHECK(key() == "inc_c0ffee_41-records");
    notice.domain_count = 0;
    notice.domains.clear();
    CHECK(key() == "inc_c0ffee_41-outage");
    notice.pool = {};
    notice.pools = {{PoolId{3}, "shop"}, {PoolId{4}, "mail"}};
    CHECK(key() == "inc_c0ffee_41-outage");
    notice.incidents = {IncidentId{7}};  // escalated: a thread of its own
    CHECK(key() == "inc_c0ffee_41");
}

TEST_CASE(
    "PagerDuty: where something waits for people nothing is acknowledged, and nothing opened") {
    Notice notice = failover();
    notice.type = NoticeType::Acknowledged;
    notice.incidents = {IncidentId{7}};
    notice.pending = {"web2 down"};
    const auto body = body_of(sent(kPager, notice));
    CHECK(*body.root()["event_action"].string() == "acknowledge");
    CHECK(*body.root()["dedup_key"].string() == "msg_c0ffee_77");
    const std::string text{*body.root()["payload"]["custom_details"]["text"].string()};
    CHECK(text.find("Not acknowledged yet:\n  web2 down\n") != std::string::npos);
}
