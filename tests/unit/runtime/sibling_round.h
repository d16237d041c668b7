// A fleet whose siblings are asked, and answer as a test has it.
#pragma once

#include <algorithm>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/runtime/probes/sibling_rounds.h"

namespace understudy::test {

inline constexpr Duration kMinute{60'000};
inline const ServerId kWeb1{1};
inline const std::string kHealth = "https:443/health";

struct Asked {
    ServerId by;
    wire::Probe probe;
    Instant at{};
};

struct Round final : SiblingLinks {
    UndoLog log;
    Fleet fleet{log};
    std::set<std::int64_t> linked;    // and can
    std::set<std::int64_t> proxying;  // with the PROXY protocol's header too
    std::deque<Asked> asked;
    std::vector<ServiceProbed> said;
    Instant now{Duration{1'000'000}};
    SiblingRounds rounds{fleet, *this, Random{7}};
    ProbePlan plan;

    explicit Round(int servers = 4, const std::string& target = kHealth) {
        Pool pool;
        pool.id = PoolId{100};
        pool.members = {kWeb1};
        pool.policy.probe = *parse_probe_target(target);
        fleet.put(pool);
        Domain domain;
        domain.id = DomainId{200};
        domain.pool = pool.id;
        domain.name = "www.example.org";
        fleet.put(domain);
        for (int id = 1; id <= servers; ++id)
            add(id);
        rounds.plan(plan.make(fleet), now);
    }
    void add(std::int64_t id) {
        Server server;
        server.id = ServerId{id};
        server.name = "web" + std::to_string(id);
        server.ipv4 = *parse_ipv4("192.0.2." + std::to_string(id));
        fleet.put(server);
        linked.insert(id);
    }
    void maintain(std::int64_t id) {
        Server server = *fleet.server(ServerId{id});
        server.maintenance = Override{};
        fleet.put(server);
    }
    std::string service() const { return service_of(fleet.pool(PoolId{100})->policy); }

    bool can_probe(ServerId server, bool proxied) const override {
        return linked.contains(server.value) && (!proxied || proxying.contains(server.value));
    }
    bool probe(ServerId server, const wire::Probe& probe) override {
        asked.push_back({server, probe, now});
        return can_probe(server, probe.proxy_protocol);
    }

    void run() {
        for (auto& each : rounds.run(now))
            said.push_back(std::move(each));
    }
    Asked next_question() {
        while (asked.empty()) {
            now = std::max(now, rounds.next_deadline());
            run();
        }
        const Asked first = asked.front();
        asked.clear();
        return first;
    }
    // Time passes, and whoever is asked answers so at once.
    void pass(Duration time, wire::ProbeVerdict verdict) {
        const Instant end = now + time;
        for (;;) {
            run();
            answer_all(verdict);
            const Instant next = rounds.next_deadline();
            if (next > end) break;
            now = std::max(now, next);
        }
        now = end;
    }
    std::vector<Asked> open;  // by answer_all(): what was answered
    void answer_all(wire::ProbeVerdict verdict) {
        for (const Asked& each : std::exchange(asked, {})) {
            answer(each, verdict);
            open.push_back(each);
        }
    }
    std::optional<ServiceProbed> answer(const Asked& question, wire::ProbeVerdict verdict,
                                        std::string found = "https 443: 200") {
        auto probed = rounds.answered(question.by, {question.probe.id, verdict, found, 12}, now);
        if (probed) said.push_back(*probed);
        return probed;
    }
    std::vector<Asked> take_answered() { return std::exchange(open, {}); }
    // Everybody has reached it.
    void calibrate() {
        pass(kMinute, wire::ProbeVerdict::Serves);
        open.clear();
        said.clear();
    }
    void lose_link() {
        rounds.note(AgentLeft{kWeb1, 1, Departure::Silent, ""}, now);
        linked.erase(1);
    }
};

inline std::set<std::int64_t> who(const std::vector<Asked>& asked) {
    std::set<std::int64_t> ids;
    for (const Asked& each : asked)
        ids.insert(each.by.value);
    return ids;
}

inline constexpr auto kServes = wire::ProbeVerdict::Serves;
inline constexpr auto kDead = wire::ProbeVerdict::Dead;

}  // namespace understudy::test
