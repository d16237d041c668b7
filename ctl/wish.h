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

// Writes "why", and "for" or "until", into the object that is open.
void write_why(json::Writer& body, const Arguments& arguments);
Result<Done> write_wish(json::Writer& body, const Arguments& arguments);

}  // namespace understudy::ctl
