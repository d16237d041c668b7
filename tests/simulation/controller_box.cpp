#include "tests/simulation/controller_box.h"

#include <algorithm>
#include <iterator>

#include "controller/core/invariants.h"

namespace understudy::simulation {
namespace {

Snapshot load(MemoryStore& store) {
    auto saved = store.load();
    ensure(saved.ok());
    return std::move(saved).value();
}

}  // namespace

ControllerBox::ControllerBox(Schedule& schedule, MemoryStore& store, Drivers& drivers,
                             Surroundings& surroundings, const Policy& policy, std::uint64_t seed)
    : schedule_(schedule),
      store_(store),
      surroundings_(surroundings),
      engine_(EngineTimings{}, policy, load(store), schedule.now(), schedule.wall()),
      dispatcher_(store, engine_.fleet(), drivers, *this, Random{seed}, DispatcherLimits{}) {}

void ControllerBox::turn(const Event& event) {
    if (alive_) run_turn({event}, {});
}

void ControllerBox::finished(const TransferDone& done) {
    if (!alive_) return;
    auto output = dispatcher_.finished(done, schedule_.now(), schedule_.wall());
    run_turn(std::move(output.events), std::move(output.changes));
}

void ControllerBox::submit(TransferId id, Transfer transfer) {
    surroundings_.carry(id, transfer);
}

bool ControllerBox::dies(CrashPoint point) {
    if (crash_at_ != point) return false;
    alive_ = false;
    *guard_ = false;
    surroundings_.crashed();
    return true;
}

void ControllerBox::run_turn(std::vector<Event> events, std::vector<Change> changes) {
    bool check_records = false;
    // What the dispatcher finds out at once (a driver that cannot be made, say) is input of the
    // same turn.
    for (int round = 0; round < 8 && (round == 0 || !events.empty() || !changes.empty()); ++round) {
        for (const Event& event : events) {
            Decision decision = engine_.step(schedule_.now(), event);
            check_records = check_records || decision.check_records;
            std::move(decision.changes.begin(), decision.changes.end(),
                      std::back_inserter(changes));
        }
        invariants::check_all(engine_.fleet());
        if (dies(CrashPoint::BeforeCommit)) return;
        if (!changes.empty()) {
            if (!store_.commit(changes, schedule_.wall())) {  // who cannot write must not act
                crash_at_ = CrashPoint::AfterCommit;
            } else {
                surroundings_.committed(changes);
            }
        }
        if (dies(CrashPoint::AfterCommit)) return;
        if (check_records) dispatcher_.check_records(schedule_.now(), schedule_.wall());
        check_records = false;
        auto output = dispatcher_.dispatch(schedule_.now(), schedule_.wall());
        events = std::move(output.events);
        changes = std::move(output.changes);
    }
    if (dies(CrashPoint::AfterDispatch)) return;
    arm();
}

void ControllerBox::arm() {
    const Instant next = std::min(engine_.next_deadline(), dispatcher_.next_deadline());
    if (next == kNever || (armed_ > schedule_.now() && armed_ <= next)) return;
    armed_ = next;
    const Duration delay = std::max(next - schedule_.now(), Duration{1});
    schedule_.in(delay, [this, alive = guard_] {
        if (*alive) turn(TimePassed{schedule_.wall()});
    });
}

}  // namespace understudy::simulation
