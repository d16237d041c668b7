#include "controller/core/candidate_words.h"

#include <set>
#include <utility>

#include "controller/core/announcer.h"

namespace understudy::candidate_words {
namespace {

// People hear of the same trouble of one server no oftener, nor of most servers' at once.
constexpr Duration kBetweenNotices{3'600'000};
constexpr Duration kBetweenOfMost{600'000};

bool is_refusal(const Restraint& held) {
    return held.kind == "token_shared" || held.kind == "not_public" || held.kind == "cdn_edge" ||
           held.kind == "taken";
}

bool due(std::optional<Instant>& told, Duration between, Instant now) {
    if (told && now - *told < between) return false;
    told = now;
    return true;
}

// What people forced they know, and of what doubts everything they hear once for all. What comes
// too soon after the last of its kind is owed.
bool worth_a_notice(StepContext& context, CandidateBook::Reported& said, const Restraint& held) {
    static const std::set<std::string> kWorth{"no_probe",   "unproven", "unused",
                                              "flapping",   "restless", "taken",
                                              "not_public", "cdn_edge", "change_budget"};
    if (held.kind == "most")
        return due(context.candidates.most_told(), kBetweenOfMost, context.now);
    if (!kWorth.contains(held.kind)) return false;
    const bool now = due(said.noticed[held.kind], kBetweenNotices, context.now);
    if (now) {
        said.owed.erase(held.kind);
    } else {
        said.owed.insert(held.kind);
    }
    return now;
}

void add(std::string& text, const std::string& more) {
    text += (text.empty() ? "" : "; ") + more;
}

// Of one family of a candidate.
template <typename Address>
void add_state(std::string& text, const std::optional<Address>& wanted,
               const std::optional<Address>& begun, const Candidate::Finding& finding,
               const std::optional<Restraint>& kept, Instant begins, Instant now) {
    if (!wanted) return;
    const std::string address = to_string(*wanted);
    if (wanted != begun) return add(text, address + " to be looked at in " + to_text(begins - now));
    if (kept) return add(text, address + " is not followed: " + kept->sentence());
    add(text, address + (fresh(finding, now) ? " is proven" : " is not proven") +
                  (finding.sentence.empty() ? "" : ": " + finding.sentence));
}

}  // namespace

bool fresh(const Candidate::Finding& finding, Instant now) {
    return finding.proven && now - *finding.proven <= kFresh;
}

Candidate differing(const Server& server, const CandidateBook::Reported& said) {
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

LogLine line_about(const Server& server, const AddressSet& to, EventType type, std::string reason) {
    LogLine line;
    line.type = type;
    line.server = server.id;
    line.from = to_string(server.addresses());
    line.to = to_string(to);
    line.reason = std::move(reason);
    return line;
}

void tell_held(StepContext& context, const Server& server, CandidateBook::Reported& said,
               const AddressSet& addresses, std::string& told, const Restraint& held) {
    const bool again = told == held.kind;
    if (again && !said.owed.contains(held.kind)) return;
    told = held.kind;
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    // Of most servers at once everybody hears.
    if (held.kind != "most") notice.server = server.id;
    notice.reason = "The other address that the agent of server '" + server.name + "' reports, " +
                    to_string(addresses) + ", is not followed: " + held.why;
    notice.detail = held.lets_go;
    if (!again) {
        const auto type = is_refusal(held) ? EventType::AddressRefused : EventType::AddressHeld;
        LogLine line = line_about(server, addresses, type, held.why);
        line.detail = held.lets_go;
        notice.event = context.tx.log(std::move(line));
    }
    if (worth_a_notice(context, said, held)) context.announcer.tell(context, std::move(notice));
}

void tell_unproven(StepContext& context, const Server& server, CandidateBook::Reported& said,
                   Duration patience, Duration then_every) {
    Candidate& candidate = *said.candidate;
    std::string found;
    const auto say = [&](const auto& address, const Candidate::Finding& finding) {
        if (!address || finding.sentence.empty()) return;
        add(found, candidate.ipv4 && candidate.ipv6 ? to_string(*address) + ": " + finding.sentence
                                                    : finding.sentence);
    };
    say(candidate.ipv4, candidate.at_ipv4);
    say(candidate.ipv6, candidate.at_ipv6);
    tell_held(
        context, server, said, addresses_of(candidate), candidate.told,
        Restraint{"unproven", false, false,
                  "no probe has found its service there for " + to_text(patience) +
                      (found.empty() ? std::string{} : ": " + found),
                  "it is tried every " + to_text(then_every) + candidate_doubts::by_hand(server)});
}

ReportedAddress shown(const EngineView& view, const CandidateBook& book, const Server& server,
                      const CandidateBook::Reported& said) {
    using State = ReportedAddress::State;
    const auto is = [&](State state, std::string sentence) {
        return ReportedAddress{said.ipv4, said.ipv6, state, std::move(sentence)};
    };
    const Candidate wanted = differing(server, said);
    if (wanted.none()) return is(State::Registered, "as registered");
    if (!server.dynamic) return is(State::NotDynamic, "not followed: the server is not dynamic");
    if (!view.liveness.of(server.id).linked)
        return is(State::Unheard, "not followed: its agent is not linked");
    if (!candidate_doubts::speaks(view.liveness, server.id, said))
        return is(State::Unheard,
                  "not followed: its agent has not said it again since it linked anew");
    const Candidate none;
    const Candidate& candidate = said.candidate ? *said.candidate : none;
    const auto kept = candidate_doubts::kept(view, book, server, candidate);
    if (kept.all) return is(State::Held, "not followed: " + kept.all->sentence());
    std::string text;
    add_state(text, wanted.ipv4, candidate.ipv4, candidate.at_ipv4, kept.ipv4, said.ipv4_begins,
              view.now);
    add_state(text, wanted.ipv6, candidate.ipv6, candidate.at_ipv6, kept.ipv6, said.ipv6_begins,
              view.now);
    const bool proven = (candidate.ipv4 && !kept.ipv4 && fresh(candidate.at_ipv4, view.now)) ||
                        (candidate.ipv6 && !kept.ipv6 && fresh(candidate.at_ipv6, view.now));
    return is(proven ? State::Proven : State::Unproven, std::move(text));
}

}  // namespace understudy::candidate_words
