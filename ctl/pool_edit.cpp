// pool add, set-members, set-policy, remove.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/policy_options.h"
#include "ctl/pool_named.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kMostWords = 1000;

// The words behind the pool's name; "web1,web2" counts as two, as in --servers.
std::vector<std::string> servers_of(const Arguments& arguments) {
    Arguments both = arguments;
    std::vector<std::string> given(arguments.words.begin() + 1, arguments.words.end());
    for (const std::string& server : arguments.list("servers"))
        given.push_back(server);
    both.set("servers", std::move(given));
    return both.list("servers");
}

void write_members(RequestBody& body) {
    const auto servers = servers_of(body.arguments());
    if (servers.empty()) {
        body.refuse(invalid({}, "no server is named",
                            "name them behind the pool, the primary first: " +
                                body.arguments().words[0] + " web1 web2"));
    }
    body.list("members", servers);
}

std::string pool_added_view(const Session&, json::Value pool) {
    return "Pool " + name_in(pool) + " added, served by " + serving_text(pool) +
           ". Give it domains: understudyctl domain add NAME --pool " + name_in(pool) + "\n";
}

std::string changed_view(const Session&, json::Value pool) {
    return "Pool " + name_in(pool) + " changed; it is served by " + serving_text(pool) + ".\n";
}

int see_change_through(Session& session, const Arguments& arguments, const PlainOrder& order,
                       const json::Document& answer, Duration timeout) {
    return tell_and_await(session, arguments, answer, order.view(session, answer.root()),
                          records_of_pool, timeout);
}

PlainOrder changes_pool(const char* method, const char* path, Fill fill) {
    PlainOrder changing = order(method, path, changed_view, fill);
    changing.seen_through = see_change_through;
    return changing;
}

// What is asked is the policy itself.
void write_policy(RequestBody& body) {
    if (body.policy_fields() == 0) {
        body.refuse(
            invalid({}, "nothing to set is given", "see: understudyctl pool set-policy --help"));
    }
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
         with_policy_options({servers}), 1, kMostWords, nullptr,
         order("POST", "/pools", pool_added_view,
               [](RequestBody& body) {
                   body.field("name", body.arguments().words[0]);
                   write_members(body);
                   body.policy();
               })},
        {"pool", "set-members", "NAME PRIMARY SECONDARY... [options]",
         "Replace a pool's list of servers",
         "The whole list at once, in order. Records that would point at a server that left are "
         "moved.\n\n"
         "Example:\n"
         "  understudyctl pool set-members shop web2 web1 web3\n",
         with_wait_options(
             {servers,
              {"force", "", "Even if no server is healthy, or most of a zone changes at once"}}),
         1, kMostWords, nullptr, changes_pool("PUT", "/pools/{}/members", write_members)},
        {"pool", "set-policy", "NAME [options]", "Change a pool's policy",
         "What is not given stays as it is.\n\n"
         "Examples:\n"
         "  understudyctl pool set-policy shop --failback manual --confirm 60\n"
         "  understudyctl pool set-policy shop --fallback-ipv4 none\n",
         with_wait_options(with_policy_options({})), 1, 1, nullptr,
         changes_pool("PATCH", "/pools/{}/policy", write_policy)},
        {"pool", "remove", "NAME", "Remove a pool that serves no domain",
         "Move its domains to another pool first: 'domain move'.\n", kNoOptions, 1, 1, nullptr,
         removes("/pools/{}", "Pool {} removed.\n")},
    };
}

}  // namespace understudy::ctl
