// domain adopt, enforce, ignore: whose the record is.
#include "ctl/command.h"
#include "ctl/domain_view.h"
#include "ctl/request_body.h"

namespace understudy::ctl {

std::vector<Command> domain_settle_commands() {
    const std::vector<Option> enforce_options = {
        {"force", "", "Even if most of its zone changes at once"}};
    const std::vector<Option> ignore_options = {why_option()};
    return {
        {"domain", "adopt", "NAME", "Accept what somebody else put into the record",
         "For a domain in conflict, or one that is ignored: the present content counts as ours "
         "until the next switch.\n"
         "An AAAA record that came up beside it is bound with it. A deleted record cannot be "
         "adopted: enforce makes\n"
         "it anew.\n",
         kNoOptions, 1, 1, nullptr, order("POST", "/domains/{}/adopt", domain_view)},
        {"domain", "enforce", "NAME", "Write our address over what somebody else put there",
         "For a domain in conflict, or one that is ignored. The record's other properties stay as "
         "they are. A\n"
         "deleted record is made anew, proxied or not as it was last seen.\n",
         enforce_options, 1, 1, nullptr, order("POST", "/domains/{}/enforce", domain_view)},
        {"domain", "ignore", "NAME [--why TEXT]",
         "Leave a domain alone: its record is neither written nor watched",
         "Until somebody says 'domain adopt' or 'domain enforce'.\n\n"
         "Example:\n"
         "  understudyctl domain ignore old.example.org --why \"moving to another host\"\n",
         ignore_options, 1, 1, nullptr, order("PUT", "/domains/{}/ignore", domain_view)},
    };
}

}  // namespace understudy::ctl
