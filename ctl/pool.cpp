#include "ctl/command.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

std::string target_text(json::Value pool) {
    return pool["target_is_fallback"].boolean().value_or(false) ? "(fallback page)"
                                                                : name_in(pool["target"]);
}

Cell state_cell(json::Value pool) {
    if (pool["outage"].boolean().value_or(false)) return {"outage", Tone::Bad};
    if (pool["failed_over"].boolean().value_or(false)) return {"failed_over", Tone::Warning};
    return {"active", Tone::Good};
}

std::string members_text(json::Value pool) {
    std::string out;
    pool["members"].each(
        [&](json::Value member) { out += (out.empty() ? "" : ", ") + name_in(member); });
    return out;
}

std::string list_view(const Session& session, json::Value answer) {
    Table table;
    table.header = {"NAME", "STATE", "SERVING", "MEMBERS", "DOMAINS", "REASON"};
    table.when_empty =
        "No pools yet: the first domain makes one. See: understudyctl domain add --help";
    answer["items"].each([&](json::Value pool) {
        table.rows.push_back({name_in(pool), state_cell(pool), target_text(pool),
                              members_text(pool), number_text(pool["domains"]),
                              text_of(pool["reason"])});
    });
    return session.draw(table);
}

std::string policy_text(json::Value policy) {
    std::string out;
    policy.each_member([&](std::string_view name, json::Value value) {
        if (!value.is_null())
            out += (out.empty() ? "" : ", ") + std::string{name} + " " + text_of(value);
    });
    return out;
}

std::string pool_view(const Session& session, json::Value pool) {
    Table members;
    members.header = {"MEMBER", "ROLE", "HEALTH", "IPV4", "IPV6", "SERVING", "WHY"};
    pool["members"].each([&](json::Value member) {
        members.rows.push_back(
            {name_in(member), text_of(member["role"]), health_cell(member["health"]),
             text_of(member["ipv4"]), text_of(member["ipv6"]),
             member["serving"].boolean().value_or(false) ? std::string{"yes"} : "",
             text_of(member["health_sentence"])});
    });
    return session.draw({{"name", name_in(pool)},
                         {"id", number_text(pool["id"])},
                         {"state", state_cell(pool)},
                         {"serving", target_text(pool)},
                         {"reason", text_of(pool["reason"])},
                         {"domains", number_text(pool["domains"])},
                         {"policy", policy_text(pool["policy"])}}) +
           "\n" + session.draw(members);
}

int list_pools(Session& session, const Arguments&) {
    const auto answer = session.get("/pools");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return list_view(session, root); });
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
         "A pool is an ordered list of servers with a policy. It is made by 'domain add' and goes "
         "with its last\n"
         "domain.\n",
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
