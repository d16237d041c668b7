#include "controller/core/engine.h"

#include <algorithm>

#include "controller/core/alarms.h"
#include "controller/core/announcer.h"
#include "controller/core/deadlines.h"
#include "controller/core/guard.h"
#include "controller/core/health.h"
#include "controller/core/invariants.h"
#include "controller/core/orders.h"
#include "controller/core/pools.h"
#include "controller/core/records.h"
#include "controller/core/step_context.h"

namespace understudy {
namespace {

constexpr DeadlineKey kMaintenance{DeadlineKey::Kind::Maintenance, 0};
constexpr DeadlineKey kWarmUp{DeadlineKey::Kind::WarmUp, 0};

}  // namespace

struct Engine::Impl {
    Impl(const EngineTimings& engine_timings, const Policy& policy, Snapshot saved, Instant now)
        : timings(engine_timings),
          default_policy(policy),
          last_id(saved.last_id),
          liveness(policy.health_timeout_s),
          guard(now, engine_timings.warm_up, engine_timings.stall_grace) {
        for (auto& server : saved.servers)
            fleet.put(std::move(server));
        for (auto& pool : saved.pools) {
            for (const ServerId member : pool.members)
                liveness.judged_by(member, pool.policy.health_timeout_s);
            fleet.put(std::move(pool));
        }
        for (auto& domain : saved.domains)
            fleet.put(std::move(domain));
        for (auto& provider : saved.providers)
            fleet.put(std::move(provider));
        for (auto& channel : saved.channels)
            fleet.put(std::move(channel));
        deadlines.set(kMaintenance, now + timings.maintenance_interval);
        deadlines.set(kWarmUp, guard.warm_up_ends());
        announcer.restore(fleet, deadlines, now + timings.digest_wait);
    }

    // --- what happened ---------------------------------------------------------------------------

    void server_changed(StepContext& context, ServerId server, LivenessBook::Effect effect) {
        if (effect == LivenessBook::Effect::None) return;
        alarms::review(context, server);
        // A copy: carrying out an evaluation changes no membership, but the reader need not know.
        const std::vector<PoolId> pools = fleet.pools_of(server);
        for (const PoolId pool : pools)
            pools::evaluate(context, pool, pools::Occasion::Event);
    }

    void on(StepContext& context, const AgentLinked& event) {
        if (fleet.server(event.server) == nullptr) return;
        server_changed(context, event.server, liveness.linked(event, context.now));
    }
    void on(StepContext& context, const AgentSeen& event) {
        server_changed(context, event.server, liveness.seen(event, context.now));
    }
    void on(StepContext& context, const AgentReported& event) {
        server_changed(context, event.server, liveness.reported(event, context.now));
    }
    void on(StepContext& context, const AgentLeft& event) {
        server_changed(context, event.server, liveness.left(event, context.now));
    }
    void on(StepContext& context, const RecordConfirmed& event) {
        records::on_confirmed(context, event);
    }
    void on(StepContext& context, const RecordRefused& event) {
        records::on_refused(context, event);
    }
    void on(StepContext& context, const RecordObserved& event) {
        records::on_observed(context, event);
    }
    void on(StepContext& context, const CertificateSeen& event) {
        alarms::on_certificate(context, event);
    }
    void on(StepContext& context, const Order& order) {
        auto result = orders::carry_out(context, order);
        context.tx.reply(order.context.request, std::move(result));
    }

    void on(StepContext& context, const Stalled& event) {
        guard.stalled(context.now);
        LogLine line;
        line.type = "controller_stalled";
        line.reason = "The controller itself was stalled for " + to_text(event.late);
        line.detail = "no record is changed for " + to_text(timings.stall_grace);
        context.tx.log(std::move(line));
        pools::evaluate_all(context, pools::Occasion::Event);
    }

    void on(StepContext& context, const TimePassed&) {
        while (const auto due = deadlines.take_due(context.now))
            run(context, *due);
    }

    void run(StepContext& context, const DeadlineKey& due) {
        switch (due.kind) {
            case DeadlineKey::Kind::Maintenance:
                maintenance_loop(context);
                return;
            case DeadlineKey::Kind::WarmUp:
                warm_up_ended(context);
                return;
            case DeadlineKey::Kind::Alarm:
                alarms::review(context, ServerId{due.id});
                return;
            case DeadlineKey::Kind::Pool:
                pools::evaluate(context, PoolId{due.id}, pools::Occasion::Event);
                return;
            case DeadlineKey::Kind::Digest:
                announcer.due(context, due.id);
                return;
        }
    }

    // --- rule 2 and rule 8
    // -------------------------------------------------------------------------

    void maintenance_loop(StepContext& context) {
        deadlines.set(kMaintenance, context.now + timings.maintenance_interval);
        alarms::review_all(context);
        pools::evaluate_all(context, pools::Occasion::MaintenanceLoop);
        context.tx.check_records();
        context.tx.prune();
    }

    void warm_up_ended(StepContext& context) {
        LogLine line;
        line.type = "warm_up_ended";
        line.reason = "Warm-up is over: what has not been seen counts as down";
        context.tx.log(std::move(line));
        alarms::review_all(context);
        pools::evaluate_all(context, pools::Occasion::MaintenanceLoop);
    }

    void first_step(StepContext& context) {
        started = true;
        LogLine line;
        line.type = "controller_started";
        line.reason = "Controller started; nothing is believed before it is seen";
        context.tx.log(std::move(line));
        context.tx.check_records();
        pools::evaluate_all(context, pools::Occasion::Event);
    }

    void check_invariants(const Transaction& tx) const {
        for (const PoolId id : tx.touched_pools())
            invariants::check(fleet, *fleet.pool(id));
        for (const DomainId id : tx.touched_domains())
            invariants::check(fleet, *fleet.domain(id));
    }

    EngineTimings timings;
    Policy default_policy;
    std::int64_t last_id;
    Fleet fleet;
    LivenessBook liveness;
    Deadlines deadlines;
    Guard guard;
    Announcer announcer;
    bool started = false;
};

Engine::Engine(const EngineTimings& timings, const Policy& default_policy, Snapshot saved,
               Instant now)
    : impl_(std::make_unique<Impl>(timings, default_policy, std::move(saved), now)) {}

Engine::~Engine() = default;

Decision Engine::step(Instant now, const Event& event) {
    Transaction tx{impl_->fleet, impl_->last_id};
    StepContext context{now,
                        tx,
                        impl_->liveness,
                        impl_->deadlines,
                        impl_->guard,
                        impl_->announcer,
                        impl_->timings,
                        impl_->default_policy};
    if (!impl_->started) impl_->first_step(context);
    std::visit([&](const auto& happened) { impl_->on(context, happened); }, event);
    impl_->check_invariants(tx);
    return tx.finish();
}

Instant Engine::next_deadline() const {
    if (!impl_->started) return Instant{};  // the first step is due at once
    return impl_->deadlines.next();
}

const Fleet& Engine::fleet() const {
    return impl_->fleet;
}

Engine::HealthView Engine::health_of(ServerId server, Instant now) const {
    const Liveness& liveness = impl_->liveness.of(server);
    const Duration timeout = impl_->default_policy.health_timeout_s;
    HealthView view;
    view.health = understudy::health_of(liveness, now, timeout);
    const Server* known = impl_->fleet.server(server);
    const bool absent = known != nullptr && !known->ever_seen;
    view.sentence = absent ? "never connected" : sentence_of(liveness, now, timeout);
    view.linked = liveness.linked;
    if (liveness.last_seen) view.last_seen_ago = now - *liveness.last_seen;
    return view;
}

std::string Engine::held_because(Instant now) const {
    const auto pools = impl_->fleet.pools();
    const bool concerned = std::ranges::any_of(pools, [&](const Pool* pool) {
        const bool seen = std::ranges::all_of(pool->members, [&](ServerId id) {
            return impl_->liveness.of(id).last_seen.has_value();
        });
        return now < impl_->guard.holds_until(seen);
    });
    return concerned ? impl_->guard.held_because(now) : std::string{};
}

}  // namespace understudy
