// What people say with an override: why, and until when. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "ctl/options.h"

namespace understudy::ctl {

Option why_option();
// `own` with --why, --until and --for behind.
std::vector<Option> with_wish_options(std::vector<Option> own);

// Writes "why" and "until" into the object that is open. --for counts from `now`.
void write_why(json::Writer& body, const Arguments& arguments);
Result<Done> write_wish(json::Writer& body, const Arguments& arguments, WallTime now);

}  // namespace understudy::ctl
