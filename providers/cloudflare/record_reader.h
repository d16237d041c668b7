// All records of some names of one zone, with as few calls as possible.
//
// One or two names are asked for by name; more are picked from the zone's list, page by page -
// unless the first page shows that the zone has more pages than there are names. No type filter: a
// CNAME has to be noticed.
#pragma once

#include <string>
#include <vector>

#include "providers/cloudflare/account.h"
#include "providers/cloudflare/record.h"

namespace understudy::cloudflare {

// An entry for every name, empty where there is no record. The account outlives it.
Talk<Result<RecordsByName>> read_records(const Account& account, std::string zone_id,
                                         std::vector<std::string> names);

}  // namespace understudy::cloudflare
