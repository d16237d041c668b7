#include "controller/runtime/probes/address_proofs.h"

#include <algorithm>
#include <utility>

#include "controller/core/candidate_doubts.h"
#include "controller/runtime/probes/sibling_question.h"

namespace understudy {
namespace {

constexpr std::size_t kPoolsAtOnce = 8;
// An agent looks at one address a few times at once (agent/siblings/willing.h).
constexpr std::size_t kPoolsOfSiblings = 2;
constexpr std::size_t kProofsInFlight = 200;
constexpr std::size_t kSiblingsAsked = 2;
constexpr std::size_t kSiblingsLookedAt = 32;
constexpr Duration kBegunWithin{10'000};
constexpr Duration kAnsweredWithin{180'000};
// Above the questions of SiblingRounds, so that whose answer it is can be told.
constexpr std::int64_t kFirstProof = std::int64_t{1} << 62;

std::vector<ProbeTarget> targets_of(const ProbeRules& rules, bool by_text) {
    std::vector<ProbeTarget> targets{first_target(rules)};
    // What has no certificate can show who it is by its text alone.
    if (rules.terms.target.kind == ProbeTarget::Kind::Auto && by_text)
        targets.push_back(second_target(rules));
    return targets;
}

template <typename Ask>
void each_address(const AskProof& asked, const Ask& ask) {
    AddressProbed said;
    said.server = asked.server;
    said.question = asked.question;
    if (asked.ipv4) ask(to_string(*asked.ipv4), said);
    said.ipv6 = true;
    if (asked.ipv6) ask(to_string(*asked.ipv6), said);
}

std::vector<const Pool*> pools_to_ask(const Fleet& fleet, const AskProof& asked, std::size_t most) {
    std::vector<const Pool*> publishing, all;
    for (const PoolId id : fleet.pools_of(asked.server)) {
        const Pool& pool = *fleet.pool(id);
        if (fleet.domains_of(id).empty() || !candidate_doubts::proves_identity(pool.policy))
            continue;
        all.push_back(&pool);
        if (pool.target.has(asked.server)) publishing.push_back(&pool);
    }
    std::vector<const Pool*>& chosen = publishing.empty() ? all : publishing;
    if (chosen.size() <= most) return chosen;
    const auto first = static_cast<std::ptrdiff_t>(asked.round * most % chosen.size());
    std::rotate(chosen.begin(), chosen.begin() + first, chosen.end());
    chosen.resize(most);
    return chosen;
}

// Nobody took the connection in time, as behind a firewall that drops: that says nothing of who is
// there. Whatever was answered does.
Verdict found_by(const ServiceAnswer& answer) {
    const bool silent = answer.timed_out && !answer.connected;
    return answer.verdict == Verdict::Dead && silent ? Verdict::Nothing : answer.verdict;
}

// How much a word of one pool weighs beside those of others: one that is served otherwise decides.
int weight_of(Verdict verdict) {
    return verdict == Verdict::Dead ? 2 : verdict == Verdict::Nothing ? 1 : 0;
}

}  // namespace

std::optional<AddressProbed> ProofTally::take(PoolId pool, Verdict verdict,
                                              const std::string& sentence) {
    Found& found = pools_[pool];
    // Of what a pool's service may be found by one is enough; else what was found there counts.
    const bool better = verdict == Verdict::Serves ||
                        (found.verdict == Verdict::Nothing && verdict == Verdict::Dead);
    if (found.sentence.empty() || (better && found.verdict != Verdict::Serves))
        found = {verdict, sentence};
    if (--open_ > 0) return std::nullopt;
    const auto worst = std::ranges::max_element(
        pools_, {}, [](const auto& each) { return weight_of(each.second.verdict); });
    said_.verdict = worst->second.verdict;
    said_.found = worst->second.sentence;
    return said_;
}

std::vector<ProofQuestion> proof_questions(const Fleet& fleet, const AskProof& asked,
                                           std::size_t pools) {
    std::vector<ProofQuestion> questions;
    const Server* server = fleet.server(asked.server);
    if (server == nullptr) return questions;
    for (const Pool* pool : pools_to_ask(fleet, asked, pools)) {
        ProbeRules rules = probe_rules_of(pool->policy);
        const bool by_text = !rules.terms.text.empty();
        if (!by_text) rules.terms.certificate = ProbeCertificate::Require;
        const ProbeJob job{std::make_shared<const ProbeRules>(rules),
                           host_for(first_domain(fleet, *pool)->name), server->ipv4, server->ipv6};
        for (const ProbeTarget& target : targets_of(rules, by_text))
            questions.push_back({pool->id, job, target});
    }
    return questions;
}

void AddressProofs::ask(const AskProof& asked, Instant now) {
    const auto questions = proof_questions(fleet_, asked, kPoolsAtOnce);
    each_address(asked, [&](const std::string& address, const AddressProbed& said) {
        // All or none: half of the pools would be no proof.
        if (in_flight_.size() + questions.size() > kProofsInFlight) return;
        const auto tally = std::make_shared<ProofTally>(said, questions.size());
        for (const ProofQuestion& question : questions) {
            ServiceTerms terms = question.job.rules->terms;
            terms.target = question.target;
            const TransferId id = ids_.next();
            in_flight_.emplace(id, Open{question.pool, tally});
            outbound_.submit(
                id, ServiceProbe{address, question.job.host, std::move(terms), now + kBegunWithin});
        }
    });
}

bool AddressProofs::finished(const TransferDone& done, std::vector<Input>& said) {
    const auto asked = in_flight_.extract(done.id);
    if (asked.empty()) return false;
    const auto& answer = std::get<ServiceAnswer>(done.answer);
    const Open& open = asked.mapped();
    if (auto word = open.tally->take(open.pool, found_by(answer), answer.sentence))
        said.emplace_back(*std::move(word));
    return true;
}

void SiblingProofs::ask(const AskProof& asked, Instant now) {
    while (!open_.empty() && open_.begin()->second.until <= now)
        open_.erase(open_.begin());
    const Server* server = fleet_.server(asked.server);
    const auto questions = proof_questions(fleet_, asked, kPoolsOfSiblings);
    const auto can = [](const ProofQuestion& each) { return can_be_asked(each.job); };
    if (server == nullptr || questions.empty() || !std::ranges::all_of(questions, can)) return;
    const bool proxied = std::ranges::any_of(questions, is_proxied, &ProofQuestion::job);
    const SiblingChoice choice{fleet_, [&](ServerId id) { return links_.can_probe(id, proxied); },
                               random_};
    // Two of one hosting would prove nothing together.
    std::vector<ServerId> chosen, looked_at;
    while (chosen.size() < kSiblingsAsked && looked_at.size() < kSiblingsLookedAt) {
        const ServerId by = choice.choose(*server, looked_at, {}, random_);
        if (!by) break;
        looked_at.push_back(by);
        const auto apart = [&](ServerId other) {
            return candidate_doubts::independent(fleet_, by, other);
        };
        if (std::ranges::all_of(chosen, apart)) chosen.push_back(by);
    }
    each_address(asked, [&](const std::string& address, AddressProbed said) {
        for (const ServerId by : chosen) {
            if (open_.size() + questions.size() > kProofsInFlight) return;
            said.by = by;
            const auto tally = std::make_shared<ProofTally>(said, questions.size());
            for (const ProofQuestion& each : questions) {
                const std::int64_t id = kFirstProof + ++last_;
                wire::Probe probe = question_about(each.job, each.target, id);
                probe.address = address;
                // Without this answer the tally never ends, and nothing is said.
                if (!links_.probe(by, probe)) break;
                open_[id] = {each.pool, tally, now + kAnsweredWithin};
            }
        }
    });
}

bool SiblingProofs::answered(ServerId by, const wire::Probed& answer, std::vector<Input>& said) {
    const auto at = open_.find(answer.id);
    if (at == open_.end() || at->second.tally->by() != by) return false;
    const Open open = std::move(at->second);
    open_.erase(at);
    if (auto word = open.tally->take(open.pool, verdict_of(answer), answer.found))
        said.emplace_back(*std::move(word));
    return true;
}

}  // namespace understudy
