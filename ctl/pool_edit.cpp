// pool add, set-members, set-policy, remove.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/policy_options.h"
#include "ctl/pool_named.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kMostWords = 1000;

std::string pool_path(const Arguments& arguments) {
    return "/pools" + path_part(arguments.words[0]);
}

// The words behind the pool's name; "web1,web2" counts as two, as in --servers.
std::vector<std::string> servers_of(const Arguments& arguments) {
    Arguments both = arguments;
    std::vector<std::string> given(arguments.words.begin() + 1, arguments.words.end());
    for (const std::string& server : arguments.list("servers"))
        given.push_back(server);
    both.set("servers", std::move(given));
    return both.list("servers");
}

void write_members(json::Writer& body, const std::vector<std::string>& servers) {
    body.key("members").begin_array();
    for (const std::string& server : servers)
        body.value(server);
    body.end_array();
}

int complain_of_servers(Session& session, const Arguments& arguments) {
    return session.usage(
        "", "no server is named",
        "name them behind the pool, the primary first: " + arguments.words[0] + " web1 web2");
}

int add_pool(Session& session, const Arguments& arguments) {
    const auto servers = servers_of(arguments);
    if (servers.empty()) return complain_of_servers(session, arguments);
    const auto policy = policy_body(arguments);
    if (!policy) return session.complain(kUsage, policy.error());
    json::Writer body;
    body.begin_object().field("name", arguments.words[0]);
    write_members(body, servers);
    if (!policy->empty()) body.key("policy").raw(*policy);
    body.end_object();
    const auto answer = session.post("/pools", body.take());
    if (!answer) return session.failure();
    return session.show(*answer, [](json::Value pool) {
        return "Pool " + name_in(pool) + " added, served by " + serving_text(pool) +
               ". Give it domains: understudyctl domain add NAME --pool " + name_in(pool) + "\n";
    });
}

int await_pool(Session& session, const Arguments& arguments, const json::Document& answer,
               Duration timeout) {
    const json::Value pool = answer.root();
    const std::string name = name_in(pool);
    if (!session.json()) {
        session.print("Pool " + name + " changed; it is served by " + serving_text(pool) + ".\n");
    }
    int code = kOk;
    if (!arguments.flag("no-wait")) {
        code = await_records(
            session, {"pool=" + url_part(name), pool["domains"].integer().value_or(0)}, timeout);
    }
    if (session.json()) session.show(answer, nullptr);
    return code;
}

int set_members(Session& session, const Arguments& arguments) {
    const auto servers = servers_of(arguments);
    if (servers.empty()) return complain_of_servers(session, arguments);
    const auto timeout = timeout_of(arguments);
    if (!timeout) return session.complain(kUsage, timeout.error());
    json::Writer body;
    body.begin_object();
    write_members(body, servers);
    if (arguments.flag("force")) body.field("force", true);
    body.end_object();
    const auto answer = session.put(pool_path(arguments) + "/members", body.take());
    if (!answer) return session.failure();
    return await_pool(session, arguments, *answer, *timeout);
}

int set_policy(Session& session, const Arguments& arguments) {
    const auto timeout = timeout_of(arguments);
    if (!timeout) return session.complain(kUsage, timeout.error());
    const auto body = policy_body(arguments);
    if (!body) return session.complain(kUsage, body.error());
    if (body->empty()) {
        return session.usage("", "nothing to set is given",
                             "see: understudyctl pool set-policy --help");
    }
    const auto answer = session.patch(pool_path(arguments) + "/policy", *body);
    if (!answer) return session.failure();
    return await_pool(session, arguments, *answer, *timeout);
}

}  // namespace

std::vector<Command> pool_edit_commands() {
    const Option servers{"servers", "A,B,...", "The same as an option, as in 'domain add'", 0,
                         true};
    return {
        {"pool", "add", "NAME PRIMARY SECONDARY... [options]",
         "Make a pool: servers in order of preference, and a policy",
         "Policy that is not given comes from the controller's configuration.\n\n"
         "Examples:\n"
         "  understudyctl pool add shop web1 web2 --failback manual\n"
         "  understudyctl pool add cdn a b c --mode active_active --max-answers 2\n",
         with_policy_options({servers}), 1, kMostWords, add_pool},
        {"pool", "set-members", "NAME PRIMARY SECONDARY... [options]",
         "Replace a pool's list of servers",
         "The whole list at once, in order. Records that would point at a server that left are "
         "moved.\n\n"
         "Example:\n"
         "  understudyctl pool set-members shop web2 web1 web3\n",
         with_wait_options(
             {servers,
              {"force", "", "Even if no server is healthy, or most of a zone changes at once"}}),
         1, kMostWords, set_members},
        {"pool", "set-policy", "NAME [options]", "Change a pool's policy",
         "What is not given stays as it is.\n\n"
         "Examples:\n"
         "  understudyctl pool set-policy shop --failback manual --confirm 60\n"
         "  understudyctl pool set-policy shop --fallback-ipv4 none\n",
         with_wait_options(with_policy_options({})), 1, 1, set_policy},
        {"pool",
         "remove",
         "NAME",
         "Remove a pool that serves no domain",
         "Move its domains to another pool first: 'domain move'.\n",
         {},
         1,
         1,
         nullptr,
         {"DELETE", "/pools/{}", "Pool {} removed.\n"}},
    };
}

}  // namespace understudy::ctl
