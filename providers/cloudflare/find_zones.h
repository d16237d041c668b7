// Which zones some names live in.
//
//   * One name is asked for by its candidates, longest first: subdomain zones are legal, and a
//     token made for single zones may be refused the unfiltered list.
//   * Many names are looked up in the list of all zones, read once; whoever is refused that, or
//     sees nothing in it, asks for all zones below a common suffix at once, and by name for what
//     that does not find. A zone that a configured id names is the only one.
#pragma once

#include <string>
#include <vector>

#include "providers/cloudflare/account.h"

namespace understudy::cloudflare {

// The account outlives it.
Talk<Result<ZoneFindings>> find_zones(const Account& account, std::vector<std::string> names);

}  // namespace understudy::cloudflare
