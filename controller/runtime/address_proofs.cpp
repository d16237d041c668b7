#include "controller/runtime/address_proofs.h"

#include <utility>

#include "controller/core/candidate_doubts.h"
#include "controller/runtime/sibling_question.h"

namespace understudy {
namespace {

constexpr std::size_t kQuestionsAtOnce = 3;  // about one server
constexpr std::size_t kProofsInFlight = 200;
constexpr std::size_t kSiblingsAsked = 2;
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

}  // namespace

std::vector<ProofQuestion> proof_questions(const Fleet& fleet, ServerId id) {
    std::vector<ProofQuestion> questions;
    const Server* server = fleet.server(id);
    if (server == nullptr) return questions;
    for (const PoolId of : fleet.pools_of(id)) {
        const Pool& pool = *fleet.pool(of);
        const Domain* domain = first_domain(fleet, pool);
        if (domain == nullptr || !candidate_doubts::proves_identity(pool.policy)) continue;
        ProbeRules rules = probe_rules_of(pool.policy);
        const bool by_text = !rules.terms.text.empty();
        if (!by_text) rules.terms.certificate = ProbeCertificate::Require;
        const ProbeJob job{std::make_shared<const ProbeRules>(rules), host_for(domain->name),
                           server->ipv4, server->ipv6};
        for (const ProbeTarget& target : targets_of(rules, by_text)) {
            if (questions.size() == kQuestionsAtOnce) return questions;
            questions.push_back({job, target});
        }
    }
    return questions;
}

void AddressProofs::ask(const AskProof& asked, Instant now) {
    const auto questions = proof_questions(fleet_, asked.server);
    each_address(asked, [&](const std::string& address, const AddressProbed& said) {
        for (const ProofQuestion& question : questions) {
            if (in_flight_.size() >= kProofsInFlight) return;
            ServiceTerms terms = question.job.rules->terms;
            terms.target = question.target;
            const TransferId id = ids_.next();
            in_flight_.emplace(id, said);
            outbound_.submit(
                id, ServiceProbe{address, question.job.host, std::move(terms), now + kBegunWithin});
        }
    });
}

std::optional<AddressProbed> AddressProofs::finished(const TransferDone& done) {
    auto asked = in_flight_.extract(done.id);
    if (asked.empty()) return std::nullopt;
    const auto& answer = std::get<ServiceAnswer>(done.answer);
    asked.mapped().verdict = answer.verdict;
    asked.mapped().found = answer.sentence;
    return std::move(asked.mapped());
}

void SiblingProofs::ask(const AskProof& asked, Instant now) {
    while (!open_.empty() && open_.begin()->second.until <= now)
        open_.erase(open_.begin());
    const Server* server = fleet_.server(asked.server);
    const auto questions = proof_questions(fleet_, asked.server);
    if (server == nullptr || questions.empty() || !can_be_asked(questions.front().job)) return;
    const SiblingChoice choice{fleet_, [this](ServerId id) { return links_.can_probe(id); },
                               random_};
    std::vector<ServerId> chosen;
    while (chosen.size() < kSiblingsAsked) {
        const ServerId by = choice.choose(*server, chosen, {}, random_);
        if (!by) break;
        chosen.push_back(by);
    }
    each_address(asked, [&](const std::string& address, const AddressProbed& said) {
        for (const ServerId by : chosen) {
            if (open_.size() >= kProofsInFlight) return;
            const std::int64_t id = kFirstProof + ++last_;
            wire::Probe probe = question_about(questions.front().job, questions.front().target, id);
            probe.address = address;
            if (!links_.probe(by, probe)) continue;
            Open& open = open_[id];
            open.said = said;
            open.said.by = by;
            open.until = now + kAnsweredWithin;
        }
    });
}

std::optional<AddressProbed> SiblingProofs::answered(ServerId by, const wire::Probed& answer) {
    const auto at = open_.find(answer.id);
    if (at == open_.end() || at->second.said.by != by) return std::nullopt;
    AddressProbed said = std::move(at->second.said);
    open_.erase(at);
    said.verdict = answer.verdict == wire::ProbeVerdict::Serves ? Verdict::Serves
                   : answer.verdict == wire::ProbeVerdict::Dead ? Verdict::Dead
                                                                : Verdict::Nothing;
    said.found = answer.found;
    return said;
}

}  // namespace understudy
