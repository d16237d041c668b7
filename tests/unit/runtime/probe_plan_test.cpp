// Which services are probed, and which rows make another plan.
#include "controller/runtime/probes/current_plan.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

struct Scene {
    UndoLog log;
    Fleet fleet{log};
    ProbePlan plan;

    Scene() {
        add_server(1, "192.0.2.1", "2001:db8::1");
        add_server(2, "192.0.2.2");
        add_pool(11, {1, 2});
        add_domain(21, 11, "www.example.org");
    }
    Server add_server(std::int64_t id, const char* ipv4, const char* ipv6 = nullptr) {
        Server server;
        server.id = ServerId{id};
        server.name = "web" + std::to_string(id);
        server.ipv4 = *parse_ipv4(ipv4);
        if (ipv6 != nullptr) server.ipv6 = parse_ipv6(ipv6);
        fleet.put(server);
        return server;
    }
    Pool add_pool(std::int64_t id, std::vector<std::int64_t> members, Policy policy = {}) {
        Pool pool;
        pool.id = PoolId{id};
        pool.name = "pool" + std::to_string(id);
        for (const auto member : members)
            pool.members.push_back(ServerId{member});
        pool.policy = std::move(policy);
        fleet.put(pool);
        return pool;
    }
    Domain add_domain(std::int64_t id, std::int64_t pool, const std::string& name) {
        Domain domain;
        domain.id = DomainId{id};
        domain.pool = PoolId{pool};
        domain.name = name;
        fleet.put(domain);
        return domain;
    }
    ProbeJobs made() { return plan.make(fleet); }
};

Policy with_probe(const char* target) {
    Policy policy;
    policy.probe = *parse_probe_target(target);
    return policy;
}

}  // namespace

TEST_CASE("every member of a pool with domains is a job, with the policy's probe") {
    Scene scene;
    const auto jobs = scene.made();
    REQUIRE(jobs.size() == 2);
    const auto& [key, job] = *jobs.begin();
    CHECK(key.server == ServerId{1});
    CHECK(key.service == service_of(Policy{}));
    CHECK(job.host == "www.example.org");
    CHECK(to_string(job.ipv4) == "192.0.2.1");
    CHECK(job.ipv6 == parse_ipv6("2001:db8::1"));
    CHECK_FALSE(jobs.rbegin()->second.ipv6.has_value());
    CHECK(job.rules == jobs.rbegin()->second.rules);
}

TEST_CASE("what a policy says of its probe is in the job") {
    Policy policy = with_probe("https:8443/health");
    policy.probe_status = {200, 204};
    policy.probe_text = "ok";
    policy.probe_certificate = ProbeCertificate::Require;
    policy.probe_proxy_protocol = ProxyProtocol::V1;
    policy.probe_interval_s = std::chrono::seconds{20};
    policy.probe_timeout_s = std::chrono::seconds{4};
    policy.fast_interval_s = std::chrono::seconds{2};
    policy.probe_fall = 5;
    policy.probe_rise = 4;
    const ProbeRules rules = probe_rules_of(policy);
    CHECK(rules.service == service_of(policy));
    CHECK(rules.terms.target == policy.probe);
    CHECK(rules.terms.status == policy.probe_status);
    CHECK(rules.terms.text == "ok");
    CHECK(rules.terms.certificate == ProbeCertificate::Require);
    CHECK(rules.terms.timeout == Duration{4'000});
    CHECK(rules.terms.proxy_protocol == ProxyProtocol::V1);
    CHECK(rules.service.find(", PROXY v1") != std::string::npos);
    CHECK(rules.interval == Duration{20'000});
    CHECK(rules.fast_interval == Duration{2'000});
    CHECK(rules.fall == 5);
    CHECK(rules.rise == 4);
    CHECK(rules.valid_for() == Duration{49'000});
}

TEST_CASE("nothing is probed for a pool without domains or with probe off") {
    Scene scene;
    scene.fleet.erase(DomainId{21});
    CHECK(scene.made().empty());
    scene.add_pool(11, {1, 2}, with_probe("off"));
    scene.add_domain(21, 11, "www.example.org");
    CHECK(scene.made().empty());
}

TEST_CASE("pools with the same words share a job, others have their own") {
    Scene scene;
    scene.add_pool(12, {2, 1});
    scene.add_domain(22, 12, "api.example.org");
    CHECK(scene.made().size() == 2);
    CHECK(scene.made().begin()->second.host == "www.example.org");
    scene.add_pool(12, {2, 1}, with_probe("tcp:25"));
    CHECK(scene.made().size() == 4);
}

TEST_CASE("a server is asked for a name that the wildcard's certificate covers") {
    Scene scene;
    scene.add_domain(20, 11, "*.example.org");
    CHECK(scene.made().begin()->second.host == "understudy.example.org");
}

TEST_CASE("only rows that change what is probed concern the plan") {
    Scene scene;
    scene.made();
    Server server = scene.add_server(2, "192.0.2.2");
    server.alarm = Alarm::Down;
    CHECK_FALSE(scene.plan.concerned_by(SaveServer{server}));
    server.ipv4 = *parse_ipv4("192.0.2.9");
    CHECK(scene.plan.concerned_by(SaveServer{server}));

    Pool pool = scene.add_pool(11, {1, 2});
    pool.target = Target{ServerId{2}};
    CHECK_FALSE(scene.plan.concerned_by(SavePool{pool}));
    pool.members.pop_back();
    CHECK(scene.plan.concerned_by(SavePool{pool}));
    pool = scene.add_pool(11, {1, 2}, with_probe("http"));
    CHECK(scene.plan.concerned_by(SavePool{pool}));

    Domain domain = scene.add_domain(21, 11, "www.example.org");
    domain.record.generation = 7;
    CHECK_FALSE(scene.plan.concerned_by(SaveDomain{domain}));
    domain.pool = PoolId{12};
    CHECK(scene.plan.concerned_by(SaveDomain{domain}));

    CHECK(scene.plan.concerned_by(DeleteServer{ServerId{1}}));
    CHECK(scene.plan.concerned_by(DeletePool{PoolId{11}}));
    CHECK(scene.plan.concerned_by(DeleteDomain{DomainId{21}}));
    CHECK_FALSE(scene.plan.concerned_by(AppendLog{}));
}

TEST_CASE("the current plan is made anew when a row changes it, once a second at most") {
    Scene scene;
    CurrentPlan plan{scene.fleet};
    Instant now{Duration{1'000'000}};
    CHECK(plan.edition() == 0);
    CHECK(plan.next_deadline() <= now);
    plan.keep_up(now);
    CHECK(plan.edition() == 1);
    CHECK(plan.jobs().size() == 2);
    CHECK(plan.next_deadline() == kNever);

    Domain domain = *scene.fleet.domain(DomainId{21});
    domain.record.generation += 1;
    plan.note(SaveDomain{domain});
    CHECK(plan.next_deadline() == kNever);

    plan.note(SaveServer{scene.add_server(2, "192.0.2.77")});
    CHECK(plan.next_deadline() == now + Duration{1'000});
    plan.keep_up(now + Duration{999});
    CHECK(plan.edition() == 1);
    now += Duration{1'000};
    plan.keep_up(now);
    CHECK(plan.edition() == 2);
    CHECK(to_string(plan.jobs().at({ServerId{2}, service_of(Policy{})}).ipv4) == "192.0.2.77");
    plan.keep_up(now + Duration{60'000});
    CHECK(plan.edition() == 2);
}
