#include <cmath>

#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/override_text.h"

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
    Table table;
    table.header = {"NAME", "HEALTH", "IPV4", "LAST SEEN", "POOLS", "OVERRIDE"};
    if (session.wide())
        table.header = {"ID",   "NAME",  "HEALTH", "IPV4", "IPV6",    "LAST SEEN",
                        "LOAD", "POOLS", "LABELS", "WHY",  "OVERRIDE"};
    table.optional = {"OVERRIDE"};
    table.when_empty =
        "No servers yet. Add the first: understudyctl server add NAME --ipv4 ADDRESS";
    answer["items"].each([&](json::Value server) {
        const Cell health = health_cell(server["health"]);
        const Cell forced{server_override(server), Tone::Warning};
        const std::string seen = ago_text(server["last_seen_ago_s"]);
        if (!session.wide()) {
            table.rows.push_back({text_of(server["name"]), health, text_of(server["ipv4"]), seen,
                                  shortened(server["pools"]), forced});
            return;
        }
        table.rows.push_back(
            {number_text(server["id"]), text_of(server["name"]), health, text_of(server["ipv4"]),
             text_of(server["ipv6"]), seen, load_text(server["load"]), joined(server["pools"]),
             labels_text(server["labels"]), text_of(server["health_sentence"]), forced});
    });
    return session.draw(table);
}

// "the controller: serves for 3 min: https 443: 200"
std::string observer_text(json::Value testimony) {
    const std::chrono::seconds length{testimony["for_s"].integer().value_or(0)};
    std::string text = text_of(testimony["by"]) + ": " + text_of(testimony["says"]) + " for " +
                       to_text(Duration{length}) + ": " + text_of(testimony["found"]);
    if (!testimony["counts"].boolean().value_or(false)) text += " (does not count)";
    return text;
}

// "serves for 3 min: https 443: 200 (decides nothing)"
std::string found_over_ipv6_text(json::Value found) {
    const std::chrono::seconds length{found["for_s"].integer().value_or(0)};
    return text_of(found["says"]) + " for " + to_text(Duration{length}) + ": " +
           text_of(found["found"]) + " (decides nothing)";
}

// "on, followed at 2026-11-21T02:14:09Z"
std::string dynamic_text(json::Value server) {
    if (!server["dynamic"].boolean().value_or(false)) return {};
    const std::string when = text_of(server["address_followed"]);
    return when.empty() ? "on" : "on, followed at " + when;
}

// "203.0.113.9: not followed: ..."
std::string reported_text(json::Value reported) {
    std::string text = text_of(reported["ipv4"]);
    const std::string ipv6 = text_of(reported["ipv6"]);
    if (!ipv6.empty()) text += (text.empty() ? "" : ", ") + ipv6;
    return text.empty() ? text : text + ": " + text_of(reported["sentence"]);
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
        const std::string says = text_of(each["says"]);
        const Tone tone = says == "dead" ? Tone::Bad : Tone::Plain;
        fields.push_back({"observer", {observer_text(each), tone}});
    });
    server["found_over_ipv6"].each([&](json::Value each) {
        const Tone tone = text_of(each["says"]) == "dead" ? Tone::Warning : Tone::Plain;
        fields.push_back({"over ipv6", {found_over_ipv6_text(each), tone}});
    });
    server["readiness"].each([&](json::Value each) {
        const bool unready = !each["ready"].is_null() && !each["ready"].boolean().value_or(true);
        fields.push_back({"ready",
                          {"pool " + text_of(each["pool"]) + ": " + text_of(each["sentence"]),
                           unready ? Tone::Warning : Tone::Plain}});
    });
    if (is_set(server["agent"])) fields.push_back({"agent", agent_text(server["agent"])});
    if (is_set(server["token_shared"]))
        fields.push_back({"token", {text_of(server["token_shared"]["sentence"]), Tone::Bad}});
    std::vector<Forced> forced;
    add_server_overrides(server, forced);
    for (const auto& [sentence, end] : forced)
        fields.push_back({"override", {sentence + ". End it: " + end, Tone::Warning}});
    return session.draw(fields);
}

std::string token_view(const Session& session, json::Value answer, const std::string& then) {
    return server_view(session, answer["server"]) + "\nToken of its agent, shown only now:\n\n  " +
           text_of(answer["token"]) +
           "\n\nOn the server, put it into /etc/understudy/agent.token (readable by the agent "
           "only), then " +
           then + "\n";
}

int list_servers(Session& session, const Arguments&) {
    const auto answer = session.get("/servers");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return server_list(session, root); });
}

int show_server(Session& session, const Arguments& arguments) {
    const auto answer = session.get("/servers" + path_part(arguments.words[0]));
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return server_view(session, root); });
}

int add_server(Session& session, const Arguments& arguments) {
    const auto labels = arguments.pairs("label");
    if (!labels) return session.complain(kUsage, labels.error());
    if (!arguments.text("ipv4")) {
        return session.usage("--ipv4", "this is missing",
                             "give the server's public address: --ipv4 203.0.113.10");
    }
    json::Writer body;
    body.begin_object().field("name", arguments.words[0]).field("ipv4", *arguments.text("ipv4"));
    if (const auto ipv6 = arguments.text("ipv6")) body.field("ipv6", *ipv6);
    if (const auto dynamic = arguments.text("dynamic")) {
        const auto on = on_or_off("dynamic", *dynamic);
        if (!on) return session.complain(kUsage, on.error());
        body.field("dynamic", *on);
    }
    body.key("labels").begin_object();
    for (const auto& [key, value] : *labels)
        body.field(key, value);
    body.end_object().end_object();
    const auto answer = session.post("/servers", body.take());
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        return token_view(session, root,
                          "start\nunderstudy-agent. The server is watched from its first "
                          "connection on.");
    });
}

int rotate_token(Session& session, const Arguments& arguments) {
    const auto answer = session.post("/servers" + path_part(arguments.words[0]) + "/rotate-token");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        return token_view(session, root,
                          "restart it:\nsystemctl restart understudy-agent. The old token is void "
                          "already.");
    });
}

}  // namespace

std::vector<Command> server_commands() {
    const std::vector<Option> add_options = {
        {"ipv4", "ADDRESS", "Public IPv4 address that records will hold"},
        {"ipv6", "ADDRESS", "Public IPv6 address, if it has one"},
        {"label", "KEY=VALUE", "A label, e.g. region=eu; may be given several times", 0, true},
        {"dynamic", "on|off", "Whether the address follows what its agent reports (default off)"},
    };
    return {
        {"server", "add", "NAME --ipv4 ADDRESS [options]",
         "Register a server and get the token of its agent",
         "The token is shown once. Losing it is no harm: 'server rotate-token' makes a new one.\n\n"
         "Examples:\n"
         "  understudyctl server add web1 --ipv4 203.0.113.10\n"
         "  understudyctl server add web2 --ipv4 203.0.113.20 --ipv6 2001:db8::20 --label "
         "region=eu\n",
         add_options, 1, 1, add_server},
        {"server", "list", "", "List servers with their health", "", {}, 0, 0, list_servers},
        {"server",
         "show",
         "NAME",
         "Show one server and why its health is what it is",
         "",
         {},
         1,
         1,
         show_server},
        {"server",
         "remove",
         "NAME",
         "Remove a server that is in no pool",
         "Its agent is disconnected and its token void. Remove its domains first.\n",
         {},
         1,
         1,
         nullptr,
         {"DELETE", "/servers/{}", "Server {} removed; its token is void.\n"}},
        {"server",
         "rotate-token",
         "NAME",
         "Replace the token of a server's agent",
         "The old token is void at once: the agent is disconnected until it has the new one.\n",
         {},
         1,
         1,
         rotate_token},
    };
}

}  // namespace understudy::ctl
