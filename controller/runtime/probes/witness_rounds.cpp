#include "controller/runtime/probes/witness_rounds.h"

#include <utility>

namespace understudy {

void WitnessRounds::ask(Instant now) {
    if (in_flight_.empty()) {
        begin(now);
    } else {
        again_ = true;
    }
}

void WitnessRounds::begin(Instant now) {
    began_ = now;
    answered_ = 0;
    for (const TcpEndpoint& witness : witnesses_) {
        const TransferId id = ids_.next();
        in_flight_.insert(id);
        outbound_.submit(id, ConnectProbe{witness});
    }
}

bool WitnessRounds::finished(const TransferDone& done, Instant now, DispatcherOutput& output) {
    if (in_flight_.erase(done.id) == 0) return false;
    if (std::get<ConnectAnswer>(done.answer).connected) ++answered_;
    if (!in_flight_.empty()) return true;
    output.inputs.push_back(
        WitnessesAnswered{static_cast<int>(witnesses_.size()), answered_, now - began_});
    if (std::exchange(again_, false)) begin(now);
    return true;
}

}  // namespace understudy
