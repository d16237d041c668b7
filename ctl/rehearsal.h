// What an order would move, shown before it is given: for the commands whose name is not the move.
#pragma once

#include <string>

#include "ctl/options.h"
#include "ctl/session.h"

namespace understudy::ctl {

// --yes
Option yes_option();

// Of {"name", "from", "to"}: those that change come first, for with many they are what matters.
std::string records_table(const Session& session, json::Value domains);
std::size_t changes_in(json::Value domains);

// `order`: the body for /rehearse. kOk: nothing moves, or whoever may say so wants it. Else the
// exit status to end with; what is to be said has been said.
int ask_first(Session& session, const Arguments& arguments, const std::string& order);

}  // namespace understudy::ctl
