// OperationRunner: carries provider operations through Outbound, one request after the other, and
// counts the calls against each account's budget. Used by the dispatcher.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "controller/runtime/dispatch/call_budget.h"
#include "controller/runtime/dispatch/dispatcher.h"

namespace understudy {

// What a person is told who would have to wait for that long.
Error budget_is_spent(Instant opens, Instant now);

class OperationRunner {
  public:
    // Called once, within start() if the operation needs no request at all. failure: why there is
    // no result; null: the operation has it, and is there as long as the call lasts.
    using Ended = std::function<void(const Error* failure, Instant now, int calls_made)>;

    OperationRunner(Outbound& outbound, TransferIds& ids, Random random, int reserved_calls)
        : outbound_(outbound), ids_(ids), random_(random), reserved_calls_(reserved_calls) {}

    // calls: how many it is expected to make; others leave them to it. Where it makes more and no
    // failover is at stake, it waits for its turn between two calls; what a person waits for ends.
    void start(ProviderId account, std::shared_ptr<const Provider> provider,
               std::unique_ptr<AnyOperation> operation, Urgency urgency, Ended ended, Instant now,
               WallTime wall, int calls = 1);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, Instant now, WallTime wall);

    // Sends what waits between two calls and may go on. still_good: whether the account's driver is
    // still the one that made the request.
    using StillGood =
        std::function<bool(ProviderId, const std::shared_ptr<const Provider>& provider)>;
    void go_on_with_parked(const StillGood& still_good, Instant now);
    // When the first of them may; kNever when none waits.
    Instant next_parked(Instant now);

    // When a conversation with the account may begin; `now` when at once. See CallBudget.
    Instant opens_at(ProviderId account, const Provider& provider, Urgency urgency, Instant now,
                     int calls = 1);
    // The same for an account that was asked before; `now` for a new one.
    Instant opens_at(ProviderId account, Urgency urgency, Instant now, int calls = 1);
    std::optional<int> calls_free(ProviderId account, const Provider& provider, Urgency urgency,
                                  Instant now);
    std::optional<Duration> wait_for(ProviderId account, int calls, Instant now);

    // With a request under way.
    int running() const { return static_cast<int>(operations_.size()); }
    int running_in_background() const { return in_background_; }
    int running_without_need() const { return without_need_; }  // whatever is no failover
    std::uint64_t calls() const { return calls_; }
    std::uint64_t failures() const { return failures_; }
    const std::map<ProviderId, ProviderErrors>& errors() const { return errors_; }

  private:
    struct Running {
        ProviderId account;
        std::shared_ptr<const Provider> provider;
        std::unique_ptr<AnyOperation> operation;
        Urgency urgency = Urgency::Failover;
        Ended ended;
        int promised = 0;  // calls, in the account's budget
        int made = 0;
    };
    struct Parked {
        Running running;
        Transfer request;
    };
    void go_on(Running running, Step step, Instant now);
    void send(Running running, Transfer request, Instant now);
    // Whether it made more calls than it was admitted with, and these are others'.
    bool out_of_turn(const Running& running, Instant now);
    void count(const Running& running, int one);
    void end(Running running, const Error* failure, Instant now);
    void count_errors(ProviderId account, const std::vector<const Error*>& troubles);
    void wait_as_told(const Running& running, const Error& error, Instant now);
    CallBudget& budget_of(ProviderId account, const Provider& provider);

    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    int reserved_calls_;
    std::unordered_map<TransferId, Running> operations_;
    std::map<ProviderId, CallBudget> budgets_;
    std::vector<Parked> parked_;
    int in_background_ = 0;
    int without_need_ = 0;
    std::uint64_t calls_ = 0;
    std::uint64_t failures_ = 0;
    std::map<ProviderId, ProviderErrors> errors_;
};

}  // namespace understudy
