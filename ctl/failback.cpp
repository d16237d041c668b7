#include "ctl/command.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

int failback(Session& session, const Arguments& arguments) {
    const auto pool = arguments.text("pool");
    if (arguments.words.empty() == !pool) {
        return session.usage("", pool ? "a domain and --pool are both given" : "nothing is named",
                             "give a domain, or --pool NAME");
    }
    const auto answer =
        session.post(pool ? "/pools" + path_part(*pool) + "/failback"
                          : "/domains" + path_part(arguments.words[0]) + "/failback");
    if (!answer) return session.failure();
    return session.show(*answer, [](json::Value root) {
        return "Pool " + name_in(root) + " goes back to " + name_in(root["target"]) + ": " +
               number_text(root["domains"]) + " domains. Watch it: understudyctl watch\n";
    });
}

}  // namespace

std::vector<Command> failback_commands() {
    return {
        {"failback",
         "",
         "DOMAIN | --pool NAME",
         "Point a pool back at its primary now",
         "For pools with 'failback: manual', or to end the wait of an automatic one. All domains "
         "of the pool move.\n"
         "Refused while the primary is not online.\n\n"
         "Examples:\n"
         "  understudyctl failback www.example.org\n"
         "  understudyctl failback --pool web1+web2\n",
         {{"pool", "NAME", "The pool, instead of one of its domains"}},
         0,
         1,
         failback},
    };
}

}  // namespace understudy::ctl
