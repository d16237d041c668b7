// Evidence: what a decision was made from, as one sentence for people and as JSON for `explain` and
// for the auditor. Kept with the decision's log line.
//
// {"rule": "...", "members": [{"server", "standing", "health", "published"}], "policy": {...},
//  "restraints": ["..."], "overrides": ["..."], "failovers_within_the_hour": N}
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "controller/core/engine_view.h"
#include "controller/core/situation.h"

namespace understudy::evidence {

// "web1 offline for 30.0 s: link closed; web2 online for 5 min 2 s; confirm_s 30"
std::string sentence(const EngineView& view, const Pool& pool);

// rule: the product's rule that decides, in words.
std::string to_json(const EngineView& view, const Pool& pool, const Situation& situation,
                    const std::string& rule);

// What observers say, as members of the array that is open. service: only of that probe; empty: of
// all.
void write_testimony(json::Writer& out, const Fleet& fleet, std::span<const Testimony> testimony,
                     std::string_view service, Instant now);

// What people forced that concerns the pool: "server web1 is in maintenance by ops: kernel, until
// ..."
std::vector<std::string> overrides(const EngineView& view, const Pool& pool);
std::string sentence_of(const Override& forced);

// The rule behind a choice.
std::string rule_of(const Choice& choice);
// Why a healthy member does not take over, though it comes first in order: "'web2' is at hosting
// 'acme' as well".
std::string why_passed_over(const EngineView& view, const Pool& pool, ServerId server,
                            ServerId taken);

}  // namespace understudy::evidence
