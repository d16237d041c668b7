// Administrators' tokens made on this machine: the first one at the first start, others by
// --new-admin-token. Only the hash is kept.
#pragma once

#include <string>

#include "base/result.h"
#include "controller/store/store.h"

namespace understudy {

// Makes a token of that name, shows it (in `file`, mode 0600, or on stdout when `file` is empty)
// and then saves its hash. Errors: the file cannot be written, the name is taken or unfit.
Result<Done> make_admin_token(Store& store, const std::string& name, const std::string& file,
                              WallTime now);
// The same with the name "admin", if there is no token yet.
Result<Done> make_first_admin_token(Store& store, const std::string& file, WallTime now);

}  // namespace understudy
