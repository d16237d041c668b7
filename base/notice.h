// A notification as people and programs get it: decided by the engine, kept as JSON in the outbox
// (schema/notice.h), put into words by notify/. A plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

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
    Test,
};

// The words of the API, the log and the wire, both ways; none for strangers.
const char* to_text(NoticeType type);
std::optional<NoticeType> notice_type_from(std::string_view text);

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
    std::vector<NamedPool> pools;      // in place of `pool`, where it is about several
    std::vector<MovedDomain> domains;  // moved, restored, drifted or affected; the first thousand
    std::size_t domain_count = 0;      // all of them
    std::vector<std::string> pending;  // domains that are not there yet
    std::string reason;
    std::string detail;
    WallTime at{};  // stamped by the store at commit
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
