#include "controller/core/engine.h"

#include <algorithm>

#include "controller/core/agent_tokens.h"
#include "controller/core/alarms.h"
#include "controller/core/books.h"
#include "controller/core/candidates.h"
#include "controller/core/certificates.h"
#include "controller/core/drills.h"
#include "controller/core/escalation.h"
#include "controller/core/evidence.h"
#include "controller/core/incidents.h"
#include "controller/core/invariants.h"
#include "controller/core/losses.h"
#include "controller/core/observers.h"
#include "controller/core/orders/orders.h"
#include "controller/core/outlook.h"
#include "controller/core/overrides.h"
#include "controller/core/pools.h"
#include "controller/core/quiet.h"
#include "controller/core/readiness.h"
#include "controller/core/records.h"
#include "controller/core/rehearsal.h"
#include "controller/core/reminders.h"
#include "controller/core/restraints.h"
#include "controller/core/served.h"
#include "controller/core/shared_tokens.h"
#include "controller/core/situation.h"
#include "controller/core/step_context.h"

namespace understudy {
namespace {

constexpr DeadlineKey kMaintenance{DeadlineKey::Kind::Maintenance, 0};
constexpr DeadlineKey kWarmUp{DeadlineKey::Kind::WarmUp, 0};
constexpr Duration kClockStep{1000};  // clocks are corrected by less all the time

}  // namespace

struct Engine::Impl {
    Impl(const EngineTimings& engine_timings, const Policy& policy, Snapshot saved, Instant now,
         WallTime wall)
        : timings(engine_timings),
          default_policy(policy),
          books(timings, policy, saved.last_id, now, wall) {
        const auto put_all = [this](auto& rows) {
            for (auto& row : rows)
                books.fleet.put(std::move(row));
        };
        put_all(saved.servers);
        for (auto& pool : saved.pools) {
            for (const ServerId member : pool.members)
                books.liveness.judged_by(member, pool.policy.health_timeout_s);
            books.fleet.put(std::move(pool));
        }
        put_all(saved.domains);
        put_all(saved.providers);
        put_all(saved.channels);
        put_all(saved.tokens);
        put_all(saved.incidents);
        if (saved.controls.losses_accepted) (void)books.guards->mass_loss.accept();
        books.fleet.put(std::move(saved.controls));
        books.deadlines.set(kMaintenance, now + timings.maintenance_interval);
        books.deadlines.set(kWarmUp, books.guards->own.warm_up_due());
        books.announcer.restore(books.fleet, books.deadlines, now + timings.digest_wait);
    }

    StepContext context(Instant now, Transaction& tx) {
        return {now,
                tx,
                books.liveness,
                books.testimony,
                books.readiness,
                books.machines,
                books.candidates,
                books.incidents,
                books.deadlines,
                *books.guards,
                books.announcer,
                books.steadiness,
                *books.clock,
                timings,
                default_policy};
    }
    EngineView view(Instant now) const {
        return {now,
                books.clock->at(now),
                books.fleet,
                books.liveness,
                books.testimony,
                books.readiness,
                books.incidents,
                *books.guards,
                timings,
                default_policy,
                &words};
    }

    // --- what happened ---------------------------------------------------------------------------

    void server_changed(StepContext& context, ServerId server) {
        losses::review(context, server);
        alarms::review(context, server);
        const Liveness& liveness = books.liveness.of(server);
        if (books.guards->witnesses.configured() && !liveness.linked) context.tx.ask_witnesses();
        if (!liveness.linked || !liveness.report_ok) context.tx.ask_observers(server);
        pools::evaluate_all_of(context, server);
    }

    void saw(StepContext& context, ServerId server, LivenessBook::Effect effect, Sight sight) {
        if (effect == LivenessBook::Effect::None) return;
        context.tx.sight(server, sight);
        server_changed(context, server);
    }

    void on(StepContext& context, const AgentLinked& input) {
        if (books.fleet.server(input.server) == nullptr) return;
        agent_tokens::linked(context, input);
        const auto effect = books.liveness.linked(input, context.now);
        const auto two = books.machines.linked(input, context.now);
        saw(context, input.server, effect, input.ok ? Sight::Linked : Sight::LinkedFailing);
        shared_tokens::found(context, input.server, two);
    }
    void on(StepContext& context, const AgentDisplaced& input) {
        shared_tokens::found(context, input.server, books.machines.displaced(input));
    }
    void on(StepContext& context, const AgentSeen& input) {
        saw(context, input.server, books.liveness.seen(input, context.now), Sight::SeenAgain);
    }
    void on(StepContext& context, const AgentReported& input) {
        const auto effect = books.liveness.reported(input, context.now);
        saw(context, input.server, effect, input.ok ? Sight::Passing : Sight::Failing);
    }
    void on(StepContext& context, const AgentLeft& input) {
        const auto effect = books.liveness.left(input, context.now);
        saw(context, input.server, effect, sight_of(input.how));
    }
    void on(StepContext& context, const RecordConfirmed& input) {
        records::on_confirmed(context, input);
    }
    void on(StepContext& context, const RecordRefused& input) {
        records::on_refused(context, input);
    }
    void on(StepContext& context, const RecordObserved& input) {
        records::on_observed(context, input);
    }
    void on(StepContext& context, const CertificateSeen& input) {
        certificates::on_seen(context, input);
    }
    void on(StepContext& context, const OwnCertificateSeen& input) {
        certificates::on_own_seen(context, input);
    }
    void on(StepContext& context, const WitnessesAnswered& input) {
        if (input.answered == 0) return;
        books.guards->witnesses.answered(context.now - input.took);
        for (const PoolId pool : books.guards->witnesses.take_waiting()) {
            if (books.fleet.pool(pool) == nullptr) continue;
            pools::evaluate(context, pool, pools::Occasion::Loop);
        }
    }
    void on(StepContext& context, const ServiceProbed& input) { observers::heard(context, input); }
    void on(StepContext& context, const ReadinessFound& input) { readiness::heard(context, input); }
    void on(StepContext& context, const RecordServed& input) { served::heard(context, input); }
    void on(StepContext& context, const AddressReported& input) {
        candidates::heard(context, input);
    }
    void on(StepContext& context, const AddressProbed& input) { candidates::heard(context, input); }
    void on(StepContext& context, const Order& order) {
        auto result = orders::carry_out(context, order.context, order.action);
        context.tx.reply(order.context.request, std::move(result));
    }
    void on(StepContext&, const OrderBatch&) { ensure(false); }  // step() sees to it

    // Overrides, budgets, quiet hours and what flapping holds end at a time of day: when the clock
    // is stepped, so are their ends.
    void read_clock(StepContext& context, WallTime wall) {
        const Duration off = wall - books.clock->at(context.now);
        books.clock->read(context.now, wall);
        if (std::chrono::abs(off) <= kClockStep) return;
        drills::clock_stepped(context, off);
        go_by_the_clock(context);
    }
    static void go_by_the_clock(StepContext& context) {
        overrides::arm_all(context);
        quiet::review_all(context);
        escalation::review_all(context);
        drills::arm_all(context);
        pools::evaluate_all(context, pools::Occasion::Event);
    }

    void on(StepContext& context, const Stalled& input) { losses::stalled(context, input.late); }

    void on(StepContext& context, const TimePassed& input) {
        read_clock(context, input.wall);
        while (const auto due = books.deadlines.take_due(context.now))
            run(context, *due);
    }

    void run(StepContext& context, const DeadlineKey& due) {
        switch (due.kind) {
            case DeadlineKey::Kind::Maintenance:
                return maintenance_loop(context);
            case DeadlineKey::Kind::WarmUp:
                return losses::warm_up_ended(context);
            case DeadlineKey::Kind::Alarm:
                losses::review(context, ServerId{due.id});
                return alarms::review(context, ServerId{due.id});
            case DeadlineKey::Kind::Override:
                return overrides::due(context, due.id);
            case DeadlineKey::Kind::Pool:
                return pools::evaluate_due(context, PoolId{due.id});
            case DeadlineKey::Kind::Digest:
                return books.announcer.due(context, due.id);
            case DeadlineKey::Kind::Throttled:
                return records::still_throttled(context, DomainId{due.id});
            case DeadlineKey::Kind::Address:
                return candidates::review(context, ServerId{due.id});
            case DeadlineKey::Kind::Quiet:
                return quiet::review(context, ChannelId{due.id});
            case DeadlineKey::Kind::Escalation:
                return escalation::review(context, ChannelId{due.id});
            case DeadlineKey::Kind::Drill:
                return drills::due(context, PoolId{due.id});
        }
    }

    // --- rules 2 and 8 ---------------------------------------------------------------------------
    void maintenance_loop(StepContext& context) {
        losses::review_all(context);
        // While losses come in, the loop cannot tell yet: then it runs again once they have.
        const Instant settled = books.guards->mass_loss.settles_at();
        const Instant next = context.now + timings.maintenance_interval;
        books.deadlines.set(kMaintenance, settled > context.now ? std::min(settled, next) : next);
        alarms::review_all(context);
        pools::evaluate_all(context, pools::Occasion::Loop);
        incidents::review(context);
        reminders::look(context);
        context.tx.check_records();
        served::ask_again(context, Served::Disputed);
        context.tx.prune();
    }

    void first_step(StepContext& context) {
        *books.started = true;
        LogLine line;
        line.type = EventType::ControllerStarted;
        line.reason = "Controller started; nothing is believed before it is seen";
        context.tx.log(std::move(line));
        context.tx.sight({}, Sight::ControllerStarted);
        context.tx.check_records();
        served::ask_again(context, Served::Asked);
        incidents::review_all(context);
        drills::resume_all(context);
        go_by_the_clock(context);
    }

    Decision finish(StepContext& context) const {
        drills::settle(context);
        incidents::finish(context);
        context.announcer.finish(context);
        invariants::check(context.tx);
        return context.tx.finish();
    }

    Decision step(Instant now, const Input& input) {
        Transaction tx{books.fleet, *books.last_id, timings.public_url};
        StepContext shared = context(now, tx);
        if (!*books.started) first_step(shared);
        std::visit([&](const auto& happened) { on(shared, happened); }, input);
        return finish(shared);
    }

    // Where it leaves refusals the books are half-done: the caller takes that back.
    Decision play(Instant now, const OrderBatch& batch) {
        Transaction tx{books.fleet, *books.last_id, timings.public_url};
        StepContext shared = context(now, tx);
        if (!*books.started) first_step(shared);
        std::vector<RefusedOrder> refused;
        OrderDone done = orders::carry_out(shared, batch, refused);
        if (!refused.empty()) {
            Decision nothing;
            Error first = refused.front().error;
            nothing.replies.push_back(
                {batch.context.request, std::move(first), std::move(refused)});
            return nothing;
        }
        tx.reply(batch.context.request, std::move(done));
        return finish(shared);
    }

    Decision step(Instant now, const OrderBatch& batch) {
        books.log.begin();
        Decision decision = play(now, batch);
        if (decision.replies.front().refused.empty()) {
            books.log.keep();
        } else {
            books.log.take_back();
        }
        return decision;
    }

    Rehearsal rehearse(Instant now, const OrderBatch& batch, Later later) {
        books.log.begin();
        Decision decision = play(now, batch);
        words = {};
        auto& refused = decision.replies.front().refused;
        rehearsal::Outcome played;
        if (refused.empty()) played = rehearsal::outcome_of(view(now), decision, later);
        books.log.take_back();
        words = {};
        if (!refused.empty()) return {std::move(refused), {}, {}};
        return rehearsal::compare(view(now), std::move(played));
    }

    EngineTimings timings;
    Policy default_policy;
    Books books;
    Instant stepped{};
    mutable SharedWords words;  // as of the last step
};

Engine::Engine(const EngineTimings& timings, const Policy& default_policy, Snapshot saved,
               Instant now, WallTime wall)
    : impl_(std::make_unique<Impl>(timings, default_policy, std::move(saved), now, wall)) {}
Engine::~Engine() = default;

Decision Engine::step(Instant now, const Input& input) {
    impl_->stepped = now;
    impl_->words = {};
    if (const auto* batch = std::get_if<OrderBatch>(&input)) return impl_->step(now, *batch);
    return impl_->step(now, input);
}

Instant Engine::next_deadline() const {
    if (!*impl_->books.started) return Instant{};  // the first step is due at once
    return impl_->books.deadlines.next();
}

const Fleet& Engine::fleet() const {
    return impl_->books.fleet;
}
const EngineTimings& Engine::timings() const {
    return impl_->timings;
}

HealthView Engine::health_of(ServerId server, Instant now) const {
    return health_view(fleet().server(server), impl_->books.liveness.of(server), now,
                       impl_->default_policy.health_timeout_s);
}

std::span<const Testimony> Engine::testimony_of(ServerId server) const {
    return impl_->books.testimony.of(server);
}

ReadinessView Engine::readiness_of(PoolId pool, ServerId member, Instant now) const {
    return readiness::view_of(impl_->view(now), *fleet().pool(pool), member);
}

std::optional<Machine> Engine::machine_of(ServerId server) const {
    const Machine* machine = impl_->books.machines.of(server);
    return machine == nullptr ? std::nullopt : std::optional{*machine};
}

std::optional<ReportedAddress> Engine::reported_address(ServerId server, Instant now) const {
    return candidates::shown(impl_->view(now), impl_->books.candidates, server);
}

std::vector<Restraint> Engine::restraints(Instant now) const {
    return restraints::told_of_all(impl_->view(now));
}

std::optional<Restraint> Engine::restraint_on(PoolId pool, Instant now) const {
    return restraints::told_of(impl_->view(now), *fleet().pool(pool));
}

std::string Engine::explain(PoolId id, Instant now) const {
    const Pool& pool = *fleet().pool(id);
    const Situation seen = look_at(impl_->view(now), pool);
    return evidence::to_json(impl_->view(now), pool, seen, evidence::rule_of(seen.choice));
}

std::string Engine::outlook(PoolId pool, Instant now) const {
    return outlook::sentence(impl_->view(now), *fleet().pool(pool));
}

EngineView Engine::view(Instant now) const {
    return impl_->view(now);
}

// Changes nothing that anybody could see.
Rehearsal Engine::rehearse(std::vector<OrderAction> orders, Instant now, Later later) const {
    return impl_->rehearse(std::max(now, impl_->stepped), OrderBatch{{1, ""}, std::move(orders)},
                           later);
}

}  // namespace understudy
