// Candidates: addresses that agents report for servers whose address may follow (Server::dynamic).
// One is followed only when the controller's probe has found the server's own service there (or,
// where that finds nothing at all, two independent siblings), nobody else has that address, and
// nothing restrains automation; then the server is changed by the same
// code as a person's order (server_address.h). Where `dynamic` is off a report is only shown.
//
// A person's order waits for none of this, and ends it, unless it says what the agent says.
#pragma once

#include <optional>

#include "controller/core/step_context.h"

namespace understudy::candidates {

void heard(StepContext& context, const AddressReported& input);
void heard(StepContext& context, const AddressProbed& input);
// Something about it may have changed, or its deadline has come (DeadlineKey::Kind::Address).
void review(StepContext& context, ServerId server);
// A person has given it another address: what was found before is of no account.
void ordered(StepContext& context, ServerId server);
// It is removed, or its token is another one.
void forget(StepContext& context, ServerId server);

// Whether its agent says of each address that differs before and after what it is after.
bool agrees(StepContext& context, const Server& before, const Server& after);

// None: its agent does not say.
std::optional<ReportedAddress> shown(const EngineView& view, const CandidateBook& book,
                                     ServerId server);

}  // namespace understudy::candidates
