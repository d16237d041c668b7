// Rows of the fleet's tables and the values they hold. The statements are made from the
// descriptions of core/model_fields.h. Used by the SQLite store only.
#pragma once

#include <string>
#include <string_view>

#include "controller/core/model.h"
#include "controller/store/sqlite_row.h"

namespace understudy::sqlite {

// For each of Server, Pool, Domain, ProviderAccount, Channel and Drill, in the order of their ids,
// pools without their members and drills; and for Controls, of which there is one row.
template <typename Thing>
struct Rows {
    static const std::string& select_from();  // without an order
    static const std::string& select_all();
    static Thing read(Row& row);
    // Adds the row, and a pool's members and its drill, or replaces its content; `at` is kept as
    // the time of creation when it is new.
    static Result<Done> save(Database& database, const Thing& thing, WallTime at);
};

inline constexpr std::string_view kSelectMembers =
    "SELECT pool, server FROM pool_member ORDER BY pool, position";

}  // namespace understudy::sqlite
