// hold, pin, release: a pool that stays where a person wants it.
#include "ctl/command.h"
#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/override_text.h"
#include "ctl/pool_named.h"
#include "ctl/pool_order.h"
#include "ctl/rehearsal.h"
#include "ctl/wish.h"

namespace understudy::ctl {
namespace {

Result<std::string> hold_body(const Arguments& arguments) {
    json::Writer body;
    body.begin_object();
    if (const auto to = arguments.text("to")) body.field("pin", *to);
    if (const auto wish = write_wish(body, arguments); !wish) return wish.error();
    if (arguments.flag("force")) body.field("force", true);
    body.end_object();
    return body.take();
}

int hold(Session& session, const Arguments& arguments) {
    const auto body = hold_body(arguments);
    if (!body) return session.complain(kUsage, body.error());
    const auto pool = find_pool(session, arguments.words[0]);
    if (!pool) return session.failure();
    const std::string name = name_in(pool->root());
    const auto answer = session.put("/pools" + path_part(name) + "/hold", *body);
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        return "Pool " + name + " stays on " + serving_text(root) + until_text(root["hold"]) +
               ", whatever happens to it. End it: understudyctl release " + name + "\n";
    });
}

int pin(Session& session, const Arguments& arguments) {
    if (!arguments.text("to")) {
        return session.usage("--to", "this is missing",
                             "name the member to pin to: --to web2; 'hold' keeps the present one");
    }
    const auto body = hold_body(arguments);
    if (!body) return session.complain(kUsage, body.error());
    return move_pool(session, arguments,
                     {arguments.words[0], "PUT", "/hold", *body,
                      "It stays there, whatever happens, until: understudyctl release "});
}

int accept_losses(Session& session, const Arguments& arguments) {
    const int code = ask_first(session, arguments, R"({"order":"accept_losses"})");
    if (code != kOk) return code;
    json::Writer body;
    body.begin_object();
    write_why(body, arguments);
    body.end_object();
    const auto answer = session.post("/controls/accept-losses", body.take());
    if (!answer) return session.failure();
    return session.show(*answer, [](json::Value) {
        return std::string{
            "The losses are taken as real: pools whose servers are lost fail over now.\n"
            "Watch it: understudyctl watch\n"};
    });
}

int release_pool(Session& session, const Arguments& arguments) {
    const auto pool = find_pool(session, arguments.words[0]);
    if (!pool) return session.failure();
    const std::string name = name_in(pool->root());
    json::Writer order;
    order.begin_object().field("order", "release").field("pool", name).end_object();
    if (const int code = ask_first(session, arguments, order.take()); code != kOk) return code;
    const auto answer = session.remove("/pools" + path_part(name) + "/hold");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value) {
        return "Pool " + name +
               " is released: automation moves it again. See: understudyctl pool show " + name +
               "\n";
    });
}

int release(Session& session, const Arguments& arguments) {
    if (arguments.flag("all") == !arguments.words.empty()) {
        return session.usage(
            "", arguments.words.empty() ? "nothing is named" : "a pool and --all are both given",
            "give a pool, or --all when a loss of many servers is real");
    }
    if (arguments.flag("all")) return accept_losses(session, arguments);
    if (arguments.text("why")) {
        return session.usage("--why", "only --all takes a reason", "leave it out");
    }
    return release_pool(session, arguments);
}

}  // namespace

std::vector<Command> hold_commands() {
    return {
        {"hold", "", "POOL [options]", "Keep a pool where it points now, whatever happens",
         "Automation leaves it there even if that server dies. Ended by --for, --until or "
         "'release'.\n\n"
         "Example:\n"
         "  understudyctl hold shop --for 2h --why \"measuring web1\"\n",
         with_wish_options({}), 1, 1, hold},
        {"pin", "", "POOL --to SERVER [options]",
         "Move a pool to one member and keep it there, whatever happens",
         "Like 'switchover' and 'hold' in one. Ended by --for, --until or 'release'.\n\n"
         "Example:\n"
         "  understudyctl pin shop --to web2 --for 1h\n",
         with_wait_options(
             with_wish_options({{"to", "SERVER", "The member that shall serve"},
                                {"force", "", "Even if that member is not healthy"}})),
         1, 1, pin},
        {"release",
         "",
         "POOL | --all [options]",
         "Give a pool, or everything, back to automation",
         "A pool: ends its hold or pin, and forgets how often it flapped and was changed. --all: "
         "when the controller\n"
         "doubts that it really lost many servers at once ('status' says so), tells it that the "
         "loss is real.\n"
         "What it moves is shown before it asks; nothing is asked when nothing moves.\n\n"
         "Examples:\n"
         "  understudyctl release shop\n"
         "  understudyctl release --all --why \"the provider's rack has no power\"\n",
         {{"all", "", "The loss of many servers is real: act on it"}, why_option(), yes_option()},
         0,
         1,
         release},
    };
}

}  // namespace understudy::ctl
