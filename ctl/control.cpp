// pause, resume, dry-run: automation stopped, or only played.
#include "ctl/command.h"
#include "ctl/rehearsal.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

PlainOrder begin_dry_run(const std::string& what, const std::string& path) {
    return {"PUT", path,
            what +
                " is in a dry run: what would be done is decided and told, no record is "
                "written.\n"
                "See what would be done: understudyctl events --follow\n"
                "End it: understudyctl dry-run " +
                (what == "Everything" ? "--all" : "{}") + " --end\n"};
}

PlainOrder end_dry_run(const std::string& what, const std::string& path) {
    PlainOrder order{"DELETE", path, what + " is out of its dry run: records are written again.\n"};
    order.rehearsed = "end_dry_run";
    return order;
}

int dry_run(Session& session, const Arguments& arguments) {
    const auto unclear =
        one_named(arguments, "all", "a pool and --all are both given", "give a pool, or --all");
    if (unclear) return session.complain(kUsage, *unclear);
    const bool wishes = arguments.text("why") || arguments.text("for") || arguments.text("until");
    if (arguments.flag("end") && wishes)
        return session.usage("--end", "it takes no reason and no time", "give --end alone");
    const bool all = arguments.flag("all");
    return give(
        session, arguments,
        (arguments.flag("end") ? end_dry_run : begin_dry_run)(
            all ? "Everything" : "Pool {}", all ? "/controls/dry-run" : "/pools/{pool}/dry-run"));
}

PlainOrder resume_order() {
    PlainOrder order{"DELETE", "/controls/pause",
                     "Automation runs again. What it was kept from, it does now.\n"};
    order.rehearsed = "resume";
    return order;
}

}  // namespace

std::vector<Command> control_commands() {
    const std::vector<Option> resume_options = {yes_option()};
    return {
        {"pause", "", "[options]", "Stop automation everywhere; people's orders are still done",
         "Servers are watched and people are told as ever, but no pool moves by itself.\n\n"
         "Example:\n"
         "  understudyctl pause --for 30m --why \"router work\"\n",
         with_wish_options({}), 0, 0, nullptr,
         order("PUT", "/controls/pause",
               "Automation is paused: no pool moves by itself, not even in a failure; what people "
               "order is done.\nGo on: understudyctl resume\n")},
        {"resume", "", "[options]", "Let automation run again after 'pause'",
         "What it moves is shown before it asks; nothing is asked when nothing moves.\n",
         resume_options, 0, 0, nullptr, resume_order()},
        {"dry-run", "", "POOL | --all [options]", "Dry run: decide and tell, but write no record",
         "To see what Understudy would do before it may. Ended by --for, --until or --end, which "
         "shows what it moves\n"
         "before it asks.\n\n"
         "Examples:\n"
         "  understudyctl dry-run shop --for 7d\n"
         "  understudyctl dry-run --all --end\n",
         with_wish_options({{"all", "", "Everything, instead of one pool"},
                            {"end", "", "End the dry run"},
                            yes_option()}),
         0, 1, dry_run},
    };
}

}  // namespace understudy::ctl
