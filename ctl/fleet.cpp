#include "ctl/command.h"
#include "ctl/fleet_apply.h"
#include "ctl/fleet_file.h"
#include "ctl/fleet_view.h"

namespace understudy::ctl {
namespace {

int apply(Session& session, const Arguments& arguments) {
    const auto path = arguments.text("file");
    const auto reading = read_fleet_file(*path);
    for (const Error& error : reading.errors)
        session.complain(kUsage, error);
    if (!reading.errors.empty()) return kUsage;
    json::Writer body;
    body.begin_object().key("fleet").raw(reading.file.fleet);
    body.key("secrets").raw(reading.file.secrets.reveal());
    body.field("dry_run", arguments.flag("dry-run")).field("force", arguments.flag("force"));
    body.end_object();
    return session.show(post_fleet(session, body.take()),
                        [&](json::Value root) { return applied_view(root, session.colours()); });
}

std::string exported_view(const Session&, json::Value fleet) {
    return fleet_file_view(fleet);
}

}  // namespace

std::vector<Command> fleet_commands() {
    const std::vector<Option> options = {
        needed("file", "FILE", "The fleet's file (- for stdin)",
               "give the fleet's file: -f fleet.json", 'f'),
        {"dry-run", "", "Show what would change, and change nothing"},
        {"force", "", "Even if a domain is left without a healthy server, or much of a zone moves"},
    };
    return {
        {"apply", "", "-f FILE [--dry-run] [--force]",
         "Make servers, pools, domains and channels as a file says",
         "All of it or nothing. Of each kind that the file has a section for, what it does not "
         "name is removed;\n"
         "a removed domain leaves its record as it is. Lines begin with + (added), ~ (changed) or "
         "- (removed).\n"
         "Tokens of new servers are shown once.\n"
         "The records of new domains are read first. Of very many that takes as long as their "
         "provider's limit of\n"
         "calls lets it: how far it is is shown, and after a break the same command goes on where "
         "it stood.\n\n"
         "Examples:\n"
         "  understudyctl apply -f fleet.json --dry-run\n"
         "  understudyctl apply -f fleet.json\n",
         options, 0, 0, apply},
        {"export", "", "", "Print the fleet as a file for apply",
         "Secrets are not in it: a webhook shows where apply found them.\n\n"
         "Example:\n"
         "  understudyctl export > fleet.json\n",
         kNoOptions, 0, 0, nullptr, shows("/fleet", exported_view)},
    };
}

}  // namespace understudy::ctl
