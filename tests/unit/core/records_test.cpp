#include "controller/core/records.h"

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

struct OneDomain : EngineHarness {
    OneDomain() {
        policy.confirm_s = seconds{0};
        restart();
        web1 = add_server("web1", "192.0.2.1");
        web2 = add_server("web2", "192.0.2.2");
        www = add_domain("www.example.org", {web1, web2});
        add_channel("ops");
        link(web1);
        link(web2);
    }
    const Publication& record() { return fleet().domain(www)->record; }
    void recover() {
        link(web1);
        advance(seconds{60});
    }
    void confirmed(std::int64_t generation, const std::string& addresses) {
        step(RecordConfirmed{www, generation, {*parse_address_set(addresses), Ttl{60}, false}});
    }

    ServerId web1, web2;
    DomainId www;
};

AddressSet set(const char* text) {
    return *parse_address_set(text);
}

}  // namespace

TEST_CASE("records: an older generation's confirmation is news, but settles nothing") {
    OneDomain world;
    world.leave(world.web1);
    world.recover();
    REQUIRE(world.record().generation == 3);
    world.confirmed(2, "192.0.2.2");
    CHECK_FALSE(world.record().settled());
    CHECK(world.record().confirmed == set("192.0.2.2"));
    world.confirmed(3, "192.0.2.1");
    CHECK(world.record().settled());
    CHECK(world.record().attempted.empty());
    CHECK(world.times_told(NoticeType::ServerRecovered) == 1);
}

TEST_CASE("records: confirmations of the past, of the future and of strangers change nothing") {
    OneDomain world;
    world.leave(world.web1);
    const Publication before = world.record();
    world.confirmed(1, "192.0.2.9");
    world.confirmed(0, "192.0.2.9");
    world.confirmed(before.generation + 1, "192.0.2.9");
    CHECK(world.record() == before);
    const DomainId nobody{424242};
    world.step(RecordConfirmed{nobody, 2, {}});
    world.step(RecordObserved{nobody, 1, {}});
    world.step(RecordRefused{nobody, 1, rejected("no"), 9});
    world.confirm(world.www);
    CHECK(world.record().settled());
}

TEST_CASE("records: what was attempted since the last confirmation is no stranger's") {
    OneDomain world;
    world.leave(world.web1);  // wants web2
    world.recover();          // wants web1 again; the write to web2 may still have landed
    world.leave(world.web1);  // and web2 once more
    world.recover();
    REQUIRE_FALSE(world.record().settled());
    world.observe(world.www, "192.0.2.2");
    CHECK_FALSE(world.record().in_conflict());
    world.observe(world.www, "192.0.2.9");
    CHECK(world.record().in_conflict());
    world.observe(world.www, "192.0.2.2");
    CHECK_FALSE(world.record().in_conflict());
}

TEST_CASE("records: what cannot be one record is a conflict that says why") {
    OneDomain world;
    const std::string mixed = "some address records of 'www' are proxied and some are not";
    const auto meet = [&world](const std::string& problem) {
        world.step(RecordObserved{world.www, world.record().generation, {}, problem});
    };
    meet(mixed);
    CHECK(world.record().in_conflict());
    CHECK(world.record().foreign_why == mixed);
    meet(mixed);
    world.advance(world.timings.digest_wait);
    REQUIRE(world.times_told(NoticeType::DnsDrift) == 1);
    const auto& told = world.told.back().notice;
    REQUIRE(told.domains.size() == 1);
    CHECK(told.domains[0].problem == mixed);
    CHECK(told.domains[0].to.empty());

    meet("the address records of 'www' differ in TTL (60 and 300)");
    CHECK(world.record().foreign_why.find("TTL") != std::string::npos);
    world.observe(world.www, "192.0.2.9");
    CHECK(world.record().foreign_why.empty());
    CHECK(world.record().in_conflict());
    meet(mixed);
    world.observe(world.www, "192.0.2.1");
    CHECK_FALSE(world.record().in_conflict());
    CHECK(world.record().foreign_why.empty());
    // The last one has been undone before it was told: it is told as what it was.
    world.advance(world.timings.digest_wait);
    CHECK(world.times_told(NoticeType::DnsDrift) == 4);
    CHECK(world.told.back().notice.domains.at(0).problem == mixed);
}

TEST_CASE("records: a settled record must hold what was confirmed") {
    OneDomain world;
    world.observe(world.www, "192.0.2.2");
    CHECK(world.record().in_conflict());
    world.observe(world.www, "192.0.2.1");
    CHECK_FALSE(world.record().in_conflict());
    world.observe(world.www, "nothing");
    CHECK(world.record().in_conflict());
}

TEST_CASE("records: a reading asked for under another desired state says nothing") {
    OneDomain world;
    const std::int64_t before = world.record().generation;
    world.leave(world.web1);
    world.step(RecordObserved{world.www, before, {set("192.0.2.9"), Ttl{60}, false}});
    CHECK_FALSE(world.record().in_conflict());
}

TEST_CASE("records: nothing is written to a record in conflict until a person speaks") {
    OneDomain world;
    world.observe(world.www, "192.0.2.9");
    world.leave(world.web1);
    CHECK(world.store.due(10)->records.empty());
    CHECK(world.order(EnforceDomain{world.www, {set("192.0.2.9"), Ttl{300}, false}}).ok());
    REQUIRE(world.store.due(10)->records.size() == 1);
    CHECK(world.store.due(10)->records.front().desired == set("192.0.2.2"));
    world.confirm(world.www);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
}

TEST_CASE("records: one failover_failed until the wish changes; then its recovery is owed") {
    OneDomain world;
    world.leave(world.web1);
    const std::int64_t generation = world.record().generation;
    for (int attempt = 1; attempt <= 5; ++attempt)
        world.step(RecordRefused{world.www, generation, transient("503"), attempt});
    world.step(RecordRefused{world.www, generation - 1, rejected("old"), 9});
    CHECK(world.times_told(NoticeType::FailoverFailed) == 1);
    world.recover();
    CHECK_FALSE(world.record().refused);
    world.confirm(world.www);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
    CHECK(world.times_told(NoticeType::ServerRecovered) == 1);
}

TEST_CASE("records: recovery is told as well when a stranger's edit brought the record home") {
    OneDomain world;
    world.leave(world.web1);
    world.confirm(world.www);
    REQUIRE(world.times_told(NoticeType::FailoverTriggered) == 1);
    world.observe(world.www, "192.0.2.1");
    const RecordState home{set("192.0.2.1"), Ttl{300}, false};
    CHECK(world.order(AdoptDomain{world.www, home}).ok());
    CHECK(world.times_told(NoticeType::ServerRecovered) == 0);  // web1 is still dead
    world.recover();
    world.advance(seconds{30});
    CHECK(world.record().settled());
    CHECK(world.times_told(NoticeType::ServerRecovered) == 1);
    CHECK_FALSE(world.fleet().domain(world.www)->announced_away);
}

TEST_CASE("records: a recovery that waits to be told is not told twice") {
    OneDomain world;
    const DomainId slow = world.add_domain("slow.example.org", {world.web1, world.web2});
    world.leave(world.web1);
    for (const DomainId id : {world.www, slow})
        world.confirm(id);
    REQUIRE(world.times_told(NoticeType::FailoverTriggered) == 1);
    world.recover();
    world.confirm(world.www);  // told together with slow's
    CHECK(world.times_told(NoticeType::ServerRecovered) == 0);
    const RecordState state{set("192.0.2.9"), Ttl{300}, false};
    CHECK(world.order(EnforceDomain{world.www, state}).ok());
    world.confirm(world.www);
    world.confirm(slow);
    CHECK(world.times_told(NoticeType::ServerRecovered) == 1);
}

TEST_CASE(
    "records: what keeps a record from following is told after the drift, also over a restart") {
    OneDomain world;
    world.leave(world.web1);
    world.observe(world.www, "192.0.2.9");  // found at the write
    CHECK(world.times_told(NoticeType::FailoverFailed) == 0);
    world.restart();
    world.advance(world.timings.digest_wait);
    CHECK(world.times_told(NoticeType::DnsDrift) == 1);
    world.restart();
    world.advance(world.timings.digest_wait);
    REQUIRE(world.times_told(NoticeType::FailoverFailed) == 1);
    const Notice& told = world.told.back().notice;
    CHECK(told.detail.find("adopts or enforces") != std::string::npos);
    REQUIRE(told.domains.size() == 1);
    CHECK(told.domains[0].from == "192.0.2.9");
    CHECK(told.domains[0].to == "192.0.2.2");
    world.observe(world.www, "192.0.2.8");
    world.advance(world.timings.digest_wait);
    CHECK(world.times_told(NoticeType::FailoverFailed) == 1);
    CHECK(world.times_told(NoticeType::DnsDrift) == 2);
}

TEST_CASE("records: a throttled change is told as failed after a minute, not at its first try") {
    OneDomain world;
    Error throttled = transient("429");
    throttled.code = Errc::Throttled;
    throttled.retry_after = seconds{300};
    world.leave(world.web1);
    world.step(RecordRefused{world.www, world.record().generation, throttled, 1});
    CHECK(world.times_told(NoticeType::FailoverFailed) == 0);
    world.advance(seconds{61});
    CHECK(world.times_told(NoticeType::FailoverFailed) == 1);
    world.confirm(world.www);

    world.recover();
    world.step(RecordRefused{world.www, world.record().generation, throttled, 1});
    world.confirm(world.www);
    world.advance(seconds{120});
    CHECK(world.times_told(NoticeType::FailoverFailed) == 1);
}

TEST_CASE(
    "records: a provider in trouble for long is told in its own words, and as no throttling") {
    OneDomain world;
    Error trouble = transient("no usable answer from Cloudflare (HTTP 503)");
    const auto refuse = [&] {
        world.step(RecordRefused{world.www, world.record().generation, trouble, 1});
    };
    world.leave(world.web1);
    trouble.retry_after = seconds{59};
    refuse();
    world.advance(seconds{61});
    CHECK(world.times_told(NoticeType::FailoverFailed) == 0);
    trouble.retry_after = seconds{60};
    refuse();
    world.advance(seconds{61});
    REQUIRE(world.times_told(NoticeType::FailoverFailed) == 1);
    const auto failed = std::ranges::find_if(
        world.lines, [](const LogLine& each) { return each.type == EventType::FailoverFailed; });
    REQUIRE(failed != world.lines.end());
    CHECK(failed->reason == trouble.message);
    CHECK(failed->detail.starts_with("1 attempt;"));
}

TEST_CASE("records: a domain that is removed takes what is untold of it along") {
    OneDomain world;
    world.leave(world.web1);
    world.observe(world.www, "192.0.2.9");
    CHECK(world.order(RemoveDomain{world.www}).ok());
    CHECK(world.times_told(NoticeType::DnsDrift) == 1);
    CHECK(world.times_told(NoticeType::FailoverFailed) == 1);
    world.advance(world.timings.digest_wait);
}

TEST_CASE("records: adoption refuses what it could not hold to") {
    OneDomain world;
    const auto adopt = [&](const char* addresses) {
        return world.order(AdoptDomain{world.www, {set(addresses), Ttl{300}, false}});
    };
    CHECK_FALSE(adopt("nothing").ok());
    CHECK_FALSE(adopt("192.0.2.9, 2001:db8::9").ok());
    CHECK(adopt("192.0.2.9").ok());
    CHECK(world.record().settled());
    world.leave(world.web1);
    // The switch is on its way: adopting now would call it off, and it would land all the same.
    CHECK_FALSE(adopt("192.0.2.9").ok());
    CHECK(world.record().desired == set("192.0.2.2"));
}

TEST_CASE("records: the lowered TTL is never higher than the normal one") {
    OneDomain world;
    AddDomain low = world.domain_order("low.example.org", {world.web1, world.web2});
    low.observed.ttl = Ttl{30};
    const DomainId id{world.order(low)->id};
    world.leave(world.web1);
    CHECK(world.record().desired_ttl == Ttl{60});
    CHECK(world.fleet().domain(id)->record.desired_ttl == Ttl{30});
}

}  // namespace understudy
