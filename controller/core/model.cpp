#include "controller/core/model.h"

#include <algorithm>

#include "base/words.h"
#include "controller/core/change.h"

namespace understudy {
namespace {

constexpr Words<DomainStatus, 5> kDomainStatus{{{DomainStatus::Active, "active"},
                                                {DomainStatus::FailedOver, "failed_over"},
                                                {DomainStatus::Switching, "switching"},
                                                {DomainStatus::Outage, "outage"},
                                                {DomainStatus::Conflict, "conflict"}}};
constexpr Words<Health, 5> kHealth{{{Health::Online, "online"},
                                    {Health::Error, "error"},
                                    {Health::Offline, "offline"},
                                    {Health::Stale, "stale"},
                                    {Health::Unknown, "unknown"}}};
constexpr Words<Sight, 15> kSight{{{Sight::Linked, "linked"},
                                   {Sight::LinkedFailing, "linked_failing"},
                                   {Sight::Passing, "passing"},
                                   {Sight::Failing, "failing"},
                                   {Sight::Unseen, "unseen"},
                                   {Sight::SeenAgain, "seen_again"},
                                   {Sight::Closed, "closed"},
                                   {Sight::Silent, "silent"},
                                   {Sight::Restart, "restart"},
                                   {Sight::Shutdown, "shutdown"},
                                   {Sight::Replaced, "replaced"},
                                   {Sight::ControllerStarted, "controller_started"},
                                   {Sight::Serves, "serves"},
                                   {Sight::Dead, "dead"},
                                   {Sight::NoWord, "no_word"}}};

}  // namespace

Target::Target(std::vector<ServerId> several) : servers(std::move(several)) {
    std::ranges::sort(servers);
}

bool Target::has(ServerId server) const {
    return std::ranges::binary_search(servers, server);
}

Target Pool::full() const {
    if (!active_active()) return Target{primary()};
    const std::size_t limit = policy.max_answers == 0 ? members.size() : policy.max_answers;
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, members.size()));
    return Target{std::vector<ServerId>(members.begin(), members.begin() + count)};
}

bool Pool::away(const Target& from) const {
    if (!active_active()) return !from.is_only(primary());
    if (policy.answers == AnswerOrder::Member) return from != full();
    return from.servers.size() != full().servers.size();
}

DomainStatus status_of(const Domain& domain, const Pool& pool) {
    if (domain.record.in_conflict()) return DomainStatus::Conflict;
    if (!domain.record.settled()) return DomainStatus::Switching;
    if (pool.outage) return DomainStatus::Outage;
    return pool.failed_over() ? DomainStatus::FailedOver : DomainStatus::Active;
}

const char* to_text(DomainStatus status) {
    return word(kDomainStatus, status);
}
const char* to_text(Health health) {
    return word(kHealth, health);
}
const char* to_text(Sight sight) {
    return word(kSight, sight);
}
Sight sight_of(Departure how) {
    switch (how) {
        case Departure::Closed:
            return Sight::Closed;
        case Departure::Silent:
            return Sight::Silent;
        case Departure::Restart:
            return Sight::Restart;
        case Departure::Shutdown:
            return Sight::Shutdown;
        case Departure::Replaced:
            break;
    }
    return Sight::Replaced;
}

Sight sight_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::Serves:
            return Sight::Serves;
        case Verdict::Dead:
            return Sight::Dead;
        case Verdict::Nothing:
            break;
    }
    return Sight::NoWord;
}

std::optional<Sight> sight_from(std::string_view text) {
    return value(kSight, text);
}

}  // namespace understudy
