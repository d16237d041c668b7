// Outlook: what comes next for a pool when nothing but time passes, as one sentence for people:
// what automation does and when, what it waits for, or which command it waits for. The pool is the
// sentence's subject and is not named in it.
//
//   "goes back to web1 in 23.0 s"
//   "waits for: understudyctl failback shop"
#pragma once

#include <string>

#include "controller/core/engine_view.h"

namespace understudy::outlook {

// Empty: it serves as its policy wants it, and nothing is due.
std::string sentence(const EngineView& view, const Pool& pool);
// Whether automation is about to change what it publishes, and nothing holds that back.
bool moves(const EngineView& view, const Pool& pool);

}  // namespace understudy::outlook
