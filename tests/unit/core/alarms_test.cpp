#include "controller/core/alarms.h"

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::days;
using std::chrono::seconds;

struct Fleet2 : EngineHarness {
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    ChannelId ops = add_channel("ops");
};

}  // namespace

TEST_CASE("alarms: one warning per server and certificate, whatever the ids look like") {
    Fleet2 world;
    const DomainId domain = world.add_domain("www.example.org", {world.web1, world.web2});
    // Ids of which one ends like the other: 1 and 11, 2 and 12, ...
    std::vector<ServerId> servers;
    for (int i = 10; i < 25; ++i)
        servers.push_back(
            world.add_server("s" + std::to_string(i), "192.0.2." + std::to_string(i)));
    servers.insert(servers.end(), {world.web1, world.web2});
    const auto warn = [&](const std::string& not_after) {
        for (const ServerId server : servers)
            world.step(CertificateSeen{server, {domain}, {not_after, {}, days{3}, days{90}}});
        return world.times_told(NoticeType::CertificateExpiring);
    };
    CHECK(warn("2027-01-01T00:00:00Z") == servers.size());
    CHECK(warn("2027-01-01T00:00:00Z") == servers.size());
    CHECK(warn("2027-04-01T00:00:00Z") == 2 * servers.size());
    CHECK(warn("2027-04-01T00:00:00Z") == 2 * servers.size());
    world.step(
        CertificateSeen{world.web1, {domain}, {"2028-01-01T00:00:00Z", {}, days{15}, days{90}}});
    CHECK(world.times_told(NoticeType::CertificateExpiring) == 2 * servers.size());
}

TEST_CASE("alarms: an announced restart has its whole grace, even of a failing server") {
    Fleet2 world;
    world.link(world.web1, false);
    CHECK(world.times_told(NoticeType::ServerError) == 1);
    world.now += seconds{60};
    world.seen(world.web1);
    world.leave(world.web1, Departure::Restart);
    CHECK(world.times_told(NoticeType::ServerDown) == 0);
    world.advance(seconds{29});
    CHECK(world.times_told(NoticeType::ServerDown) == 0);
    world.advance(seconds{1});
    CHECK(world.times_told(NoticeType::ServerDown) == 1);
}

TEST_CASE("alarms: what a stall has put off is told when its grace is over") {
    Fleet2 world;
    world.link(world.web1);
    world.link(world.web2);
    world.restart();
    world.link(world.web2);
    world.advance(seconds{110});
    world.seen(world.web2);
    world.step(Stalled{seconds{5}});
    world.advance(seconds{29});  // the warm-up ends meanwhile
    CHECK(world.times_told(NoticeType::ServerDown) == 0);
    world.advance(seconds{1});
    CHECK(world.times_told(NoticeType::ServerDown) == 1);
    CHECK(world.told.back().notice.server == world.web1);
}

TEST_CASE("alarms: nobody is called down before the warm-up is over, the maintenance loop or not") {
    Fleet2 world;
    world.link(world.web1);
    world.timings.maintenance_interval = seconds{50};
    world.restart();
    world.advance(seconds{119});
    CHECK(world.times_told(NoticeType::ServerDown) == 0);
    world.advance(seconds{1});
    CHECK(world.times_told(NoticeType::ServerDown) == 1);
}

TEST_CASE("alarms: an incident lasts from the first alarm to its end") {
    Fleet2 world;
    world.link(world.web1);
    world.step(AgentReported{world.web1, world.last_link, false, "tcp: refused"});
    const IncidentId incident = world.fleet().server(world.web1)->incident;
    CHECK(incident);
    world.leave(world.web1);
    CHECK(world.fleet().server(world.web1)->incident == incident);
    world.link(world.web1);
    CHECK_FALSE(world.fleet().server(world.web1)->incident);
    CHECK(world.told.back().notice.incident == incident);
    world.leave(world.web1);
    CHECK(world.fleet().server(world.web1)->incident != incident);
}

}  // namespace understudy
