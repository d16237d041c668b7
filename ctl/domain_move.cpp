// domain move: which records would change is shown before anything is.
#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/rehearsal.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

std::string move_body(const Arguments& arguments, bool dry_run) {
    RequestBody body{arguments};
    if (!arguments.words.empty()) body.list("domains", arguments.words);
    body.text("from-pool", "from_pool").text("pool").flag("force");
    if (dry_run) body.field("dry_run", true);
    return *body.take();
}

std::string move_preview(const Session& session, json::Value answer, const std::string& pool) {
    const std::size_t changed = changes_in(answer["domains"]);
    return records_table(session, answer["domains"]) + "\n" +
           counted(answer["domains"].size(), "domain") + " to pool " + pool + ": " +
           counted(changed, "record") + (changed == 1 ? " changes.\n" : " change.\n");
}

int check(Session& session, const Arguments& arguments) {
    const auto unclear =
        one_named(arguments, "from-pool", "domains and --from-pool are given",
                  "name the domains, or --from-pool NAME for all domains of that pool");
    if (unclear) return session.complain(kUsage, *unclear);
    const bool asks = !arguments.flag("yes") && !arguments.flag("dry-run");
    if (asks && (session.json() || !session.can_ask())) {
        return session.usage("--yes", "nobody can be asked here",
                             "say --yes to move them, or --dry-run to see what would change");
    }
    return kOk;
}

int move_domains(Session& session, const Arguments& arguments) {
    if (const int code = check(session, arguments); code != kOk) return code;
    const bool dry_run = arguments.flag("dry-run");
    const bool sure = arguments.flag("yes");
    const std::string pool = *arguments.text("pool");
    if (dry_run || !session.json()) {
        const auto planned = session.post("/domains/move", move_body(arguments, true));
        if (!planned) return session.failure();
        session.show(*planned, [&](json::Value root) { return move_preview(session, root, pool); });
        if (dry_run) return kOk;
        if (!sure && !session.confirm("Move them?")) {
            session.print("Nothing was changed.\n");
            return kRefused;
        }
    }
    const auto answer = session.post("/domains/move", move_body(arguments, false));
    return session.show(answer, [&](json::Value) {
        return "Moved to pool " + pool + ". See: understudyctl domain list --pool " + pool + "\n";
    });
}

}  // namespace

std::vector<Command> domain_move_commands() {
    const std::vector<Option> move_options = {
        needed("pool", "NAME", "The pool that shall serve them",
               "name the pool that shall serve the domains: --pool NAME"),
        {"from-pool", "NAME", "All domains of that pool, instead of names"},
        {"dry-run", "", "Only show what would change"},
        yes_option(),
        {"force", "", "Even to a pool without a healthy server, or most of a zone at once"}};
    return {
        {"domain", "move", "NAME... --pool POOL | --from-pool POOL --pool POOL [options]",
         "Move domains to another pool, after a look at what changes",
         "All of them or none. Their records are pointed at what the pool serves from.\n\n"
         "Examples:\n"
         "  understudyctl domain move www.example.org shop.example.org --pool eu\n"
         "  understudyctl domain move --from-pool old --pool eu --dry-run\n"
         "  understudyctl domain move --from-pool old --pool eu --yes\n",
         move_options, 0, 10'000, move_domains},
    };
}

}  // namespace understudy::ctl
