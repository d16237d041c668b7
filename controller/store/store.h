// Store: what outlives the process, in domain words. Loop thread only. Implementations:
// SqliteStore, MemoryStore; both pass tests/contract/store.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/core/change.h"
#include "controller/core/engine.h"

namespace understudy {

// What PruneHistory removes. Pending notifications are never removed.
struct Retention {
    std::chrono::hours log{24 * 90};        // log lines, and notifications that were given up
    std::chrono::hours delivered{24 * 14};  // delivered notifications
};

// One PruneHistory removes at most so many rows of a kind, oldest first, so that no turn gets long.
inline constexpr int kPruneBatch = 10'000;

// Queries answer with at most so many rows.
inline constexpr int kMaxQueryRows = 1000;

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
    std::vector<AddressSet>
        acceptable;  // contents that may be there without a stranger: confirmed, attempted
};

enum class NotificationState { Pending, Delivered, Dead };

// "pending", "delivered", "dead".
const char* to_text(NotificationState state);
std::optional<NotificationState> notification_state_from(std::string_view text);

struct NotificationRow {
    NotificationId id;
    ChannelId channel;
    NoticeType type = NoticeType::Test;
    std::string payload;  // the notice as JSON (schema/notice.h), `at` stamped
    NotificationState state = NotificationState::Pending;
    int attempts = 0;
    WallTime created{};
    WallTime next_try{};
    std::string last_error;
    std::string served;     // who has it already, for the channel's driver; empty: nobody
    std::int64_t turn = 0;  // its place in the channel's queue; see Turns
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

// The log, newest first unless `ascending`. Zero ids and empty strings: any.
struct HistoryQuery {
    ServerId server;
    PoolId pool;
    DomainId domain;
    IncidentId incident;
    std::string type;
    std::optional<WallTime> since, until;
    EventId after;  // ids above (ascending) or below (descending) this one
    bool ascending = false;
    int limit = 100;  // at most kMaxQueryRows
};
struct HistoryRow {
    LogLine line;
    WallTime at{};
};
// What the engine was told about servers, oldest first.
struct SightingQuery {
    std::optional<WallTime> since, until;
    bool latest_of_each = false;  // of each server (and the controller) only the last before until
    EventId after;
    int limit = kMaxQueryRows;
};
struct SightingRow {
    AppendSighting sighting;
    WallTime at{};
};
struct OutboxQuery {
    ChannelId channel;
    std::optional<NotificationState> state;
    NotificationId before;
    int limit = 100;  // at most kMaxQueryRows; newest first
};

// All notifications that are not delivered.
struct OutboxCounts {
    std::size_t pending = 0, dead = 0;
    friend bool operator==(const OutboxCounts&, const OutboxCounts&) = default;
};

// An administrator's token for the API.
struct AdminToken {
    std::string name;
    std::string hash;
    std::string prefix;
    WallTime created{};
};

class Store {
  public:
    virtual ~Store() = default;

    virtual Result<Snapshot> load() = 0;
    // All or nothing, durable when it returns. The only write of the failover's state.
    // `at` stamps log lines, notices and times of creation. Transient: nothing was applied, try
    // again. Conflict: a name is taken or a row refers to one that is missing.
    virtual Result<Done> commit(std::span<const Change> changes, WallTime at) = 0;
    // Whether a commit would still reach the place it is meant for. Cheap: asked once a second.
    virtual Result<Done> check() { return Done{}; }
    // limit: of each list. Records that are backed off are among them, so it must exceed their
    // number.
    virtual Result<DueWork> due(int limit) = 0;
    virtual Result<std::vector<HistoryRow>> history(const HistoryQuery& query) = 0;
    virtual Result<std::vector<SightingRow>> sightings(const SightingQuery& query) = 0;
    virtual Result<std::vector<NotificationRow>> outbox(const OutboxQuery& query) = 0;
    // Takes longer the more there are, a tenth of a millisecond for thousands.
    virtual Result<OutboxCounts> count_outbox() = 0;

    // Identity and access: made once, seldom changed, apart from the failover's state.
    virtual Result<std::string> instance() = 0;  // a random name of this store, part of message ids
    virtual Result<std::vector<AdminToken>> admin_tokens() = 0;
    virtual Result<Done> save_admin_token(const AdminToken& token) = 0;
};

}  // namespace understudy
