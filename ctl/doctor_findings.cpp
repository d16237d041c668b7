#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "base/ip_address.h"
#include "base/text.h"
#include "base/url.h"
#include "ctl/display.h"
#include "ctl/doctor.h"

namespace understudy::ctl {
namespace {

using enum Wellness;

constexpr Duration kClocksMayDiffer{5'000};
constexpr Duration kClocksMustNotDiffer{60'000};
constexpr std::size_t kEachShown = 10;  // of many with the same trouble

std::size_t how_many(json::Value number) {
    return static_cast<std::size_t>(std::max<std::int64_t>(number.integer().value_or(0), 0));
}

// "web1, web2, +7"
std::string first_names(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kEachShown); ++i)
        add_item(text, names[i]);
    const std::size_t more = names.size() - std::min(names.size(), kEachShown);
    return more == 0 ? text : text + ", +" + std::to_string(more);
}

void look_at_automation(json::Value status, Findings& findings) {
    const json::Value held = status["held"];
    if (!held["held"].boolean().value_or(false)) {
        findings.push_back({Ok, "automation", "running"});
        return;
    }
    findings.push_back({Warn, "automation",
                        "held by " + counted(how_many(held["count"]), "restraint") + ": " +
                            text_of(held["reason"]),
                        "see what lets go: understudyctl status"});
}

void look_at_conflicts(json::Value status, Findings& findings) {
    const json::Value conflicts = status["conflicts"];
    const std::size_t count = how_many(conflicts["count"]);
    if (count == 0) return;
    findings.push_back({Fail, "records",
                        counted(count, "record") + " changed by somebody else, the first: " +
                            text_of(conflicts["sentences"][std::size_t{0}]),
                        "understudyctl domain adopt, enforce or ignore NAME"});
}

// Known without asking anybody: a name that only begins like one of this machine is another's.
bool is_this_machine(const std::string& url) {
    const auto parts = split_url(url);
    const auto place = parts ? split_authority(parts->authority) : std::nullopt;
    if (!place) return false;
    const std::string host = lower(place->host);
    if (host == "localhost" || host == "::1") return true;
    return host.starts_with("127.") && parse_ipv4(host).has_value();
}

void look_at_notifications(json::Value status, Findings& findings) {
    const std::size_t dead = how_many(status["notifications_dead"]);
    if (dead > 0) {
        findings.push_back({Fail, "notifications",
                            counted(dead, "message") + " could not be delivered for days",
                            "understudyctl notifications list --state dead"});
    }
    const std::size_t pending = how_many(status["notifications_pending"]);
    if (pending > 0) {
        findings.push_back({Warn, "notifications",
                            counted(pending, "message") + " not delivered yet",
                            "understudyctl notifications list"});
    }
}

// A domain that was not moved since the start is not asked for.
Finding served_as_confirmed(std::size_t asked, std::size_t all) {
    const std::string sentence = "what name servers answer is what was confirmed";
    if (asked == all) return {Ok, "DNS", sentence};
    const std::string others = counted(all - asked, "domain") + " not asked yet";
    return {Ok, "DNS", asked == 0 ? others : sentence + "; " + others};
}

}  // namespace

const char* word_of(Wellness wellness) {
    return wellness == Ok ? "ok" : wellness == Warn ? "warn" : "fail";
}

Finding look_at_clock(json::Value status, WallTime sent, WallTime received) {
    const auto theirs = parse_rfc3339(status["time"].string().value_or(""));
    if (!theirs)
        return {Warn, "clock", "the controller is of an earlier version and does not tell its time",
                "upgrade it"};
    // Their clock was read somewhere between.
    const Duration before = sent - *theirs;
    const Duration behind = *theirs - received;
    const Duration apart = std::max({before, behind, Duration{0}});
    if (apart == Duration{0}) return {Ok, "clock", "the same here and there"};
    const std::string sentence = "the controller's is " + span_text(apart) +
                                 (before > Duration{0} ? " behind" : " ahead of") + " this one";
    if (apart <= kClocksMayDiffer) return {Ok, "clock", sentence};
    return {apart > kClocksMustNotDiffer ? Fail : Warn, "clock", sentence,
            "let both be set by NTP: timedatectl set-ntp true"};
}

Finding look_at_tls(json::Value status, const std::string& url) {
    const json::Value tls = status["tls"];
    const json::Value own = tls["certificate"];
    if (url.starts_with(kUnixScheme))
        return {Ok, "TLS", "none on the way, which does not leave this machine"};
    if (url.starts_with("http://")) {
        if (is_this_machine(url))
            return {Ok, "TLS", "none on the way, which does not leave this machine"};
        return {Warn, "TLS", "none: the token goes over the network in plain text",
                "give the controller a certificate (tls in its configuration) and use https://"};
    }
    if (!own.is_object()) return {Ok, "TLS", "ends at a proxy before the controller"};
    const std::string until =
        "until " + time_text(own["not_after"]) + ", for " + joined(own["names"]);
    if (own["problem"].is_null())
        return {Ok, "TLS", "the controller's certificate counts " + until};
    return {Fail, "TLS", text_of(own["problem"]) + " (" + until + ")",
            "renew it, then: systemctl reload understudy-controller"};
}

void look_at_versions(json::Value status, json::Value servers, Findings& findings) {
    const std::string version = text_of(status["version"]);
    const std::string ours = UNDERSTUDY_VERSION;
    findings.push_back(version == ours
                           ? Finding{Ok, "version", "understudyctl and controller are " + version}
                           : Finding{Warn, "version",
                                     "understudyctl is " + ours + ", the controller " + version,
                                     "upgrade the older one"});
    std::map<std::string, std::vector<std::string>> others;
    std::size_t same = 0;
    servers.each([&](json::Value server) {
        const json::Value software = server["agent"]["software"];
        if (!software.is_string()) return;
        const std::string name = text_of(software);
        if (name == "understudy-agent " + version) {
            ++same;
        } else {
            others[name].push_back(name_in(server));
        }
    });
    if (others.empty() && same > 0)
        findings.push_back({Ok, "agents", counted(same, "agent") + " of the controller's version"});
    for (const auto& [software, names] : others) {
        findings.push_back(
            {Warn, "agents",
             quoted(software) + " runs on " + first_names(names) + ", the controller is " + version,
             "upgrade them: apt install ./understudy-agent_*.deb"});
    }
}

void look_at_controller(json::Value status, Findings& findings) {
    findings.push_back(status["store"]["writable"].boolean().value_or(false)
                           ? Finding{Ok, "store", "writable"}
                           : Finding{Fail, "store", "cannot be written: nothing is decided",
                                     "look for a full or broken disk on the controller's machine"});
    look_at_automation(status, findings);
    std::string unreadable;
    status["unreadable_credentials"].each([&](json::Value each) {
        add_item(unreadable, text_of(each["kind"]) + " " + name_in(each));
    });
    if (unreadable.empty()) return;
    findings.push_back({Fail, "credentials", "cannot be opened with the key in use: " + unreadable,
                        "put back the former key file, or set them anew: understudyctl provider "
                        "set-credential NAME"});
}

void look_at_servers(json::Value servers, Findings& findings) {
    std::size_t well = 0;
    servers.each([&](json::Value server) {
        const std::string name = name_in(server), health = text_of(server["health"]);
        if (server["token_shared"].is_object()) {
            findings.push_back({Fail, "server " + name, text_of(server["token_shared"]["sentence"]),
                                "understudyctl server rotate-token " + name});
        }
        if (server["maintenance"].is_object()) {
            findings.push_back({Warn, "server " + name, "in maintenance: nothing moves to it",
                                "understudyctl server maintenance " + name + " --end"});
        } else if (!server["ever_seen"].boolean().value_or(true)) {
            findings.push_back({Warn, "server " + name, "its agent has never been seen",
                                "install it there: understudy-agent --check-config says what is "
                                "wrong"});
        } else if (health == "online") {
            ++well;
        } else {
            findings.push_back({health == "unknown" || health == "stale" ? Warn : Fail,
                                "server " + name,
                                health + ": " + text_of(server["health_sentence"]),
                                "on it: systemctl status understudy-agent"});
        }
    });
    if (servers.size() == 0) {
        findings.push_back({Warn, "servers", "none is registered",
                            "understudyctl server add NAME --ipv4 ADDRESS"});
    } else if (well > 0) {
        findings.push_back(
            {Ok, "servers",
             std::to_string(well) + " of " + std::to_string(servers.size()) + " online"});
    }
}

void look_at_channels(json::Value status, json::Value channels, Findings& findings) {
    look_at_notifications(status, findings);
    if (channels.size() == 0) {
        findings.push_back({Warn, "channels", "there is none: nobody hears of a failover",
                            "understudyctl channel add email oncall --to oncall@example.org"});
        return;
    }
    std::size_t well = 0;
    channels.each([&](json::Value channel) {
        const std::string name = name_in(channel);
        if (channel["disabled"].boolean().value_or(false)) {
            findings.push_back({Fail, "channel " + name, "its receiver answered 410: no more of it",
                                "understudyctl channel enable " + name});
        } else if (channel["credential_problem"].is_string()) {
            findings.push_back({Fail, "channel " + name, text_of(channel["credential_problem"]),
                                "remove it and add it anew"});
        } else {
            ++well;
        }
    });
    if (well > 0) {
        findings.push_back({Ok, "channels",
                            counted(well, "channel") +
                                ", by what is known without a message: "
                                "understudyctl channel test NAME sends one"});
    }
}

void look_at_domains(json::Value status, json::Value domains, Findings& findings) {
    if (domains.size() == 0) {
        findings.push_back({Warn, "domains", "none is registered",
                            "understudyctl domain add NAME --servers PRIMARY,SECONDARY"});
        return;
    }
    look_at_conflicts(status, findings);
    std::map<std::string, std::vector<std::string>> by_status, by_serving;
    domains.each([&](json::Value domain) {
        by_status[text_of(domain["status"])].push_back(name_in(domain));
        by_serving[text_of(domain["serving"]["state"])].push_back(name_in(domain));
    });
    const auto tell = [&](const std::vector<std::string>& names, Wellness wellness,
                          const char* about, const char* what, const char* remedy) {
        if (!names.empty())
            findings.push_back({wellness, about, what + first_names(names), remedy});
    };
    tell(by_status["outage"], Fail, "domains",
         "no member is healthy: ", "understudyctl server list says what is wrong with them");
    tell(by_status["failed_over"], Warn, "domains",
         "on a secondary: ", "understudyctl explain NAME says why and what comes next");
    tell(by_serving["disputed"], Fail, "DNS", "some name servers answer with something else: ",
         "understudyctl domain show NAME names them");
    tell(by_serving["unproven"], Warn, "DNS", "name servers that cannot be asked from there: ",
         "understudyctl domain show NAME names them");
    if (by_serving["disputed"].empty() && by_serving["unproven"].empty())
        findings.push_back(served_as_confirmed(by_serving["all"].size(), domains.size()));
    const std::size_t behind = how_many(status["records_behind"]);
    findings.push_back(
        behind == 0 ? Finding{Ok, "records",
                              counted(domains.size(), "domain") + ", each record as it is wanted"}
                    : Finding{Warn, "records", counted(behind, "record") + " not confirmed yet",
                              "understudyctl events --type failover_failed"});
    const std::size_t without = how_many(status["domains_without_standby"]);
    findings.push_back(without == 0
                           ? Finding{Ok, "readiness",
                                     "every domain has a stand-by that is not known to be unready"}
                           : Finding{Fail, "readiness",
                                     counted(without, "domain") + " could not fail over now",
                                     "understudyctl what-if all"});
}

Finding look_at_verification(const std::string& provider, json::Value verification) {
    const std::string about = "provider " + provider;
    const json::Value warnings = verification["warnings"], unproven = verification["unproven"];
    const std::string open = unproven.size() > 0 ? "; not shown: " + joined(unproven) : "";
    if (warnings.size() > 0)
        return {Warn, about, joined(warnings) + open, "understudyctl provider verify " + provider};
    return {Ok, about, joined(verification["proven"]) + open};
}

}  // namespace understudy::ctl
