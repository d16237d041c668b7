// probe_cost: what probing costs the controller's loop, without a network: memory for each pair of
// observer and server, time for each probe, and what a turn is longer by. For probe_bench.py; it
// judges nothing.
//
//   probe_cost [--quick]     (--quick: a tenth of the servers)
//
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/engine.h"
#include "controller/runtime/probes/current_plan.h"
#include "controller/runtime/probes/probe_schedule.h"
#include "controller/runtime/probes/sibling_rounds.h"
#include "tests/bench/figure.h"

namespace understudy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Instant kStart{Duration{1'000'000}};
constexpr Duration kTurn{20};
constexpr Duration kBetween{10'000};  // probes of one server, and its heartbeats
constexpr std::int64_t kFirstPool = 100'000;
constexpr std::int64_t kFirstDomain = 200'000;
constexpr const char* kFound = "https 443: 200 in 12 ms";

double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

std::size_t heap_bytes() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

Policy watched_policy() {
    Policy policy;
    policy.probe = *parse_probe_target("https:443");
    policy.probe_interval_s = std::chrono::seconds{10};
    return policy;
}

// Each in a pool with the next, with a domain.
Snapshot make_fleet(std::int64_t servers) {
    Snapshot fleet;
    for (std::int64_t i = 0; i < servers; ++i) {
        Server server;
        server.id.value = 1 + i;
        server.name = "shield-" + std::to_string(i);
        server.ipv4 =
            *parse_ipv4("192.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
        server.token_prefix = server.name;
        server.ever_seen = true;
        fleet.servers.push_back(server);
        Pool pool;
        pool.id.value = kFirstPool + i;
        pool.name = "pool-" + std::to_string(i);
        pool.members = {server.id, ServerId{1 + (i + 1) % servers}};
        pool.target = Target{pool.primary()};
        pool.policy = watched_policy();
        fleet.pools.push_back(pool);
        Domain domain;
        domain.id.value = kFirstDomain + i;
        domain.name = "www.customer-" + std::to_string(i) + ".example";
        domain.pool = pool.id;
        fleet.domains.push_back(domain);
    }
    fleet.last_id = 1'000'000;
    return fleet;
}

// The least that could be kept of what an observer says of a server.
struct PlainPair {
    std::int64_t server = 0, by = 0;
    int verdict = 0;
    std::string sentence;
    Instant since{}, observed{}, valid_until{}, due{};
};

double plain_bytes(std::int64_t pairs) {
    const std::size_t before = heap_bytes();
    std::vector<PlainPair> plain;
    plain.reserve(static_cast<std::size_t>(pairs));
    for (std::int64_t i = 0; i < pairs; ++i)
        plain.push_back({i, 0, 1, kFound, {}, {}, {}, {}});
    return static_cast<double>(heap_bytes() - before) / static_cast<double>(pairs);
}

class Collected final : public Outbound {
  public:
    void submit(TransferId id, Transfer) override { ids.push_back(id); }
    std::vector<TransferId> ids;
};

class AllLinked final : public SiblingLinks {
  public:
    bool can_probe(ServerId, bool) const override { return true; }
    bool probe(ServerId by, const wire::Probe& probe) override {
        asked.emplace_back(by, probe.id);
        return true;
    }
    std::vector<std::pair<ServerId, std::int64_t>> asked;
};

class Bench {
  public:
    explicit Bench(std::int64_t servers)
        : servers_(servers),
          engine_(EngineTimings{}, Policy{}, make_fleet(servers), kStart, WallTime{}),
          plan_(engine_.fleet()),
          schedule_(outbound_, ids_, Random{1}, static_cast<std::size_t>(servers)),
          rounds_(engine_.fleet(), links_, Random{2}) {
        for (std::int64_t id = 1; id <= servers; ++id)
            engine_.step(now_, AgentLinked{ServerId{id}, 1, "peer", true, ""});
        plan_.keep_up(now_);
    }

    void run() {
        const Peer plain{"its ids, times and sentence in a vector", plain_bytes(servers_)};
        turns(heartbeats_alone_, [](auto&) {});
        std::size_t before = heap_bytes();
        schedule_.plan(plan_.jobs(), now_);
        turns(warm_, [this](auto& said) { probe(said); });
        show("memory per server that the controller probes", per(before, servers_), "bytes", plain);
        probes_ = 0;
        turns(with_probes_, [this](auto& said) { probe(said); });
        report_turns();
        before = heap_bytes();
        ask_siblings();
        show("memory per sibling and server it is asked about", per(before, pairs_of_siblings()),
             "bytes", plain);
    }

  private:
    static double per(std::size_t before, std::int64_t pairs) {
        return static_cast<double>(heap_bytes() - before) / static_cast<double>(pairs);
    }
    // So that everybody is heard and probed once and a half times.
    template <typename Work>
    void turns(std::vector<double>& took, Work work) {
        for (const Instant end = now_ + kBetween * 3 / 2; now_ < end; now_ += kTurn) {
            const auto start = Clock::now();
            for (std::int64_t i = 0; i < servers_ * kTurn / kBetween; ++i)
                engine_.step(now_, AgentSeen{ServerId{1 + beat_++ % servers_}, 1});
            std::vector<ServiceProbed> said;
            work(said);
            for (const ServiceProbed& word : said)
                engine_.step(now_, word);
            took.push_back(microseconds_since(start));
            if (now_ >= engine_.next_deadline())
                engine_.step(now_, TimePassed{WallTime{now_ - kStart}});
        }
    }

    void take(std::vector<ServiceProbed>& said, std::vector<ServiceProbed> more) {
        std::ranges::move(more, std::back_inserter(said));
    }
    // Begins what is due; what was begun in the turn before is answered.
    void probe(std::vector<ServiceProbed>& said) {
        ServiceAnswer answer;
        answer.verdict = Verdict::Serves;
        answer.sentence = kFound;
        answer.spoke = answer.connected = answer.tls = true;
        for (const TransferId id : std::exchange(outbound_.ids, {})) {
            take(said, schedule_.finished({id, answer}, now_));
            ++probes_;
        }
        take(said, schedule_.start(now_));
    }

    void report_turns() {
        const double alone = sum(heartbeats_alone_);
        const double beats = static_cast<double>(beat_) / 3;  // of each of the three rounds
        const double added = (sum(with_probes_) - alone) / static_cast<double>(probes_);
        show("loop's time for a probe and its word", added, "us",
             {"a heartbeat taken", alone / beats});
        show("a turn of 20 ms with its probes, p99", percentile(with_probes_, 0.99) / 1000, "ms",
             {"with its heartbeats alone", percentile(heartbeats_alone_, 0.99) / 1000}, Aim{10});
    }

    // A calm minute: each of three siblings is asked once about each server.
    void ask_siblings() {
        rounds_.plan(plan_.jobs(), now_);
        for (const Instant end = now_ + Duration{65'000}; now_ < end; now_ += kTurn) {
            for (const auto& [by, id] : std::exchange(links_.asked, {})) {
                wire::Probed answer;
                answer.id = id;
                answer.verdict = wire::ProbeVerdict::Serves;
                answer.found = kFound;
                if (const auto word = rounds_.answered(by, answer, now_)) engine_.step(now_, *word);
            }
            (void)rounds_.run(now_);
        }
    }
    std::int64_t pairs_of_siblings() const {
        std::size_t pairs = 0;
        for (const Server* server : engine_.fleet().servers())
            pairs += engine_.testimony_of(server->id).size() - 1;  // the controller's
        return static_cast<std::int64_t>(std::max<std::size_t>(1, pairs));
    }

    static double sum(const std::vector<double>& times) {
        double all = 0;
        for (const double each : times)
            all += each;
        return all;
    }
    static double percentile(std::vector<double> times, double part) {
        std::ranges::sort(times);
        return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
    }

    std::int64_t servers_;
    Instant now_ = kStart;
    Engine engine_;
    CurrentPlan plan_;
    Collected outbound_;
    TransferIds ids_;
    ProbeSchedule schedule_;
    AllLinked links_;
    SiblingRounds rounds_;
    std::vector<double> heartbeats_alone_, warm_, with_probes_;
    std::int64_t beat_ = 0, probes_ = 0;
};

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
    using namespace understudy;
    const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    const std::int64_t servers = quick ? 500 : 5'000;
    note(number(static_cast<double>(servers)) +
         " servers, each heard and probed every 10 s, on the loop's side.");
    Bench{servers}.run();
    return 0;
}
