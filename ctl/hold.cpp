// hold, pin, release: a pool that stays where a person wants it.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/override_text.h"
#include "ctl/pool_named.h"
#include "ctl/pool_order.h"
#include "ctl/rehearsal.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

std::string held_view(const Session&, json::Value pool) {
    return "Pool " + name_in(pool) + " stays on " + serving_text(pool) + until_text(pool["hold"]) +
           ", whatever happens to it. End it: understudyctl release " + name_in(pool) + "\n";
}

int release(Session& session, const Arguments& arguments) {
    const auto unclear = one_named(arguments, "all", "a pool and --all are both given",
                                   "give a pool, or --all when a loss of many servers is real");
    if (unclear) return session.complain(kUsage, *unclear);
    if (arguments.flag("all")) {
        PlainOrder order{
            "POST", "/controls/accept-losses",
            "The losses are taken as real: pools whose servers are lost fail over now.\n"
            "Watch it: understudyctl watch\n"};
        order.fill = [](RequestBody&) {};
        order.rehearsed = "accept_losses";
        return give(session, arguments, order);
    }
    if (arguments.text("why"))
        return session.usage("--why", "only --all takes a reason", "leave it out");
    PlainOrder order{"DELETE", "/pools/{pool}/hold",
                     "Pool {} is released: automation moves it again. See: understudyctl pool show "
                     "{}\n"};
    order.rehearsed = "release";
    return give(session, arguments, order);
}

}  // namespace

std::vector<Command> hold_commands() {
    const std::vector<Option> release_options = {
        {"all", "", "The loss of many servers is real: act on it"}, why_option(), yes_option()};
    return {
        {"hold", "", "POOL [options]", "Keep a pool where it points now, whatever happens",
         "Automation leaves it there even if that server dies. Ended by --for, --until or "
         "'release'.\n\n"
         "Example:\n"
         "  understudyctl hold shop --for 2h --why \"measuring web1\"\n",
         with_wish_options({}), 1, 1, nullptr, order("PUT", "/pools/{pool}/hold", held_view)},
        {"pin", "", "POOL --to SERVER [options]",
         "Move a pool to one member and keep it there, whatever happens",
         "Like 'switchover' and 'hold' in one. Ended by --for, --until or 'release'.\n\n"
         "Example:\n"
         "  understudyctl pin shop --to web2 --for 1h\n",
         with_wait_options(with_wish_options(
             {needed("to", "SERVER", "The member that shall serve",
                     "name the member to pin to: --to web2; 'hold' keeps the present one"),
              {"force", "", "Even if that member is not healthy"}})),
         1, 1, nullptr,
         moves_pool("PUT", "/hold",
                    "It stays there, whatever happens, until: understudyctl release ",
                    [](RequestBody& body) { body.text("to", "pin"); })},
        {"release", "", "POOL | --all [options]", "Give a pool, or everything, back to automation",
         "A pool: ends its hold or pin, and forgets how often it flapped and was changed. --all: "
         "when the controller\n"
         "doubts that it really lost many servers at once ('status' says so), tells it that the "
         "loss is real.\n"
         "What it moves is shown before it asks; nothing is asked when nothing moves.\n\n"
         "Examples:\n"
         "  understudyctl release shop\n"
         "  understudyctl release --all --why \"the provider's rack has no power\"\n",
         release_options, 0, 1, release},
    };
}

}  // namespace understudy::ctl
