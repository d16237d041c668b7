// AddressProofs: probes of the addresses that agents report for their servers, by the controller
// and by siblings, asked for with Decision::ask_proofs. What they find becomes the engine's inputs
// (AddressProbed). Once each: the engine asks again as long as it wants to know.
//
// Sans-I/O; loop thread only. AddressProofs is used by Probes, SiblingProofs by Siblings.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "controller/runtime/probes/probe_plan.h"
#include "controller/runtime/probes/sibling_rounds.h"

namespace understudy {

// What would show that the server itself answers: the probes of the pools that publish it (of a
// stand-by: of all its pools), held to what tells one server from another
// (candidate_doubts::proves_identity). Each of these pools must be found served there.
struct ProofQuestion {
    PoolId pool;
    ProbeJob job;  // its addresses are the server's present ones
    ProbeTarget target;
};
// Of so many pools at most, others with each round.
std::vector<ProofQuestion> proof_questions(const Fleet& fleet, const AskProof& asked,
                                           std::size_t pools);

// What one observer finds at one address, pool by pool.
class ProofTally {
  public:
    ProofTally(AddressProbed said, std::size_t questions)
        : said_(std::move(said)), open_(questions) {}

    ServerId by() const { return said_.by; }
    // The answer to one of them; the word about all with the last. Serves: each pool; dead: one of
    // them is served otherwise; nothing: else.
    std::optional<AddressProbed> take(PoolId pool, Verdict verdict, const std::string& sentence);

  private:
    struct Found {
        Verdict verdict = Verdict::Nothing;
        std::string sentence;
    };
    AddressProbed said_;  // but for what was found
    std::size_t open_;
    std::map<PoolId, Found> pools_;
};

class AddressProofs {
  public:
    AddressProofs(const Fleet& fleet, Outbound& outbound, TransferIds& ids)
        : fleet_(fleet), outbound_(outbound), ids_(ids) {}

    void ask(const AskProof& asked, Instant now);
    // Whether the answer was to one of these; the word about an address with its last.
    bool finished(const TransferDone& done, std::vector<Input>& said);

  private:
    struct Open {
        PoolId pool;
        std::shared_ptr<ProofTally> tally;
    };
    const Fleet& fleet_;
    Outbound& outbound_;
    TransferIds& ids_;
    std::unordered_map<TransferId, Open> in_flight_;
};

class SiblingProofs {
  public:
    SiblingProofs(const Fleet& fleet, SiblingLinks& links, Random random)
        : fleet_(fleet), links_(links), random_(random) {}

    void ask(const AskProof& asked, Instant now);
    // As above. No: the answer belongs to somebody else, or to nobody any more.
    bool answered(ServerId by, const wire::Probed& answer, std::vector<Input>& said);

  private:
    struct Open {
        PoolId pool;
        std::shared_ptr<ProofTally> tally;
        Instant until{};
    };
    const Fleet& fleet_;
    SiblingLinks& links_;
    Random random_;
    std::int64_t last_ = 0;
    std::map<std::int64_t, Open> open_;  // the oldest first
};

}  // namespace understudy
