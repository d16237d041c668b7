// server set, server maintenance: a server changed while it is in use.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/override_text.h"
#include "ctl/wish.h"

namespace understudy::ctl {
namespace {

std::string server_path(const Arguments& arguments) {
    return "/servers" + path_part(arguments.words[0]);
}

Awaited records_of(json::Value server) {
    return {"server=" + url_part(name_in(server)), 0};
}

// How many domains have that server in their pool.
std::optional<Awaited> awaited_of(Session& session, json::Value server) {
    Awaited awaited = records_of(server);
    const auto pools = session.get("/pools");
    if (!pools) return std::nullopt;
    pools->root()["items"].each([&](json::Value pool) {
        bool member = false;
        pool["members"].each(
            [&](json::Value each) { member = member || name_in(each) == name_in(server); });
        if (member) awaited.total += pool["domains"].integer().value_or(0);
    });
    return awaited;
}

int await_server(Session& session, const Arguments& arguments, json::Value server,
                 Duration timeout) {
    if (arguments.flag("no-wait")) return kOk;
    const auto awaited = awaited_of(session, server);
    return awaited ? await_records(session, *awaited, timeout) : session.failure();
}

// Labels are replaced as a whole by the API; a person changes some of them.
void write_labels(json::Writer& body, json::Value present,
                  const std::map<std::string, std::string>& changed,
                  const std::vector<std::string>& removed) {
    std::map<std::string, std::string> labels = changed;
    present.each_member([&](std::string_view key, json::Value value) {
        labels.emplace(std::string{key}, text_of(value));
    });
    for (const std::string& key : removed)
        labels.erase(key);
    body.key("labels").begin_object();
    for (const auto& [key, value] : labels)
        body.field(key, value);
    body.end_object();
}

Result<std::string> set_body(const Arguments& arguments, json::Value server) {
    const auto labels = arguments.pairs("label");
    if (!labels) return labels.error();
    json::Writer body;
    body.begin_object();
    if (const auto ipv4 = arguments.text("ipv4")) body.field("ipv4", *ipv4);
    if (const auto ipv6 = arguments.text("ipv6")) {
        body.key("ipv6");
        *ipv6 == "none" ? body.null() : body.value(*ipv6);
    }
    if (const auto dynamic = arguments.text("dynamic")) {
        const auto on = on_or_off("dynamic", *dynamic);
        if (!on) return on.error();
        body.field("dynamic", *on);
    }
    const auto removed = arguments.list("no-label");
    if (!labels->empty() || !removed.empty())
        write_labels(body, server["labels"], *labels, removed);
    body.end_object();
    return body.take();
}

int set_server(Session& session, const Arguments& arguments) {
    const auto timeout = timeout_of(arguments);
    if (!timeout) return session.complain(kUsage, timeout.error());
    bool any = false;
    for (const char* name : {"ipv4", "ipv6", "label", "no-label", "dynamic"})
        any = any || arguments.flag(name);
    if (!any) {
        return session.usage("", "nothing to set is given",
                             "one of: --ipv4, --ipv6, --label, --no-label, --dynamic");
    }
    const auto before = session.get(server_path(arguments));
    if (!before) return session.failure();
    const auto body = set_body(arguments, before->root());
    if (!body) return session.complain(kUsage, body.error());
    const auto answer = session.patch(server_path(arguments), *body);
    if (!answer) return session.failure();
    if (!session.json()) {
        session.print("Server " + arguments.words[0] + " changed.\n");
        const auto follows = [](json::Value server) {
            return server["dynamic"].boolean().value_or(false);
        };
        if (!arguments.flag("dynamic") && follows(before->root()) && !follows(answer->root()))
            session.print(
                "Its address does not follow its agent any more; to have it follow "
                "again: understudyctl server set " +
                arguments.words[0] + " --dynamic on\n");
    }
    const int code = await_server(session, arguments, answer->root(), *timeout);
    if (session.json()) session.show(*answer, nullptr);
    return code;
}

// What a person wants to know before the reboot: does anything still point there?
int tell_who_points_at(Session& session, const std::string& name) {
    const auto pools = session.get("/pools");
    if (!pools) return session.failure();
    std::string out;
    pools->root()["items"].each([&](json::Value pool) {
        bool serving = false;
        pool["members"].each([&](json::Value member) {
            serving =
                serving || (name_in(member) == name && member["serving"].boolean().value_or(false));
        });
        if (!serving || pool["domains"].integer().value_or(0) == 0) return;
        const std::string forced = pool_overrides(pool);
        out += "Warning: pool " + name_in(pool) + " still points at it" +
               (forced.empty() ? "" : " (" + forced + ")") + ". Why: understudyctl pool show " +
               name_in(pool) + "\n";
    });
    session.print(out.empty() ? "No record points at it now; resolvers may have kept the old "
                                "answer for as long as its TTL.\n"
                              : out);
    return kOk;
}

int end_maintenance(Session& session, const Arguments& arguments) {
    for (const char* name : {"why", "for", "until", "force", "no-wait", "timeout"}) {
        if (!arguments.flag(name)) continue;
        return session.usage("--" + std::string{name}, "given together with --end",
                             "give --end alone");
    }
    const auto answer = session.remove(server_path(arguments) + "/maintenance");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value) {
        return "Server " + arguments.words[0] +
               " is out of maintenance; it serves again once it has been well for as long as the "
               "pool asks.\n";
    });
}

int maintain(Session& session, const Arguments& arguments) {
    if (arguments.flag("end")) return end_maintenance(session, arguments);
    const auto timeout = timeout_of(arguments);
    if (!timeout) return session.complain(kUsage, timeout.error());
    json::Writer body;
    body.begin_object();
    const auto wish = write_wish(body, arguments);
    if (!wish) return session.complain(kUsage, wish.error());
    if (arguments.flag("force")) body.field("force", true);
    body.end_object();
    const auto answer = session.put(server_path(arguments) + "/maintenance", body.take());
    if (!answer) return session.failure();
    const json::Value server = answer->root();
    if (!session.json()) {
        session.print("Server " + name_in(server) + " is in maintenance" +
                      until_text(server["maintenance"]) + ".\nEnd it: understudyctl server " +
                      "maintenance " + name_in(server) + " --end\n");
    }
    const int code = await_server(session, arguments, server, *timeout);
    if (session.json()) session.show(*answer, nullptr);
    if (code != kOk || session.json() || arguments.flag("no-wait")) return code;
    return tell_who_points_at(session, name_in(server));
}

}  // namespace

std::vector<Command> server_edit_commands() {
    return {
        {"server", "set", "NAME [options]", "Change a server's addresses or labels",
         "Records that hold an old address are given the new one. With --dynamic on they also "
         "follow another\naddress that its agent reports, once the server's service was found "
         "there.\n\n"
         "Examples:\n"
         "  understudyctl server set web1 --ipv4 203.0.113.11\n"
         "  understudyctl server set web1 --ipv6 none --label region=us --no-label rack\n",
         with_wait_options(
             {{"ipv4", "ADDRESS", "New public IPv4 address"},
              {"ipv6", "ADDRESS", "New public IPv6 address; none takes it away"},
              {"label", "KEY=VALUE", "Set a label; may be given several times", 0, true},
              {"no-label", "KEY", "Remove a label; may be given several times", 0, true},
              {"dynamic", "on|off", "Whether the address follows what its agent reports"}}),
         1, 1, set_server},
        {"server", "maintenance", "NAME [options] | NAME --end",
         "Take a server out of service without alarms, or put it back",
         "Its pools move to other members first; it raises no alarm until the end. Ended by "
         "--for, --until or --end.\n"
         "Refused when a domain would be left without a healthy server, unless --force is "
         "said.\n\n"
         "Examples:\n"
         "  understudyctl server maintenance web1 --for 2h --why \"new kernel\"\n"
         "  understudyctl server maintenance web1 --end\n",
         with_wait_options(with_wish_options(
             {{"end", "", "End the maintenance"},
              {"force", "", "Even if a domain is left without a healthy server"}})),
         1, 1, maintain},
    };
}

}  // namespace understudy::ctl
