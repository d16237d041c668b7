#include "ctl/wish.h"

#include <optional>

#include "ctl/time_range.h"

namespace understudy::ctl {
namespace {

Result<Done> write_end(json::Writer& body, const Arguments& arguments) {
    const auto span = arguments.text("for");
    const auto until = arguments.text("until");
    if (span && until) return invalid("--for", "given together with --until", "choose one");
    if (span) {
        const auto length = parse_span("--for", *span);
        if (!length) return length.error();
        if (*length <= Duration{0}) return invalid("--for", "it must be more than nothing");
        body.field("for", *span);
    }
    if (until) {
        const auto time = parse_rfc3339(*until);
        if (!time) {
            return invalid("--until", "'" + *until + "' is not a time",
                           "give it like 2026-11-21T02:08:42Z, or a length of time with --for 2h");
        }
        body.field("until", to_rfc3339(*time));
    }
    return Done{};
}

}  // namespace

Option why_option() {
    return {"why", "TEXT", "Your reason, for those who find it later"};
}

std::vector<Option> with_wish_options(std::vector<Option> own) {
    own.push_back(why_option());
    own.push_back({"for", "TIME", "End by itself after that: 30m, 2h, 1h30m, 1d"});
    own.push_back({"until", "TIME", "End by itself then: 2026-11-21T02:08:42Z"});
    return own;
}

void write_why(json::Writer& body, const Arguments& arguments) {
    if (const auto why = arguments.text("why")) body.field("why", *why);
}

Result<Done> write_wish(json::Writer& body, const Arguments& arguments) {
    write_why(body, arguments);
    return write_end(body, arguments);
}

}  // namespace understudy::ctl
