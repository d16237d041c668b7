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
constexpr Words<Reaction, 2> kReaction{
    {{Reaction::Prompt, "prompt"}, {Reaction::Maintenance, "maintenance"}}};
constexpr Words<Failback, 3> kFailback{
    {{Failback::Auto, "auto"}, {Failback::Manual, "manual"}, {Failback::Never, "never"}}};
constexpr Words<PoolMode, 2> kPoolMode{
    {{PoolMode::Failover, "failover"}, {PoolMode::ActiveActive, "active_active"}}};
constexpr Words<AnswerOrder, 2> kAnswerOrder{
    {{AnswerOrder::Member, "member_order"}, {AnswerOrder::LeastLoaded, "least_loaded"}}};
constexpr Words<Alarm, 3> kAlarm{
    {{Alarm::None, "none"}, {Alarm::Down, "down"}, {Alarm::Error, "error"}}};
constexpr Words<News, 5> kNews{{{News::None, "none"},
                                {News::FailoverTriggered, "failover_triggered"},
                                {News::ServerRecovered, "server_recovered"},
                                {News::FailoverFailed, "failover_failed"},
                                {News::DnsDrift, "dns_drift"}}};

constexpr Words<Sight, 12> kSight{{{Sight::Linked, "linked"},
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
                                   {Sight::ControllerStarted, "controller_started"}}};

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
const char* to_text(Reaction reaction) {
    return word(kReaction, reaction);
}
const char* to_text(Failback failback) {
    return word(kFailback, failback);
}
const char* to_text(PoolMode mode) {
    return word(kPoolMode, mode);
}
const char* to_text(AnswerOrder order) {
    return word(kAnswerOrder, order);
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

std::optional<Sight> sight_from(std::string_view text) {
    return value(kSight, text);
}
const char* to_text(Alarm alarm) {
    return word(kAlarm, alarm);
}
const char* to_text(News news) {
    return word(kNews, news);
}
std::optional<Reaction> reaction_from(std::string_view text) {
    return value(kReaction, text);
}
std::optional<Failback> failback_from(std::string_view text) {
    return value(kFailback, text);
}
std::optional<PoolMode> pool_mode_from(std::string_view text) {
    return value(kPoolMode, text);
}
std::optional<AnswerOrder> answer_order_from(std::string_view text) {
    return value(kAnswerOrder, text);
}
std::optional<Alarm> alarm_from(std::string_view text) {
    return value(kAlarm, text);
}
std::optional<News> news_from(std::string_view text) {
    return value(kNews, text);
}

}  // namespace understudy
