// Questions to the SQLite store besides loading: what is due, the log, the outbox. Used by
// SqliteStore only.
#pragma once

#include <type_traits>
#include <vector>

#include "controller/store/sqlite_database.h"
#include "controller/store/sqlite_rows.h"
#include "controller/store/store.h"

namespace understudy::sqlite {

// Every row that the statement answers with, read by read(Row&). A column that does not hold what
// it must is Corrupt.
template <typename Read>
auto read_all(Database& database, Statement& statement, Read read)
    -> Result<std::vector<std::invoke_result_t<Read, Row&>>> {
    std::vector<std::invoke_result_t<Read, Row&>> all;
    while (true) {
        auto more = database.step(statement);
        if (!more) return more.error();
        if (!*more) return all;
        Row row{statement};
        all.push_back(read(row));
        if (!row.fault().empty()) {
            statement.rewind();
            return database.corrupt(row.fault());
        }
    }
}

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
Result<OutboxCounts> count_outbox(Database& database);

}  // namespace understudy::sqlite
