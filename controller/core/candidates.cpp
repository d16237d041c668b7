#include "controller/core/candidates.h"

#include <algorithm>

#include "controller/core/announcer.h"
#include "controller/core/candidate_words.h"
#include "controller/core/flapping.h"
#include "controller/core/observers.h"
#include "controller/core/pools.h"
#include "controller/core/server_address.h"

namespace understudy::candidates {
namespace {

using candidate_doubts::Kept;
using candidate_words::addresses_of;
using candidate_words::differing;
using candidate_words::fresh;
using candidate_words::line_about;
using Reported = CandidateBook::Reported;

// Agents that say the same for one reason are heard within this, a heartbeat and a half: before
// that nothing is followed.
constexpr Duration kSettles{15'000};
// A family's next other candidate comes no sooner.
constexpr Duration kBetweenCandidates{30'000};
// When it is asked again: soon at first, then once a minute, and when people were told, seldom.
constexpr Duration kFirstWait{5'000};
constexpr Duration kLongestWait{60'000};
constexpr Duration kPatience{900'000};
constexpr Duration kSeldom{600'000};
// When to look again at what waits for a restraint.
constexpr Duration kLookAgain{30'000};

// --- what is asked -------------------------------------------------------------------------------

// A policy's probe may take long, and an answer to an older question does not count.
Duration longest_answer(const Fleet& fleet, ServerId server) {
    Duration longest{0};
    for (const PoolId pool : fleet.pools_of(server))
        longest = std::max<Duration>(longest, fleet.pool(pool)->policy.probe_timeout_s);
    return longest + Duration{2'000};
}

void ask(StepContext& context, const Server& server, Candidate& candidate, const Kept& kept) {
    candidate.question = context.candidates.next_question();
    candidate.asked = context.now;
    if (candidate.tries == 0) candidate.tried_at = context.now;
    Duration wait = kSeldom;
    if (context.now - candidate.tried_at < kPatience) {
        wait = std::min(kFirstWait * (1 << std::min(candidate.tries, 8)), kLongestWait);
        wait = std::max(wait, longest_answer(context.fleet(), server.id));
    }
    candidate.at_ipv4.forget_answers();
    candidate.at_ipv6.forget_answers();
    AskProof asked{server.id, candidate.question};
    asked.round = static_cast<std::size_t>(candidate.tries);
    if (!kept.ipv4) asked.ipv4 = candidate.ipv4;
    if (!kept.ipv6) asked.ipv6 = candidate.ipv6;
    context.tx.ask_proof(asked);
    ++candidate.tries;
    candidate.next = context.now + wait;
}

// --- what it is about ----------------------------------------------------------------------------

// What is new is taken up, unless that comes too soon after the one before; what was found of the
// other family stands.
void keep_up(StepContext& context, const Server& server, Reported& said, const Candidate& wanted) {
    if (!said.candidate) said.candidate.emplace();
    Candidate& candidate = *said.candidate;
    Candidate begun;
    const auto take = [&](const auto& now, auto& before, Candidate::Finding& finding,
                          Instant& begins, auto& fresh) {
        if (before == now) return;
        before.reset();
        finding = {};
        if (!now || context.now < begins) return;
        before = fresh = now;
        finding.since = context.now;
        begins = context.now + kBetweenCandidates;
    };
    take(wanted.ipv4, candidate.ipv4, candidate.at_ipv4, said.ipv4_begins, begun.ipv4);
    take(wanted.ipv6, candidate.ipv6, candidate.at_ipv6, said.ipv6_begins, begun.ipv6);
    if (candidate.none()) return said.candidate.reset();
    if (begun.none()) return;
    candidate.ask_anew();
    candidate.told.clear();
    candidate.next = context.now;
    context.tx.log(line_about(server, addresses_of(begun), EventType::AddressReported,
                              "Its agent reports another address"));
}

void withdraw(StepContext& context, const Server& server, Reported& said) {
    LogLine line = line_about(server, server.addresses(), EventType::AddressWithdrawn,
                              "Its agent does not report the other address any more");
    line.from = to_string(addresses_of(*said.candidate));
    said.candidate.reset();
    context.tx.log(std::move(line));
}

// When what it reports and could not be taken up yet can be.
Instant taken_up(const Reported& said, const Candidate& wanted) {
    const Candidate none;
    const Candidate& present = said.candidate ? *said.candidate : none;
    Instant next = kNever;
    if (wanted.ipv4 && !present.ipv4) next = std::min(next, said.ipv4_begins);
    if (wanted.ipv6 && !present.ipv6) next = std::min(next, said.ipv6_begins);
    return next;
}

// --- what is done about it -----------------------------------------------------------------------

void tell_followed(StepContext& context, const Server& before, const std::string& found,
                   EventId event) {
    const Server& server = *context.fleet().server(before.id);
    Notice notice;
    notice.type = NoticeType::AddressFollowed;
    notice.server = server.id;
    notice.reason = "Address of server '" + server.name +
                    "' changed: " + to_string(before.addresses()) + " -> " +
                    to_string(server.addresses());
    notice.detail = "proven by " + found;
    notice.event = event;
    context.announcer.tell(context, std::move(notice));
}

struct Which {
    bool ipv4 = false;
    bool ipv6 = false;
};

void follow(StepContext& context, const Server& known, Reported& said, const Which& which) {
    Candidate& candidate = *said.candidate;
    const Server before = known;
    Server server = known;
    std::string found;
    if (which.ipv4) {
        server.ipv4 = *std::exchange(candidate.ipv4, std::nullopt);
        flapping::remember(server.followed_ipv4, context.wall());
        found = std::exchange(candidate.at_ipv4, {}).sentence;
    }
    if (which.ipv6) {
        server.ipv6 = std::exchange(candidate.ipv6, std::nullopt);
        flapping::remember(server.followed_ipv6, context.wall());
        found += (found.empty() ? "" : "; ") + std::exchange(candidate.at_ipv6, {}).sentence;
    }
    if (candidate.none()) said.candidate.reset();
    LogLine line;
    line.type = EventType::AddressFollowed;
    line.reason = "Its agent reports it, and its service answers there";
    line.detail = found;
    std::vector<PoolId> published;
    for (const PoolId pool : context.fleet().pools_of(known.id))
        if (context.fleet().pool(pool)->target.has(known.id)) published.push_back(pool);
    const EventId event = server_address::change(context, std::move(server), std::move(line));
    for (const PoolId pool : published)
        pools::count_change(context, pool);
    tell_followed(context, before, found, event);
}

void tell_left_out(StepContext& context, const Server& server, Reported& said, const Kept& kept) {
    Candidate& candidate = *said.candidate;
    const auto tell = [&](Candidate::Finding& finding, const std::optional<Restraint>& held,
                          const Candidate& alone) {
        if (!held) {
            // It was left out until now: it has to be asked for.
            if (!std::exchange(finding.told, {}).empty()) candidate.ask_anew();
            return;
        }
        finding.forget_proof();
        candidate_words::tell_held(context, server, said, addresses_of(alone), finding.told, *held);
    };
    Candidate ipv4, ipv6;
    ipv4.ipv4 = candidate.ipv4;
    ipv6.ipv6 = candidate.ipv6;
    tell(candidate.at_ipv4, kept.ipv4, ipv4);
    tell(candidate.at_ipv6, kept.ipv6, ipv6);
}

// A proof from before counts no more, nor does what was asked.
void start_over(Candidate& candidate) {
    candidate.ask_anew();
    candidate.at_ipv4.forget_proof();
    candidate.at_ipv6.forget_proof();
}

Instant until_of(const Kept& kept, Instant now) {
    Instant until = kNever;
    for (const auto* each : {&kept.all, &kept.ipv4, &kept.ipv6})
        if (*each)
            until = std::min(until, (*each)->until > now ? (*each)->until : now + kLookAgain);
    return kept.all ? std::min(until, now + kLookAgain) : until;
}

// Whether the controller has found what there is to find.
bool answered(const Candidate::Finding& finding) {
    return finding.controller && *finding.controller != Verdict::Nothing;
}

// What is proven may have to wait: for others to be heard, and for the other family, which is
// followed in one change where it is there as well. A time that has passed: it need not.
Instant ripe(const StepContext& context, ServerId server, const Candidate& candidate,
             const Which& open) {
    Instant ripe{};
    const auto look = [&](const Candidate::Finding& finding) {
        if (fresh(finding, context.now)) {
            ripe = std::max(ripe, finding.since + kSettles);
        } else if (!answered(finding)) {
            ripe = std::max(ripe, candidate.asked + longest_answer(context.fleet(), server));
        }
    };
    if (open.ipv4) look(candidate.at_ipv4);
    if (open.ipv6) look(candidate.at_ipv6);
    return ripe;
}

// What is told or asked, and when to look again. None: something was followed.
std::optional<Instant> look_at(StepContext& context, const Server& server, Reported& said) {
    Candidate& candidate = *said.candidate;
    const Kept kept = candidate_doubts::kept(context.view(), context.candidates, server, candidate);
    if (kept.all) {
        // Of what was left out beside the other, and is now alone, that was said.
        for (const Candidate::Finding* each : {&candidate.at_ipv4, &candidate.at_ipv6})
            if (each->told == kept.all->kind) candidate.told = each->told;
        candidate_words::tell_held(context, server, said, addresses_of(candidate), candidate.told,
                                   *kept.all);
        start_over(candidate);
        return until_of(kept, context.now);
    }
    tell_left_out(context, server, said, kept);
    if (candidate.tries == 0) ask(context, server, candidate, kept);
    const Which open{candidate.ipv4 && !kept.ipv4, candidate.ipv6 && !kept.ipv6};
    const Which proven{open.ipv4 && fresh(candidate.at_ipv4, context.now),
                       open.ipv6 && fresh(candidate.at_ipv6, context.now)};
    if (proven.ipv4 || proven.ipv6) {
        const Instant then = ripe(context, server.id, candidate, open);
        if (context.now < then) return then;
        follow(context, server, said, proven);
        return std::nullopt;
    }
    if (context.now >= candidate.next) ask(context, server, candidate, kept);
    const Instant patience = candidate.tried_at + kPatience;
    if (context.now >= patience)
        candidate_words::tell_unproven(context, server, said, kPatience, kSeldom);
    const Instant next =
        context.now < patience ? std::min(candidate.next, patience) : candidate.next;
    return std::min(next, until_of(kept, context.now));
}

// When to look again.
Instant look(StepContext& context, ServerId id) {
    const Server* server = context.fleet().server(id);
    Reported* said = context.candidates.edit(id);
    if (server == nullptr || said == nullptr) return kNever;
    if (!server->dynamic) said->candidate.reset();
    if (!server->dynamic || !candidate_doubts::speaks(context.liveness, id, *said)) return kNever;
    const Candidate wanted = differing(*server, *said);
    if (wanted.none()) {
        if (said->candidate) withdraw(context, *server, *said);
        return kNever;
    }
    keep_up(context, *server, *said, wanted);
    const Instant next = taken_up(*said, wanted);
    if (!said->candidate) return next;
    const auto then = look_at(context, *server, *said);
    return then ? std::min(next, *then) : look(context, id);  // at what is left
}

// Whether that is proof: the controller's own finding, or where it could find nothing at all that
// of two who have nothing to do with each other. Who found something else outweighs them.
std::string proof(const Fleet& fleet, const Candidate::Finding& finding) {
    if (!finding.controller) return {};
    if (*finding.controller == Verdict::Serves) return observers::name_of(fleet, {});
    if (*finding.controller != Verdict::Nothing) return {};
    for (std::size_t i = 0; i < finding.siblings.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const ServerId one = finding.siblings[j];
            const ServerId other = finding.siblings[i];
            if (candidate_doubts::independent(fleet, one, other))
                return observers::name_of(fleet, one) + " and " + observers::name_of(fleet, other);
        }
    }
    return {};
}

void take(Candidate::Finding& finding, const AddressProbed& input) {
    if (!input.by) {
        finding.controller = input.verdict;
    } else if (input.verdict == Verdict::Serves &&
               std::ranges::find(finding.siblings, input.by) == finding.siblings.end()) {
        finding.siblings.push_back(input.by);
        finding.seen_by_sibling = input.found;
    }
}

// What is shown of the newest word. The controller's decides; of two siblings one says little.
std::string sentence_of(const Fleet& fleet, const AddressProbed& input) {
    const bool alone = input.by && input.verdict == Verdict::Serves;
    return input.found + " (" + observers::name_of(fleet, input.by) +
           (alone ? ", one of two that it takes" : "") + ")";
}

}  // namespace

void heard(StepContext& context, const AddressReported& input) {
    if (context.fleet().server(input.server) == nullptr) return;
    const Liveness& liveness = context.liveness.of(input.server);
    if (!liveness.linked || liveness.link != input.link) return;
    Reported& said = context.candidates.of(input.server);
    // What was found while nobody looked at what holds it is of no account.
    if (said.candidate && said.link != input.link) start_over(*said.candidate);
    said.link = input.link;
    said.ipv4 = input.ipv4;
    said.ipv6 = input.ipv6;
    said.ipv4_of_link = input.ipv4_of_link;
    said.ipv6_of_link = input.ipv6_of_link;
    review(context, input.server);
}

void heard(StepContext& context, const AddressProbed& input) {
    const Server* server = context.fleet().server(input.server);
    Reported* said = context.candidates.edit(input.server);
    if (server == nullptr || said == nullptr || !said->candidate) return;
    if (input.by == input.server) return;
    Candidate& candidate = *said->candidate;
    const bool asked = input.ipv6 ? candidate.ipv6.has_value() : candidate.ipv4.has_value();
    if (input.question != candidate.question || !asked) return;
    Candidate::Finding& finding = input.ipv6 ? candidate.at_ipv6 : candidate.at_ipv4;
    // Who found nothing does not outweigh who found the service; of what is left out nobody asked.
    if (finding.proven == candidate.asked || !finding.told.empty()) return;
    if (!input.by || !answered(finding)) finding.sentence = sentence_of(context.fleet(), input);
    take(finding, input);
    // What was proven before is so no longer.
    if (!input.by && input.verdict == Verdict::Dead) finding.proven.reset();
    const std::string proven_by = proof(context.fleet(), finding);
    if (!proven_by.empty()) {
        const bool its_own = finding.controller == Verdict::Serves;
        finding.sentence =
            (its_own ? input.found : finding.seen_by_sibling) + " (" + proven_by + ")";
        const bool first = !finding.proven;
        finding.proven = candidate.asked;
        Candidate alone;
        if (input.ipv6) alone.ipv6 = candidate.ipv6;
        if (!input.ipv6) alone.ipv4 = candidate.ipv4;
        LogLine line = line_about(*server, addresses_of(alone), EventType::AddressProven,
                                  "Its service answers there");
        line.detail = finding.sentence;
        if (first) context.tx.log(std::move(line));
    }
    review(context, input.server);
}

void review(StepContext& context, ServerId server) {
    context.deadlines.set({DeadlineKey::Kind::Address, server.value}, look(context, server));
}

void ordered(StepContext& context, ServerId server) {
    if (Reported* said = context.candidates.edit(server)) said->candidate.reset();
    review(context, server);
}

void forget(StepContext& context, ServerId server) {
    context.candidates.forget(server);
    context.deadlines.clear({DeadlineKey::Kind::Address, server.value});
}

bool agrees(StepContext& context, const Server& before, const Server& after) {
    const Reported* said = context.candidates.find(after.id);
    if (said == nullptr || !candidate_doubts::speaks(context.liveness, after.id, *said))
        return false;
    const auto same = [](const auto& was, const auto& is, const auto& reported) {
        return was == is || (reported && is == *reported);
    };
    // What has no IPv6 is given none, whatever its agent says.
    return same(before.ipv4, after.ipv4, said->ipv4) &&
           (!after.ipv6 || same(before.ipv6, after.ipv6, said->ipv6));
}

std::optional<ReportedAddress> shown(const EngineView& view, const CandidateBook& book,
                                     ServerId id) {
    const Server* server = view.fleet.server(id);
    const Reported* said = book.find(id);
    if (server == nullptr || said == nullptr || (!said->ipv4 && !said->ipv6)) return std::nullopt;
    return candidate_words::shown(view, book, *server, *said);
}

}  // namespace understudy::candidates
