#include "base/clock.h"
#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
#include "ctl/query.h"

namespace understudy::ctl {
namespace {

std::string indented(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        out += "  " + text.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return out;
}

std::string utc(json::Value rfc3339) {
    return time_text(rfc3339) + " UTC";
}

std::string seconds_text(json::Value seconds) {
    return number_text(seconds) + " s";
}

Tone standing_tone(const std::string& standing) {
    if (standing == "healthy") return Tone::Good;
    return standing == "down" ? Tone::Bad : Tone::Warning;
}

std::string sentence(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text + (text.ends_with('.') ? "" : ".");
}

// --- what the record holds ---------------------------------------------------------------------

// " All 4 name servers of example.org answer with 192.0.2.2, since ..."
std::string served_now(json::Value serving) {
    if (!serving.is_object()) return {};
    return "\n" + sentence(text_of(serving["sentence"]) + ", since " + utc(serving["since"]));
}

std::string record_now(json::Value domain) {
    const json::Value record = domain["record"];
    const std::string desired = joined(record["desired"]["addresses"]);
    const std::string confirmed = joined(record["confirmed"]["addresses"]);
    if (domain["ignored"].is_object()) {
        return "The record is ignored: neither written nor watched until a person adopts or "
               "enforces. It last held " +
               confirmed + ".";
    }
    if (record["conflict"].is_object()) return sentence(text_of(record["conflict"]["sentence"]));
    if (is_true(domain["adopted"])) {
        return "The record holds " + confirmed +
               ", which a person adopted: it stays until the next switch.";
    }
    if (is_true(record["settled"])) {
        return "The record holds " + confirmed + ", as it should." + served_now(domain["serving"]);
    }
    const bool refused = is_true(record["refused"]);
    return "The record should hold " + desired + "; the provider last confirmed " + confirmed +
           (refused ? ". It refuses the change, which is tried on."
                    : ". The change is on its way.");
}

std::string record_then(json::Value event) {
    if (event.is_null()) return "Nothing is logged of what the record held.";
    const std::string holds = content_text(event["to"]);
    return "The record held " + (holds.empty() ? std::string{"what it was found with"} : holds) +
           ", confirmed at " + utc(event["at"]) + " (" + text_of(event["type"]) + ").";
}

// --- what a decision was made from ---------------------------------------------------------------

// "  web1 serves for the controller: https 443: 200"
std::string testimony(json::Value evidence) {
    std::string lines;
    evidence["members"].each([&](json::Value member) {
        member["testimony"].each([&](json::Value each) {
            const std::string says = text_of(each["says"]);
            if (says == "nothing") return;
            lines += "  " + text_of(member["server"]) + (says == "dead" ? " is dead" : " serves") +
                     " for " + text_of(each["by"]) + ": " + text_of(each["found"]) +
                     (is_true(each["counts"]) ? "\n" : " (does not count)\n");
        });
    });
    return lines;
}

Cell standing_cell(json::Value standing) {
    return {text_of(standing), standing_tone(text_of(standing))};
}

std::string members(const Session& session, json::Value evidence) {
    return indented(draw_list(session, evidence["members"],
                              {{"MEMBER", "server", text_of},
                               {"COUNTS AS", "standing", standing_cell},
                               {"PUBLISHED", "published", yes_no},
                               {"HEALTH", "health", text_of}})) +
           testimony(evidence);
}

std::string way_back(json::Value policy) {
    const std::string failback = text_of(policy["failback"]);
    if (failback != "auto") return "It does not go back by itself (failback: " + failback + ").";
    return "It goes back after " + seconds_text(policy["failback_after_s"]) +
           " of good health (failback: auto).";
}

std::string policy(json::Value policy) {
    const bool prompt = text_of(policy["reaction"]) == "prompt";
    return "A member counts as down once it is offline or in error for " +
           (prompt ? seconds_text(policy["confirm_s"]) + " (confirm_s)"
                   : std::string{"the maintenance loop to notice (reaction: maintenance)"}) +
           ", or unseen for " + seconds_text(policy["health_timeout_s"]) + " (health_timeout_s). " +
           way_back(policy);
}

std::string forced(json::Value evidence) {
    std::string out;
    evidence["restraints"].each(
        [&](json::Value each) { out += inset("Guard: " + sentence(text_of(each))); });
    evidence["overrides"].each(
        [&](json::Value each) { out += inset("Override: " + sentence(text_of(each))); });
    if (out.empty()) out = inset("No guard held it, and nobody had forced anything.");
    const std::int64_t failovers = count_of(evidence["failovers_within_the_hour"]);
    if (failovers > 0) {
        out += inset("Failovers within the hour before: " + std::to_string(failovers) + ".");
    }
    return out;
}

std::string evidence_text(const Session& session, json::Value evidence) {
    if (evidence.is_null()) return inset("Nothing is recorded of what it was made from.");
    return members(session, evidence) + inset(policy(evidence["policy"])) + forced(evidence);
}

std::string decision_text(const Session& session, json::Value decision) {
    if (decision.is_null()) return "Nothing was ever decided for its pool until then.\n";
    const json::Value event = decision["event"];
    std::string out = plain_text("Last decision, at " + utc(event["at"]) + ": " +
                                 text_of(event["reason"]) + " (" + text_of(event["type"]) + ")") +
                      "\n";
    const std::string to = content_text(event["to"]);
    const std::string who = who_text(event);
    if (!to.empty()) out += inset("From " + content_text(event["from"]) + " to " + to + ".");
    out += inset(who.empty() ? "Nobody ordered it." : "Ordered by " + who + ".");
    const std::string rule = text_of(decision["evidence"]["rule"]);
    if (!rule.empty()) out += inset("Why: " + sentence(rule));
    return out + "What was known at that moment:\n" + evidence_text(session, decision["evidence"]);
}

std::string reason_and_who(json::Value event) {
    const std::string who = who_text(event);
    return text_of(event["reason"]) + (who.empty() ? "" : ", by " + who);
}

std::string since_text(const Session& session, json::Value events) {
    if (events.size() == 0) return {};
    return "Since then:\n" + indented(draw_list(session, events,
                                                {{"TIME (UTC)", "at", time_text},
                                                 {"TYPE", "type", text_of},
                                                 {"WHAT", "", event_thing},
                                                 {"WHY", "", reason_and_who}}));
}

std::string present_text(const Session& session, json::Value present) {
    const json::Value evidence = present["evidence"];
    std::string out = "Now:\n" + inset(sentence(text_of(evidence["rule"])));
    const std::string next = text_of(present["next"]);
    if (!next.empty()) out += inset("Next: the pool " + next + (next.ends_with('.') ? "" : "."));
    out += members(session, evidence);
    present["restraints"].each(
        [&](json::Value each) { out += inset("Held: " + sentence(text_of(each["sentence"]))); });
    evidence["overrides"].each(
        [&](json::Value each) { out += inset("Override: " + sentence(text_of(each))); });
    present["other_addresses"].each([&](json::Value each) {
        out += inset("Address: The agent of '" + text_of(each["server"]) + "' reports " +
                     sentence(reported_text(each)));
    });
    return out;
}

std::string story(const Session& session, json::Value root) {
    const json::Value domain = root["domain"];
    const bool past = root["present"].is_null();
    const std::string name = both_names(domain);
    std::string out;
    if (past) {
        out =
            plain_text(name + " at " + utc(root["at"])) + "\n" + inset(record_then(root["record"]));
    } else {
        out = plain_text(name) + ": " + toned(status_cell(domain["status"]), session.colours()) +
              "\n" + inset(record_now(domain));
    }
    out += inset("It is served by pool '" + name_in(domain["pool"]) + "'.") + "\n";
    out += decision_text(session, root["decision"]);
    if (!past && is_true(domain["record"]["conflict"]["blocks"])) {
        out += inset("This record did not follow: " +
                     sentence(text_of(domain["record"]["conflict"]["sentence"])));
    }
    const std::string since = since_text(session, root["since_then"]);
    if (!since.empty()) out += "\n" + since;
    if (!past) out += "\n" + present_text(session, root["present"]);
    return out;
}

int explain(Session& session, const Arguments& arguments) {
    const auto path = with_query("/domains/{}/explain", arguments, {}, {"at"});
    if (!path) return session.complain(kUsage, path.error());
    return give(session, arguments, shows(*path, story));
}

}  // namespace

std::vector<Command> explain_commands() {
    const std::vector<Option> explain_options = {
        {"at", "TIME", "As of then: 30m, 2h, 1d ago, or 2026-11-21T02:08:42Z"}};
    return {
        {"explain", "", "DOMAIN [--at TIME]", "Tell why a record is where it is",
         "What the record holds, the last decision about it, which rule made it and from what: the "
         "health of each\n"
         "member at that moment, the policy's waiting times, guards and overrides; what happened "
         "since, and what\n"
         "would be decided now. With --at the same for a moment of the past.\n\n"
         "Examples:\n"
         "  understudyctl explain www.example.org\n"
         "  understudyctl explain www.example.org --at 2h\n"
         "  understudyctl explain www.example.org --at 2026-11-21T03:55:00Z -o json\n",
         explain_options, 1, 1, explain},
    };
}

}  // namespace understudy::ctl
