// Who sees, hears and moves what: a Scope over the fleet. The one place that decides it, for orders
// (here), for channels (announcer.h), and for all that the API shows (api/seen_fleet.h). Pure.
//
// What is within a scope holds together: the members of a pool within it are within it, and so is
// the pool of a domain.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/core/fleet.h"
#include "controller/core/input.h"

namespace understudy::within {

// In a name's place.
inline constexpr const char* kMask = "(another)";

// Every one of those labels.
bool carries(const Server& server, const std::map<std::string, std::string>& labels);

// A pool that the scope names, or whichever, all of whose members carry its labels.
bool is(const Fleet& fleet, const Scope& scope, const Pool& pool);
// Carries the labels and, where the scope names pools, is a member of one within it.
bool is(const Fleet& fleet, const Scope& scope, const Server& server);
bool is(const Fleet& fleet, const Scope& scope, const Domain& domain);
// Hears of nothing else: it is narrowed to pools and labels that the scope has.
bool is(const Fleet& fleet, const Scope& scope, const Channel& channel);

// All that it serves is within: what is done to it is done to nobody else.
bool alone(const Fleet& fleet, const Scope& scope, const Server& server);

// Whether the inner one can never reach further, whatever becomes of the fleet.
bool narrower(const Scope& inner, const Scope& outer);

// Why he may not order it; none: his scope does for it. As of a thing that does not exist where it
// is about one outside (NotFound).
std::optional<Error> refuses(const Fleet& fleet, const Caller& by, const OrderAction& action);

// What is said for people, without the names of things outside the scope: sentences name servers
// that observed, pools that were left, and more. `text` may be one name. `shown`: names that may
// stay all the same.
std::string unnamed(const Fleet& fleet, const Scope& scope, std::string_view text,
                    const std::set<std::string_view>& shown = {});

// The words of a text that may be names.
std::set<std::string_view> names_in(std::string_view text);

// Of a channel: as far as it hears. Everything where it is not narrowed.
Scope heard_by(const Channel& channel);

}  // namespace understudy::within
