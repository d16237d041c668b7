// switchover, failover, failback: a person moves a pool, and sees it through.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/pool_order.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

constexpr const char* kUntilFailback = "It stays there until: understudyctl failback ";

void write_to(RequestBody& body) {
    body.text("to");
}

int failback(Session& session, const Arguments& arguments) {
    const auto unclear =
        one_named(arguments, "pool", "a pool is named twice", "give a pool, or one of its domains");
    if (unclear) return session.complain(kUsage, *unclear);
    return give(session, arguments, moves_pool("POST", "/failback", {}, nullptr));
}

Option force_option() {
    return {"force", "", "Even if that member is not healthy"};
}

}  // namespace

std::vector<Command> switching_commands() {
    return {
        {"switchover", "", "POOL --to SERVER [options]",
         "Move a pool to a member of your choice, and let it stay",
         "The member stands in the primary's place: after a failover the pool returns to it. All "
         "domains of the pool\n"
         "move. Instead of the pool one of its domains can be named.\n\n"
         "Examples:\n"
         "  understudyctl switchover shop --to web2 --why \"new kernel on web1\"\n"
         "  understudyctl switchover www.example.org --to web2 --no-wait\n",
         with_wait_options(
             {needed("to", "SERVER", "The member that shall serve",
                     "name the member that shall serve: --to web2; 'failover' chooses one"),
              why_option(), force_option()}),
         1, 1, nullptr, moves_pool("POST", "/switchover", kUntilFailback, write_to)},
        {"failover", "", "POOL [options]", "Move a pool away from the member that serves now",
         "To the first other healthy member, or to --to. Otherwise like 'switchover'.\n\n"
         "Examples:\n"
         "  understudyctl failover shop\n"
         "  understudyctl failover shop --to web3 --why \"web2 drops packets\"\n",
         with_wait_options({{"to", "SERVER", "That member instead of the first healthy one"},
                            why_option(),
                            force_option()}),
         1, 1, nullptr, moves_pool("POST", "/failover", kUntilFailback, write_to)},
        {"failback", "", "POOL [options]", "Point a pool back at its primary now",
         "Ends a switchover, and the wait of an automatic failback; pools with 'failback: manual' "
         "need it. All\n"
         "domains of the pool move. Instead of the pool one of its domains can be named.\n\n"
         "Examples:\n"
         "  understudyctl failback shop\n"
         "  understudyctl failback www.example.org\n",
         with_wait_options({{"pool", "NAME", "The pool, as an option"}, force_option()}), 0, 1,
         failback},
    };
}

}  // namespace understudy::ctl
