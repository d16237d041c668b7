// One domain in full, for every command that shows it.
#pragma once

#include <string>

#include "ctl/session.h"

namespace understudy::ctl {

std::string domain_view(const Session& session, json::Value domain);

}  // namespace understudy::ctl
