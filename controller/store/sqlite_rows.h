// Rows of the fleet's tables and the values they hold. The statements are made from the
// descriptions of core/model_fields.h. Used by the SQLite store only.
#pragma once

#include <string>
#include <string_view>

#include "controller/core/model.h"
#include "controller/store/sqlite_row.h"

namespace understudy::sqlite {

// For each of Server, Pool, Domain, ProviderAccount and Channel, in the order of their ids, pools
// without their members; and for Controls, of which there is one row.
template <typename Thing>
const std::string& select_all();
template <typename Thing>
Thing read_thing(Row& row);

inline constexpr std::string_view kSelectMembers =
    "SELECT pool, server FROM pool_member ORDER BY pool, position";

// Adds the row or replaces its content; `at` is kept as the time of creation when it is new.
Result<Done> save(Database& database, const Server& server, WallTime at);
Result<Done> save(Database& database, const Pool& pool, WallTime at);
Result<Done> save(Database& database, const Domain& domain, WallTime at);
Result<Done> save(Database& database, const ProviderAccount& account, WallTime at);
Result<Done> save(Database& database, const Channel& channel, WallTime at);
Result<Done> save(Database& database, const Controls& controls);

}  // namespace understudy::sqlite
