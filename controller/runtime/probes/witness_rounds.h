// WitnessRounds: asks all witness addresses at once whether they answer, one round at a time, and
// reports how many did. Used by the dispatcher.
#pragma once

#include <unordered_set>
#include <vector>

#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/dispatch/operation_runner.h"

namespace understudy {

class WitnessRounds {
  public:
    WitnessRounds(Outbound& outbound, TransferIds& ids, std::vector<TcpEndpoint> witnesses)
        : outbound_(outbound), ids_(ids), witnesses_(std::move(witnesses)) {}

    // Does nothing without witnesses. While a round is under way, another follows it: what was
    // asked before a loss proves nothing after it.
    void ask(Instant now);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, Instant now, DispatcherOutput& output);

  private:
    void begin(Instant now);

    Outbound& outbound_;
    TransferIds& ids_;
    const std::vector<TcpEndpoint> witnesses_;
    std::unordered_set<TransferId> in_flight_;
    Instant began_{};
    int answered_ = 0;
    bool again_ = false;
};

}  // namespace understudy
