// server set, server maintenance: a server changed while it is in use.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/override_text.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

// Labels are replaced as a whole by the API; a person changes some of them.
void write_labels(RequestBody& body, json::Value present) {
    const auto changed = body.arguments().pairs("label");
    if (!changed) return body.refuse(changed.error());
    const auto removed = body.arguments().list("no-label");
    if (changed->empty() && removed.empty()) return;
    std::map<std::string, std::string> labels = *changed;
    present.each_member([&](std::string_view key, json::Value value) {
        labels.emplace(std::string{key}, text_of(value));
    });
    for (const std::string& key : removed)
        labels.erase(key);
    body.labels(labels);
}

Result<std::string> set_body(const Arguments& arguments, json::Value server) {
    RequestBody body{arguments};
    body.text("ipv4");
    arguments.text("ipv6") == "none" ? body.null("ipv6") : body.text("ipv6");
    body.on_or_off("dynamic");
    write_labels(body, server["labels"]);
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
    const std::string& name = arguments.words[0];
    const auto before = session.get("/servers" + path_part(name));
    if (!before) return session.failure();
    const auto body = set_body(arguments, before->root());
    if (!body) return session.complain(kUsage, body.error());
    const auto answer = session.request("PATCH", "/servers" + path_part(name), *body);
    if (!answer) return session.failure();
    std::string told = "Server " + name + " changed.\n";
    const bool followed = is_true(before->root()["dynamic"]);
    if (!arguments.flag("dynamic") && followed && !is_true(answer->root()["dynamic"]))
        told +=
            "Its address does not follow its agent any more; to have it follow again: "
            "understudyctl server set " +
            name + " --dynamic on\n";
    return tell_and_await(session, arguments, *answer, told, records_of_server, *timeout);
}

// What a person wants to know before the reboot: does anything still point there?
int tell_who_points_at(Session& session, const std::string& name) {
    const auto pools = session.get("/pools");
    if (!pools) return session.failure();
    std::string out;
    pools->root()["items"].each([&](json::Value pool) {
        bool serving = false;
        pool["members"].each([&](json::Value member) {
            serving = serving || (name_in(member) == name && is_true(member["serving"]));
        });
        if (!serving || count_of(pool["domains"]) == 0) return;
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

int see_maintenance_through(Session& session, const Arguments& arguments, const PlainOrder&,
                            const json::Document& answer, Duration timeout) {
    const json::Value server = answer.root();
    const int code = tell_and_await(
        session, arguments, answer,
        "Server " + name_in(server) + " is in maintenance" + until_text(server["maintenance"]) +
            ".\nEnd it: understudyctl server maintenance " + name_in(server) + " --end\n",
        records_of_server, timeout);
    if (code != kOk || session.json() || arguments.flag("no-wait")) return code;
    return tell_who_points_at(session, name_in(server));
}

int maintain(Session& session, const Arguments& arguments) {
    const std::string path = "/servers/{}/maintenance";
    if (!arguments.flag("end")) {
        PlainOrder begin{"PUT", path};
        begin.seen_through = see_maintenance_through;
        return give(session, arguments, begin);
    }
    for (const char* name : {"why", "for", "until", "force", "no-wait", "timeout"}) {
        if (arguments.flag(name)) {
            return session.usage("--" + std::string{name}, "given together with --end",
                                 "give --end alone");
        }
    }
    return give(session, arguments,
                {"DELETE", path,
                 "Server {} is out of maintenance; it serves again once it has been well for as "
                 "long as the pool asks.\n"});
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
