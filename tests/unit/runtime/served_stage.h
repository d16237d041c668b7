// ServedRounds with an Outbound that only writes down, for tests of its rounds.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "controller/runtime/served/served_rounds.h"
#include "tests/unit/runtime/world.h"

namespace understudy::test {

using Saying = NameServerSaid::What;
using RecordType = NameQuestion::Type;
using Answering = std::function<NameAnswer(const NameQuestion&)>;

inline AddressSet served_content(const std::string& text) {
    return *parse_address_set(text);
}

inline NameAnswer with_addresses(const std::string& text) {
    NameAnswer answer;
    answer.answered = true;
    if (!text.empty()) answer.addresses = served_content(text);
    return answer;
}

inline NameAnswer with_names(std::vector<std::string> names) {
    NameAnswer answer;
    answer.answered = true;
    answer.names = std::move(names);
    return answer;
}

inline NameAnswer silence() {
    NameAnswer answer;
    answer.problem = "no answer";
    answer.silent = true;
    return answer;
}

// ns1 at 198.51.100.1, ns2 at 198.51.100.2 and 2001:db8::2; all answer with 192.0.2.2.
inline NameAnswer usual(const NameQuestion& question) {
    if (question.type == RecordType::Ns) return with_names({"ns2.example.net", "ns1.example.net"});
    const bool ipv6 = question.type == RecordType::Aaaa;
    if (question.name == "ns1.example.net") return with_addresses(ipv6 ? "" : "198.51.100.1");
    if (question.name == "ns2.example.net")
        return with_addresses(ipv6 ? "2001:db8::2" : "198.51.100.2");
    return with_addresses(ipv6 ? "" : "192.0.2.2");
}

struct ServedStage {
    explicit ServedStage(const ServedLimits& its_limits = {})
        : limits(its_limits),
          rounds(fleet, Outlets{providers, providers, &names, &probes}, ids, limits) {
        Pool pool;
        pool.id = PoolId{1};
        pool.name = "web";
        pool.policy.probe = *parse_probe_target("https:8443/health");
        fleet.put(pool);
    }

    void add(std::int64_t id, const std::string& name, const std::string& zone = "example.org",
             bool proxied = false) {
        Domain domain;
        domain.id = DomainId{id};
        domain.name = name;
        domain.zone_name = zone;
        domain.pool = PoolId{1};
        domain.proxied = proxied;
        domain.record.generation = domain.record.confirmed_generation = 2;
        fleet.put(domain);
    }
    void ask(std::int64_t id, std::int64_t generation = 2) {
        rounds.ask({DomainId{id}, generation, served_content("192.0.2.2")}, now);
        start();
    }
    void start() {
        take([&](DispatcherOutput& output) { rounds.start(now, output); });
    }
    // Answers whatever is asked until nothing is.
    void answer(const Answering& answering = usual) {
        while (!names.submitted.empty())
            answer_one(answering);
    }
    void answer_one(const Answering& answering = usual) {
        const Submitted first = names.take();
        const auto& question = std::get<NameQuestion>(first.transfer);
        finish(first.id, answering(question));
    }
    void finish(TransferId id, TransferAnswer with) {
        take([&](DispatcherOutput& output) {
            CHECK(rounds.finished({id, std::move(with)}, now, output));
            rounds.start(now, output);
        });
    }
    template <typename Act>
    void take(const Act& act) {
        DispatcherOutput output;
        act(output);
        for (auto& each : inputs_of<RecordServed>(output))
            reports.push_back(std::move(each));
    }
    void advance(Duration by) {
        now += by;
        start();
    }
    // Goes on until the time is up.
    void until_the_end(const Answering& answering) {
        for (int rounds_left = 100; rounds_left > 0; --rounds_left) {
            answer(answering);
            if (rounds.next_deadline() == kNever) return;
            advance(rounds.next_deadline() - now);
        }
        FAIL("it never ends");
    }
    std::size_t asked_of(const std::string& server) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(names.submitted, [&](const Submitted& each) {
                return std::get<NameQuestion>(each.transfer).server == server;
            }));
    }

    UndoLog log;
    Fleet fleet{log};
    RecordingOutbound providers, names, probes;
    TransferIds ids;
    ServedLimits limits;
    ServedRounds rounds;
    Instant now = kStart;
    std::vector<RecordServed> reports;
};

}  // namespace understudy::test
