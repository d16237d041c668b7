#include "controller/core/health.h"

#include <algorithm>

namespace understudy {
namespace {

// Who held still for so long, or was away for longer than a health timeout, comes back anew.
constexpr Duration kStill{600'000};
// So many are remembered, so far apart: more than an hour, and no confirm_s is longer.
constexpr Duration kApart{60'000};
constexpr std::size_t kReturns = 62;

constexpr Words<Departure, 5> kHowItLeft{
    {{Departure::Closed, "link closed"},
     {Departure::Silent, "no answer to a ping"},
     {Departure::Restart, "agent said it would restart and has not come back"},
     {Departure::Shutdown, "agent stopped on purpose"},
     {Departure::Replaced, "link ended by the controller"}}};

// Whether the link is the server's present one: what an older one says counts no more.
bool is_of(const Liveness* liveness, LinkId link) {
    return liveness != nullptr && liveness->linked && liveness->link == link;
}

bool unseen_too_long(const Liveness& liveness, Instant now, Duration health_timeout) {
    return liveness.last_seen && now - *liveness.last_seen > health_timeout;
}

void is_back(Liveness& liveness, Instant now, bool anew) {
    std::vector<Instant>& returns = liveness.returns;
    if (anew) returns.clear();
    if (!returns.empty() && now - returns.back() < kApart) return;
    if (returns.size() == kReturns) returns.erase(returns.begin());
    returns.push_back(now);
}

}  // namespace

Health health_of(const Liveness& liveness, Instant now, Duration health_timeout) {
    if (!liveness.last_seen) return Health::Unknown;
    if (!liveness.linked) return Health::Offline;
    if (unseen_too_long(liveness, now, health_timeout)) return Health::Stale;
    return liveness.report_ok ? Health::Online : Health::Error;
}

std::string sentence_of(const Liveness& liveness, Instant now, Duration health_timeout) {
    const auto for_time = [&](const std::optional<Instant>& since) {
        const bool worth_saying = since && now - *since >= Duration{1000};
        return worth_saying ? " for " + understudy::to_text(now - *since) : std::string{};
    };
    switch (health_of(liveness, now, health_timeout)) {
        case Health::Unknown:
            return "not seen since the controller started";
        case Health::Offline: {
            std::string text = "offline" + for_time(liveness.left_at) + ": ";
            text += word(kHowItLeft, liveness.departure);
            const bool says_more =
                !liveness.departure_detail.empty() &&
                liveness.departure_detail != word(kHowItLeft, liveness.departure);
            if (says_more) text += " (" + liveness.departure_detail + ")";
            return text;
        }
        case Health::Stale:
            return "linked but unseen" + for_time(liveness.last_seen);
        case Health::Error:
            return "error" + for_time(liveness.down_since) + ": " + liveness.failing;
        case Health::Online:
            return "online" + for_time(liveness.healthy_since);
    }
    return {};
}

HealthView health_view(const Server* server, const Liveness& liveness, Instant now,
                       Duration health_timeout) {
    HealthView view;
    view.health = health_of(liveness, now, health_timeout);
    const bool absent = server != nullptr && !server->ever_seen;
    view.sentence = absent ? "never connected" : sentence_of(liveness, now, health_timeout);
    view.linked = liveness.linked;
    view.load = liveness.load;
    if (liveness.last_seen) view.last_seen_ago = now - *liveness.last_seen;
    return view;
}

const Liveness& LivenessBook::of(ServerId server) const {
    static const Liveness never;
    const Liveness* known = book_.find(server);
    return known == nullptr ? never : *known;
}

void LivenessBook::judged_by(ServerId server, Duration health_timeout) {
    Liveness& liveness = book_[server];
    liveness.shortest_timeout = std::min(liveness.shortest_timeout, health_timeout);
}

bool LivenessBook::touch(Liveness& liveness, Instant now) const {
    const bool gap =
        unseen_too_long(liveness, now, std::min(health_timeout_, liveness.shortest_timeout));
    liveness.last_seen = now;
    if (gap && liveness.healthy_since) {
        liveness.healthy_since = now;
        is_back(liveness, now, true);
    }
    return gap;
}

LivenessBook::Effect LivenessBook::linked(const AgentLinked& input, Instant now) {
    Liveness& liveness = book_[input.server];
    if (input.link <= liveness.link) return Effect::None;
    liveness.link = input.link;
    // A newer link that replaces a live one is no recovery: health goes on as it was.
    if (liveness.linked) {
        return reported(AgentReported{input.server, input.link, input.ok, input.failing}, now);
    }
    liveness.linked = true;
    liveness.last_seen = now;
    is_back(liveness, now, now - liveness.left_at > health_timeout_);
    liveness.departure_detail.clear();
    liveness.report_ok = input.ok;
    liveness.failing = input.failing;
    // Back with a failing check, it has been down all the while: a flapping link must not keep
    // confirm_s from running out.
    liveness.down_since =
        input.ok ? std::nullopt : std::optional{liveness.down_since.value_or(now)};
    liveness.healthy_since = input.ok ? std::optional{now} : std::nullopt;
    return Effect::Changed;
}

LivenessBook::Effect LivenessBook::seen(const AgentSeen& input, Instant now) {
    Liveness* liveness = book_.edit(input.server);
    if (!is_of(liveness, input.link)) return Effect::None;
    if (input.load) liveness->load = input.load;
    return touch(*liveness, now) ? Effect::Changed : Effect::None;
}

LivenessBook::Effect LivenessBook::reported(const AgentReported& input, Instant now) {
    Liveness* known = book_.edit(input.server);
    if (!is_of(known, input.link)) return Effect::None;
    Liveness& liveness = *known;
    const bool gap = touch(liveness, now);
    const bool same = liveness.report_ok == input.ok;
    liveness.report_ok = input.ok;
    liveness.failing = input.ok ? std::string{} : input.failing;
    if (same) return gap ? Effect::Changed : Effect::None;
    liveness.down_since = input.ok ? std::nullopt : std::optional{now};
    liveness.healthy_since = input.ok ? std::optional{now} : std::nullopt;
    if (input.ok) is_back(liveness, now, true);
    return Effect::Changed;
}

LivenessBook::Effect LivenessBook::left(const AgentLeft& input, Instant now) {
    Liveness* known = book_.edit(input.server);
    if (!is_of(known, input.link)) return Effect::None;
    Liveness& liveness = *known;
    const bool was_still = liveness.healthy_since && now - *liveness.healthy_since >= kStill;
    if (was_still) liveness.returns.clear();
    liveness.linked = false;
    liveness.departure = input.how;
    liveness.departure_detail = input.detail;
    liveness.left_at = now;
    if (!liveness.down_since) liveness.down_since = now;
    liveness.healthy_since.reset();
    return Effect::Changed;
}

}  // namespace understudy
