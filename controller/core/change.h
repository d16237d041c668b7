// What the engine decides: rows to commit, answers to give after the commit. Nothing leaves the
// process but what was read back from these rows.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "controller/core/event.h"
#include "controller/core/model.h"

namespace understudy {

// One line of the append-only log. `type` is a stable word for programs; `reason` the sentence for
// people. Types: server_added, server_removed, server_token_rotated, server_down, server_up,
// server_error, pool_added, pool_removed, domain_added, domain_removed, domain_adopted,
// domain_enforced, failover_decided, failover_triggered, failback_decided, server_recovered,
// failover_failed, outage_started, outage_resolved, failover_held, dns_drift, drift_cleared,
// certificate_expiring, provider_added, provider_removed, provider_credential_replaced,
// channel_added, channel_removed, channel_disabled, channel_enabled, controller_started,
// controller_stalled, warm_up_ended.
struct LogLine {
    EventId id;
    std::string type;
    ServerId server;
    PoolId pool;
    DomainId domain;
    IncidentId incident;
    std::string from;  // addresses, as text
    std::string to;
    std::string reason;  // "Primary server down"
    std::string detail;  // the counts behind it
    std::string who;     // a person's order; empty: automatic
    // Names as they were, so that the log reads well after removals.
    std::string server_name, pool_name, domain_name;
};

struct SaveServer {
    Server server;
};
struct DeleteServer {
    ServerId id;
};
struct SavePool {
    Pool pool;
};
struct DeletePool {
    PoolId id;
};
struct SaveDomain {
    Domain domain;
};
struct DeleteDomain {
    DomainId id;
};
struct SaveProvider {
    ProviderAccount account;
};
struct DeleteProvider {
    ProviderId id;
};
struct SaveChannel {
    Channel channel;
};
struct DeleteChannel {
    ChannelId id;
};  // its undelivered notifications go with it
struct AppendLog {
    LogLine line;
};
struct Enqueue {
    NotificationId id;
    ChannelId channel;
    Notice notice;
};
// By the dispatcher, about rows of the outbox.
struct NotificationDelivered {
    NotificationId id;
};
struct NotificationDeferred {
    NotificationId id;
    int attempts = 0;
    WallTime next_try{};
    std::string error;
};
struct NotificationDead {
    NotificationId id;
    int attempts = 0;
    std::string error;
};
struct NotificationRetried {
    NotificationId id;
};                       // a person's: dead or deferred becomes due now
struct PruneHistory {};  // older than the store's retention

using Change = std::variant<SaveServer, DeleteServer, SavePool, DeletePool, SaveDomain,
                            DeleteDomain, SaveProvider, DeleteProvider, SaveChannel, DeleteChannel,
                            AppendLog, Enqueue, NotificationDelivered, NotificationDeferred,
                            NotificationDead, NotificationRetried, PruneHistory>;

// What an order made, for the answer to who gave it.
struct OrderDone {
    std::int64_t id = 0;  // of the thing made or changed
};

struct Reply {
    std::uint64_t request = 0;
    Result<OrderDone> result = OrderDone{};
};

struct Decision {
    std::vector<Change> changes;
    std::vector<Reply> replies;
    bool check_records =
        false;  // the maintenance loop ran: compare every record with the provider's
};

}  // namespace understudy
