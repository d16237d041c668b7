// What the engine decides: rows to commit, answers to give after the commit. Nothing leaves the
// process but what was read back from these rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controller/core/event_type.h"
#include "controller/core/input.h"
#include "controller/core/model.h"

namespace understudy {

// One line of the append-only log: `type` for programs, `reason` the sentence for people.
struct LogLine {
    EventId id;
    EventWord type;
    ServerId server;
    PoolId pool;
    DomainId domain;
    IncidentId incident;
    std::string from;  // addresses, as text
    std::string to;
    std::string reason;  // "Primary server down"
    std::string detail;  // the counts behind it
    // What a decision was made from, as JSON (evidence.h): members' health, guards, overrides, the
    // rule. Empty for what is no decision.
    std::string evidence;
    std::string who;         // a person's order; empty: automatic
    std::string audit = {};  // of such an order, as JSON (audit.h); empty: none
    // Names as they were, so that the log reads well after removals.
    std::string server_name, pool_name, domain_name;
};

// Of what happens to a pool, or to a domain's record within it.
LogLine line_of(const Pool& pool, EventType type);
LogLine line_of(const Domain& domain, const Pool& pool, EventType type);

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
struct SaveToken {
    Token token;
};
struct DeleteToken {
    TokenId id;
};
struct SaveIncident {
    Incident incident;
};
struct DeleteIncident {
    IncidentId id;
};
// One that is over, for history; while it lasts it is saved with its pool.
struct SaveDrill {
    Drill drill;
};
struct SaveControls {
    Controls controls;
};
struct AppendLog {
    LogLine line;
};
// What the engine was told about a server, kept so that other policies can be tried on it later
// (replay.h). Only what changed its health: heartbeats are no rows.
enum class Sight {
    Linked,
    LinkedFailing,
    Passing,
    Failing,
    Unseen,
    SeenAgain,
    Closed,
    Silent,
    Restart,
    Shutdown,
    Replaced,
    ControllerStarted,
    Serves,  // and the following: what an observer said of its service
    Dead,
    NoWord,
};
template <>
inline constexpr Words<Sight, 15> kWordsOf<Sight>{{{Sight::Linked, "linked"},
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
Sight sight_of(Departure how);
Sight sight_of(Verdict verdict);

// Who probed, and which probe; nobody and none: it is about the link.
struct Observer {
    ServerId by;  // none: the controller
    std::string service;
    friend auto operator<=>(const Observer&, const Observer&) = default;
};

struct AppendSighting {
    EventId id;
    ServerId server;  // none: about the controller
    Sight sight = Sight::Linked;
    Observer observer = {};
};
struct Enqueue {
    NotificationId id;
    ChannelId channel;
    Notice notice;
    bool held = false;  // it waits for ReleaseHeld
};
// The channel's quiet hours are over (quiet.h): what they kept back goes out.
struct ReleaseHeld {
    ChannelId id;
};
// By the dispatcher, about rows of the outbox.
struct NotificationDelivered {
    NotificationId id;
    std::string note = {};   // who refused it for good, when others took it
    ChannelId channel = {};  // whose it is; none: not known here
};
struct NotificationDeferred {
    NotificationId id;
    int attempts = 0;
    WallTime next_try{};
    std::string error;
    std::string served = {};  // by whom it was taken already; empty: as before
    ChannelId channel = {};
};
struct NotificationDead {
    NotificationId id;
    int attempts = 0;
    std::string error;
    ChannelId channel = {};
};
struct NotificationRetried {
    NotificationId id;
    std::optional<std::vector<ChannelId>> among = {};  // of another channel it is not found
};  // a person's: dead or deferred becomes due now
struct ChannelRetried {
    ChannelId id;
};  // the same for all of a channel
// What waited is told in one: the last says it for the others, whose rows go.
struct NotificationsFolded {
    NotificationId id;    // the last
    std::string payload;  // as it is told now
    std::vector<NotificationId> earlier;
    ChannelId channel = {};
};
struct PruneHistory {};  // older than the store's retention

using Change = std::variant<SaveServer, DeleteServer, SavePool, DeletePool, SaveDomain,
                            DeleteDomain, SaveProvider, DeleteProvider, SaveChannel, DeleteChannel,
                            SaveToken, DeleteToken, SaveIncident, DeleteIncident, SaveDrill,
                            SaveControls, AppendLog, AppendSighting, Enqueue, ReleaseHeld,
                            NotificationDelivered, NotificationDeferred, NotificationDead,
                            NotificationRetried, ChannelRetried, NotificationsFolded, PruneHistory>;

// What an order made, for the answer to who gave it.
struct OrderDone {
    std::int64_t id = 0;                 // of the thing made or changed
    std::vector<std::int64_t> ids = {};  // of a batch: one for each of its orders
};

// One of a batch's orders, by its place in it.
struct RefusedOrder {
    std::size_t order = 0;
    Error error;
};

struct Reply {
    std::uint64_t request = 0;
    Result<OrderDone> result = OrderDone{};  // of a batch the first refusal
    std::vector<RefusedOrder> refused;       // of a batch all of them; then nothing was done
};

// A record whose content was confirmed: what do the name servers of its zone answer?
struct AskServed {
    DomainId domain;
    std::int64_t generation = 0;  // of the record, and of the answer
    AddressSet content;
};

// Is it the server that answers at the address its agent reports?
struct AskProof {
    ServerId server;
    std::uint64_t question = 0;
    std::optional<Ipv4> ipv4 = {};
    std::optional<Ipv6> ipv6 = {};
    std::size_t round = 0;  // how often it was asked before: another one may ask for other pools
};

struct Decision {
    std::vector<Change> changes;
    std::vector<Reply> replies;
    bool check_records =
        false;  // the maintenance loop ran: compare every record with the provider's
    bool ask_witnesses = false;  // a loss is in doubt: see whether the witness addresses answer
    std::vector<ServerId> ask_observers;  // something was heard of them: probe them now, and fast
    std::vector<AskServed> ask_served;    // RecordServed follows
    std::vector<AskProof> ask_proofs;     // AddressProbed follows
    std::vector<ServerId> ask_readiness;  // what was found last does not count: sweep them soon
};

}  // namespace understudy
