#include "controller/api/viewers.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "controller/api/handlers.h"
#include "controller/api/seen_fleet.h"

namespace understudy {
namespace {

constexpr std::chrono::seconds kStreamAgainAfter{30};

std::string block(std::string_view event, const std::string& data) {
    return "event: " + std::string{event} + "\ndata: " + data + "\n\n";
}

ApiResponse too_many_of_one() {
    return api::problem(
        429, "too_many_streams",
        throttled("this caller has " + std::to_string(Viewers::kMostOfOneCaller) +
                      " event streams open already",
                  "close one, or let several viewers share one", kStreamAgainAfter));
}

}  // namespace

void Viewers::begin(const api::Call& call) {
    auto& theirs = of_caller_[call.caller.who];
    if (theirs >= kMostOfOneCaller) {
        ++refused_;
        return call.respond(too_many_of_one());
    }
    ++theirs;
    if (viewers_.empty()) {
        topics_ = Topics{};
        told_ = call.now;
    }
    if (!watches(call.api.engine)) {
        (void)call.api.engine.fleet();  // what it lost before he asked is none of his news
        (void)call.api.engine.take_lost();
    }
    const api::Identity& identity = call.api.identity;
    Viewer viewer{call.caller.who, &call.api.engine, &identity,
                  identity.badge_of(call.request, call.caller)};
    watch(identity.counts_until(viewer.badge));
    viewers_.emplace(call.request.id, std::move(viewer));
    json::Writer hello;
    hello.begin_object().field("started", call.api.state.started).field("now", call.wall);
    hello.field("version", call.api.settings.version).end_object();
    ApiResponse response{200, "text/event-stream", {}, block("hello", hello.take())};
    // nginx would keep it back until its buffer is full.
    response.headers.emplace_back("X-Accel-Buffering", "no");
    response.stream = true;
    call.respond(std::move(response));
}

void Viewers::give_up(HttpRequestId viewer) {
    const auto found = viewers_.find(viewer);
    if (found == viewers_.end()) return;
    const auto theirs = of_caller_.find(found->second.caller);
    if (--theirs->second == 0) of_caller_.erase(theirs);
    viewers_.erase(found);
}

void Viewers::note(const Change& change) {
    if (viewers_.empty()) return;
    topics_.note(change, fleet_);
    if (std::holds_alternative<DeleteToken>(change)) look_again();
}

void Viewers::note(const Input& input) {
    if (!viewers_.empty()) topics_.note(input, fleet_);
}

void Viewers::tell(Instant now) {
    if (now >= look_at_) end_void_ones();
    if (!viewers_.empty() && now >= told_ + pause()) tell_changes(now);
}

void Viewers::tell_changes(Instant now) {
    if (topics_.empty()) return send_all(":\n\n", now);
    const Topics topics = std::exchange(topics_, Topics{});
    told_ = now;
    std::map<const api::SeenFleet*, std::string> said;
    for (const auto& [id, viewer] : viewers_) {
        auto& words = said[viewer.seen];
        if (words.empty()) {
            const Fleet& seen = viewer.seen->fleet();
            words = topics.as_json(seen, viewer.seen->take_lost());
        }
        if (words != "{}") send_(id, block("changed", R"({"topics":)" + words + "}"));
    }
}

bool Viewers::watches(const api::SeenFleet& seen) const {
    return std::ranges::any_of(viewers_,
                               [&](const auto& each) { return each.second.seen == &seen; });
}

void Viewers::end_void_ones() {
    look_at_ = kNever;
    std::vector<HttpRequestId> over;
    for (const auto& [id, viewer] : viewers_) {
        const auto until = viewer.identity->counts_until(viewer.badge);
        if (until) watch(until);
        if (!until) over.push_back(id);
    }
    for (const HttpRequestId id : over) {
        give_up(id);
        if (end_) end_(id);
    }
}

// The sooner of those; none: at once.
void Viewers::watch(std::optional<Instant> until) {
    look_at_ = std::min(look_at_, until.value_or(Instant{}));
}

void Viewers::send_all(std::string_view bytes, Instant now) {
    told_ = now;
    for (const auto& [id, viewer] : viewers_)
        send_(id, bytes);
}

Duration Viewers::pause() const {
    return topics_.empty() ? kSilence : kPause;
}

Instant Viewers::next_deadline() const {
    return viewers_.empty() ? kNever : std::min(told_ + pause(), look_at_);
}

void api::open_stream(const Call& call) {
    call.api.viewers.begin(call);
}

Budget Viewers::budget() const {
    std::size_t most = 0;
    for (const auto& [caller, count] : of_caller_)
        most = std::max(most, count);
    return {"streams_per_caller", most, kMostOfOneCaller, refused_};
}

}  // namespace understudy
