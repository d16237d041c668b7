// Puts a backup in the place of the store, while no controller runs on it.
#pragma once

#include <istream>
#include <string>

#include "base/result.h"

namespace understudy {

// What is there is never lost: with `force` it is set aside (a log whose store is gone without),
// and the answer says where (empty: there was none). Only a whole and sound store, of this version
// or an older one, gets the place.
Result<std::string> restore_store(const std::string& store_path, std::istream& backup, bool force);

}  // namespace understudy
