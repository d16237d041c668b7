// AddressProofs: probes of the addresses that agents report for their servers, by the controller
// and by siblings, asked for with Decision::ask_proofs. What they find becomes the engine's inputs
// (AddressProbed). Once each: the engine asks again as long as it wants to know.
//
// Sans-I/O; loop thread only. AddressProofs is used by Probes, SiblingProofs by Siblings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "controller/runtime/probe_plan.h"
#include "controller/runtime/sibling_rounds.h"

namespace understudy {

// What would show that the server itself answers: its pools' probes, held to what tells one server
// from another (candidate_doubts::proves_identity). A few of them: any one is enough.
struct ProofQuestion {
    ProbeJob job;  // its addresses are the server's present ones
    ProbeTarget target;
};
std::vector<ProofQuestion> proof_questions(const Fleet& fleet, ServerId server);

class AddressProofs {
  public:
    AddressProofs(const Fleet& fleet, Outbound& outbound, TransferIds& ids)
        : fleet_(fleet), outbound_(outbound), ids_(ids) {}

    void ask(const AskProof& asked, Instant now);
    // None: the answer belongs to somebody else.
    std::optional<AddressProbed> finished(const TransferDone& done);

  private:
    const Fleet& fleet_;
    Outbound& outbound_;
    TransferIds& ids_;
    std::unordered_map<TransferId, AddressProbed> in_flight_;  // what will be said, but for words
};

class SiblingProofs {
  public:
    SiblingProofs(const Fleet& fleet, SiblingLinks& links, Random random)
        : fleet_(fleet), links_(links), random_(random) {}

    void ask(const AskProof& asked, Instant now);
    // None: the answer belongs to somebody else, or to nobody any more.
    std::optional<AddressProbed> answered(ServerId by, const wire::Probed& answer);

  private:
    struct Open {
        AddressProbed said;
        Instant until{};
    };
    const Fleet& fleet_;
    SiblingLinks& links_;
    Random random_;
    std::int64_t last_ = 0;
    std::map<std::int64_t, Open> open_;  // the oldest first
};

}  // namespace understudy
