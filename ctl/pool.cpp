#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/override_text.h"
#include "ctl/pool_named.h"

namespace understudy::ctl {
namespace {

// What people forced and what the guards hold, beside the real state.
std::string notes_text(json::Value pool) {
    std::string out = pool_overrides(pool);
    const std::string kind = text_of(pool["restraint"]["kind"]);
    if (!kind.empty() && kind != "hold" && kind != "pause")
        add_item(out, std::string{"waits: "} + kind);
    return out;
}

// The last two columns as one.
void join_last(Table& table) {
    table.header.pop_back();
    table.header.back() = "OVERRIDE OR REASON";
    table.optional.push_back(table.header.back());
    for (auto& row : table.rows) {
        const Cell reason = row.back();
        row.pop_back();
        if (row.back().text.empty()) row.back() = reason;
    }
}

std::string pool_list(const Session& session, json::Value answer) {
    const std::size_t most = session.wide() ? 1000 : 3;
    Table table;
    table.header = {"NAME", "STATE", "SERVING", "MEMBERS", "DOMAINS", "OVERRIDE", "REASON"};
    table.optional = {"OVERRIDE", "REASON"};
    table.when_empty = "No pools yet. Make one: understudyctl pool add NAME PRIMARY SECONDARY";
    answer["items"].each([&](json::Value pool) {
        const std::string notes = notes_text(pool);
        // Both in one line would be too wide; with an override the reason is mostly a person.
        const bool both = session.wide() || notes.empty();
        table.rows.push_back({name_in(pool),
                              pool_state(pool),
                              serving_text(pool, most),
                              shortened(pool["members"], most),
                              number_text(pool["domains"]),
                              {notes, Tone::Warning},
                              both ? text_of(pool["reason"]) : ""});
    });
    if (!session.wide()) join_last(table);
    return session.draw(table);
}

std::string policy_text(json::Value policy) {
    std::string out;
    policy.each_member([&](std::string_view name, json::Value value) {
        if (!value.is_null()) add_item(out, std::string{name} + " " + text_of(value));
    });
    return out;
}

Tone readiness_tone(json::Value ready) {
    return ready.is_null() || ready.boolean().value_or(true) ? Tone::Plain : Tone::Warning;
}

std::string pool_view(const Session& session, json::Value pool) {
    Table members;
    members.header = {"MEMBER",  "ROLE",     "HEALTH", "IPV4",     "IPV6",
                      "SERVING", "OVERRIDE", "WHY",    "READINESS"};
    members.optional = {"IPV6", "OVERRIDE", "WHY", "READINESS"};
    pool["members"].each([&](json::Value member) {
        members.rows.push_back(
            {name_in(member),
             text_of(member["role"]),
             health_cell(member["health"]),
             text_of(member["ipv4"]),
             text_of(member["ipv6"]),
             member["serving"].boolean().value_or(false) ? std::string{"yes"} : "",
             {server_override(member), Tone::Warning},
             text_of(member["health_sentence"]),
             {text_of(member["readiness"]), readiness_tone(member["ready"])}});
    });
    std::vector<std::pair<std::string, Cell>> fields = {
        {"name", name_in(pool)},
        {"id", number_text(pool["id"])},
        {"state", pool_state(pool)},
        {"serving", serving_text(pool)},
        {"reason", text_of(pool["reason"])},
        {"domains", number_text(pool["domains"])},
        {"failovers", number_text(pool["failovers_within_the_hour"]) + " within the hour"},
        {"policy", policy_text(pool["policy"])}};
    if (is_set(pool["would_serve"])) {
        const bool fallback = pool["would_serve"].size() == 0;
        const std::string would = fallback ? "(fallback page)" : joined(pool["would_serve"]);
        fields.insert(fields.begin() + 4, {"would serve", would + ", but for the dry run"});
    }
    if (const std::string next = text_of(pool["next"]); !next.empty())
        fields.push_back({"next", {next, Tone::Warning}});
    std::vector<Forced> forced;
    add_pool_overrides(pool, forced);
    for (const auto& [sentence, end] : forced)
        fields.push_back({"override", {sentence + ". End it: " + end, Tone::Warning}});
    // A hold stands among the overrides already.
    const bool by_people = text_of(pool["restraint"]["kind"]) == "hold";
    const std::string held = text_of(pool["restraint"]["sentence"]);
    if (!held.empty() && !by_people)
        fields.push_back({"automation", {"waits: " + held, Tone::Warning}});
    return session.draw(fields) + "\n" + session.draw(members);
}

int list_pools(Session& session, const Arguments&) {
    const auto answer = session.get("/pools");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return pool_list(session, root); });
}

int show_pool(Session& session, const Arguments& arguments) {
    const auto answer = session.get("/pools" + path_part(arguments.words[0]));
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return pool_view(session, root); });
}

}  // namespace

std::vector<Command> pool_commands() {
    return {
        {"pool",
         "list",
         "",
         "List pools and which member serves",
         "A pool is an ordered list of servers with a policy, made by 'pool add', or by 'domain "
         "add "
         "--servers'; the\n"
         "latter goes with its last domain.\n",
         {},
         0,
         0,
         list_pools},
        {"pool",
         "show",
         "NAME",
         "Show a pool's members, policy and present target",
         "",
         {},
         1,
         1,
         show_pool},
    };
}

}  // namespace understudy::ctl
