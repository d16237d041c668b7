#include "ctl/command.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

std::string list_view(const Session& session, json::Value answer) {
    Table table;
    table.header = {"NAME", "STATUS", "POOL", "RECORD"};
    if (session.wide())
        table.header = {"ID",     "NAME", "STATUS",   "POOL", "RECORD",
                        "WANTED", "TTL",  "PROVIDER", "ZONE"};
    table.when_empty =
        "No domains match. Add one: understudyctl domain add NAME --servers PRIMARY,SECONDARY";
    answer["items"].each([&](json::Value domain) {
        const json::Value record = domain["record"];
        const std::string present = joined(record["confirmed"]["addresses"]);
        const std::string name = text_of(domain["display_name"]);
        if (!session.wide()) {
            table.rows.push_back(
                {name, status_cell(domain["status"]), name_in(domain["pool"]), present});
            return;
        }
        table.rows.push_back({number_text(domain["id"]), name, status_cell(domain["status"]),
                              name_in(domain["pool"]), present,
                              joined(record["desired"]["addresses"]),
                              ttl_text(record["desired"]["ttl_s"]), name_in(domain["provider"]),
                              text_of(domain["zone"])});
    });
    return session.draw(table);
}

std::string yes_no(json::Value flag) {
    return flag.boolean().value_or(false) ? "yes" : "no";
}

std::string domain_view(const Session& session, json::Value domain) {
    const json::Value record = domain["record"];
    std::vector<std::pair<std::string, Cell>> fields = {
        {"name", text_of(domain["display_name"])},
        {"id", number_text(domain["id"])},
        {"status", status_cell(domain["status"])},
        {"reason", text_of(domain["reason"])},
        {"pool", name_in(domain["pool"])},
        {"provider", name_in(domain["provider"])},
        {"zone", text_of(domain["zone"])},
        {"record", joined(record["confirmed"]["addresses"])},
        {"wanted", joined(record["desired"]["addresses"])},
        {"wanted ttl", ttl_text(record["desired"]["ttl_s"])},
        {"normal ttl", ttl_text(domain["normal_ttl_s"])},
        {"ipv6", yes_no(domain["ipv6"])},
        {"proxied", yes_no(domain["proxied"])},
        {"settled", yes_no(record["settled"])},
    };
    if (text_of(domain["name"]) != text_of(domain["display_name"])) {
        fields.insert(fields.begin() + 1, {"ascii", text_of(domain["name"])});
    }
    if (record["refused"].boolean().value_or(false))
        fields.push_back({"refused", {"by the provider", Tone::Bad}});
    std::string out = session.draw(fields);
    if (!record["foreign"].is_null()) {
        out += "\nSomebody else changed the record to " + joined(record["foreign"]) +
               ".\nKeep that until the next switch: understudyctl domain adopt " +
               text_of(domain["name"]) +
               "\nPut ours back:                    understudyctl domain enforce " +
               text_of(domain["name"]) + "\n";
    }
    return out;
}

std::string query_of(const Arguments& arguments) {
    std::string query;
    for (const char* name : {"status", "pool", "server"}) {
        const auto value = arguments.text(name);
        if (value)
            query += (query.empty() ? "?" : "&") + std::string{name} + "=" + url_encode(*value);
    }
    return query;
}

int list_domains(Session& session, const Arguments& arguments) {
    const auto limit = arguments.integer("limit");
    if (!limit) return session.complain(kUsage, limit.error());
    if (limit->value_or(1) < 1) return session.usage("--limit", "it must be at least 1");
    const auto answer = session.get_all("/domains" + query_of(arguments),
                                        static_cast<std::size_t>(limit->value_or(0)));
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return list_view(session, root); });
}

int show_domain(Session& session, const Arguments& arguments) {
    const auto answer = session.get("/domains" + path_part(arguments.words[0]));
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return domain_view(session, root); });
}

struct PolicyOption {
    const char* option;
    const char* field;
};
constexpr PolicyOption kWords[] = {{"reaction", "reaction"},
                                   {"failback", "failback"},
                                   {"fallback-ipv4", "fallback_ipv4"},
                                   {"fallback-ipv6", "fallback_ipv6"}};
constexpr PolicyOption kNumbers[] = {{"confirm", "confirm_s"},
                                     {"health-timeout", "health_timeout_s"},
                                     {"failover-ttl", "failover_ttl_s"}};

Result<std::string> policy_body(const Arguments& arguments) {
    json::Writer policy;
    bool any = false;
    policy.begin_object();
    for (const auto& [option, field] : kWords) {
        if (const auto word = arguments.text(option)) any = (policy.field(field, *word), true);
    }
    for (const auto& [option, field] : kNumbers) {
        const auto number = arguments.integer(option);
        if (!number) return number.error();
        if (*number) any = (policy.field(field, **number), true);
    }
    if (const auto after = arguments.text("failback-after")) {
        const auto number = arguments.integer("failback-after");
        any = true;
        policy.key("failback_after_s");
        // A preset's word goes to the controller as it is: it knows them.
        number ? policy.value(**number) : policy.value(*after);
    }
    policy.end_object();
    return any ? policy.take() : std::string{};
}

Result<std::string> add_body(const Arguments& arguments) {
    const auto policy = policy_body(arguments);
    if (!policy) return policy.error();
    if (arguments.flag("ipv6") && arguments.flag("no-ipv6")) {
        return invalid("--ipv6", "given together with --no-ipv6", "choose one");
    }
    json::Writer body;
    body.begin_object().field("name", arguments.words[0]);
    const auto servers = arguments.list("servers");
    if (!servers.empty()) {
        body.key("servers").begin_array();
        for (const std::string& server : servers)
            body.value(server);
        body.end_array();
    }
    for (const char* name : {"pool", "provider"}) {
        if (const auto value = arguments.text(name)) body.field(name, *value);
    }
    if (arguments.flag("ipv6")) body.field("ipv6", true);
    if (arguments.flag("no-ipv6")) body.field("ipv6", false);
    if (arguments.flag("enforce")) body.field("enforce", true);
    if (!policy->empty()) body.key("policy").raw(*policy);
    body.end_object();
    return body.take();
}

int add_domain(Session& session, const Arguments& arguments) {
    if (!arguments.text("servers") && !arguments.text("pool")) {
        return session.usage(
            "--servers", "this is missing",
            "name the servers, the primary first: --servers web1,web2; or a pool: --pool NAME");
    }
    const auto body = add_body(arguments);
    if (!body) return session.complain(kUsage, body.error());
    const auto answer = session.post("/domains", *body);
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        std::string out = domain_view(session, root["domain"]);
        root["warnings"].each([&](json::Value warning) {
            out += toned({"Warning: " + text_of(warning), Tone::Warning}, session.colours()) + "\n";
        });
        return out;
    });
}

int remove_domain(Session& session, const Arguments& arguments) {
    if (!session.remove("/domains" + path_part(arguments.words[0]))) return session.failure();
    if (!session.json()) {
        session.print("Domain " + arguments.words[0] +
                      " is no longer watched. Its record stays as it is.\n");
    }
    return kOk;
}

int settle(Session& session, const Arguments& arguments, const std::string& how) {
    const auto answer = session.post("/domains" + path_part(arguments.words[0]) + how);
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return domain_view(session, root); });
}

int adopt_domain(Session& session, const Arguments& arguments) {
    return settle(session, arguments, "/adopt");
}
int enforce_domain(Session& session, const Arguments& arguments) {
    return settle(session, arguments, "/enforce");
}

std::vector<Option> add_options() {
    return {
        {"servers", "A,B,...", "Servers in order of preference, the primary first", 0, true},
        {"pool", "NAME", "An existing pool, instead of --servers"},
        {"provider", "NAME", "The DNS provider; needed only when several have the zone"},
        {"ipv6", "", "Move the AAAA record too (on by itself when there is one)"},
        {"no-ipv6", "", "Insist on IPv4 only; refused when there is an AAAA record"},
        {"enforce", "", "Write our address even if the record holds something else"},
        {"reaction", "WORD", "prompt (default) or maintenance: act only in the five-minute loop"},
        {"confirm", "SECONDS", "How long the primary must be down before a prompt failover"},
        {"health-timeout", "SECONDS", "Unseen for so long counts as down"},
        {"failback", "WORD", "auto (default), manual or never"},
        {"failback-after", "SECONDS",
         "How long the primary must be well again; or a preset: container, lxc, vm, "
         "hypervisor, nas, windows, conservative"},
        {"failover-ttl", "SECONDS", "TTL of the record while failed over"},
        {"fallback-ipv4", "ADDRESS", "Outage page to point at when no server is healthy"},
        {"fallback-ipv6", "ADDRESS", "The same for IPv6"},
    };
}

}  // namespace

std::vector<Command> domain_commands() {
    const std::vector<Option> list_options = {
        {"status", "WORD", "Only active, failed_over, switching, outage or conflict"},
        {"pool", "NAME", "Only domains of that pool"},
        {"server", "NAME", "Only domains with that server in their pool"},
        {"limit", "N", "At most so many"},
    };
    return {
        {"domain", "add", "NAME --servers PRIMARY,SECONDARY [options]",
         "Put a domain under the controller's care",
         "The record must exist and hold the address of the primary (or say --enforce). Nothing "
         "else about it is\n"
         "changed. Domains with the same servers and policy share a pool and move together.\n\n"
         "Examples:\n"
         "  understudyctl domain add www.example.org --servers web1,web2\n"
         "  understudyctl domain add shop.example.org --servers web1,web2 --failback manual\n"
         "  understudyctl domain add api.example.org --pool web1+web2\n",
         add_options(), 1, 1, add_domain},
        {"domain", "list", "[options]", "List domains with their status and record",
         "Examples:\n"
         "  understudyctl domain list --status failed_over\n"
         "  understudyctl domain list --server web1 -o json\n",
         list_options, 0, 0, list_domains},
        {"domain",
         "show",
         "NAME",
         "Show one domain: what its record holds and should hold",
         "",
         {},
         1,
         1,
         show_domain},
        {"domain",
         "remove",
         "NAME",
         "Stop watching a domain; its record stays as it is",
         "",
         {},
         1,
         1,
         remove_domain},
        {"domain",
         "adopt",
         "NAME",
         "Accept what somebody else put into the record",
         "For a domain in conflict: the present content counts as ours until the next switch.\n",
         {},
         1,
         1,
         adopt_domain},
        {"domain",
         "enforce",
         "NAME",
         "Write our address over what somebody else put there",
         "For a domain in conflict. The record's other properties stay as they are.\n",
         {},
         1,
         1,
         enforce_domain},
    };
}

}  // namespace understudy::ctl
