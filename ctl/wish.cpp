#include "ctl/wish.h"

#include <optional>

#include "ctl/time_range.h"

namespace understudy::ctl {
namespace {

Result<std::optional<WallTime>> until_of(const Arguments& arguments, WallTime now) {
    const auto span = arguments.text("for");
    const auto until = arguments.text("until");
    if (span && until) return invalid("--for", "given together with --until", "choose one");
    if (span) {
        const auto length = parse_span("--for", *span);
        if (!length) return length.error();
        if (*length <= Duration{0}) return invalid("--for", "it must be more than nothing");
        return std::optional{now + *length};
    }
    if (!until) return std::optional<WallTime>{};
    const auto time = parse_rfc3339(*until);
    if (!time) {
        return invalid("--until", "'" + *until + "' is not a time",
                       "give it like 2026-11-21T02:08:42Z, or a length of time with --for 2h");
    }
    if (*time <= now) {
        return invalid("--until", "'" + *until + "' is over already",
                       "it is " + to_rfc3339(now) + " now; give a later time, or --for 2h");
    }
    return std::optional{*time};
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

Result<Done> write_wish(json::Writer& body, const Arguments& arguments, WallTime now) {
    const auto until = until_of(arguments, now);
    if (!until) return until.error();
    write_why(body, arguments);
    if (*until) body.field("until", to_rfc3339(**until));
    return Done{};
}

}  // namespace understudy::ctl
