// Store: what outlives the process, in domain words: the writing of it, what the engine starts
// from and what the dispatcher has to do. Loop thread only. Nothing of it is asked by people: what
// has been is read from the Archive (archive.h), which holds up no turn.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/core/change.h"
#include "controller/core/engine.h"
#include "controller/store/archive.h"

namespace understudy {

// What PruneHistory removes. Pending notifications are never removed.
struct Retention {
    std::chrono::hours log{24 * 90};        // log lines, and notifications that were given up
    std::chrono::hours delivered{24 * 14};  // delivered notifications
};

// One PruneHistory removes at most so many rows of a kind, oldest first, so that no turn gets long.
inline constexpr int kPruneBatch = 10'000;

// A record whose desired state the provider has not confirmed and that is not in conflict.
struct RecordBehind {
    DomainId domain;
    std::string name;
    ProviderId provider;
    std::string zone_id;
    std::string zone_name;
    bool proxied = false;  // as last seen: what a record that is made anew is to be
    std::int64_t generation = 0;
    AddressSet desired;
    Ttl desired_ttl;
    std::vector<AddressSet> acceptable;  // contents that are not foreign: confirmed, attempted
};

// The order of a channel's queue. A new row takes the turn that is served now; one that is about
// the same server, or the same pool where no server is named, comes a turn after its last; one of
// an incident no sooner than the incident's last. Rows of one turn go in the order of their ids. So
// each server's and each incident's news stays in order, and whoever has much to tell keeps nobody
// else waiting for more than one message.
struct Turns {
    std::int64_t now = 0;                    // of the channel's first pending row
    std::optional<std::int64_t> of_subject;  // the last pending ones
    std::optional<std::int64_t> of_incident;
};
std::int64_t next_turn(const Turns& turns);
std::int64_t subject_of(const Notice& notice);
// Whether the later one, told alone, says what there is to say of a server's state.
bool folds_into(NoticeType earlier, NoticeType later);

// A channel's next row, and the run of rows about the same server that it could be told with.
struct DueNotification {
    NotificationRow row;
    std::vector<NotificationRow> followers;
};
inline constexpr int kMostFolded = 1000;  // at once

struct DueWork {
    std::vector<RecordBehind> records;  // all that are behind, oldest desired first
    // Of each channel, deferred or not: the first pending one that nobody has, and every one that
    // only some have, which holds up nothing.
    std::vector<DueNotification> notifications;
};

// All notifications that are not delivered.
struct OutboxCounts {
    std::size_t pending = 0, dead = 0;
    // When it was made, of what is not held; the epoch: none is pending.
    WallTime oldest_pending{};
    friend bool operator==(const OutboxCounts&, const OutboxCounts&) = default;
};

// What became of a person's retry. It is found out by the commit: what was read before it may be
// otherwise by then.
struct RetryOutcome {
    enum class Verdict { PutBack, Missing, Delivered, Disabled };
    Verdict verdict = Verdict::PutBack;  // anything else changed nothing
    ChannelId channel;                   // none: Missing
    std::size_t retried = 0;
    struct Ahead {
        NotificationId id;
        WallTime next_try{};
    };
    std::optional<Ahead> behind;  // of one notification: what the channel sends before it
};
struct Committed {
    std::vector<RetryOutcome> retries;  // of NotificationRetried and ChannelRetried, in order
};

class Store {
  public:
    virtual ~Store() = default;

    virtual Result<Snapshot> load() = 0;
    // All or nothing, durable when it returns. The only write of the failover's state.
    // `at` stamps log lines, notices and times of creation. Transient: nothing was applied, try
    // again. Conflict: a name is taken or a row refers to one that is missing.
    virtual Result<Committed> commit(std::span<const Change> changes, WallTime at) = 0;
    // Whether a commit would still reach the place it is meant for. Cheap: asked once a second.
    virtual Result<Done> check() { return Done{}; }
    // limit: of each list. Records that are backed off are among them, so it must exceed their
    // number.
    virtual Result<DueWork> due(int limit) = 0;
    // Takes longer the more there are, a tenth of a millisecond for thousands.
    virtual Result<OutboxCounts> count_outbox() = 0;

    virtual Result<std::string> instance() = 0;  // a random name of this store, part of message ids
};

}  // namespace understudy
