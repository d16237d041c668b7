// AliveCalls: calls the configuration's `alive_url` once a minute, so that somebody else notices
// when the controller falls silent. Started by the turn after it has written, and by nothing else:
// a loop that hangs and a store that cannot be written are silence too. Loop thread only.
//
// The URL carries a token: nothing that is logged or shown holds more of it than the setting's
// name. Trouble is logged when it begins and when it ends, and counted.
#pragma once

#include "base/secret.h"
#include "controller/runtime/outbound/outbound.h"

namespace understudy {

// Since the start; for ControllerState.
struct AliveCounters {
    bool watched = false;  // there is a URL
    std::uint64_t answered = 0, failed = 0;
    WallTime last{};  // when it was answered last; the epoch: never
};

class AliveCalls {
  public:
    // No URL: nobody is called. `outbound` may not be the one that failovers go through.
    AliveCalls(Outbound& outbound, Secret url) : outbound_(outbound), url_(std::move(url)) {}

    // The configuration was read again. The next turn calls, whether it is another URL or not:
    // people reload to see whether it works.
    void set_url(Secret url);
    void start(Instant now);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, WallTime wall);

    Instant next_deadline() const;
    AliveCounters counters() const;

  private:
    std::string trouble(const HttpAnswer& answer) const;
    void worked(WallTime wall);
    void failed(const std::string& why);

    Outbound& outbound_;
    Secret url_;
    TransferId last_id_ = 0;
    TransferId in_flight_ = 0;  // 0: none that counts
    Instant due_ = Instant::min();
    bool failing_ = false;
    AliveCounters counters_;
};

}  // namespace understudy
