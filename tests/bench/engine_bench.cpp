// How fast the failover engine is with a large fleet: 100,000 domains on 1,000 and on 10,000
// servers, with 100 and with 10 domains per pool of three. Figures only; it judges nothing.
//
//   engine_bench [--quick]     (--quick: a tenth of the domains)
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/core/engine_view.h"
#include "controller/core/restraints.h"
#include "controller/core/what_if.h"
#include "tests/bench/figure.h"

namespace understudy {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t servers = 1'000;  // of the fleet that is being measured
constexpr std::int64_t kFirstPool = 20'000;
constexpr std::int64_t kFirstDomain = 1'000'000;
constexpr Instant kStart{Duration{1'000'000}};

double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

// Of this thread on a core: what others do with it meanwhile is not counted.
double core_ms() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return 1e3 * static_cast<double>(used.tv_sec) + 1e-6 * static_cast<double>(used.tv_nsec);
}

double percentile(std::vector<double> times, double part) {
    std::ranges::sort(times);
    return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
}

std::size_t heap_bytes() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

// --- the fleet -----------------------------------------------------------------------------------

Server server_number(std::int64_t number) {
    Server server;
    server.id.value = 1 + number;
    server.name = "shield-" + std::to_string(number);
    server.ipv4 = *parse_ipv4("10.0." + std::to_string(number / 250) + "." +
                              std::to_string(number % 250 + 1));
    server.token_prefix = server.name;
    server.ever_seen = true;
    return server;
}

Pool pool_number(std::int64_t number) {
    Pool pool;
    pool.id.value = kFirstPool + number;
    pool.name = "pool-" + std::to_string(number);
    for (std::int64_t member = 0; member < 3; ++member)
        pool.members.push_back(ServerId{1 + (number + member) % servers});
    pool.target = Target{pool.primary()};
    pool.policy.confirm_s = std::chrono::seconds{0};
    return pool;
}

Domain domain_number(std::int64_t number, std::int64_t pool, const Server& primary) {
    Domain domain;
    domain.id.value = kFirstDomain + number;
    domain.name = "www.customer-" + std::to_string(number) + ".example";
    domain.provider = ProviderId{90'000};
    domain.zone_id = "023e105f4ecef8ad9ca31a8372d0c353";
    domain.zone_name = domain.name.substr(4);
    domain.pool.value = kFirstPool + pool;
    domain.normal_ttl = Ttl{300};
    domain.record.desired = primary.addresses();
    domain.record.desired_ttl = domain.normal_ttl;
    domain.record.confirmed = domain.record.desired;
    return domain;
}

Snapshot make_fleet(std::int64_t domains, std::int64_t per_pool) {
    Snapshot fleet;
    for (std::int64_t i = 0; i < servers; ++i)
        fleet.servers.push_back(server_number(i));
    ProviderAccount account;
    account.id.value = 90'000;
    account.name = "cloudflare";
    fleet.providers.push_back(account);
    Channel channel;
    channel.id.value = 90'001;
    channel.name = "ops";
    fleet.channels.push_back(channel);
    for (std::int64_t i = 0; i < domains / per_pool; ++i)
        fleet.pools.push_back(pool_number(i));
    for (std::int64_t i = 0; i < domains; ++i) {
        const Pool& pool = fleet.pools[static_cast<std::size_t>(i / per_pool)];
        const auto primary = static_cast<std::size_t>(pool.primary().value - 1);
        fleet.domains.push_back(domain_number(i, i / per_pool, fleet.servers[primary]));
    }
    fleet.last_id = 100'000'000;
    return fleet;
}

// What a domain is made of and nothing else: the least that could be kept of it.
struct PlainDomain {
    std::string name, zone_id, zone_name;
    std::uint32_t wanted = 0, confirmed = 0;
    std::int64_t id = 0, pool = 0;
};

std::size_t plain_bytes(const Snapshot& fleet) {
    const std::size_t before = heap_bytes();
    std::vector<PlainDomain> plain;
    plain.reserve(fleet.domains.size());
    for (const Domain& domain : fleet.domains) {
        PlainDomain row{domain.name, domain.zone_id, domain.zone_name, 1, 1, 0, 0};
        row.id = domain.id.value;
        row.pool = domain.pool.value;
        plain.push_back(std::move(row));
    }
    return heap_bytes() - before;
}

// --- the figures ---------------------------------------------------------------------------------

class Bench {
  public:
    enum class Doubts { Never, Usual };
    Bench(std::int64_t domains, std::int64_t per_pool, Doubts doubts = Doubts::Never)
        : label_(", " + number(static_cast<double>(servers)) + " servers, " +
                 std::to_string(per_pool) + " domains a pool") {
        const double count = static_cast<double>(domains);
        double plain = 0, copied = 0;
        {
            const Snapshot fleet = make_fleet(domains, per_pool);
            plain = static_cast<double>(plain_bytes(fleet)) / count;
            const auto start = Clock::now();
            const Snapshot copy = fleet;
            copied = microseconds_since(start) / 1000;
        }
        const std::size_t before = heap_bytes();
        Snapshot fleet = make_fleet(domains, per_pool);
        const auto start = Clock::now();
        EngineTimings timings;
        if (doubts == Doubts::Never) {  // the servers are lost one by one, in no time
            timings.guards.mass_loss_percent = 100;
            timings.guards.mass_loss_spread = Duration{-1};
        }
        engine_ = std::make_unique<Engine>(timings, Policy{}, std::move(fleet), kStart, WallTime{});
        const double loaded = microseconds_since(start) / 1000;
        const double kept = static_cast<double>(heap_bytes() - before) / count;
        if (doubts == Doubts::Usual) return;  // these were shown before
        show("load of a snapshot" + label_, loaded, "ms", {"a copy of the snapshot", copied});
        show("memory per domain" + label_, kept, "bytes",
             {"its strings and addresses in a vector", plain});
    }

    void run(int rounds) {
        for (std::int64_t id = 1; id <= servers; ++id)
            engine_->step(now_, AgentLinked{ServerId{id}, 1, "peer", true, ""});
        heartbeats(rounds * 200'000);
        questions();
        switches(rounds * 60);
        batches(rounds * 20);
        sweep(rounds * 5);
    }

  private:
    void heartbeats(int count) {
        std::unordered_map<ServerId, Instant> seen;
        for (std::int64_t id = 1; id <= servers; ++id)
            seen[ServerId{id}] = now_;
        auto start = Clock::now();
        for (int i = 0; i < count; ++i)
            seen.find(ServerId{1 + i * 7 % servers})->second = now_ + Duration{i};
        asm volatile("" : : "r"(&seen) : "memory");
        const double floor = count / microseconds_since(start) * 1e6;
        start = Clock::now();
        for (int i = 0; i < count; ++i)
            engine_->step(now_, AgentSeen{ServerId{1 + i * 7 % servers}, 1});
        const double rate = count / microseconds_since(start) * 1e6;
        show("heartbeats taken" + label_, rate / 1e6, "million/s",
             {"a look-up and a store in a hash table", floor / 1e6});
    }

    // What people and their programs ask of all of it, at any time.
    void questions() {
        const Engine& engine = *engine_;
        std::vector<ServerId> half;
        for (const Server* server : engine.fleet().servers())
            if (server->id.value % 2 == 0) half.push_back(server->id);
        const Peer pass{"one pass over all domains", passed(engine.fleet()) / 1000};
        const auto told = [&](const std::string& what, double ms, Aim aim = {}) {
            show(what + label_, ms, "ms", pass, aim);
        };
        what_if::EachLossWalk each;
        Walked walked = walk([&](Work& work) { return each.go_on(engine.view(now_), work); });
        told("what if each server were lost", walked.all);
        told("what if each server were lost, longest slice", walked.longest, kSliceAim);
        what_if::LossWalk lost{half, 100};
        walked = walk([&](Work& work) { return lost.go_on(engine.view(now_), work); });
        told("what if half of them were lost", walked.all);
        told("what if half of them were lost, longest slice", walked.longest, kSliceAim);
        told("restraints told", spent([&] { (void)engine.restraints(now_); }) / 1000);
    }

  public:
    // Most servers are lost at once, and people look at every pool: what holds them is one
    // sentence.
    void doubt() {
        for (std::int64_t id = 1; id <= servers; ++id)
            engine_->step(now_, AgentLinked{ServerId{id}, 1, "peer", true, ""});
        for (std::int64_t id = 1; id <= servers * 6 / 10; ++id)
            engine_->step(now_, AgentLeft{ServerId{id}, 1, Departure::Silent, ""});
        const EngineView view = engine_->view(now_);
        EngineView anew = view;
        anew.words = nullptr;
        const auto pools = engine_->fleet().pools();
        std::size_t held = 0;
        const auto tell = [&](const EngineView& by, std::size_t every) {
            return spent([&] {
                for (std::size_t i = 0; i < pools.size(); i += every)
                    held += restraints::told_of(by, *pools[i]) ? 1u : 0u;
            });
        };
        const double shared = tell(view, 1) / 1000;
        show("a mass loss told of every pool" + label_, shared, "ms",
             {"worded anew for each", 10 * tell(anew, 10) / 1000}, Aim{100});
        if (held == 0) note("nothing was held: there was no mass loss");
    }

  private:
    // As the API does it: a slice in each turn (controller/api/long_answers.h).
    static constexpr std::size_t kSlice = 3'000;
    static constexpr Aim kSliceAim{10};
    struct Walked {
        double all = 0, longest = 0;  // in milliseconds
    };
    template <typename Slice>
    static Walked walk(Slice slice) {
        Walked walked;
        for (bool through = false; !through;) {
            Work work{kSlice};
            const double begun = core_ms();
            through = slice(work);
            const double ms = core_ms() - begun;
            walked.all += ms;
            walked.longest = std::max(walked.longest, ms);
        }
        return walked;
    }

    static double passed(const Fleet& fleet) {
        return spent([&] {
            std::int64_t sum = 0;
            for (const Pool* pool : fleet.pools())
                for (const DomainId id : fleet.domains_of(pool->id))
                    sum += fleet.domain(id)->record.settled() ? 1 : 0;
            asm volatile("" : : "r"(sum) : "memory");
        });
    }

    // A server's link is lost with confirm_s 0: the step decides and makes every row.
    void switches(int count) {
        std::vector<double> lost, floors;
        std::size_t rows = 0;
        for (int i = 0; i < count; ++i) {
            const ServerId server{1 + i * 3};
            const auto start = Clock::now();
            const Decision decision =
                engine_->step(now_, AgentLeft{server, 1, Departure::Closed, ""});
            lost.push_back(microseconds_since(start));
            rows = decision.changes.size();
            const auto copying = Clock::now();
            const std::vector<Change> copy = decision.changes;
            floors.push_back(microseconds_since(copying));
            confirm(decision);
        }
        const std::string peer = "a copy of the " + std::to_string(rows) + " rows it makes";
        show("lost link to decision, p50" + label_, percentile(lost, 0.5), "us",
             {peer, percentile(floors, 0.5)});
        show("lost link to decision, p99" + label_, percentile(lost, 0.99), "us",
             {peer, percentile(floors, 0.99)}, Aim{50});
    }

    // What people try costs what it touches, however many domains there are beside.
    void batches(int count) {
        const auto pools = engine_->fleet().pools();
        const PoolId pool = pools.front()->id;
        const DomainId domain = engine_->fleet().domains_of(pool).front();
        const std::vector<OrderAction> orders{HoldPool{pool, {}, {}, true}, ReleasePool{pool}};
        const std::vector<OrderAction> refused{HoldPool{pool, {}, {}, true}, RemovePool{}};
        const std::vector<OrderAction> move{MoveDomains{{domain}, pools.back()->id, true, ""}};
        std::vector<double> alone, done, taken_back, rehearsed;
        for (int i = 0; i < count; ++i) {
            alone.push_back(spent([&] {
                for (const OrderAction& order : orders)
                    engine_->step(now_, Order{{1, "ops"}, order});
            }));
            done.push_back(spent([&] { engine_->step(now_, OrderBatch{{1, "ops"}, orders}); }));
            taken_back.push_back(spent([&] {
                engine_->step(now_, OrderBatch{{1, "ops"}, refused});
            }));
            rehearsed.push_back(spent([&] { (void)engine_->rehearse({"ops"}, move, now_); }));
        }
        const Peer peer{"the two orders one by one", percentile(alone, 0.5)};
        const Aim aim{5'000};
        show("batch of two orders" + label_, percentile(done, 0.5), "us", peer, aim);
        show("batch refused" + label_, percentile(taken_back, 0.5), "us", peer, aim);
        show("move of a domain rehearsed" + label_, percentile(rehearsed, 0.5), "us", peer, aim);
    }

    template <typename Work>
    static double spent(Work work) {
        const auto start = Clock::now();
        work();
        return microseconds_since(start);
    }

    // The provider does what the rows ask for.
    void confirm(const Decision& decision) {
        for (const Change& change : decision.changes) {
            const auto* saved = std::get_if<SaveDomain>(&change);
            if (saved == nullptr || saved->domain.record.settled()) continue;
            const Publication& record = saved->domain.record;
            const RecordState written{record.desired, record.desired_ttl, saved->domain.proxied};
            engine_->step(now_, RecordConfirmed{saved->domain.id, record.generation, written});
        }
    }

    void sweep(int count) {
        std::vector<double> times, floors;
        std::vector<Pool> pools;
        for (const Pool* pool : engine_->fleet().pools())
            pools.push_back(*pool);
        for (int i = 0; i < count; ++i) {
            for (std::int64_t id = 1; id <= servers; ++id)
                engine_->step(now_, AgentSeen{ServerId{id}, 1});
            now_ = std::max(now_, engine_->next_deadline());
            while (true) {
                const auto start = Clock::now();
                const Decision decision = engine_->step(now_, TimePassed{WallTime{now_ - kStart}});
                const double spent = microseconds_since(start) / 1000;
                if (decision.check_records) {
                    times.push_back(spent);
                    break;
                }
                now_ = std::max(now_, engine_->next_deadline());
            }
            floors.push_back(pass_over(pools));
        }
        show("maintenance loop over all" + label_, percentile(times, 0.5), "ms",
             {"one pass over a vector of the pools", percentile(floors, 0.5)}, Aim{100});
    }

    static double pass_over(const std::vector<Pool>& pools) {
        const auto start = Clock::now();
        std::int64_t sum = 0;
        for (const Pool& pool : pools)
            sum += pool.members.size() == 3 ? pool.target.servers.front().value : 0;
        asm volatile("" : : "r"(sum) : "memory");
        return microseconds_since(start) / 1000;
    }

    std::string label_;
    std::unique_ptr<Engine> engine_;
    Instant now_ = kStart;
};

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    const std::int64_t domains = quick ? 10'000 : 100'000;
    const int rounds = quick ? 1 : 5;
    understudy::note(understudy::number(static_cast<double>(domains)) +
                     " domains, in pools of three servers.");
    struct Shape {
        std::int64_t servers, per_pool;
    };
    for (const Shape& shape : {Shape{1'000, 100}, Shape{1'000, 10}, Shape{10'000, 100}}) {
        understudy::servers = shape.servers;
        understudy::Bench bench{domains, shape.per_pool};
        bench.run(rounds);
    }
    understudy::servers = 1'000;
    understudy::Bench{domains, 10, understudy::Bench::Doubts::Usual}.doubt();
    return 0;
}
