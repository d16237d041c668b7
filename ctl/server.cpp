#include <cmath>

#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
#include "ctl/override_text.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

std::string load_text(json::Value load) {
    const auto share = load.number();
    if (!share) return {};
    return std::to_string(std::lround(*share * 100)) + " %";
}

// "host web1, boot 0f6d..., from 203.0.113.10"
std::string agent_text(json::Value agent) {
    const auto part = [](const char* word, json::Value value) {
        const std::string text = text_of(value);
        return text.empty() ? std::string{} : std::string{word} + " " + text + ", ";
    };
    return part("host", agent["hostname"]) + part("boot", agent["boot_id"]) + "from " +
           text_of(agent["address"]);
}

std::string server_list(const Session& session, json::Value answer) {
    const std::size_t most = session.wide() ? 1000 : 3;
    return draw_list(
        session, answer["items"],
        {{"ID", "id", number_text, kOnlyWide},
         {"NAME", "name", text_of},
         {"HEALTH", "health", health_cell},
         {"IPV4", "ipv4", text_of},
         {"IPV6", "ipv6", text_of, kOnlyWide},
         {"LAST SEEN", "last_seen_ago_s", ago_text},
         {"LOAD", "load", load_text, kOnlyWide},
         {"POOLS", "pools", [most](json::Value pools) { return shortened(pools, most); }},
         {"LABELS", "labels", labels_text, kOnlyWide},
         {"WHY", "health_sentence", text_of, kOnlyWide},
         {"OVERRIDE", "", server_override_cell, kOnlyFilled}},
        "No servers yet. Add the first: understudyctl server add NAME --ipv4 ADDRESS");
}

// "serves for 3 min: https 443: 200"
std::string testimony_text(json::Value found) {
    return text_of(found["says"]) + " for " +
           to_text(std::chrono::seconds{count_of(found["for_s"])}) + ": " + text_of(found["found"]);
}

// "the controller: serves for 3 min: https 443: 200"
Cell observer_cell(json::Value testimony) {
    return {text_of(testimony["by"]) + ": " + testimony_text(testimony) +
                (is_true(testimony["counts"]) ? "" : " (does not count)"),
            text_of(testimony["says"]) == "dead" ? Tone::Bad : Tone::Plain};
}

Cell found_over_ipv6_cell(json::Value found) {
    return {testimony_text(found) + " (decides nothing)",
            text_of(found["says"]) == "dead" ? Tone::Warning : Tone::Plain};
}

// "on, followed at 2026-11-21T02:14:09Z"
std::string dynamic_text(json::Value server) {
    if (!is_true(server["dynamic"])) return {};
    const std::string when = text_of(server["address_followed"]);
    return when.empty() ? "on" : "on, followed at " + when;
}

std::string server_view(const Session& session, json::Value server) {
    std::vector<std::pair<std::string, Cell>> fields = {
        {"name", text_of(server["name"])},
        {"id", number_text(server["id"])},
        {"health", health_cell(server["health"])},
        {"why", text_of(server["health_sentence"])},
        {"ipv4", text_of(server["ipv4"])},
        {"ipv6", text_of(server["ipv6"])},
        {"dynamic", dynamic_text(server)},
        {"reported", reported_text(server["reported_address"])},
        {"labels", labels_text(server["labels"])},
        {"last seen", ago_text(server["last_seen_ago_s"])},
        {"load", load_text(server["load"])},
        {"alarm", text_of(server["alarm"])},
        {"pools", joined(server["pools"])}};
    server["testimony"].each([&](json::Value each) {
        fields.push_back({"observer", observer_cell(each)});
    });
    server["found_over_ipv6"].each([&](json::Value each) {
        fields.push_back({"over ipv6", found_over_ipv6_cell(each)});
    });
    server["readiness"].each([&](json::Value each) {
        fields.push_back({"ready",
                          {"pool " + text_of(each["pool"]) + ": " + text_of(each["sentence"]),
                           readiness_tone(each["ready"])}});
    });
    if (is_set(server["agent"])) fields.push_back({"agent", agent_text(server["agent"])});
    if (is_true(server["token_waits"]))
        fields.push_back({"new token", {"waits for its agent to link with it", Tone::Warning}});
    if (is_set(server["token_shared"]))
        fields.push_back({"token", {text_of(server["token_shared"]["sentence"]), Tone::Bad}});
    add_override_fields(server, add_server_overrides, fields);
    return session.draw(fields);
}

// The one line for the server, and the way without it.
std::string admittance_view(const Session& session, json::Value answer, const std::string& then) {
    const json::Value enrolment = answer["enrolment"];
    const std::string by_hand =
        "shown only now, into\n/etc/understudy/agent.token (readable by the agent only), then " +
        then + "\n\n  " + text_of(answer["token"]) + "\n";
    if (!enrolment.is_object())  // a controller of before
        return server_view(session, answer["server"]) + "\nPut the token, " + by_hand;
    std::string text = server_view(session, answer["server"]) +
                       "\nOn the server, as root, once and until " + text_of(enrolment["until"]) +
                       ":\n\n  " + enrol_line(enrolment["controller"], enrolment["code"]) + "\n\n";
    if (!is_set(enrolment["controller"])) text += std::string{kControllerMeant} + " ";
    return text + "Or put a token, " + by_hand;
}

std::string server_added_view(const Session& session, json::Value answer) {
    return admittance_view(session, answer,
                           "start\nunderstudy-agent. The server is watched from its first "
                           "connection on.");
}

std::string rotated_view(const Session& session, json::Value answer) {
    return admittance_view(
        session, answer,
        std::string{"restart it:\nsystemctl restart understudy-agent. The old token "} +
            (is_true(answer["server"]["token_waits"])
                 ? "counts until the agent has linked with this one."
                 : "is void already."));
}

void write_rotation(RequestBody& body) {
    body.field("at_once", body.arguments().flag("at-once"));
}

void write_server(RequestBody& body) {
    body.field("name", body.arguments().words[0]).text("ipv4").text("ipv6");
    body.on_or_off("dynamic").labels();
}

}  // namespace

std::vector<Command> server_commands() {
    const std::vector<Option> add_options = {
        needed("ipv4", "ADDRESS", "Public IPv4 address that records will hold",
               "give the server's public address: --ipv4 203.0.113.10"),
        {"ipv6", "ADDRESS", "Public IPv6 address, if it has one"},
        {"label", "KEY=VALUE", "A label, e.g. region=eu; may be given several times", 0, true},
        {"dynamic", "on|off", "Whether the address follows what its agent reports (default off)"},
    };
    return {
        {"server", "add", "NAME --ipv4 ADDRESS [options]",
         "Register a server and get the line that enrolls its agent",
         "The line holds a code that counts once and for an hour; in its place the token beside it "
         "can be\nwritten by hand. Losing both is no harm: 'server rotate-token' makes new "
         "ones.\n\n"
         "Examples:\n"
         "  understudyctl server add web1 --ipv4 203.0.113.10\n"
         "  understudyctl server add web2 --ipv4 203.0.113.20 --ipv6 2001:db8::20 --label "
         "region=eu\n",
         add_options, 1, 1, nullptr, order("POST", "/servers", server_added_view, write_server)},
        {"server", "list", "", "List servers with their health", "", kNoOptions, 0, 0, nullptr,
         shows("/servers", server_list)},
        {"server", "show", "NAME", "Show one server and why its health is what it is", "",
         kNoOptions, 1, 1, nullptr, shows("/servers/{}", server_view)},
        {"server", "remove", "NAME", "Remove a server that is in no pool",
         "Its agent is disconnected and its token void. Remove its domains first.\n", kNoOptions, 1,
         1, nullptr, removes("/servers/{}", "Server {} removed; its token is void.\n")},
        {"server",
         "rotate-token",
         "NAME",
         "Replace the token of a server's agent without a gap",
         "The old token counts until the agent has linked with the new one: add --force to the "
         "line that is\nprinted, since the agent has a token already. A token that leaked is void "
         "with --at-once; its agent is\ndisconnected until it has the new one.\n",
         {{"at-once", "", "The old token is void now"}},
         1,
         1,
         nullptr,
         order("POST", "/servers/{}/rotate-token", rotated_view, write_rotation)},
    };
}

}  // namespace understudy::ctl
