#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
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

// Both in one line would be too wide; with an override the reason is mostly a person.
Cell notes_or_reason(json::Value pool) {
    const std::string notes = notes_text(pool);
    return notes.empty() ? Cell{text_of(pool["reason"])} : Cell{notes, Tone::Warning};
}

std::string pool_list(const Session& session, json::Value answer) {
    const std::size_t most = session.wide() ? 1000 : 3;
    return draw_list(
        session, answer["items"],
        {{"NAME", "name", text_of},
         {"STATE", "", pool_state},
         {"SERVING", "", [most](json::Value pool) { return serving_text(pool, most); }},
         {"MEMBERS", "members", [most](json::Value members) { return shortened(members, most); }},
         {"DOMAINS", "domains", number_text},
         {"OVERRIDE", "",
          [](json::Value pool) {
              return Cell{notes_text(pool), Tone::Warning};
          },
          kOnlyFilled | kOnlyWide},
         {"REASON", "reason", text_of, kOnlyFilled | kOnlyWide},
         {"OVERRIDE OR REASON", "", notes_or_reason, kOnlyFilled | kOnlyNarrow}},
        "No pools yet. Make one: understudyctl pool add NAME PRIMARY SECONDARY");
}

std::string policy_text(json::Value policy) {
    std::string out;
    policy.each_member([&](std::string_view name, json::Value value) {
        if (!value.is_null()) add_item(out, std::string{name} + " " + text_of(value));
    });
    return out;
}

std::string members_table(const Session& session, json::Value members) {
    return draw_list(
        session, members,
        {{"MEMBER", "name", text_of},
         {"ROLE", "role", text_of},
         {"HEALTH", "health", health_cell},
         {"IPV4", "ipv4", text_of},
         {"IPV6", "ipv6", text_of, kOnlyFilled},
         {"SERVING", "serving",
          [](json::Value serving) { return is_true(serving) ? "yes" : std::string{}; }},
         {"OVERRIDE", "", server_override_cell, kOnlyFilled},
         {"WHY", "health_sentence", text_of, kOnlyFilled},
         {"READINESS", "",
          [](json::Value member) {
              return Cell{text_of(member["readiness"]), readiness_tone(member["ready"])};
          },
          kOnlyFilled}});
}

Cell practised_cell(json::Value pool) {
    if (is_set(pool["drill"])) return {"away for practice", Tone::Warning};
    const std::string last = time_text(pool["last_good_drill"]);
    const Tone tone = is_true(pool["drill_due"]) ? Tone::Warning : Tone::Plain;
    return {last.empty() ? "not practised" : "last passed " + last + " UTC", tone};
}

std::string pool_view(const Session& session, json::Value pool) {
    std::vector<std::pair<std::string, Cell>> fields = {
        {"name", name_in(pool)},
        {"id", number_text(pool["id"])},
        {"state", pool_state(pool)},
        {"serving", serving_text(pool)},
        {"reason", text_of(pool["reason"])},
        {"domains", number_text(pool["domains"])},
        {"failovers", number_text(pool["failovers_within_the_hour"]) + " within the hour"},
        {"practised", practised_cell(pool)},
        {"policy", policy_text(pool["policy"])}};
    if (is_set(pool["would_serve"])) {
        const bool fallback = pool["would_serve"].size() == 0;
        const std::string would = fallback ? "(fallback page)" : joined(pool["would_serve"]);
        fields.insert(fields.begin() + 4, {"would serve", would + ", but for the dry run"});
    }
    if (const std::string next = text_of(pool["next"]); !next.empty())
        fields.push_back({"next", {next, Tone::Warning}});
    add_override_fields(pool, add_pool_overrides, fields);
    // A hold stands among the overrides already.
    const bool by_people = text_of(pool["restraint"]["kind"]) == "hold";
    const std::string held = text_of(pool["restraint"]["sentence"]);
    if (!held.empty() && !by_people)
        fields.push_back({"automation", {"waits: " + held, Tone::Warning}});
    return session.draw(fields) + "\n" + members_table(session, pool["members"]);
}

}  // namespace

std::vector<Command> pool_commands() {
    return {
        {"pool", "list", "", "List pools and which member serves",
         "A pool is an ordered list of servers with a policy, made by 'pool add', or by 'domain "
         "add --servers'; the\n"
         "latter goes with its last domain.\n",
         kNoOptions, 0, 0, nullptr, shows("/pools", pool_list)},
        {"pool", "show", "NAME", "Show a pool's members, policy and present target", "", kNoOptions,
         1, 1, nullptr, shows("/pools/{}", pool_view)},
    };
}

}  // namespace understudy::ctl
