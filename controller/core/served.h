// Served is more than confirmed: what the zone's name servers answer after the provider confirmed
// a change, or, for a proxied name, what its edge does. Asked for with Decision::ask_served; what
// is known stands in the domain's row (Serving), so that after a restart it goes on. Rule 16.
//
// Told as failed is only that a name server still answers with what was there before. One that
// cannot be asked, or that answers with something that was never ours (another view of the zone),
// proves nothing either way.
#pragma once

#include <string>
#include <vector>

#include "controller/core/step_context.h"

namespace understudy::served {

// What the record held, or may have, before it was confirmed.
struct Former {
    AddressSet content;
    std::vector<AddressSet> attempted;
};
// The provider shows the record with that TTL. Asks, if the content is another.
void on_confirmed(StepContext& context, DomainId domain, const Former& former, Ttl ttl);
// People hear of a move a little later, so that they hear this as well.
bool awaited(const Domain& domain);

void heard(StepContext& context, const RecordServed& input);
// Of all records of that state: those that were being asked about before a restart, or the disputed
// ones, until they are in order.
void ask_again(StepContext& context, Served state);
// A conflict is over: nobody listened to what was said of the record meanwhile.
void go_on(StepContext& context, DomainId domain);
// A person said what it holds: there is nothing to ask.
void forget(Domain& domain, Ttl ttl);

// Until when a resolver may hold a former answer, be it in the past; none: nothing is known.
std::optional<WallTime> old_until(const Domain& domain);
// What is known, without times: "All 4 name servers of example.org answer with 192.0.2.2". Empty:
// nobody was asked.
std::string state_sentence(const Domain& domain);
// The same with times, as far as they are to come: "... since 02:14:09Z; resolvers may hold the
// old answer until 02:19:09Z".
std::string sentence(const Domain& domain, WallTime wall);
// Of several in one sentence.
std::string summary(const std::vector<const Domain*>& domains, WallTime wall);

}  // namespace understudy::served
