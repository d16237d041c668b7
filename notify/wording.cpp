#include "notify/wording.h"

#include <algorithm>

#include "base/domain_name.h"
#include "base/ensure.h"
#include "base/notice_reasons.h"
#include "base/text.h"

namespace understudy {
namespace {

constexpr const char* kDecide =
    "'understudyctl domain show NAME' says what is possible: adopt what is there if the change was "
    "meant, or enforce what the controller wants. A deleted record is made anew by enforce; what "
    "cannot be one record has to be corrected at the provider first.";

std::string server_of(const Notice& notice) {
    if (notice.server_name.empty()) return "server " + to_string(notice.server);
    if (notice.server_address.empty()) return notice.server_name;
    return notice.server_name + " (" + notice.server_address + ")";
}

std::string pool_of(const Notice& notice) {
    if (!notice.pools.empty()) return "pools " + pools_in_short(notice);
    return "pool " + (notice.pool_name.empty() ? to_string(notice.pool) : notice.pool_name);
}

constexpr std::size_t kPoolsInSubject = 5;

// "eu, us and 3 more"
std::string first_pools(const Notice& notice) {
    std::string names;
    const std::size_t shown = std::min(notice.pools.size(), kPoolsInSubject);
    for (std::size_t i = 0; i < shown; ++i)
        names += (i == 0 ? "" : ", ") + notice.pools[i].name;
    const std::size_t more = notice.pools.size() - shown;
    return more == 0 ? names : names + " and " + std::to_string(more) + " more";
}

// What all domains have in common; empty when they differ.
std::string common(const Notice& notice, std::string MovedDomain::*side) {
    if (notice.domains.empty()) return {};
    const std::string& first = notice.domains.front().*side;
    const bool same = std::all_of(notice.domains.begin(), notice.domains.end(),
                                  [&](const MovedDomain& domain) { return domain.*side == first; });
    return same ? first : std::string{};
}

std::string move_of(const Notice& notice) {
    const std::string from = common(notice, &MovedDomain::from);
    const std::string to = common(notice, &MovedDomain::to);
    if (!from.empty() && !to.empty()) return ": " + from + " -> " + to;
    return " moved away from " + (notice.server_name.empty() ? "the primary" : notice.server_name);
}

// " <word> <address>", or nothing when the domains have no address in common.
std::string place_of(const Notice& notice, const char* word) {
    const std::string to = common(notice, &MovedDomain::to);
    return to.empty() ? to : word + to;
}

bool is_one(const Notice& notice) {
    return notice.domains.size() == 1;
}

std::string records_of(const Notice& notice) {
    return is_one(notice) ? "The record of " + domains_in_short(notice)
                          : "The records of " + domains_in_short(notice);
}

const char* was(const Notice& notice) {
    return is_one(notice) ? " was " : " were ";
}

Wording server_down(const Notice& notice) {
    return {
        "DOWN", server_of(notice),
        "The controller has lost its link to the agent on " + server_of(notice) + ".",
        "Look at the server and its network. If it serves a pool, a failover follows on its own "
        "once the pool's confirmation time is over, unless the pool is held, paused or in a "
        "dry run."};
}

Wording server_up(const Notice& notice) {
    if (notice.reason.starts_with(kRemovedWhile)) {
        return {"REMOVED", server_of(notice),
                server_of(notice) +
                    " was taken out of the controller while its alarm was open. It is not watched "
                    "any more, so the alarm is over.",
                "Nothing, if that was meant. No message about it follows."};
    }
    return {"UP", server_of(notice),
            "The agent on " + server_of(notice) + " is linked, and its checks pass again.",
            "Nothing, unless it went down without a reason that you know."};
}

Wording server_error(const Notice& notice) {
    return {"ERROR", server_of(notice),
            "The agent on " + server_of(notice) + " reports that a local check fails.",
            "Look at the service named under cause. A primary in this state is treated as down."};
}

// A change that had failed is not wanted any more, or somebody else has brought the records home.
bool nothing_moved(const Notice& notice) {
    return !notice.domains.empty() &&
           std::ranges::all_of(notice.domains, [](const MovedDomain& domain) {
               return domain.from == domain.to && !domain.to.empty();
           });
}

Wording failover_triggered(const Notice& notice) {
    if (nothing_moved(notice)) {
        return {"FAILOVER", domains_in_short(notice) + ": served now",
                records_of(notice) + was(notice) +
                    "moved before this, and the name servers that still gave the old answer give "
                    "the new one now.",
                "See to what the cause names."};
    }
    return {"FAILOVER", domains_in_short(notice) + move_of(notice),
            records_of(notice) + was(notice) + "moved to another address, and the provider " +
                "confirmed it.",
            "See to what the cause names. Visitors follow as their resolvers' copies of the old "
            "record run out."};
}

Wording server_recovered(const Notice& notice) {
    if (nothing_moved(notice)) {
        return {"RECOVERED", domains_in_short(notice) + ": at home" + place_of(notice, " at "),
                records_of(notice) + (is_one(notice) ? " holds" : " hold") +
                    " what the pool's order wants, and nothing had to be moved.",
                "Nothing."};
    }
    return {"RECOVERED", domains_in_short(notice) + ": back" + place_of(notice, " at "),
            records_of(notice) + (is_one(notice) ? " points" : " point") +
                " where the pool's order wants it, and the provider confirmed it.",
            "Nothing."};
}

// Not refused by the provider, but kept from being written.
Wording failover_blocked(const Notice& notice) {
    return {"FAILOVER FAILED",
            domains_in_short(notice) + ": changed by somebody else, not moved" +
                place_of(notice, " to "),
            records_of(notice) + (is_one(notice) ? " does" : " do") +
                " not follow: somebody else changed " + (is_one(notice) ? "it" : "them") +
                ", and nothing is written until a person decides.",
            kDecide};
}

// Changed at the provider, and visitors do not see it.
Wording not_served(const Notice& notice) {
    return {"FAILOVER FAILED",
            domains_in_short(notice) + ": changed, but not served" + place_of(notice, " with "),
            records_of(notice) + was(notice) +
                "changed at the DNS provider, but what visitors are told is not the new content. "
                "Asking goes on.",
            "Look at the name servers that the evidence names: whoever asks them still goes where "
            "the record pointed before. 'dig +norec @SERVER NAME' shows what they answer."};
}

Wording failover_failed(const Notice& notice) {
    if (notice.detail.starts_with(kBlockedByAnother)) return failover_blocked(notice);
    if (notice.detail.starts_with(kNotServed)) return not_served(notice);
    return {"FAILOVER FAILED",
            domains_in_short(notice) + ": record not changed" + place_of(notice, " to "),
            records_of(notice) + " could not be changed at the DNS provider. Trying goes on.",
            "See the cause: credential, permission or the provider's state. If it is urgent, "
            "change the record by hand at the provider and adopt it afterwards."};
}

Wording outage_started(const Notice& notice) {
    return {"OUTAGE",
            pool_of(notice) + (notice.pools.empty() ? " has" : " have") + " no healthy server",
            "No server of " + pool_of(notice) + " is healthy.",
            "Bring any server back: the first healthy one is used."};
}

Wording outage_resolved(const Notice& notice) {
    return {"OUTAGE OVER",
            pool_of(notice) + (notice.pools.empty() ? " has" : " have") + " a healthy server again",
            "A server of " + pool_of(notice) + " is healthy again.",
            "Look after the servers that are still down."};
}

// Who is held and why; what lets go is a command, and stands in the body.
std::string held_in_short(const Notice& notice) {
    if (!notice.pools.empty()) return "automation of pools " + first_pools(notice);
    std::string why = notice.reason.substr(0, notice.reason.find("; "));
    if (why.empty()) return "automation: a guard stopped it";
    if (!notice.pool || why.starts_with("pool '")) return why;
    return pool_of(notice) + ": " + why;
}

Wording address_held(const Notice& notice) {
    return {"HELD", server_of(notice) + ": another address is not followed",
            "Its agent reports another address than the server has, and its records do not follow "
            "it. The cause says why, the evidence what lets go.",
            "Find out which address is right. 'understudyctl server show NAME' says what was found "
            "there, 'understudyctl server set NAME' changes it."};
}

Wording failover_held(const Notice& notice) {
    if (notice.server && !notice.pool && notice.pools.empty()) return address_held(notice);
    return {"HELD", held_in_short(notice),
            "The controller keeps from acting by itself. The cause says why and what lets go, the "
            "evidence what it would have done.",
            "Find out whether the cause is as it should be. 'understudyctl status' shows what is "
            "held."};
}

Wording dns_drift(const Notice& notice) {
    const std::string how =
        notice.reason == kRecordDeleted ? "deleted by somebody else" : "changed by somebody else";
    return {"DRIFT", domains_in_short(notice) + ": " + how,
            records_of(notice) + was(notice) + how + ". Nothing is written until a person decides.",
            kDecide};
}

Wording own_certificate_expiring(const Notice& notice) {
    return {"CERTIFICATE", notice.reason,
            "The certificate that the controller shows to agents and to clients of the API is near "
            "its end.",
            "Renew it and reload the controller. When it has ended, agents that lose their link "
            "cannot come back, and their servers count as down."};
}

Wording certificate_expiring(const Notice& notice) {
    if (!notice.server && notice.domains.empty()) return own_certificate_expiring(notice);
    const std::string subject = notice.reason.empty()
                                    ? domains_in_short(notice) + ": certificate near its end"
                                    : notice.reason;
    std::string what = "A certificate for " + domains_in_short(notice) + " is near its end";
    if (notice.server) what += " on " + server_of(notice);
    return {"CERTIFICATE", subject, what + ".",
            "Renew it on that server, secondaries included: visitors reach them after a failover."};
}

Wording standby_not_ready(const Notice& notice) {
    return {"NOT READY", notice.reason,
            "Nothing has moved. " + server_of(notice) +
                " stands by for these domains, but asked for them now it would not serve them as "
                "the pool's policy wants it. Members that are ready take over before it.",
            "Make it serve them: the cause of each stands beside it. 'understudyctl server show " +
                notice.server_name + "' tells when it is ready; no message follows."};
}

Wording token_shared(const Notice& notice) {
    return {"TOKEN SHARED", server_of(notice) + ": two agents use its token",
            "Two agents have logged in with the token of " + server_of(notice) +
                ". The one that linked last counts, so the death of the other goes unnoticed. The "
                "evidence names both.",
            "Stop the agent that does not belong there (a cloned machine?), then give the other a "
            "new token: 'understudyctl server rotate-token " +
                notice.server_name +
                "'. A clone that is to serve as well needs a server entry and a token of its own."};
}

Wording address_followed(const Notice& notice) {
    return {"ADDRESS CHANGED", server_of(notice) + ": its records follow to another address",
            "Its agent reports another address, and its service was found there, so the server has "
            "it now. Records that held the old one get the new one. This is no failover.",
            "Nothing, if it was to be expected. If it was not, 'understudyctl server set " +
                notice.server_name +
                "' gives it back the former address, and its records follow the agent no more."};
}

Wording still_broken(const Notice& notice) {
    return {"STILL BROKEN", notice.reason, "This was told before, and nobody has put it right yet.",
            "'understudyctl status' shows what there is to do. Maintenance, or taking the thing "
            "out, ends the reminders as well."};
}

Wording escalated(const Notice& notice) {
    return {"NOT ACKNOWLEDGED", notice.reason,
            "Others were told of this before, and nobody has said that they see to it.",
            "'understudyctl acknowledge' says that you do, and keeps others from being told. "
            "'understudyctl incidents' lists what is open."};
}

Wording escalation_over(const Notice&) {
    return {"OVER", "what nobody had acknowledged is over",
            "Nothing of what this channel was told is broken any more.", "Nothing."};
}

Wording acknowledged(const Notice& notice) {
    return {"ACKNOWLEDGED", notice.reason,
            "Somebody sees to this. No reminder of it follows; what ends it is told.", "Nothing."};
}

Wording drill_started(const Notice& notice) {
    return {"DRILL", notice.reason,
            "The pool serves from a stand-by for practice. It goes home by itself, and anything "
            "real comes before it and is told as ever.",
            "Nothing. 'understudyctl drill end " + notice.pool_name + "' ends it at once."};
}

Wording drill_ended(const Notice& notice) {
    return {
        "DRILL", notice.reason,
        "A practice switch of the pool has ended. What it says of a failover, and how long each "
        "way took, stands in the evidence.",
        "See to what it found, if it did not pass. 'understudyctl drill list' has those before "
        "it."};
}

Wording test(const Notice&) {
    return {"TEST", "notifications of Understudy arrive",
            "This is a test. If you can read it, this channel works.", "Nothing."};
}

}  // namespace

std::string pools_in_short(const Notice& notice) {
    std::string names;
    for (const NamedPool& pool : notice.pools)
        add_item(names, pool.name);
    return names;
}

std::string domains_in_short(const Notice& notice) {
    if (is_one(notice)) return both_forms(notice.domains.front().name);
    return std::to_string(std::max(notice.domain_count, notice.domains.size())) + " domains";
}

Wording wording_of(const Notice& notice) {
    switch (notice.type) {
        case NoticeType::ServerDown:
            return server_down(notice);
        case NoticeType::ServerUp:
            return server_up(notice);
        case NoticeType::ServerError:
            return server_error(notice);
        case NoticeType::FailoverTriggered:
            return failover_triggered(notice);
        case NoticeType::ServerRecovered:
            return server_recovered(notice);
        case NoticeType::FailoverFailed:
            return failover_failed(notice);
        case NoticeType::OutageStarted:
            return outage_started(notice);
        case NoticeType::OutageResolved:
            return outage_resolved(notice);
        case NoticeType::FailoverHeld:
            return failover_held(notice);
        case NoticeType::DnsDrift:
            return dns_drift(notice);
        case NoticeType::CertificateExpiring:
            return certificate_expiring(notice);
        case NoticeType::StandbyNotReady:
            return standby_not_ready(notice);
        case NoticeType::TokenShared:
            return token_shared(notice);
        case NoticeType::AddressFollowed:
            return address_followed(notice);
        case NoticeType::StillBroken:
            return still_broken(notice);
        case NoticeType::Escalated:
            return escalated(notice);
        case NoticeType::EscalationOver:
            return escalation_over(notice);
        case NoticeType::Acknowledged:
            return acknowledged(notice);
        case NoticeType::DrillStarted:
            return drill_started(notice);
        case NoticeType::DrillEnded:
            return drill_ended(notice);
        case NoticeType::Test:
            return test(notice);
    }
    ensure(false);
}

}  // namespace understudy
