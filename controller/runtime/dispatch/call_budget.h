// CallBudget: how many calls one provider account may still be asked for. It counts its own calls
// over the provider's window, believes the provider's own figure when an answer carries one, and
// knows when the provider asked to be left alone. Pure; used by the dispatcher.
#pragma once

#include <deque>
#include <optional>

#include "base/clock.h"
#include "providers/provider.h"

namespace understudy {

// What a conversation is for. The reserve of calls is the failovers' alone, whoever asks for
// anything else: Move changes records whose servers work (going back, a person's orders), waits
// until it has its calls and is then not stopped halfway; Person is answered at once, be it "not
// now"; Patient waits for its turn, as long as it takes; Background is nobody's wish.
enum class Urgency { Failover, Move, Person, Patient, Background };

class CallBudget {
  public:
    void configure(const Capabilities& capabilities, int reserved_calls);

    void called(Instant now);
    void told_calls_left(const CallsLeft& left, Instant now);
    // "Throttled": nothing before then. Never shortens an earlier wait.
    void blocked(Instant until);

    // Calls that running conversations are still expected to make; negative when they are made or
    // will not be.
    void promised(int calls) { promised_ += calls; }

    // When a conversation of so many calls may begin, or go on; `now` when it may at once. While
    // others have calls promised this is the latest such time: it may be sooner once they end.
    Instant opens_at(Urgency urgency, Instant now, int calls = 1);
    // What nobody has used or been promised, beyond what is kept from that urgency; while it is
    // blocked nothing; none when no limit is known.
    std::optional<int> calls_free(Urgency urgency, Instant now);
    // How long it takes, at best, until so many calls that are not urgent have been made.
    Duration wait_for(int calls, Instant now);

  private:
    int calls_kept(Urgency urgency) const;
    void forget(Instant now);

    int calls_per_window_ = 0;  // 0: no limit known
    Duration window_{0};
    int reserved_ = 0;
    std::deque<Instant> calls_;
    int promised_ = 0;
    std::optional<int> calls_left_;  // as told, less the calls since
    Instant told_until_{};           // when that figure is out of date
    Instant blocked_until_{};
};

}  // namespace understudy
