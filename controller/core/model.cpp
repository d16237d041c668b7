#include "controller/core/model.h"

#include "base/words.h"

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
constexpr Words<Alarm, 3> kAlarm{
    {{Alarm::None, "none"}, {Alarm::Down, "down"}, {Alarm::Error, "error"}}};
constexpr Words<News, 5> kNews{{{News::None, "none"},
                                {News::FailoverTriggered, "failover_triggered"},
                                {News::ServerRecovered, "server_recovered"},
                                {News::FailoverFailed, "failover_failed"},
                                {News::DnsDrift, "dns_drift"}}};

}  // namespace

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
std::optional<Alarm> alarm_from(std::string_view text) {
    return value(kAlarm, text);
}
std::optional<News> news_from(std::string_view text) {
    return value(kNews, text);
}

}  // namespace understudy
