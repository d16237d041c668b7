// Probes on a timetable: a scripted network, time as a number.
#include "controller/runtime/probes/probe_schedule.h"

#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const ServerId kServer{1};
constexpr Duration kInterval{5'000};

ServiceAnswer serves() {
    return {Verdict::Serves, "http 80: 200 in 1 ms"};
}
ServiceAnswer fails(const char* sentence = "http 80: no answer within 3.0 s") {
    return {Verdict::Dead, sentence};
}
ServiceAnswer no_route() {
    return {Verdict::Nothing, "http 80: no route from here"};
}

struct Timetable {
    explicit Timetable(const char* target = "http", std::size_t in_flight = 500)
        : schedule(outbound, ids, Random{7}, in_flight) {
        policy.probe = *parse_probe_target(target);
        add(kServer);
    }
    void add(ServerId server, bool with_ipv6 = false) {
        const auto rules = std::make_shared<const ProbeRules>(probe_rules_of(policy));
        ProbeJob job{rules, "www.example.org", *parse_ipv4("192.0.2.1"), {}};
        if (with_ipv6) job.ipv6 = parse_ipv6("2001:db8::1");
        jobs[ProbeKey{server, rules->service}] = job;
        schedule.plan(jobs, now);
    }
    void keep(std::vector<ServiceProbed> more) {
        std::ranges::move(more, std::back_inserter(said));
    }
    // Begins what is due until then.
    void run_until(Instant end) {
        while (schedule.next_deadline() <= end) {
            now = std::max(now, schedule.next_deadline());
            keep(schedule.start(now));
        }
        now = end;
    }
    void run(Duration span) { run_until(now + span); }
    void next() { run_until(schedule.next_deadline()); }
    // Of the probe begun longest ago.
    void answer(const ServiceAnswer& answer) {
        keep(schedule.finished({outbound.take().id, answer}, now));
    }
    void probe(const ServiceAnswer& found) {
        next();
        answer(found);
    }
    std::vector<Verdict> verdicts() {
        std::vector<Verdict> found;
        for (const auto& each : std::exchange(said, {}))
            found.push_back(each.verdict);
        return found;
    }
    const ServiceProbe& asked(std::size_t index = 0) const {
        return std::get<ServiceProbe>(outbound.submitted.at(index).transfer);
    }
    Duration until_next() const { return schedule.next_deadline() - now; }

    Policy policy;
    RecordingOutbound outbound;
    TransferIds ids;
    ProbeJobs jobs;
    Instant now = kStart;
    ProbeSchedule schedule;
    std::vector<ServiceProbed> said;
};

using Verdicts = std::vector<Verdict>;

}  // namespace

TEST_CASE("probes: begin within an interval and follow each other by one") {
    Timetable table;
    CHECK(table.until_next() >= Duration{0});
    CHECK(table.until_next() <= kInterval);
    table.probe(serves());
    CHECK(table.until_next() == kInterval);
    table.probe(serves());
    CHECK(table.verdicts() == Verdicts{Verdict::Serves, Verdict::Serves});
}

TEST_CASE("probes: ask the job's address for its name, and say how long their word counts") {
    Timetable table{"https/health"};
    table.next();
    CHECK(table.asked().address == "192.0.2.1");
    CHECK(table.asked().name == "www.example.org");
    CHECK(table.asked().terms.target == *parse_probe_target("https:443/health"));
    CHECK(table.asked().start_by == table.now + kInterval);
    table.run(Duration{300});
    table.answer(serves());
    REQUIRE(table.said.size() == 1);
    CHECK(table.said[0].server == kServer);
    CHECK_FALSE(table.said[0].by);
    CHECK(table.said[0].service == service_of(table.policy));
    CHECK(table.said[0].sentence == "http 80: 200 in 1 ms");
    CHECK(table.said[0].took == Duration{300});
    CHECK(table.said[0].valid_for == Duration{18'000});
}

TEST_CASE("probes: three failures in a row are a death, and each further one says so again") {
    Timetable table;
    table.probe(serves());
    table.probe(fails());
    CHECK(table.until_next() == Duration{1'000});
    table.probe(fails());
    CHECK(table.verdicts() == Verdicts{Verdict::Serves});
    table.probe(fails());
    CHECK(table.verdicts() == Verdicts{Verdict::Dead});
    CHECK(table.until_next() == kInterval);
    table.probe(fails());
    CHECK(table.verdicts() == Verdicts{Verdict::Dead});
}

TEST_CASE("probes: a success between failures begins the count anew") {
    Timetable table;
    for (int i = 0; i < 3; ++i) {
        table.probe(fails());
        table.probe(fails());
        table.probe(serves());
    }
    CHECK(table.verdicts() == Verdicts(3, Verdict::Serves));
}

TEST_CASE("probes: after a death it takes two successes in a row, fast") {
    Timetable table;
    for (int i = 0; i < 3; ++i)
        table.probe(fails());
    CHECK(table.verdicts() == Verdicts{Verdict::Dead});
    table.probe(serves());
    CHECK(table.verdicts().empty());
    CHECK(table.until_next() == Duration{1'000});
    table.probe(fails());
    table.probe(serves());
    CHECK(table.verdicts() == Verdicts{Verdict::Dead});
    table.probe(serves());
    CHECK(table.verdicts() == Verdicts{Verdict::Serves});
    CHECK(table.until_next() == kInterval);
}

TEST_CASE("probes: what answers late is not asked more often") {
    Timetable table;
    for (int i = 0; i < 4; ++i) {
        table.next();
        table.run(Duration{2'500});
        CHECK(table.outbound.submitted.size() == 1);
        table.answer(serves());
        CHECK(table.until_next() == kInterval - Duration{2'500});
    }
    CHECK(table.verdicts() == Verdicts(4, Verdict::Serves));
}

TEST_CASE("probes: time-outs overlap, so that three decide after one and two fast intervals") {
    Timetable table;
    table.probe(serves());
    table.next();
    const Instant begun = table.now;
    table.run(Duration{2'999});
    CHECK(table.outbound.submitted.size() == 3);
    table.run(Duration{1});
    table.answer(fails());
    table.run(Duration{1'000});
    table.answer(fails());
    CHECK(table.verdicts() == Verdicts{Verdict::Serves});
    table.run(Duration{1'000});
    CHECK(table.outbound.submitted.size() == 1);
    table.answer(fails());
    CHECK(table.now - begun == Duration{5'000});
    REQUIRE(table.said.size() == 1);
    CHECK(table.said[0].verdict == Verdict::Dead);
    CHECK(table.said[0].took == Duration{3'000});
}

TEST_CASE("probes: no more wait for a long time-out than can decide") {
    Timetable table;
    table.policy.probe_timeout_s = std::chrono::seconds{60};
    table.jobs.clear();
    table.add(kServer);
    table.next();
    table.run(Duration{60'000});
    CHECK(table.outbound.submitted.size() == 3);
    table.answer(fails());
    CHECK(table.until_next() == Duration{0});
    table.answer(serves());
    table.answer(serves());
    CHECK(table.verdicts() == Verdicts{Verdict::Serves, Verdict::Serves});
    table.next();
    table.answer(serves());
    CHECK(table.schedule.counters().behind == 0);
    CHECK(table.until_next() == kInterval);
}

TEST_CASE("probes: count in the order in which they were begun") {
    Timetable table;
    table.probe(fails());
    table.next();
    table.run(Duration{1'000});
    REQUIRE(table.outbound.submitted.size() == 2);
    const Submitted first = table.outbound.take();
    table.answer(serves());
    CHECK(table.verdicts().empty());
    table.keep(table.schedule.finished({first.id, fails()}, table.now));
    CHECK(table.verdicts() == Verdicts{Verdict::Serves});
    CHECK(table.schedule.counters().in_flight == 0);
}

TEST_CASE("probes: asked, they begin at once, of that server alone, and once in a fast interval") {
    Timetable table;
    table.probe(serves());
    table.add(ServerId{2});
    table.schedule.ask(kServer, table.now);
    table.keep(table.schedule.start(table.now));
    CHECK(table.outbound.submitted.size() == 1);
    table.schedule.ask(kServer, table.now);
    table.keep(table.schedule.start(table.now));
    CHECK(table.outbound.submitted.size() == 1);
    table.schedule.ask(ServerId{99}, table.now);
    table.run(Duration{999});
    const auto before = table.outbound.submitted.size();
    table.run(Duration{1});
    CHECK(table.outbound.submitted.size() == before + 1);
}

TEST_CASE("probes: asked, a dead server is looked at once more and no oftener") {
    Timetable table;
    for (int i = 0; i < 3; ++i)
        table.probe(fails());
    table.schedule.ask(kServer, table.now);
    CHECK(table.until_next() == Duration{0});
    table.probe(fails());
    CHECK(table.until_next() == kInterval);
    CHECK(table.verdicts() == Verdicts{Verdict::Dead, Verdict::Dead});
}

TEST_CASE("probes: auto keeps what served first, and says nothing before") {
    Timetable table{"auto"};
    table.next();
    CHECK(table.asked().terms.target == *parse_probe_target("https:443"));
    table.answer(fails("https 443: connection refused"));
    CHECK(table.asked().terms.target == *parse_probe_target("http:80"));
    table.answer(fails());
    for (int i = 0; i < 4; ++i) {
        CHECK(table.until_next() == kInterval);
        table.probe(fails());
        table.answer(fails());
    }
    CHECK(table.verdicts().empty());
    CHECK(table.schedule.counters().in_flight == 0);

    table.probe(fails("https 443: connection refused"));
    table.answer(serves());
    CHECK(table.verdicts() == Verdicts{Verdict::Serves});
    for (int i = 0; i < 3; ++i) {
        table.next();
        CHECK(table.asked().terms.target == *parse_probe_target("http:80"));
        table.answer(fails());
    }
    CHECK(table.verdicts() == Verdicts{Verdict::Dead});
    table.jobs.begin()->second.ipv4 = *parse_ipv4("192.0.2.77");
    table.schedule.plan(table.jobs, table.now);
    table.next();
    CHECK(table.asked().address == "192.0.2.77");
    CHECK(table.asked().terms.target == *parse_probe_target("https:443"));
}

TEST_CASE("probes: auto stays with https where a certificate is required") {
    Timetable table{"auto"};
    table.policy.probe_certificate = ProbeCertificate::Require;
    table.jobs.clear();
    table.add(kServer);
    table.probe(fails());
    CHECK(table.outbound.submitted.empty());
    table.next();
    CHECK(table.asked().terms.target == *parse_probe_target("https:443"));
}

TEST_CASE("probes: trouble of our own is no word, and ends what was counted") {
    Timetable table;
    table.probe(fails());
    table.probe(fails());
    table.probe(no_route());
    REQUIRE(table.said.size() == 1);
    CHECK(table.said[0].sentence == "http 80: no route from here");
    CHECK(table.verdicts() == Verdicts{Verdict::Nothing});
    table.probe(fails());
    table.probe(fails());
    CHECK(table.verdicts().empty());
    table.probe(fails());
    CHECK(table.verdicts() == Verdicts{Verdict::Dead});
    CHECK(table.schedule.counters().nothing == 1);
    CHECK(table.schedule.counters().dead == 5);
}

TEST_CASE("probes: more than there is room for fall behind, say so, and catch up by themselves") {
    Timetable table{"http", 2};
    for (std::int64_t id = 2; id <= 8; ++id)
        table.add(ServerId{id});
    table.run(kInterval);
    CHECK(table.outbound.submitted.size() == 2);
    CHECK(table.schedule.next_deadline() == kNever);
    CHECK(table.schedule.counters().in_flight == 2);
    table.now += 3 * kInterval;  // nobody answers
    for (int i = 0; i < 2; ++i)
        table.answer(serves());
    table.said.clear();
    table.keep(table.schedule.start(table.now));
    CHECK(table.verdicts() == Verdicts{Verdict::Nothing, Verdict::Nothing});
    CHECK(table.schedule.counters().behind == 2);
    for (int i = 0; i < 12; ++i) {
        table.answer({Verdict::Nothing, "behind", true});
        table.keep(table.schedule.start(table.now));
        if (table.outbound.submitted.empty()) break;
    }
    table.said.clear();
    const auto behind = table.schedule.counters().behind;
    for (int i = 0; i < 16; ++i) {
        if (table.outbound.submitted.empty()) table.next();
        table.answer(serves());
    }
    CHECK(table.verdicts() == Verdicts(16, Verdict::Serves));
    CHECK(table.schedule.counters().behind == behind);
}

TEST_CASE("probes: who was asked about comes before those that have waited longer") {
    Timetable table{"http", 1};
    for (std::int64_t id = 2; id <= 5; ++id)
        table.add(ServerId{id});
    table.run(kInterval);
    table.schedule.ask(ServerId{4}, table.now);
    table.answer(serves());
    table.keep(table.schedule.start(table.now));
    table.said.clear();
    table.answer(serves());
    REQUIRE(table.said.size() == 1);
    CHECK(table.said[0].server == ServerId{4});
}

TEST_CASE("probes: IPv6 is only recorded") {
    Timetable table;
    table.jobs.clear();
    table.add(kServer, true);
    for (int i = 0; i < 8; ++i) {
        table.next();
        const bool v6 = table.asked().address == "2001:db8::1";
        table.answer(v6 ? fails("http 80: connection refused") : serves());
    }
    for (const auto& each : table.said)
        CHECK(each.verdict == Verdict::Serves);
    const auto findings = table.schedule.findings(kServer);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].service == service_of(table.policy));
    CHECK(findings[0].ipv4.verdict == Verdict::Serves);
    REQUIRE(findings[0].ipv6.has_value());
    CHECK(findings[0].ipv6->verdict == Verdict::Dead);
    CHECK(findings[0].ipv6->sentence == "http 80: connection refused");
}

TEST_CASE("probes: a job that is gone is forgotten with what is under way") {
    Timetable table;
    table.next();
    table.schedule.plan({}, table.now);
    CHECK(table.schedule.next_deadline() == kNever);
    table.answer(serves());
    CHECK(table.said.empty());
    CHECK(table.schedule.counters().in_flight == 0);
    CHECK(table.schedule.findings(kServer).empty());
}

TEST_CASE("probes: a new plan disturbs nothing that stays") {
    Timetable table;
    table.probe(fails());
    table.probe(fails());
    table.add(ServerId{2});
    table.jobs.begin()->second.host = "api.example.org";
    table.schedule.plan(table.jobs, table.now);
    table.run(Duration{1'000});
    std::size_t mine = 0;
    while (mine < table.outbound.submitted.size() && table.asked(mine).name != "api.example.org")
        ++mine;
    REQUIRE(mine < table.outbound.submitted.size());
    table.keep(table.schedule.finished({table.outbound.submitted[mine].id, fails()}, table.now));
    CHECK(table.verdicts() == Verdicts{Verdict::Dead});
}
