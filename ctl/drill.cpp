// drill: a failover is practised, and undoes itself.
#include "base/time_span.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
#include "ctl/pool_named.h"
#include "ctl/query.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

constexpr std::int64_t kDrillsShown = 20;

void write_drill(RequestBody& body) {
    body.text("to").integer("stay", "stay_s");
}

Cell result_cell(json::Value drill) {
    const std::string result = text_of(drill["result"]);
    if (result.empty()) return {text_of(drill["phase"]), Tone::Warning};
    if (result == "passed") return {result, Tone::Good};
    return {result, result == "failed" ? Tone::Bad : Tone::Warning};
}

std::string lasted_text(json::Value seconds) {
    return seconds.is_null() ? "-" : text_of(seconds) + " s";
}

std::string leg_text(json::Value leg) {
    return lasted_text(leg["confirmed_s"]) + ", served " + lasted_text(leg["served_s"]);
}

std::string drill_list(const Session& session, json::Value answer) {
    return draw_list(session, answer["items"],
                     {{"ID", "id", number_text},
                      {"STARTED (UTC)", "started", time_text},
                      {"POOL", "pool", text_of},
                      {"TO", "to", text_of},
                      {"RESULT", "", result_cell},
                      {"AWAY", "away", leg_text},
                      {"HOME", "home", leg_text},
                      {"RECKONED", "estimate_s", lasted_text},
                      {"REASON", "reason", text_of, kOnlyFilled}},
                     "No drill has been run. Run one: understudyctl drill run POOL");
}

std::string drill_view(const Session& session, json::Value drill) {
    return session.draw({{"id", number_text(drill["id"])},
                         {"pool", text_of(drill["pool"])},
                         {"from", text_of(drill["from"])},
                         {"to", text_of(drill["to"])},
                         {"by", text_of(drill["by"])},
                         {"why", text_of(drill["why"])},
                         {"started", time_text(drill["started"]) + " UTC"},
                         {"ended", is_set(drill["ended"]) ? time_text(drill["ended"]) + " UTC"
                                                          : std::string{"not yet"}},
                         {"result", result_cell(drill)},
                         {"reason", text_of(drill["reason"])},
                         {"away", "confirmed after " + leg_text(drill["away"])},
                         {"home", "confirmed after " + leg_text(drill["home"])},
                         {"reckoned", lasted_text(drill["estimate_s"])}});
}

std::string begun_view(const Session&, json::Value pool) {
    const std::string name = name_in(pool);
    return "Pool " + name + " is served by " + serving_text(pool) +
           " for practice, and goes home by itself.\nWhat comes of it: understudyctl drill list "
           "--pool " +
           name + "\n";
}

std::string ended_view(const Session&, json::Value pool) {
    return "The drill of pool " + name_in(pool) +
           " is ended.\nWhat came of it: understudyctl drill list --pool " + name_in(pool) + "\n";
}

int list_drills(Session& session, const Arguments& arguments) {
    return show_pages(session, arguments, "/drills", {"pool"}, kDrillsShown, drill_list);
}

}  // namespace

std::vector<Command> drill_commands() {
    return {
        {"drill",
         "run",
         "POOL [options]",
         "Switch a pool to a stand-by and back, to see that it works",
         "The stand-by serves for a while once every record is confirmed; then the pool goes home "
         "by itself. Whatever\n"
         "is real comes first and is told as ever. Refused while anything is the matter with the "
         "pool.\n\n"
         "Examples:\n"
         "  understudyctl drill run shop\n"
         "  understudyctl drill run shop --to web3 --stay 300 --why \"before the sale\"\n",
         {{"to", "SERVER", "That stand-by instead of the first that is ready"},
          {"stay", "SECONDS", "How long it serves: 10 to 3600 (default 60)"},
          why_option()},
         1,
         1,
         nullptr,
         order("POST", "/pools/{pool}/drill", begun_view, write_drill)},
        {"drill", "end", "POOL", "Let a pool that is away for practice go home now", "", kNoOptions,
         1, 1, nullptr, order("POST", "/pools/{pool}/drill/end", ended_view)},
        {"drill",
         "list",
         "[options]",
         "List drills, newest first",
         "Example:\n  understudyctl drill list --pool shop\n",
         {{"pool", "NAME", "Only of that pool"}, {"limit", "N", "At most so many (default 20)"}},
         0,
         0,
         list_drills},
        {"drill", "show", "ID", "Show what came of a drill", "", kNoOptions, 1, 1, nullptr,
         shows("/drills/{}", drill_view)},
    };
}

}  // namespace understudy::ctl
