// ControllerBox: one life of the production controller without its sockets: engine, dispatcher,
// provider operations, store, in the order of controller/runtime/turn.h. It is thrown away at a
// crash and made anew from the store.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "controller/core/engine.h"
#include "controller/runtime/dispatch/dispatcher.h"
#include "tests/simulation/schedule.h"
#include "tests/support/store_in_memory.h"

namespace understudy::simulation {

// What the world owes the controller: carrying transfers, and looking at what was decided.
class Surroundings {
  public:
    virtual ~Surroundings() = default;
    virtual void carry(TransferId id, const Transfer& transfer) = 0;
    // The engine is about to be told.
    virtual void hears(const Input& input) = 0;
    virtual void committed(const std::vector<Change>& changes, Instant at) = 0;
    virtual void replied(const Reply& reply) = 0;
    virtual void crashed() = 0;
    virtual void ask_witnesses() = 0;
    virtual void ask_observers(ServerId server) = 0;
    // A timer of the controller has run out. False: it is asleep.
    virtual bool wakes() = 0;
};

// The point of a turn at which the process dies; None most of the time.
enum class CrashPoint { None, BeforeCommit, AfterCommit, AfterDispatch };

class ControllerBox : private Outbound {
  public:
    ControllerBox(Schedule& schedule, test::StoreInMemory& store, Drivers& drivers,
                  Surroundings& surroundings, const EngineTimings& timings, const Policy& policy,
                  std::uint64_t seed);

    // Hands the input to the engine and carries out a whole turn.
    void turn(const Input& input, Instant at);
    void finished(const TransferDone& done);
    // At the next turn that writes.
    void crash_at(CrashPoint point) { crash_at_ = point; }
    // The store refuses so many tries.
    void fail_commits(int tries) { failing_commits_ = tries; }

    const Engine& engine() const { return engine_; }
    bool alive() const { return alive_; }

  private:
    void submit(TransferId id, Transfer transfer) override;
    void run_turn(std::vector<Input> inputs, std::vector<Change> changes, Instant at);
    bool commit(const std::vector<Change>& changes, Instant at);
    bool dies(CrashPoint point);
    void die();
    void arm();

    Schedule& schedule_;
    test::StoreInMemory& store_;
    Surroundings& surroundings_;
    Engine engine_;
    Dispatcher dispatcher_;
    CrashPoint crash_at_ = CrashPoint::None;
    int failing_commits_ = 0;
    bool rows_changed_ = true;
    bool alive_ = true;
    Instant armed_ = kNever;
    std::shared_ptr<bool> guard_ = std::make_shared<bool>(true);  // ends scheduled wake-ups with it
};

}  // namespace understudy::simulation
