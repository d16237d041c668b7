#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/domain_view.h"
#include "ctl/listing.h"
#include "ctl/override_text.h"
#include "ctl/policy_options.h"
#include "ctl/query.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

std::string domain_list(const Session& session, json::Value answer) {
    return draw_list(
        session, answer["items"],
        {{"ID", "id", number_text, kOnlyWide},
         {"NAME", "display_name", text_of},
         {"STATUS", "status", status_cell},
         {"POOL", "pool", name_in},
         {"RECORD", "record", confirmed_text},
         {"WANTED", "record",
          [](json::Value record) { return joined(record["desired"]["addresses"]); }, kOnlyWide},
         {"TTL", "record", [](json::Value record) { return ttl_text(record["desired"]["ttl_s"]); },
          kOnlyWide},
         {"PROVIDER", "provider", name_in, kOnlyWide},
         {"ZONE", "zone", text_of, kOnlyWide},
         {"OVERRIDE", "", domain_override_cell, kOnlyFilled}},
        "No domains match. Add one: understudyctl domain add NAME --servers PRIMARY,SECONDARY");
}

int list_domains(Session& session, const Arguments& arguments) {
    return show_pages(session, arguments, "/domains", {"status", "pool", "server"}, 0, domain_list);
}

void write_domain(RequestBody& body) {
    const Arguments& arguments = body.arguments();
    if (!arguments.text("servers") && !arguments.text("pool")) {
        body.refuse(invalid(
            "--servers", "this is missing",
            "name the servers, the primary first: --servers web1,web2; or a pool: --pool NAME"));
    }
    body.field("name", arguments.words[0]);
    const auto servers = arguments.list("servers");
    if (!servers.empty()) body.list("servers", servers);
    body.text("pool").text("provider").flag_or_no("ipv6").flag("enforce").flag_or_no("proxied");
    body.policy();
}

std::string domain_added_view(const Session& session, json::Value answer) {
    std::string out = domain_view(session, answer["domain"]);
    answer["warnings"].each([&](json::Value warning) {
        out += toned({"Warning: " + text_of(warning), Tone::Warning}, session.colours()) + "\n";
    });
    return out;
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
         domain_add_options(), 1, 1, nullptr,
         order("POST", "/domains", domain_added_view, write_domain)},
        {"domain", "list", "[options]", "List domains with their status and record",
         "Examples:\n"
         "  understudyctl domain list --status failed_over\n"
         "  understudyctl domain list --server web1 -o json\n",
         list_options, 0, 0, list_domains},
        {"domain", "show", "NAME", "Show one domain: what its record holds and should hold", "",
         kNoOptions, 1, 1, nullptr, shows("/domains/{}", domain_view)},
        {"domain", "remove", "NAME", "Stop watching a domain; its record stays as it is", "",
         kNoOptions, 1, 1, nullptr,
         removes("/domains/{}", "Domain {} is no longer watched. Its record stays as it is.\n")},
    };
}

}  // namespace understudy::ctl
