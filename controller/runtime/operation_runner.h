// OperationRunner: carries provider operations through Outbound, one request after the other, and
// counts the calls against each account's budget. Used by the dispatcher.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <unordered_map>

#include "base/random.h"
#include "controller/runtime/call_budget.h"
#include "controller/runtime/dispatcher.h"

namespace understudy {

// Numbers of everything the dispatcher submits.
class TransferIds {
  public:
    TransferId next() { return ++last_; }

  private:
    TransferId last_ = 0;
};

class OperationRunner {
  public:
    // Called once, with the result of the whole operation; within start() if it needs no request at
    // all.
    using Ended = std::function<void(const Result<Outcome>&, Instant now)>;

    OperationRunner(Outbound& outbound, TransferIds& ids, Random random, int reserved_calls)
        : outbound_(outbound), ids_(ids), random_(random), reserved_calls_(reserved_calls) {}

    // calls: how many it is expected to make; others leave them to it.
    void start(ProviderId account, std::shared_ptr<const Provider> provider,
               std::unique_ptr<Operation> operation, Urgency urgency, Ended ended, Instant now,
               int calls = 1);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, Instant now);

    // When a conversation with the account may begin; `now` when at once.
    Instant opens_at(ProviderId account, const Provider& provider, Urgency urgency, Instant now);
    // The same for an account that was asked before; `now` for a new one.
    Instant opens_at(ProviderId account, Urgency urgency, Instant now);
    // See CallBudget.
    std::optional<int> calls_free(ProviderId account, const Provider& provider, Instant now);

    int running() const { return static_cast<int>(operations_.size()); }
    int running_in_background() const { return in_background_; }
    std::uint64_t calls() const { return calls_; }
    std::uint64_t failures() const { return failures_; }

  private:
    struct Running {
        ProviderId account;
        std::shared_ptr<const Provider> provider;
        std::unique_ptr<Operation> operation;
        Urgency urgency = Urgency::Failover;
        Ended ended;
        int promised = 0;  // calls, in the account's budget
    };
    void go_on(Running running, Step step, Instant now);
    void end(Running running, const Result<Outcome>& result, Instant now);
    void wait_as_told(const Running& running, const Error& error, Instant now);
    CallBudget& budget_of(ProviderId account, const Provider& provider);

    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    int reserved_calls_;
    std::unordered_map<TransferId, Running> operations_;
    std::map<ProviderId, CallBudget> budgets_;
    int in_background_ = 0;
    std::uint64_t calls_ = 0;
    std::uint64_t failures_ = 0;
};

}  // namespace understudy
