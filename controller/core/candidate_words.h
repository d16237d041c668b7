// Candidate words: what the log, people and `server show` say of an address that an agent reports.
// Used by candidates.h.
#pragma once

#include <string>

#include "controller/core/candidate_doubts.h"
#include "controller/core/step_context.h"

namespace understudy::candidate_words {

// A proof older than this is asked for again.
inline constexpr Duration kFresh{90'000};
bool fresh(const Candidate::Finding& finding, Instant now);

// What it reports and the server does not have. A family that it does not have is never given to
// it: whether its records get an AAAA is a person's to say.
Candidate differing(const Server& server, const CandidateBook::Reported& said);

AddressSet addresses_of(const Candidate& candidate);
LogLine line_about(const Server& server, const AddressSet& to, EventType type, std::string reason);

// That these wait, and why: once for each kind, which `told` remembers.
void tell_held(StepContext& context, const Server& server, CandidateBook::Reported& said,
               const AddressSet& addresses, std::string& told, const Restraint& held);
// That nobody has found the service there, for so long.
void tell_unproven(StepContext& context, const Server& server, CandidateBook::Reported& said,
                   Duration patience, Duration then_every);
// What a person is shown of it.
ReportedAddress shown(const EngineView& view, const CandidateBook& book, const Server& server,
                      const CandidateBook::Reported& said);

}  // namespace understudy::candidate_words
