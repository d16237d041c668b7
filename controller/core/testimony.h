// Testimony: who says what about a server's service, beside its agent's link (health.h): the
// controller's own probes, and those of siblings, the agents of other servers. Volatile as liveness
// is: after a start nobody has said anything. Used by the engine only.
//
// An observer counts for a server while it has a word that is not too old, and it may call the
// server dead only when it had reached it shortly before (it is calibrated): behind a firewall that
// lets only the CDN in, observers are silent and never wrong. One that calls more than half of all
// it knows dead at about the same time has lost its own network, and counts no more until most are
// back (doubted).
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/undo_log.h"
#include "controller/core/change.h"
#include "controller/core/input.h"

namespace understudy {

// Reached no longer ago than this an observer may call a server dead.
inline constexpr Duration kCalibrated{600'000};
// What has been called dead again and again for so long stays dead for kCalibrated when its
// observer falls silent: silence brings nobody back.
inline constexpr Duration kSettled{60'000};

struct Testimony {
    ServerId by;          // whose agent; none: the controller
    std::string service;  // which probe: service_of(policy)
    Verdict verdict = Verdict::Nothing;
    Instant since{};        // of the verdict
    Instant observed{};     // when the newest probe behind it was begun
    Instant valid_until{};  // heard again before
    std::string sentence;   // "https 443: 503"
    bool doubted = false;   // its observer is

    std::optional<Instant> reached;  // last found serving
    bool carried = false;            // by the former words: these have never reached it
    Instant serving_begun{};         // when the newest probe that found it so was begun
    Instant serving_until{};         // till when that word counted
    Instant dead_until{};            // when it last ceased to call it dead
};

// What the observers of one service say together at one time, as far as they count.
struct Word {
    enum class Says { Nothing, Serves, Dead, Split };
    Says says = Says::Nothing;
    int serving = 0;  // observers
    int dead = 0;
    Instant since{};     // when most of them had come to say so, and no others were unheard
    Instant observed{};  // so many as make most of them have looked since, where dead
    // Two of most call it dead, one not the controller: since when. Those whom nobody has asked
    // since the loss could not turn that.
    std::optional<Instant> agreed;
    Instant cleared{};            // when the last one ceased to call it dead
    Instant vouched_until{};      // till when one found it serving after `lost` that does no more
    Instant changes_at = kNever;  // by time alone

    int observers() const { return serving + dead; }
};

// May call it dead. Who reached it by other words vouches for it, and knows nothing of whether
// these ever get through: a header that nobody there expects is no death.
bool calibrated(const Testimony& testimony, Instant now);

// lost: when the link was; what found it serving before that proves nothing. None: it stands.
Word word_of(std::span<const Testimony> testimony, std::string_view service,
             std::optional<Instant> lost, Instant now);

class TestimonyBook {
  public:
    explicit TestimonyBook(UndoLog& log) : book_(log), observers_(log), swept_at_(log, {}) {}

    enum class Effect {
        None,     // as before, and valid for longer
        Changed,  // another verdict
        Doubted,  // and its observer counts no more
        Trusted,  // its observer counts again
    };
    Effect heard(const ServiceProbed& input, Instant now);
    bool doubts_any() const;
    void trust_all(Instant now);                      // a person believes what the doubted say
    void forget(ServerId server, Instant now);        // as the one judged, and as observer
    void forget_about(ServerId server, Instant now);  // as the one judged: it has another address
    // Its probe is another one from now on: who reached it vouches for it till it is heard again,
    // or not, and calls it dead only once the new one has reached it.
    void carry_over(ServerId server, const std::string& from, const std::string& to, Instant now);

    std::span<const Testimony> of(ServerId server) const;
    Verdict verdict_of(ServerId server, const Observer& observer) const;
    bool empty() const { return book_.all().empty(); }

  private:
    // How an observer does.
    struct Repute {
        int knows = 0;               // servers' services it has a word about
        int dead = 0;                // of them
        std::deque<Instant> recent;  // when it called them so, within the window
        bool doubted = false;
        bool accepted = false;  // a person believes it until most are back
    };
    void count(Repute& repute, Verdict before, Verdict after, Instant now) const;
    Effect review(ServerId by, Repute& repute, Instant now);
    void sweep(Instant now);
    void mark(ServerId by, bool doubted, Instant now);

    UndoMap<std::unordered_map<ServerId, std::vector<Testimony>>> book_;
    UndoMap<std::unordered_map<ServerId, Repute>> observers_;
    UndoValue<Instant> swept_at_;
};

}  // namespace understudy
