// A notification as people and programs get it: decided by the engine, kept as JSON in the outbox
// (schema/notice.h), put into words by notify/. A plain value.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ensure.h"
#include "base/ids.h"
#include "base/words.h"

namespace understudy {

// Notification types of the product, in its order.
enum class NoticeType {
    ServerDown,
    ServerUp,
    ServerError,
    FailoverTriggered,
    ServerRecovered,
    FailoverFailed,
    OutageStarted,
    OutageResolved,
    FailoverHeld,
    DnsDrift,
    CertificateExpiring,
    StandbyNotReady,
    TokenShared,
    AddressFollowed,
    StillBroken,
    Escalated,
    EscalationOver,
    Acknowledged,
    DrillStarted,
    DrillEnded,
    Test,
};

// The words of the API, the log and the wire.
template <>
inline constexpr Words<NoticeType, 21> kWordsOf<NoticeType>{
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
     {NoticeType::StandbyNotReady, "standby_not_ready"},
     {NoticeType::TokenShared, "token_shared"},
     {NoticeType::AddressFollowed, "address_followed"},
     {NoticeType::StillBroken, "still_broken"},
     {NoticeType::Escalated, "escalated"},
     {NoticeType::EscalationOver, "escalation_over"},
     {NoticeType::Acknowledged, "acknowledged"},
     {NoticeType::DrillStarted, "drill_started"},
     {NoticeType::DrillEnded, "drill_ended"},
     {NoticeType::Test, "test"}}};

// How much it matters, the least first. What ends something is as severe as the worst that it ends,
// so that whoever hears of the one hears of the other.
enum class Severity { Info, Warning, Error, Critical };
template <>
inline constexpr Words<Severity, 4> kWordsOf<Severity>{{{Severity::Info, "info"},
                                                        {Severity::Warning, "warning"},
                                                        {Severity::Error, "error"},
                                                        {Severity::Critical, "critical"}}};
// A server_recovered may follow a failover_failed, and so may a failover_triggered.
inline constexpr std::array<std::pair<NoticeType, Severity>, 21> kSeverityOf{
    {{NoticeType::ServerDown, Severity::Error},
     {NoticeType::ServerUp, Severity::Error},
     {NoticeType::ServerError, Severity::Error},
     {NoticeType::FailoverTriggered, Severity::Critical},
     {NoticeType::ServerRecovered, Severity::Critical},
     {NoticeType::FailoverFailed, Severity::Critical},
     {NoticeType::OutageStarted, Severity::Critical},
     {NoticeType::OutageResolved, Severity::Critical},
     {NoticeType::FailoverHeld, Severity::Error},
     {NoticeType::DnsDrift, Severity::Error},
     {NoticeType::CertificateExpiring, Severity::Warning},
     {NoticeType::StandbyNotReady, Severity::Warning},
     {NoticeType::TokenShared, Severity::Warning},
     {NoticeType::AddressFollowed, Severity::Info},
     {NoticeType::StillBroken, Severity::Error},
     {NoticeType::Escalated, Severity::Critical},
     {NoticeType::EscalationOver, Severity::Critical},
     {NoticeType::Acknowledged, Severity::Error},
     {NoticeType::DrillStarted, Severity::Info},
     {NoticeType::DrillEnded, Severity::Info},
     {NoticeType::Test, Severity::Info}}};
constexpr Severity severity_of(NoticeType type) {
    for (const auto& [known, severity] : kSeverityOf) {
        if (known == type) return severity;
    }
    ensure(false);
}
// No news but for those who name it: a channel for all types does not hear of it.
constexpr bool only_by_name(NoticeType type) {
    return type == NoticeType::DrillStarted || type == NoticeType::DrillEnded;
}
// Not even quiet hours keep it back: a site may be down, or nothing may be done about one that is.
constexpr bool cannot_wait(NoticeType type) {
    return severity_of(type) == Severity::Critical || type == NoticeType::FailoverHeld;
}
// What an earlier notification of its incident began is over.
constexpr bool ends_trouble(NoticeType type) {
    return type == NoticeType::ServerUp || type == NoticeType::ServerRecovered ||
           type == NoticeType::OutageResolved || type == NoticeType::EscalationOver;
}

struct MovedDomain {
    std::string name;
    std::string from;
    std::string to;
    std::string problem{};  // why it failed, or why what is there cannot be told as addresses
    friend bool operator==(const MovedDomain&, const MovedDomain&) = default;
};

struct NamedPool {
    PoolId id;
    std::string name;
    friend bool operator==(const NamedPool&, const NamedPool&) = default;
};

// Receivers limit sizes, and nobody reads more.
inline constexpr std::size_t kDomainsPerNotice = 1000;

// What a notification says; the outbox keeps it as JSON, notify/ renders it.
struct Notice {
    NoticeType type = NoticeType::Test;
    IncidentId incident;
    EventId event;  // the log line it belongs to
    ServerId server;
    std::string server_name;
    std::string server_address;
    PoolId pool;
    std::string pool_name;
    std::vector<NamedPool> pools;       // in place of `pool`, where it is about several
    std::vector<MovedDomain> domains;   // moved, restored, drifted or affected; the first thousand
    std::size_t domain_count = 0;       // all of them
    std::vector<std::string> pending;   // domains that are not there yet
    std::vector<IncidentId> incidents;  // that it is about, where those are several or its own
    std::string reason;
    std::string detail;
    std::string link;  // to the page that shows it; empty: nobody said where that is
    WallTime at{};     // stamped by the store at commit
    // Told in place of several that waited: how many, this one among them, and since when. 0: one.
    std::size_t stands_for = 0;
    WallTime since{};

    // Counts it, and names it while there is room: false, it is only counted.
    bool add(MovedDomain domain) {
        if (++domain_count > kDomainsPerNotice) return false;
        domains.push_back(std::move(domain));
        return true;
    }
};

}  // namespace understudy
