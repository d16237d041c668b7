#include "controller/core/candidates.h"

#include <algorithm>

#include "controller/core/announcer.h"
#include "controller/core/candidate_doubts.h"
#include "controller/core/observers.h"
#include "controller/core/pools.h"
#include "controller/core/server_address.h"

namespace understudy::candidates {
namespace {

using Reported = CandidateBook::Reported;

// Agents that say the same for one reason are heard within this, a heartbeat and a half: before
// that nothing is followed.
constexpr Duration kSettles{15'000};
// A server's next other candidate comes no sooner.
constexpr Duration kBetweenCandidates{30'000};
// A proof older than this is asked for again.
constexpr Duration kFresh{90'000};
// When it is asked again: soon at first, then once a minute, and when people were told, seldom.
constexpr Duration kFirstWait{5'000};
constexpr Duration kLongestWait{60'000};
constexpr Duration kPatience{900'000};
constexpr Duration kSeldom{600'000};
// People hear of the same trouble of one server no oftener.
constexpr Duration kBetweenNotices{3'600'000};
// When to look again at what waits for a restraint.
constexpr Duration kLookAgain{30'000};
// What it reports and the server does not have. A family that it does not have is never given to
// it: whether its records get an AAAA is a person's to say.
Candidate differing(const Server& server, const Reported& said) {
    Candidate candidate;
    if (said.ipv4 && *said.ipv4 != server.ipv4) candidate.ipv4 = said.ipv4;
    if (said.ipv6 && server.ipv6 && *said.ipv6 != *server.ipv6) candidate.ipv6 = said.ipv6;
    return candidate;
}

AddressSet addresses_of(const Candidate& candidate) {
    AddressSet set;
    if (candidate.ipv4) set.ipv4.push_back(*candidate.ipv4);
    if (candidate.ipv6) set.ipv6.push_back(*candidate.ipv6);
    return set;
}

bool fresh(const Candidate::Finding& finding, Instant now) {
    return finding.proven && now - *finding.proven <= kFresh;
}

// --- what is said of it --------------------------------------------------------------------------

bool is_refusal(const Restraint& held) {
    return held.kind == "token_shared" || held.kind == "not_public" || held.kind == "taken";
}

// What people forced they know, and of what doubts everything they hear once for all.
bool worth_a_notice(StepContext& context, Reported& said, const Restraint& held) {
    if (held.kind == "most") return !std::exchange(context.candidates.most_told(), true);
    if (held.kind != "no_probe" && held.kind != "unproven" && held.kind != "flapping" &&
        held.kind != "change_budget")
        return false;
    if (said.noticed == held.kind && context.now - said.noticed_at < kBetweenNotices) return false;
    said.noticed = held.kind;
    said.noticed_at = context.now;
    return true;
}

LogLine line_about(const Server& server, const AddressSet& to, EventType type, std::string reason) {
    LogLine line;
    line.type = type;
    line.server = server.id;
    line.from = to_string(server.addresses());
    line.to = to_string(to);
    line.reason = std::move(reason);
    return line;
}

void tell_held(StepContext& context, const Server& server, Reported& said, const Restraint& held) {
    Candidate& candidate = *said.candidate;
    if (candidate.told == held.kind) return;
    candidate.told = held.kind;
    const auto type = is_refusal(held) ? EventType::AddressRefused : EventType::AddressHeld;
    LogLine line = line_about(server, addresses_of(candidate), type, held.why);
    line.detail = held.lets_go;
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    notice.server = server.id;
    notice.reason = "The other address that the agent of server '" + server.name + "' reports, " +
                    line.to + ", is not followed: " + held.why;
    notice.detail = held.lets_go;
    notice.event = context.tx.log(std::move(line));
    if (worth_a_notice(context, said, held)) context.announcer.tell(context, std::move(notice));
}

// --- what is done about it -----------------------------------------------------------------------

// A policy's probe may take long, and an answer to an older question does not count.
Duration longest_probe(const Fleet& fleet, ServerId server) {
    Duration longest{0};
    for (const PoolId pool : fleet.pools_of(server))
        longest = std::max<Duration>(longest, fleet.pool(pool)->policy.probe_timeout_s);
    return longest;
}

void ask(StepContext& context, const Server& server, Candidate& candidate) {
    candidate.question = context.candidates.next_question();
    candidate.asked = context.now;
    if (candidate.tries == 0) candidate.tried_at = context.now;
    Duration wait = kSeldom;
    if (context.now - candidate.tried_at < kPatience) {
        wait = std::min(kFirstWait * (1 << std::min(candidate.tries, 8)), kLongestWait);
        wait = std::max(wait, longest_probe(context.fleet(), server.id) + Duration{2'000});
    }
    ++candidate.tries;
    candidate.next = context.now + wait;
    context.tx.ask_proof({server.id, candidate.question, candidate.ipv4, candidate.ipv6});
}

void tell_unproven(StepContext& context, const Server& server, Reported& said) {
    const Candidate& candidate = *said.candidate;
    const std::string& found =
        candidate.ipv4 ? candidate.at_ipv4.sentence : candidate.at_ipv6.sentence;
    tell_held(
        context, server, said,
        Restraint{"unproven", false, false,
                  "no probe has found its service there for " + to_text(kPatience) +
                      (found.empty() ? std::string{} : ": " + found),
                  "it is tried every " + to_text(kSeldom) +
                      "; to change it by hand: 'understudyctl server set " + server.name + "'"});
}

void begin(StepContext& context, const Server& server, Reported& said, Candidate wanted) {
    said.begins = context.now + kBetweenCandidates;
    wanted.since = wanted.next = context.now;
    said.candidate = std::move(wanted);
    context.tx.log(line_about(server, addresses_of(*said.candidate), EventType::AddressReported,
                              "Its agent reports another address"));
}

// Unless it became the server's by a person's order.
void withdraw(StepContext& context, const Server& server, Reported& said) {
    const Candidate& candidate = *said.candidate;
    const bool still = (!candidate.ipv4 || said.ipv4 == candidate.ipv4) &&
                       (!candidate.ipv6 || said.ipv6 == candidate.ipv6);
    if (still) return said.candidate.reset();
    LogLine line = line_about(server, server.addresses(), EventType::AddressWithdrawn,
                              "Its agent does not report the other address any more");
    line.from = to_string(addresses_of(candidate));
    said.candidate.reset();
    context.tx.log(std::move(line));
}

// Each family as far as it is proven.
void follow(StepContext& context, const Server& known, Reported& said) {
    const Candidate proven = *std::exchange(said.candidate, std::nullopt);
    Server server = known;
    std::string found;
    if (proven.ipv4 && fresh(proven.at_ipv4, context.now)) {
        server.ipv4 = *proven.ipv4;
        found = proven.at_ipv4.sentence;
    }
    if (proven.ipv6 && fresh(proven.at_ipv6, context.now)) {
        server.ipv6 = proven.ipv6;
        found += (found.empty() ? "" : "; ") + proven.at_ipv6.sentence;
    }
    server.address_followed = context.wall();
    LogLine line;
    line.type = EventType::AddressFollowed;
    line.reason = "Its agent reports it, and its service answers there";
    line.detail = std::move(found);
    std::vector<PoolId> published;
    for (const PoolId pool : context.fleet().pools_of(known.id))
        if (context.fleet().pool(pool)->target.has(known.id)) published.push_back(pool);
    server_address::change(context, std::move(server), std::move(line));
    for (const PoolId pool : published)
        pools::count_change(context, pool);
}

// When to look again.
Instant look(StepContext& context, ServerId id) {
    const Server* server = context.fleet().server(id);
    Reported* said = context.candidates.edit(id);
    if (server == nullptr || said == nullptr) return kNever;
    if (!server->dynamic) said->candidate.reset();
    if (!server->dynamic || !candidate_doubts::speaks(context.liveness, id, *said)) return kNever;
    Candidate wanted = differing(*server, *said);
    if (!wanted.ipv4 && !wanted.ipv6) {
        if (said->candidate) withdraw(context, *server, *said);
        return kNever;
    }
    const bool same = said->candidate && said->candidate->ipv4 == wanted.ipv4 &&
                      said->candidate->ipv6 == wanted.ipv6;
    if (!same && context.now < said->begins) {
        said->candidate.reset();
        return said->begins;
    }
    if (!same) begin(context, *server, *said, std::move(wanted));
    Candidate& candidate = *said->candidate;
    const auto kept =
        candidate_doubts::held(context.view(), context.candidates, *server, candidate);
    context.candidates.most_told() = context.candidates.most_told() && kept.has_value();
    if (kept) {
        tell_held(context, *server, *said, *kept);
        // A proof from before counts no more, nor does what was asked.
        candidate.question = 0;
        candidate.at_ipv4.proven.reset();
        candidate.at_ipv6.proven.reset();
        candidate.tries = 0;
        const Instant soon = context.now + kLookAgain;
        return kept->until > context.now ? std::min(kept->until, soon) : soon;
    }
    const bool proven = (candidate.ipv4 && fresh(candidate.at_ipv4, context.now)) ||
                        (candidate.ipv6 && fresh(candidate.at_ipv6, context.now));
    const Instant settled = candidate.since + kSettles;
    if (proven && context.now < settled) return settled;
    if (proven) {
        follow(context, *server, *said);
        return look(context, id);  // at what is left: held, for it was followed just now
    }
    if (context.now >= candidate.next || candidate.tries == 0) ask(context, *server, candidate);
    const Instant patience = candidate.tried_at + kPatience;
    if (context.now >= patience) tell_unproven(context, *server, *said);
    return context.now < patience ? std::min(candidate.next, patience) : candidate.next;
}

std::string sentence_of(const EngineView& view, const CandidateBook& book, const Server& server,
                        const Reported& said) {
    const Candidate wanted = differing(server, said);
    if (!wanted.ipv4 && !wanted.ipv6) return "as registered";
    if (!server.dynamic) return "not followed: the server is not dynamic";
    if (!candidate_doubts::speaks(view.liveness, server.id, said))
        return "not followed: its agent is not linked";
    if (!said.candidate) return "to be looked at in " + to_text(said.begins - view.now);
    const Candidate& candidate = *said.candidate;
    if (const auto kept = candidate_doubts::held(view, book, server, candidate))
        return "not followed: " + kept->sentence();
    std::string text;
    const auto add = [&](const auto& address, const Candidate::Finding& finding) {
        if (!address) return;
        text += (text.empty() ? "" : "; ") + to_string(*address) +
                (fresh(finding, view.now) ? " is proven" : " is not proven") +
                (finding.sentence.empty() ? "" : ": " + finding.sentence);
    };
    add(candidate.ipv4, candidate.at_ipv4);
    add(candidate.ipv6, candidate.at_ipv6);
    return text;
}

}  // namespace

void heard(StepContext& context, const AddressReported& input) {
    if (context.fleet().server(input.server) == nullptr) return;
    const Liveness& liveness = context.liveness.of(input.server);
    if (!liveness.linked || liveness.link != input.link) return;
    Reported& said = context.candidates.of(input.server);
    said.link = input.link;
    said.ipv4 = input.ipv4;
    said.ipv6 = input.ipv6;
    review(context, input.server);
}

void heard(StepContext& context, const AddressProbed& input) {
    const Server* server = context.fleet().server(input.server);
    Reported* said = context.candidates.edit(input.server);
    if (server == nullptr || said == nullptr || !said->candidate) return;
    Candidate& candidate = *said->candidate;
    const bool asked = input.ipv6 ? candidate.ipv6.has_value() : candidate.ipv4.has_value();
    if (input.question != candidate.question || !asked) return;
    Candidate::Finding& finding = input.ipv6 ? candidate.at_ipv6 : candidate.at_ipv4;
    // Who found nothing does not outweigh who found the service.
    if (finding.proven == candidate.asked) return;
    finding.sentence = input.found + " (" + observers::name_of(context.fleet(), input.by) + ")";
    if (input.verdict != Verdict::Serves) return;
    const bool first = !finding.proven;
    finding.proven = candidate.asked;
    if (first) {
        AddressSet there;
        if (input.ipv6) {
            there.ipv6.push_back(*candidate.ipv6);
        } else {
            there.ipv4.push_back(*candidate.ipv4);
        }
        LogLine line =
            line_about(*server, there, EventType::AddressProven, "Its service answers there");
        line.detail = finding.sentence;
        context.tx.log(std::move(line));
    }
    review(context, input.server);
}

void review(StepContext& context, ServerId server) {
    context.deadlines.set({DeadlineKey::Kind::Address, server.value}, look(context, server));
}

void forget(StepContext& context, ServerId server) {
    context.candidates.forget(server);
    context.deadlines.clear({DeadlineKey::Kind::Address, server.value});
}

std::optional<ReportedAddress> shown(const EngineView& view, const CandidateBook& book,
                                     ServerId id) {
    const Server* server = view.fleet.server(id);
    const Reported* said = book.find(id);
    if (server == nullptr || said == nullptr || (!said->ipv4 && !said->ipv6)) return std::nullopt;
    return ReportedAddress{said->ipv4, said->ipv6, sentence_of(view, book, *server, *said)};
}

}  // namespace understudy::candidates
