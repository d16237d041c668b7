// Candidate doubts: what keeps an address that an agent reports from being followed, beside the
// proof (candidates.h), with the sentence that says why and what lets go.
//
//   kind           | why it waits                                     | lets go
//   token_shared   | two agents use the token: who is right?          | rotate-token
//   not_public     | visitors cannot reach that address               | another report
//   taken          | another server has or reports it                 | when that one does no more
//   unused         | no domain could be asked for there               | with its first domain
//   no_probe       | no probe of its pools could tell who answers     | another policy
//   most           | more than half of the servers at once: it is us  | when fewer do; server set
//   flapping       | it was followed a moment ago                     | ten minutes after that
//   maintenance    | a person works on it                             | at its end
//   observe        | a pool that publishes it is in a dry run         | unobserve
//   of its pools   | restraints.h, where its records would change     | as there
//   unproven       | no probe has found its service there             | when one does; server set
//
// A person's order is under none of them.
#pragma once

#include <optional>

#include "controller/core/candidate_book.h"
#include "controller/core/engine_view.h"
#include "controller/core/restraint.h"

namespace understudy::candidate_doubts {

// Whether an answer to that policy's probe shows who gave it: by a certificate for the domain's
// name, or by a text. A connection alone shows that somebody has the address, and a status that it
// is a web server.
bool proves_identity(const Policy& policy);

// Whether it was said on the server's newest link, and that is there.
bool speaks(const LivenessBook& liveness, ServerId server, const CandidateBook::Reported& said);

std::optional<Restraint> held(const EngineView& view, const CandidateBook& book,
                              const Server& server, const Candidate& candidate);

}  // namespace understudy::candidate_doubts
