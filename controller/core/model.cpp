#include "controller/core/model.h"

#include <array>
#include <utility>

#include "base/ensure.h"

namespace understudy {
namespace {

template <typename Enum, std::size_t N>
using Words = std::array<std::pair<Enum, const char*>, N>;

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
constexpr Words<NoticeType, 12> kNoticeType{
    {{NoticeType::ServerDown, "server_down"},
     {NoticeType::ServerUp, "server_up"},
     {NoticeType::ServerError, "server_error"},
     {NoticeType::FailoverTriggered, "failover_triggered"},
     {NoticeType::ServerRecovered, "server_recovered"},
     {NoticeType::FailoverFailed, "failover_failed"},
     {NoticeType::OutageStarted, "outage_started"},
     {NoticeType::OutageResolved, "outage_resolved"},
     {NoticeType::FailoverHeld, "failover_held"},
     {NoticeType::DnsDrift, "dns_drift"},
     {NoticeType::CertificateExpiring, "certificate_expiring"},
     {NoticeType::Test, "test"}}};
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

template <typename Enum, std::size_t N>
const char* word(const Words<Enum, N>& words, Enum value) {
    for (const auto& [known, text] : words) {
        if (known == value) return text;
    }
    ensure(false);
}

template <typename Enum, std::size_t N>
std::optional<Enum> value(const Words<Enum, N>& words, std::string_view text) {
    for (const auto& [known, name] : words) {
        if (text == name) return known;
    }
    return std::nullopt;
}

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
const char* to_text(NoticeType type) {
    return word(kNoticeType, type);
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
std::optional<NoticeType> notice_type_from(std::string_view text) {
    return value(kNoticeType, text);
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
