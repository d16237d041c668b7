// Questions to the SQLite store besides loading: what is due, the log, the outbox. Used by
// SqliteStore only.
#pragma once

#include <vector>

#include "controller/store/sqlite_database.h"
#include "controller/store/sqlite_rows.h"
#include "controller/store/store.h"

namespace understudy::sqlite {

Result<std::vector<RecordBehind>> read_behind(Database& database, std::size_t limit);
// Of each enabled channel the first pending notification that nobody has, due or not.
Result<std::vector<NotificationRow>> read_heads(Database& database);
// What waits about the same server behind that head, as far as it folds.
Result<std::vector<NotificationRow>> read_followers(Database& database,
                                                    const NotificationRow& head);
Result<Turns> read_turns(Database& database, ChannelId channel, const Notice& notice);
// All pending ones that only some recipients have.
Result<std::vector<NotificationRow>> read_partly_served(Database& database);
Result<std::vector<HistoryRow>> read_history(Database& database, const HistoryQuery& query);
Result<std::vector<SightingRow>> read_sightings(Database& database, const SightingQuery& query);
Result<std::vector<NotificationRow>> read_outbox(Database& database, const OutboxQuery& query);
Result<std::vector<Drill>> read_drills(Database& database, const DrillQuery& query);
Result<DrillCounts> count_drills(Database& database,
                                 const std::optional<std::vector<PoolId>>& among);
// Those that have not ended, in the order of their ids.
Result<std::vector<Drill>> read_drills_under_way(Database& database);
Result<OutboxCounts> count_outbox(Database& database);

}  // namespace understudy::sqlite
