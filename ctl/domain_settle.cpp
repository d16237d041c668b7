// domain adopt, enforce, ignore: whose the record is.
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/domain_view.h"
#include "ctl/wish.h"

namespace understudy::ctl {
namespace {

int settle(Session& session, const Arguments& arguments, const std::string& how) {
    const auto answer = session.post("/domains" + path_part(arguments.words[0]) + how,
                                     arguments.flag("force") ? R"({"force":true})" : "");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return domain_view(session, root); });
}

int ignore_domain(Session& session, const Arguments& arguments) {
    json::Writer body;
    body.begin_object();
    write_why(body, arguments);
    body.end_object();
    const auto answer =
        session.put("/domains" + path_part(arguments.words[0]) + "/ignore", body.take());
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) { return domain_view(session, root); });
}

int adopt_domain(Session& session, const Arguments& arguments) {
    return settle(session, arguments, "/adopt");
}
int enforce_domain(Session& session, const Arguments& arguments) {
    return settle(session, arguments, "/enforce");
}

}  // namespace

std::vector<Command> domain_settle_commands() {
    return {
        {"domain",
         "adopt",
         "NAME",
         "Accept what somebody else put into the record",
         "For a domain in conflict, or one that is ignored: the present content counts as ours "
         "until the next switch.\n"
         "An AAAA record that came up beside it is bound with it. A deleted record cannot be "
         "adopted: enforce makes\n"
         "it anew.\n",
         {},
         1,
         1,
         adopt_domain},
        {"domain",
         "enforce",
         "NAME",
         "Write our address over what somebody else put there",
         "For a domain in conflict, or one that is ignored. The record's other properties stay as "
         "they are. A\n"
         "deleted record is made anew, proxied or not as it was last seen.\n",
         {{"force", "", "Even if most of its zone changes at once"}},
         1,
         1,
         enforce_domain},
        {"domain",
         "ignore",
         "NAME [--why TEXT]",
         "Leave a domain alone: its record is neither written nor watched",
         "Until somebody says 'domain adopt' or 'domain enforce'.\n\n"
         "Example:\n"
         "  understudyctl domain ignore old.example.org --why \"moving to another host\"\n",
         {why_option()},
         1,
         1,
         ignore_domain},
    };
}

}  // namespace understudy::ctl
