// Archive: the past, in domain words: the log, what was seen, drills, and the outbox; and copies of
// the whole store. Reads only, and only what was committed. Used by whoever answers people: in the
// controller on threads that do nothing else (controller/runtime/archive_reader.h), each over a
// connection of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/core/change.h"

namespace understudy {

// Queries answer with at most so many rows.
inline constexpr int kMaxQueryRows = 1000;

enum class NotificationState { Pending, Delivered, Dead };

template <>
inline constexpr Words<NotificationState, 3> kWordsOf<NotificationState>{
    {{NotificationState::Pending, "pending"},
     {NotificationState::Delivered, "delivered"},
     {NotificationState::Dead, "dead"}}};

// The turn of what quiet hours hold: it comes up for nobody. When it is released it goes out in the
// order in which it was told, after what waits already.
inline constexpr std::int64_t kHeldTurn = std::int64_t{1} << 40;

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

    bool held() const { return state == NotificationState::Pending && turn >= kHeldTurn; }
};

// Lines that are about at least one thing, and about none but these.
struct LinesAbout {
    std::vector<ServerId> servers;
    std::vector<PoolId> pools;
    std::vector<DomainId> domains;
};

// The log, newest first unless `ascending`. Zero ids and empty strings: any.
struct HistoryQuery {
    ServerId server;
    PoolId pool;
    DomainId domain;
    IncidentId incident;
    std::string type;
    std::optional<WallTime> since, until;
    EventId after;                         // ids above (ascending) or below (descending) this one
    std::optional<LinesAbout> about = {};  // none: whichever
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
    std::optional<std::vector<ChannelId>> among = {};  // none: whichever
    std::optional<NotificationState> state;
    NotificationId before;
    int limit = 100;  // at most kMaxQueryRows; newest first
};

// Drills, newest first. Zero ids: any.
struct DrillQuery {
    PoolId pool = {};
    std::optional<std::vector<PoolId>> among = {};  // none: whichever
    DrillId before = {};
    int limit = 100;  // at most kMaxQueryRows
};

// Of those that have ended.
struct DrillCounts {
    std::int64_t passed = 0, failed = 0;
    std::optional<WallTime> last_good;  // when the last that passed had ended

    friend bool operator==(const DrillCounts&, const DrillCounts&) = default;
};

// A copy of the whole store, kept beside it until it is removed or another one is made.
struct Backup {
    std::string id;
    std::int64_t bytes = 0;
};
struct BackupPiece {
    std::string bytes;  // empty: there is no more
};

class Archive {
  public:
    virtual ~Archive() = default;

    // From begin() to end() every query sees the same moment: all that was committed before the
    // first of them. The store's log on the disk grows as long as that lasts.
    virtual Result<Done> begin() = 0;
    virtual void end() = 0;

    virtual Result<std::vector<HistoryRow>> history(const HistoryQuery& query) = 0;
    virtual Result<std::vector<SightingRow>> sightings(const SightingQuery& query) = 0;
    virtual Result<std::vector<NotificationRow>> outbox(const OutboxQuery& query) = 0;
    virtual Result<std::vector<Drill>> drills(const DrillQuery& query) = 0;
    // None: of whichever pools.
    virtual Result<DrillCounts> count_drills(const std::optional<std::vector<PoolId>>& among) = 0;
    virtual Result<Backup> make_backup() = 0;
    virtual Result<BackupPiece> read_backup(const std::string& id, std::int64_t offset) = 0;
    virtual Result<Done> remove_backup(const std::string& id) = 0;

    // Any thread: a query under way fails soon, and so does every one until resume().
    virtual void interrupt() = 0;
    virtual void resume() = 0;
    // What takes long without a query asks now and then.
    virtual bool interrupted() const = 0;
};

}  // namespace understudy
