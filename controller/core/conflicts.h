// Conflicts: a record that somebody else changed - how it begins and ends, what it keeps from
// happening, and what a person may do about it. Rule 11. records.h says what is desired.
#pragma once

#include <optional>
#include <string>

#include "controller/core/step_context.h"

namespace understudy::conflicts {

// A reading that holds neither what we wrote nor what a person adopted. Each other content is told.
void enter(StepContext& context, const RecordObserved& input);
// The record holds what it should again, without an order.
void clear(StepContext& context, DomainId domain, const AddressSet& observed);

// Whether a conflict keeps the record from what its pool has decided since.
bool blocks(const Domain& domain);
// Says so, once for each decision: failover_failed, after the drift itself was told.
void tell_blocked(StepContext& context, DomainId domain);

// An AAAA record that nothing of ours could serve: visitors with IPv6 would stay on a dead server.
// The same for a domain that is added, moved to another pool, or adopted.
std::optional<Error> ipv6_left_behind(const Fleet& fleet, const Pool& pool,
                                      const std::string& domain);
// Why that content of its record cannot be adopted; none: it can.
std::optional<Error> why_not_adopt(const Fleet& fleet, const Domain& domain,
                                   const AddressSet& present);

// What a person may say about a conflict and is not refused; 'ignore' always is possible.
struct WaysOut {
    bool adopt = false;
    bool enforce = false;
};
WaysOut ways_out(const Fleet& fleet, const Domain& domain);
// What is there in whose stead, and how it ends.
std::string sentence(const Fleet& fleet, const Domain& domain);

}  // namespace understudy::conflicts
