// Candidate doubts: what keeps an address that an agent reports from being followed, beside the
// proof (candidates.h), with the sentence that says why and what lets go.
//
//   kind           | why it waits                                     | lets go
//   token_shared   | two agents use the token: who is right?          | rotate-token
//   not_public     | visitors cannot reach that address               | another report
//   cdn_edge       | Cloudflare answers there for every proxied name  | another report
//   taken          | another server has or reports it, or an outage   | when that one does no more
//                  | page is there                                    |
//   unused         | no domain could be asked for there               | with its first domain
//   no_probe       | no probe of its pools could tell who answers     | another policy
//   most           | most that report at once, or two that are seen   | when fewer do; server set
//                  | where their links come from: it is us            |
//   flapping       | it was followed a moment ago                     | a while after that
//   restless       | it was followed three times within an hour       | an hour after; server set
//   maintenance    | a person works on it                             | at its end
//   observe        | a pool that publishes it is in a dry run         | end_dry_run
//   of its pools   | restraints.h, where its records would change     | as there
//   unproven       | no probe has found its service there             | when one does; server set
//
// What is about an address (not_public, cdn_edge, taken, flapping, restless) leaves out that
// family; the other goes on without it.
//
// A person's order is under none of them.
#pragma once

#include <optional>
#include <string>

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

// "; to change it by hand: 'understudyctl server set web1'", and what follows from that.
std::string by_hand(const Server& server);

// Two whose word together is worth something where the controller reaches nobody: of different
// hosting, as far as that is known.
bool independent(const Fleet& fleet, ServerId one, ServerId other);

struct Kept {
    std::optional<Restraint> all;         // nothing of it is asked for
    std::optional<Restraint> ipv4, ipv6;  // else: these are left out, never both
};
Kept kept(const EngineView& view, const CandidateBook& book, const Server& server,
          const Candidate& candidate);

}  // namespace understudy::candidate_doubts
