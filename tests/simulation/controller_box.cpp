#include "tests/simulation/controller_box.h"

#include <algorithm>
#include <iterator>

namespace understudy::simulation {
namespace {

// As often as the turn repeats a commit before it ends the process.
constexpr int kCommitTries = 5;

Snapshot load(test::StoreInMemory& store) {
    auto saved = store.load();
    ensure(saved.ok());
    return std::move(saved).value();
}

bool only_history(const Change& change) {
    return std::holds_alternative<AppendLog>(change) ||
           std::holds_alternative<AppendSighting>(change) ||
           std::holds_alternative<PruneHistory>(change);
}

}  // namespace

ControllerBox::ControllerBox(Schedule& schedule, test::StoreInMemory& store, Drivers& drivers,
                             Surroundings& surroundings, const EngineTimings& timings,
                             const Policy& policy, std::uint64_t seed)
    : schedule_(schedule),
      store_(store),
      surroundings_(surroundings),
      engine_(timings, policy, load(store), schedule.now(), schedule.wall()),
      dispatcher_(store, *store.instance(), engine_.fleet(), drivers, Outlets{*this, *this},
                  Random{seed}, DispatcherLimits{}) {}

void ControllerBox::turn(const Input& input, Instant at) {
    if (alive_) run_turn({input}, {}, at);
}

void ControllerBox::finished(const TransferDone& done) {
    if (!alive_) return;
    auto output = dispatcher_.finished(done, schedule_.now(), schedule_.wall());
    run_turn(std::move(output.inputs), std::move(output.changes), schedule_.now());
}

void ControllerBox::submit(TransferId id, Transfer transfer) {
    surroundings_.carry(id, transfer);
}

void ControllerBox::die() {
    alive_ = false;
    *guard_ = false;
    surroundings_.crashed();
}

bool ControllerBox::dies(CrashPoint point) {
    if (crash_at_ != point) return false;
    die();
    return true;
}

bool ControllerBox::commit(const std::vector<Change>& changes, Instant at) {
    for (int tries = 0; tries < kCommitTries; ++tries) {
        if (failing_commits_ > 0) {
            store_.fail_next_commit(transient("disk full"));
            --failing_commits_;
        }
        if (store_.commit(changes, schedule_.wall_at(at))) {
            surroundings_.committed(changes, at);
            return true;
        }
    }
    return false;
}

void ControllerBox::run_turn(std::vector<Input> inputs, std::vector<Change> changes, Instant at) {
    bool check_records = false;
    bool wrote = false;
    // What the dispatcher finds out at once (a driver that cannot be made, say) is input of the
    // same turn.
    for (int round = 0; round < 8 && (round == 0 || !inputs.empty() || !changes.empty()); ++round) {
        std::vector<Reply> replies;
        for (const Input& input : inputs) {
            surroundings_.hears(input);
            Decision decision = engine_.step(at, input);
            check_records = check_records || decision.check_records;
            if (decision.ask_witnesses) surroundings_.ask_witnesses();
            for (const ServerId server : decision.ask_observers)
                surroundings_.ask_observers(server);
            std::ranges::move(decision.changes, std::back_inserter(changes));
            std::ranges::move(decision.replies, std::back_inserter(replies));
        }
        if (!changes.empty()) {
            wrote = true;
            if (dies(CrashPoint::BeforeCommit)) return;
            if (!commit(changes, at)) return die();  // who cannot write must not act
            rows_changed_ = rows_changed_ || !std::ranges::all_of(changes, only_history);
            if (dies(CrashPoint::AfterCommit)) return;
        }
        for (const Reply& reply : replies)
            surroundings_.replied(reply);
        inputs.clear();
        changes.clear();
        if (check_records) dispatcher_.check_records(at, schedule_.wall_at(at));
        check_records = false;
        if (!std::exchange(rows_changed_, false) && at < dispatcher_.next_deadline()) break;
        auto output = dispatcher_.dispatch(at, schedule_.wall_at(at));
        inputs = std::move(output.inputs);
        changes = std::move(output.changes);
    }
    if (wrote && dies(CrashPoint::AfterDispatch)) return;
    arm();
}

void ControllerBox::arm() {
    const Instant next = std::min(engine_.next_deadline(), dispatcher_.next_deadline());
    if (next == kNever || (armed_ > schedule_.now() && armed_ <= next)) return;
    armed_ = next;
    const Duration delay = std::max(next - schedule_.now(), Duration{1});
    schedule_.in(delay, [this, alive = guard_] {
        if (!*alive || !surroundings_.wakes()) return;
        if (alive_) turn(TimePassed{schedule_.wall()}, schedule_.now());
    });
}

}  // namespace understudy::simulation
