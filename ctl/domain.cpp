#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/domain_view.h"
#include "ctl/override_text.h"
#include "ctl/policy_options.h"

namespace understudy::ctl {
namespace {

std::string domain_list(const Session& session, json::Value answer) {
    Table table;
    table.header = {"NAME", "STATUS", "POOL", "RECORD", "OVERRIDE"};
    if (session.wide())
        table.header = {"ID",     "NAME", "STATUS",   "POOL", "RECORD",
                        "WANTED", "TTL",  "PROVIDER", "ZONE", "OVERRIDE"};
    table.optional = {"OVERRIDE"};
    table.when_empty =
        "No domains match. Add one: understudyctl domain add NAME --servers PRIMARY,SECONDARY";
    answer["items"].each([&](json::Value domain) {
        const json::Value record = domain["record"];
        const std::string present = joined(record["confirmed"]["addresses"]);
        const std::string name = text_of(domain["display_name"]);
        if (!session.wide()) {
            table.rows.push_back({name,
                                  status_cell(domain["status"]),
                                  name_in(domain["pool"]),
                                  present,
                                  {domain_override(domain), Tone::Warning}});
            return;
        }
        table.rows.push_back({number_text(domain["id"]),
                              name,
                              status_cell(domain["status"]),
                              name_in(domain["pool"]),
                              present,
                              joined(record["desired"]["addresses"]),
                              ttl_text(record["desired"]["ttl_s"]),
                              name_in(domain["provider"]),
                              text_of(domain["zone"]),
                              {domain_override(domain), Tone::Warning}});
    });
    return session.draw(table);
}

std::string domain_query(const Arguments& arguments) {
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
    const auto answer = session.get_all("/domains" + domain_query(arguments),
                                        static_cast<std::size_t>(limit->value_or(0)));
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return domain_list(session, root); });
}

int show_domain(Session& session, const Arguments& arguments) {
    const auto answer = session.get("/domains" + path_part(arguments.words[0]));
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return domain_view(session, root); });
}

Result<std::string> add_body(const Arguments& arguments) {
    const auto policy = policy_body(arguments);
    if (!policy) return policy.error();
    if (arguments.flag("ipv6") && arguments.flag("no-ipv6")) {
        return invalid("--ipv6", "given together with --no-ipv6", "choose one");
    }
    if (arguments.flag("proxied") && arguments.flag("no-proxied")) {
        return invalid("--proxied", "given together with --no-proxied", "choose one");
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
    if (arguments.flag("proxied")) body.field("proxied", true);
    if (arguments.flag("no-proxied")) body.field("proxied", false);
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

std::vector<Option> domain_add_options() {
    return with_policy_options({
        {"servers", "A,B,...", "Servers in order of preference, the primary first", 0, true},
        {"pool", "NAME", "An existing pool, instead of --servers"},
        {"provider", "NAME", "The DNS provider; needed only when several have the zone"},
        {"ipv6", "", "Move the AAAA record too (on by itself when there is one)"},
        {"no-ipv6", "", "Insist on IPv4 only; refused when there is an AAAA record"},
        {"enforce", "", "Write our address even if the record holds something else or is missing"},
        {"proxied", "", "Where the record is missing: make it proxied"},
        {"no-proxied", "", "Where the record is missing: make it unproxied"},
    });
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
         "The record must exist and hold the address of the primary (or say --enforce, which "
         "makes a missing\n"
         "one too). Nothing else about it is changed. Domains with the same servers and policy "
         "share a pool and move together.\n\n"
         "Examples:\n"
         "  understudyctl domain add www.example.org --servers web1,web2\n"
         "  understudyctl domain add shop.example.org --servers web1,web2 --failback manual\n"
         "  understudyctl domain add api.example.org --pool web1+web2\n",
         domain_add_options(), 1, 1, add_domain},
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
         nullptr,
         {"DELETE", "/domains/{}", "Domain {} is no longer watched. Its record stays as it is.\n"}},
    };
}

}  // namespace understudy::ctl
