#include "ctl/confirmation.h"

#include <algorithm>

#include "base/http_message.h"
#include "base/text.h"
#include "ctl/display.h"
#include "ctl/time_range.h"

namespace understudy::ctl {
namespace {

constexpr Duration kLookEvery{500};
constexpr std::size_t kDomainsNamed = 5;

// What is not confirmed at present.
struct Pending {
    std::vector<std::string> switching, in_conflict;
    std::size_t refused = 0;

    std::int64_t count() const {
        return static_cast<std::int64_t>(switching.size() + in_conflict.size());
    }
};

std::optional<Pending> look(Session& session, const std::string& filter) {
    const auto switching = session.get_all("/domains?" + filter + "&status=switching");
    if (!switching) return std::nullopt;
    const auto in_conflict = session.get_all("/domains?" + filter + "&status=conflict");
    if (!in_conflict) return std::nullopt;
    Pending pending;
    switching->root()["items"].each([&](json::Value domain) {
        pending.switching.push_back(text_of(domain["name"]));
        if (is_true(domain["record"]["refused"])) ++pending.refused;
    });
    in_conflict->root()["items"].each(
        [&](json::Value domain) { pending.in_conflict.push_back(text_of(domain["name"])); });
    return pending;
}

std::string records(std::int64_t count) {
    return counted(static_cast<std::size_t>(count), "record");
}

std::string progress_text(const Pending& pending, std::int64_t total) {
    std::string out = std::to_string(total - pending.count()) + " of " + records(total) +
                      (total == 1 ? " is" : " are") + " confirmed";
    if (pending.refused > 0) {
        out += ", " + std::to_string(pending.refused) + " refused by the provider and tried again";
    }
    return out;
}

std::string some_of(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), kDomainsNamed); ++i)
        out += (i == 0 ? "" : ", ") + names[i];
    const std::size_t more = names.size() - std::min(names.size(), kDomainsNamed);
    return more == 0 ? out : out + " and " + std::to_string(more) + " more";
}

int complain_of_conflicts(Session& session, const Pending& pending) {
    const std::string& first = pending.in_conflict.front();
    return session.complain(
        kUnfinished,
        conflict(records(static_cast<std::int64_t>(pending.in_conflict.size())) +
                     " left alone, because somebody else changed what they hold: " +
                     some_of(pending.in_conflict),
                 "see: understudyctl domain show " + first +
                     "; then keep theirs (domain adopt) or put ours back (domain enforce)"));
}

int complain_of_time(Session& session, const Pending& pending, Duration timeout) {
    const std::string& first = pending.switching.front();
    return session.complain(
        kUnfinished,
        conflict("the order stands, but " +
                     records(static_cast<std::int64_t>(pending.switching.size())) +
                     " not confirmed within " + span_text(timeout) + ": " +
                     some_of(pending.switching),
                 "the controller goes on trying; why: understudyctl events --domain " + first +
                     "; how far: understudyctl domain list --status switching"));
}

}  // namespace

std::vector<Option> with_wait_options(std::vector<Option> own) {
    own.push_back({"no-wait", "", "Do not wait until the records are confirmed"});
    own.push_back({"timeout", "TIME", "Wait at most so long (default 10m); then exit status 5"});
    return own;
}

Result<Duration> timeout_of(const Arguments& arguments) {
    const auto text = arguments.text("timeout");
    if (text && arguments.flag("no-wait")) {
        return invalid("--timeout", "given together with --no-wait", "choose one");
    }
    return parse_span("--timeout", text.value_or("10m"));
}

int await_records(Session& session, const Awaited& awaited, Duration timeout) {
    const Instant end = session.clock().now() + timeout;
    std::string shown;
    while (awaited.total > 0) {
        const auto pending = look(session, awaited.filter);
        if (!pending) return session.failure();
        const std::string text = progress_text(*pending, std::max(awaited.total, pending->count()));
        if (text != shown) session.progress(text);
        shown = text;
        if (pending->switching.empty()) {
            session.end_progress();
            return pending->in_conflict.empty() ? kOk : complain_of_conflicts(session, *pending);
        }
        if (session.clock().now() >= end) return complain_of_time(session, *pending, timeout);
        session.clock().sleep(kLookEvery);
    }
    return kOk;
}

std::optional<Awaited> records_of_pool(Session&, json::Value pool) {
    return Awaited{"pool=" + url_part(name_in(pool)), count_of(pool["domains"])};
}

std::optional<Awaited> records_of_server(Session& session, json::Value server) {
    const auto pools = session.get("/pools");
    if (!pools) return std::nullopt;
    Awaited awaited{"server=" + url_part(name_in(server)), 0};
    pools->root()["items"].each([&](json::Value pool) {
        bool member = false;
        pool["members"].each(
            [&](json::Value each) { member = member || name_in(each) == name_in(server); });
        if (member) awaited.total += count_of(pool["domains"]);
    });
    return awaited;
}

int tell_and_await(Session& session, const Arguments& arguments, const json::Document& answer,
                   const std::string& told,
                   std::optional<Awaited> (*concerned)(Session&, json::Value), Duration timeout) {
    if (!session.json()) session.print(told);
    int code = kOk;
    if (!arguments.flag("no-wait")) {
        const auto awaited = concerned(session, answer.root());
        code = awaited ? await_records(session, *awaited, timeout) : session.failure();
    }
    if (session.json()) session.show(answer, nullptr);
    return code;
}

}  // namespace understudy::ctl
