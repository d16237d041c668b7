// pause, resume, observe: automation stopped, or only played.
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/override_text.h"
#include "ctl/pool_named.h"
#include "ctl/rehearsal.h"
#include "ctl/wish.h"

namespace understudy::ctl {
namespace {

Result<std::string> wish_body(const Arguments& arguments) {
    json::Writer body;
    body.begin_object();
    if (const auto wish = write_wish(body, arguments); !wish) return wish.error();
    body.end_object();
    return body.take();
}

int resume(Session& session, const Arguments& arguments) {
    const int code = ask_first(session, arguments, R"({"order":"resume"})");
    if (code != kOk) return code;
    const auto answer = session.remove("/controls/pause");
    if (!answer) return session.failure();
    return session.show(*answer, [](json::Value) {
        return std::string{"Automation runs again. What it was kept from, it does now.\n"};
    });
}

// The pool named, or everything.
struct Scope {
    std::string what, path, again;
    std::string end;  // for /rehearse
};

std::optional<Scope> scope_of(Session& session, const Arguments& arguments) {
    if (arguments.flag("all"))
        return Scope{"Everything", "/controls/observe", "--all", R"({"order":"unobserve"})"};
    const auto pool = find_pool(session, arguments.words[0]);
    if (!pool) return std::nullopt;
    const std::string name = name_in(pool->root());
    json::Writer end;
    end.begin_object().field("order", "unobserve").field("pool", name).end_object();
    return Scope{"Pool " + name, "/pools" + path_part(name) + "/observe", name, end.take()};
}

int end_observe(Session& session, const Arguments& arguments, const Scope& scope) {
    if (const int code = ask_first(session, arguments, scope.end); code != kOk) return code;
    const auto answer = session.remove(scope.path);
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value) {
        return scope.what + " is out of its dry run: records are written again.\n";
    });
}

int observe(Session& session, const Arguments& arguments) {
    if (arguments.flag("all") == !arguments.words.empty()) {
        return session.usage(
            "", arguments.words.empty() ? "nothing is named" : "a pool and --all are both given",
            "give a pool, or --all");
    }
    const bool wishes = arguments.text("why") || arguments.text("for") || arguments.text("until");
    if (arguments.flag("end") && wishes) {
        return session.usage("--end", "it takes no reason and no time", "give --end alone");
    }
    const auto body = wish_body(arguments);
    if (!body) return session.complain(kUsage, body.error());
    const auto scope = scope_of(session, arguments);
    if (!scope) return session.failure();
    if (arguments.flag("end")) return end_observe(session, arguments, *scope);
    const auto answer = session.put(scope->path, *body);
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value) {
        return scope->what +
               " is in a dry run: what would be done is decided and told, no record is written.\n"
               "See what would be done: understudyctl events --follow\n"
               "End it: understudyctl observe " +
               scope->again + " --end\n";
    });
}

}  // namespace

std::vector<Command> control_commands() {
    return {
        {"pause",
         "",
         "[options]",
         "Stop automation everywhere; people's orders are still done",
         "Servers are watched and people are told as ever, but no pool moves by itself.\n\n"
         "Example:\n"
         "  understudyctl pause --for 30m --why \"router work\"\n",
         with_wish_options({}),
         0,
         0,
         nullptr,
         {"PUT", "/controls/pause",
          "Automation is paused: no pool moves by itself, not even in a failure; what people order "
          "is done.\nGo on: understudyctl resume\n"}},
        {"resume",
         "",
         "[options]",
         "Let automation run again after 'pause'",
         "What it moves is shown before it asks; nothing is asked when nothing moves.\n",
         {yes_option()},
         0,
         0,
         resume},
        {"observe", "", "POOL | --all [options]", "Dry run: decide and tell, but write no record",
         "To see what Understudy would do before it may. Ended by --for, --until or --end, which "
         "shows what it moves\n"
         "before it asks.\n\n"
         "Examples:\n"
         "  understudyctl observe shop --for 7d\n"
         "  understudyctl observe --all --end\n",
         with_wish_options({{"all", "", "Everything, instead of one pool"},
                            {"end", "", "End the dry run"},
                            yes_option()}),
         0, 1, observe},
    };
}

}  // namespace understudy::ctl
