// RandomRun: the engine under seeded random inputs and orders, nonsense among them, in any order
// and with restarts in between. At every step: nothing aborts, everything commits, memory equals
// the store (engine_harness.h), what people were told makes sense, and no target moves without a
// reason. In the end the world heals, and everything must settle. For engine_random_test.cpp.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/unit/core/engine_harness.h"
#include "tests/unit/core/heard_news.h"
#include "tests/unit/core/imagined_losses.h"
#include "tests/unit/core/random_addresses.h"
#include "tests/unit/core/random_orders.h"
#include "tests/unit/core/random_readiness.h"

namespace understudy {

class RandomRun {
  public:
    // rehearsing: before each input orders are tried that are then not given.
    explicit RandomRun(std::uint64_t seed, bool rehearsing = false)
        : random_(seed), rehearsing_(rehearsing), aside_(seed) {
        world_.policy.confirm_s = std::chrono::seconds{random_.below(3) * 20};
        world_.policy.failback_after_s = std::chrono::seconds{random_.below(3) * 40};
        // Every other run has a fleet in which losses are not doubted, so that more is decided.
        world_.timings.guards.mass_loss_servers = random_.chance(0.5) ? 3 : 1000;
        world_.timings.guards.witnesses = random_.chance(0.3);
        world_.timings.guards.changes_per_pool = random_.chance(0.3) ? 3 : 0;
        world_.restart();
        world_.add_channel("everything");
        everything_ = world_.fleet().channel_named("everything")->id;
        orders_.keep(everything_);
        for (int i = 0; i < 4; ++i)
            give(orders_.add_server());
        for (int i = 0; i < 6; ++i)
            give(orders_.add_domain());
    }

    void trouble(int steps) {
        for (int i = 0; i < steps; ++i) {
            one_thing();
            news_.check(world_.fleet());
        }
    }

    void heal_and_check() {
        lift_overrides();
        for (const Server* server : world_.fleet().servers())
            report(server->id, true);
        for (int i = 0; i < 450; ++i) {
            pass(Duration{10'000});
            for (const Server* server : world_.fleet().servers())
                send(AgentSeen{server->id, links_[server->id], {}});
            if (i == 10) send(WitnessesAnswered{2, 1});
            for (const Server* server : world_.fleet().servers())
                if (i == 10) send(all_ready(world_.fleet(), server->id));
            answer_everything();
            news_.check(world_.fleet());
        }
        // What flaps is remembered by the wall clock, which may have been set back.
        for (const Restraint& held : world_.engine().restraints(world_.now))
            CHECK(held.kind == "flapping");
        for (const Domain* domain : world_.fleet().domains())
            check_healed(*domain);
        for (const Server* server : world_.fleet().servers())
            CHECK(server->alarm == Alarm::None);
    }

    // What was decided, and when there was more to decide.
    std::vector<std::string> story() const {
        std::vector<std::string> story = deadlines_;
        for (const LogLine& line : world_.lines)
            story.push_back(std::to_string(line.id.value) + " " + line.reason + line.evidence);
        for (const Enqueue& entry : world_.told)
            story.push_back(std::to_string(entry.id.value) + " " + entry.notice.reason);
        return story;
    }

  private:
    void lift_overrides() {
        give(ResumeAll{});
        give(EndDryRunOfAll{});
        for (const Server* server : world_.fleet().servers())
            give(EndMaintenance{server->id});
        for (const Pool* pool : world_.fleet().pools()) {
            give(EndDryRun{pool->id});
            give(ReleasePool{pool->id});
        }
    }

    void check_healed(const Domain& domain) {
        CHECK(domain.record.settled());
        CHECK(domain.news == News::None);
        const Pool& pool = *world_.fleet().pool(domain.pool);
        CHECK_FALSE(pool.outage);
        if (pool.policy.failback != Failback::Auto) return;
        CHECK(pool.at_home());
        if (pool.active_active() || pool.preferred || domain.ignored) return;
        // Unless a person adopted something else, it is home, and people know.
        const AddressSet home =
            world_.fleet().addresses_of(pool, Target{pool.primary()}, domain.with_ipv6);
        if (domain.record.confirmed == home) CHECK_FALSE(domain.announced_away);
    }

    // What may not change by itself.
    struct Before {
        std::map<PoolId, Target> targets;
        std::map<DomainId, std::int64_t> generations;  // of what must not be written
        std::set<ServerId> maintained;
        bool paused = false;
    };

    Before look() {
        Before before;
        before.paused = world_.fleet().controls().pause.has_value();
        for (const Server* server : world_.fleet().servers())
            if (server->maintenance) before.maintained.insert(server->id);
        for (const Pool* pool : world_.fleet().pools())
            before.targets[pool->id] = pool->target;
        for (const Domain* domain : world_.fleet().domains())
            if (untouchable(*domain)) before.generations[domain->id] = domain->record.generation;
        return before;
    }

    bool untouchable(const Domain& domain) {
        return domain.ignored || world_.fleet().pool(domain.pool)->dry_run ||
               world_.fleet().controls().dry_run;
    }

    void send(const Input& input) {
        const Before before = look();
        const std::size_t told = world_.told.size();
        const bool ordered =
            std::holds_alternative<Order>(input) || std::holds_alternative<OrderBatch>(input);
        const bool held = world_.now < held_until_;
        if (rehearsing_) rehearse();
        addresses_.heard(world_.step(input));
        deadlines_.push_back(
            std::to_string(world_.engine().next_deadline().time_since_epoch().count()));
        for (std::size_t i = told; i < world_.told.size(); ++i)
            if (world_.told[i].channel == everything_) news_.hear(world_.told[i].notice);
        if (ordered) return;
        for (const auto& [id, generation] : before.generations) {
            const Domain& domain = *world_.fleet().domain(id);
            if (untouchable(domain)) CHECK(domain.record.generation == generation);
        }
        for (const Pool* pool : world_.fleet().pools()) {
            const auto old = before.targets.find(pool->id);
            if (old == before.targets.end() || old->second == pool->target) continue;
            CHECK_FALSE(held);
            const bool paused = before.paused && world_.fleet().controls().pause.has_value();
            CHECK_FALSE(paused);
            CHECK_FALSE(pool->hold);
            CHECK_FALSE(pool->dry_run);
            CHECK_FALSE(world_.fleet().controls().dry_run);
            check_move(*pool, old->second, before);
        }
    }

    bool fit(ServerId server, const Pool& pool) {
        const auto view = world_.engine().health_of(server, world_.now);
        return !world_.fleet().server(server)->maintenance && view.health == Health::Online &&
               *view.last_seen_ago <= pool.policy.health_timeout_s;
    }

    // Somebody said so of its service within the time that such a word may count.
    bool said(const std::map<ServerId, Instant>& of, ServerId server) const {
        const auto at = of.find(server);
        return at != of.end() && world_.now - at->second < 2 * kCalibrated;
    }
    bool may_be_left(ServerId server, const Pool& pool) {
        return !fit(server, pool) || said(called_dead_, server);
    }
    bool may_be_taken(ServerId server, const Pool& pool) {
        const bool asked = pool.policy.evidence != Evidence::Link;
        return fit(server, pool) || (asked && said(called_serving_, server));
    }

    // Rules 4 to 6 and active-active, said once more and independently of selection.h.
    void check_move(const Pool& pool, const Target& from, const Before& before) {
        if (pool.target.is_fallback()) {
            // One whose maintenance ended in this very step may have been judged before that.
            for (const ServerId member : pool.members)
                if (!before.maintained.contains(member)) CHECK(may_be_left(member, pool));
            return;
        }
        for (const ServerId server : pool.target.servers)
            if (!from.has(server)) CHECK(may_be_taken(server, pool));
        if (pool.active_active()) return check_set(pool, from);
        if (pool.target.has(pool.home()) || from.is_fallback()) return;
        if (before.maintained.contains(from.servers.front())) return;
        CHECK(may_be_left(from.servers.front(), pool));
        CHECK(world_.fleet().server(from.servers.front())->ever_seen);
    }

    void check_set(const Pool& pool, const Target& from) {
        const std::size_t limit = pool.policy.max_answers;
        if (limit != 0) CHECK(pool.target.servers.size() <= limit);
        for (const ServerId server : from.servers)
            if (limit == 0 && !pool.target.has(server)) CHECK(may_be_left(server, pool));
    }

    // Every deadline is kept at its time; one that comes again at once would hang the loop.
    void pass(Duration by) {
        const Instant end = world_.now + by;
        while (world_.engine().next_deadline() <= end) {
            world_.now = std::max(world_.now, world_.engine().next_deadline());
            send(TimePassed{world_.wall()});
            REQUIRE(world_.engine().next_deadline() > world_.now);
        }
        world_.now = end;
    }

    void report(ServerId server, bool ok) {
        const bool known = world_.fleet().server(server) != nullptr;
        if (known) links_[server] = ++world_.last_link;
        send(AgentLinked{server, known ? world_.last_link : 1, "peer", ok, ok ? "" : "x: y"});
        if (known) send(AgentReported{server, links_[server], ok, ok ? "" : "x: y"});
    }

    LinkId link_of(ServerId server) {
        return random_.chance(0.1) ? random_.below(50) : links_[server];
    }

    void one_thing() {
        const ServerId server = orders_.any_server();
        const auto how = static_cast<Departure>(random_.below(5));
        switch (random_.below(19)) {
            case 17:
                return send(addresses_.report(server, link_of(server)));
            case 18:
                return send(addresses_.answer(server));
            case 16:
                return send(drawn_readiness(random_, world_.fleet(), orders_));
            case 14:
            case 15:
                return probed();
            case 0:
                return report(server, random_.chance(0.8));
            case 1:
                return send(AgentSeen{server, link_of(server), load()});
            case 2:
                return send(AgentReported{server, link_of(server), random_.chance(0.6), "a"});
            case 3:
                return send(AgentLeft{server, link_of(server), how, ""});
            case 4:
                return pass(Duration{random_.below(5'000)});
            case 5:
                return pass(Duration{random_.below(200'000)});
            case 6:
                return random_.chance(0.1) ? stall() : send(TimePassed{world_.wall()});
            case 7:
                return one_answer();
            case 8:
                return answer_everything();
            case 9:
                return random_.chance(0.3)
                           ? send(OwnCertificateSeen{"ctl.example.org", any_term()})
                           : send(CertificateSeen{server, {orders_.any_domain()}, any_term()});
            case 10:
                return random_.chance(0.1) ? restart() : one_answer();
            case 11:
                return random_.chance(0.5) ? step_clock() : witnesses_answer();
            case 12:
                return random_.chance(0.3) ? give_batch() : give(orders_.any());
            default:
                return give(orders_.any());
        }
    }

    // Of a pool's probe, by the controller or anybody, who may be gone.
    void probed() {
        const auto pools = world_.fleet().pools();
        const Policy policy =
            pools.empty() ? world_.policy : pools[random_.below(pools.size())]->policy;
        ServiceProbed said{orders_.any_server(), {},      service_of(policy),
                           Verdict::Serves,      "found", Duration{0},
                           Duration{60'000}};
        if (random_.chance(0.5)) said.by = orders_.any_server();
        said.verdict = random_.chance(0.6)   ? Verdict::Serves
                       : random_.chance(0.7) ? Verdict::Dead
                                             : Verdict::Nothing;
        if (said.verdict == Verdict::Dead) called_dead_[said.server] = world_.now;
        if (said.verdict == Verdict::Serves) called_serving_[said.server] = world_.now;
        send(said);
    }

    std::optional<double> load() {
        if (random_.chance(0.5)) return std::nullopt;
        return static_cast<double>(random_.below(20)) / 10.0;
    }

    // The engine hears of it with the next TimePassed, like everybody.
    void step_clock() {
        const Duration to{static_cast<Duration::rep>(random_.below(10'800'000)) - 5'400'000};
        if (std::chrono::abs(world_.clock_step + to) < std::chrono::hours{48}) {
            world_.clock_step += to;
        }
    }

    void witnesses_answer() { send(WitnessesAnswered{2, static_cast<int>(random_.below(3))}); }
    void give(OrderAction action) { send(Order{{1, "ops"}, std::move(action)}); }

    void rehearse() {
        if (world_.fleet().providers().empty()) return;  // a domain would bring one
        std::vector<OrderAction> actions;
        for (std::uint64_t i = aside_.below(4); i < 4; ++i)
            actions.push_back(tried_.any());
        (void)world_.engine().rehearse(own_caller("ops"), actions, world_.now,
                                       Engine::Later::Asked);
        check_imagined_losses(world_.engine(), world_.now);
        actions.push_back(RemovePool{PoolId{999'999'999}});
        CHECK(world_.step(OrderBatch{{1, "ops"}, actions}).changes.empty());
    }

    void give_batch() {
        OrderBatch batch{{1, "ops"}, {}};
        for (std::uint64_t i = random_.below(4); i < 4; ++i)
            batch.actions.push_back(orders_.any());
        send(batch);
    }

    CertificateTerm any_term() {
        using std::chrono::days;
        return {"2027-01-01T00:00:00Z", {}, days{random_.below(30)}, days{random_.below(100)}};
    }

    void stall() {
        world_.now += Duration{random_.below(60'000)};
        send(Stalled{Duration{5'000}});
        held_until_ = world_.now + world_.timings.stall_grace;
    }

    void restart() {
        links_.clear();
        held_until_ = {};
        world_.restart();
    }

    // A provider's answer: to a domain or a generation that may be long gone.
    void one_answer() {
        const DomainId id = orders_.any_domain();
        const Domain* row = world_.fleet().domain(id);
        std::int64_t generation = row == nullptr ? 1 : row->record.generation;
        if (random_.chance(0.2)) generation += static_cast<std::int64_t>(random_.below(4)) - 2;
        const Error error = random_.chance(0.5) ? rejected("no") : transient("503");
        const int attempts = static_cast<int>(random_.below(6));
        switch (random_.below(3)) {
            case 0:
                return send(RecordConfirmed{id, generation, orders_.any_state()});
            case 1:
                return send(RecordRefused{id, generation, error, attempts});
            default:
                return send(RecordObserved{id, generation, orders_.any_state()});
        }
    }

    // Confirms what is behind, and lets a person enforce what is in conflict.
    void answer_everything() {
        for (const Domain* row : world_.fleet().domains()) {
            if (row->record.in_conflict()) give(EnforceDomain{row->id, orders_.any_state()});
        }
        const auto due = world_.store.due(1000);
        REQUIRE(due.ok());
        for (const RecordBehind& behind : due->records)
            send(RecordConfirmed{
                behind.domain, behind.generation, {behind.desired, behind.desired_ttl, false}});
    }

    Random random_;
    EngineHarness world_;
    RandomOrders orders_{random_, world_};
    RandomAddresses addresses_{random_};
    ChannelId everything_;
    std::map<ServerId, LinkId> links_;
    std::map<ServerId, Instant> called_dead_, called_serving_;
    HeardNews news_;
    Instant held_until_{};
    bool rehearsing_;
    Random aside_;
    RandomOrders tried_{aside_, world_};
    std::vector<std::string> deadlines_;
};

}  // namespace understudy
