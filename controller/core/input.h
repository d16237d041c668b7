// Everything that can happen to the engine. The loop turns what it hears from agents, people, the
// dispatcher and the clock into these values and hands them to Engine::step(), in order.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/certificate_term.h"
#include "base/clock.h"
#include "base/result.h"
#include "controller/core/model.h"

namespace understudy {

// One WebSocket link, numbered upwards by the hub. Events of an older link than the server's newest
// are ignored.
using LinkId = std::uint64_t;

// --- from the hub ------------------------------------------------------------------------------

// Who the agent says it is, and where its link comes from.
struct Machine {
    std::string hostname;
    std::string boot_id;  // another one after every start of the machine
    std::string address;
    friend bool operator==(const Machine&, const Machine&) = default;
};

struct AgentLinked {
    ServerId server;
    LinkId link = 0;
    std::string peer;     // "203.0.113.7:51514", for the log
    bool ok = true;       // the hello's status, so that a failing server never looks healthy
    std::string failing;  // as in AgentReported
    Machine machine = {};
};
// An older link answered when it was told that a newer one had taken over: both agents live.
struct AgentDisplaced {
    ServerId server;
    LinkId link = 0;  // the older
    std::string address;
};
// Any valid frame. The hot path: nothing is stored.
struct AgentSeen {
    ServerId server;
    LinkId link = 0;
    std::optional<double> load = {};  // 1.0: every core busy; none: it does not say
};
struct AgentReported {
    ServerId server;
    LinkId link = 0;
    bool ok = true;
    std::string failing;  // "haproxy: connection refused since 2026-..."; empty when ok
};
enum class Departure {
    Closed,    // the link closed: known at once
    Silent,    // no answer to a ping within the silence limit
    Restart,   // it said goodbye and will be back: the alarm waits for a grace
    Shutdown,  // it said goodbye for good
    Replaced,  // the hub dropped it for a reason of its own (token rotated, server removed)
};
struct AgentLeft {
    ServerId server;
    LinkId link = 0;
    Departure how = Departure::Closed;
    std::string detail;
};

// --- from the clock ----------------------------------------------------------------------------

// What the wall clock says now: overrides end at a time of day.
struct TimePassed {
    explicit TimePassed(WallTime now_by_the_wall) : wall(now_by_the_wall) {}
    WallTime wall;
};
// The loop itself was late: we slept, not they.
struct Stalled {
    Duration late{0};
};

// --- from the dispatcher (answers of providers) --------------------------------------------------

// The provider shows the desired content of that generation (read back).
struct RecordConfirmed {
    DomainId domain;
    std::int64_t generation = 0;
    RecordState observed;
};
// It could not be written; reported at every failed try. The dispatcher goes on trying unless the
// error says Rejected; those it retries only in the maintenance loop.
struct RecordRefused {
    DomainId domain;
    std::int64_t generation = 0;
    Error error;
    int attempts = 0;
};
// A read, before a write or in the maintenance loop. generation: the desired one when the read was
// started.
struct RecordObserved {
    DomainId domain;
    std::int64_t generation = 0;
    RecordState observed;
    std::string problem{};  // why it cannot be served as one record; `observed` is empty then
};
// What a server shows for these domains, as far as one look at all of its domains found.
struct CertificateSeen {
    ServerId server;
    std::vector<DomainId> domains;
    CertificateTerm term;
};

// The controller's own, which agents and clients are shown.
struct OwnCertificateSeen {
    std::string names;  // that it is for
    CertificateTerm term;
};

// How many of the witness addresses answered, asked for by Decision::ask_witnesses.
struct WitnessesAnswered {
    int asked = 0;
    int answered = 0;
    Duration took{0};  // since they were asked: they vouch for no loss after that
};

enum class Verdict {
    Nothing,  // it cannot say: behind with its work, without a network, or not willing
    Serves,
    Dead,
};

template <>
inline constexpr Words<Verdict, 3> kWordsOf<Verdict>{
    {{Verdict::Nothing, "nothing"}, {Verdict::Serves, "serves"}, {Verdict::Dead, "dead"}}};

// What an observer found at a server's address, once fall or rise decided, and again at each later
// probe: a word that is not repeated in time is none (testimony.h).
struct ServiceProbed {
    ServerId server;
    ServerId by;          // whose agent probed; none: the controller
    std::string service;  // which probe: service_of(policy)
    Verdict verdict = Verdict::Nothing;
    std::string sentence;   // "https 443: 503"
    Duration took{0};       // since the newest probe behind it was begun
    Duration valid_for{0};  // unless it is repeated
};

// What a sweep found of a server: whether it could take over each domain of its pools now
// (readiness.h).
struct UnreadyDomain {
    DomainId domain;
    std::string why;  // "https 443: certificate: expired 2026-11-21T02:08:42Z"
    friend bool operator==(const UnreadyDomain&, const UnreadyDomain&) = default;
};
struct PoolReadiness {
    PoolId pool;
    std::size_t asked = 0;             // domains that something was found out about
    std::size_t unready = 0;           // of them
    std::vector<UnreadyDomain> named;  // the first of these
    bool tls = false;                  // it answered with TLS
    friend bool operator==(const PoolReadiness&, const PoolReadiness&) = default;
};
struct ReadinessFound {
    ServerId server;
    std::vector<PoolReadiness> pools;
    bool reached = false;  // a connection was made at all
    std::string trouble;   // of our own: nothing was found out
};

// What one of a zone's name servers was found to answer; of a proxied name, its edge.
struct NameServerSaid {
    enum class What {
        Wanted,   // the content that was asked after; an edge: the service, as it should be
        Other,    // another; an edge: something else than the service
        Nothing,  // it could not be asked, or what it said is nobody's word on the zone
    };
    std::string name;  // "ns1.example.net"
    What what = What::Nothing;
    AddressSet content = {};  // of Other, except an edge's
    std::string words = {};   // "203.0.113.10", "no answer"
};
// Follows Decision::ask_served: once as soon as all answer with the new content, or when the time
// is up; before that, once, when the first round has shown that they do not.
struct RecordServed {
    DomainId domain;
    std::int64_t generation = 0;
    bool final = true;                      // false: it goes on
    bool edge = false;                      // a proxied name: `said` is about its edge
    std::vector<NameServerSaid> said = {};  // by name; none: they could not be found
    std::string problem = {};               // why there are none
    Duration took{0};                       // since they were first asked
};

// --- from people: orders -------------------------------------------------------------------------

// Who gave the order, and the number its Reply carries back.
struct OrderContext {
    std::uint64_t request = 0;
    std::string who;  // "admin token 'ops'"
};

// What a person says with an override. The engine adds who and since when.
struct Wish {
    std::string why = {};
    std::optional<WallTime> until = {};
    std::optional<Duration> length = {};  // in place of `until`: so long from now
};

struct AddServer {
    std::string name;
    Ipv4 ipv4;
    std::optional<Ipv6> ipv6;
    std::map<std::string, std::string> labels;
    std::string token_hash;
    std::string token_prefix;
};
struct RemoveServer {
    ServerId server;
};
struct RotateToken {
    ServerId server;
    std::string token_hash;
    std::string token_prefix;
};
// Addresses and labels as they shall be; the records that hold the old ones follow.
struct EditServer {
    ServerId server;
    Ipv4 ipv4;
    std::optional<Ipv6> ipv6;
    std::map<std::string, std::string> labels;
};
// force: even if a domain is left without a healthy member to serve it.
struct StartMaintenance {
    ServerId server;
    Wish wish = {};
    bool force = false;
};
struct EndMaintenance {
    ServerId server;
};

// Members by name, the primary first, so that one order may speak of what an earlier one made.
struct AddPool {
    std::string name;
    std::vector<std::string> members;
    std::optional<Policy> policy;
};
struct RemovePool {
    PoolId pool;
};
// The whole list at once. force: even if a domain is left without a healthy member, or more of a
// zone changes than the brake allows.
struct SetMembers {
    PoolId pool;
    std::vector<std::string> members;
    bool force = false;
};
struct SetPolicy {
    PoolId pool;
    Policy policy;
};
// Serve from that member from now on, and return to it after failovers. to none: the first healthy
// other member. force: even if it is not healthy; the pool is then pinned to it.
struct SwitchPool {
    PoolId pool;
    ServerId to;
    Wish wish = {};
    bool force = false;
};
// Back to the primary; ends a switchover. force: as in SwitchPool.
struct FailbackPool {
    PoolId pool;
    bool force = false;
};
// pinned none: stay as it is.
struct HoldPool {
    PoolId pool;
    ServerId pinned;
    Wish wish = {};
    bool force = false;
};
// Ends a hold or a pin, and forgets what flapping was read from.
struct ReleasePool {
    PoolId pool;
};
struct ObservePool {
    PoolId pool;
    Wish wish = {};
};
struct UnobservePool {
    PoolId pool;
};

struct PauseAll {
    Wish wish = {};
};
struct ResumeAll {};
struct ObserveAll {
    Wish wish = {};
};
struct UnobserveAll {};
// A mass loss is real: act on it.
struct AcceptLosses {
    Wish wish = {};
};

// The pool of a domain: an existing one by name, or the one made of exactly these members (made
// when missing).
struct PoolChoice {
    std::string name;               // empty: by members
    std::vector<ServerId> members;  // in order
    std::optional<Policy> policy;   // only when the pool is made now
};
struct AddDomain {
    std::string name;
    ProviderId provider;
    std::string zone_id;
    std::string zone_name;
    PoolChoice pool;
    bool with_ipv6 = false;
    RecordState observed;  // what the provider serves now
    bool exists = true;    // false: there is no such record yet
    bool enforce = false;  // write ours even if it holds something else
};
struct RemoveDomain {
    DomainId domain;  // the record itself is left as it is
};
struct AdoptDomain {
    DomainId domain;
    RecordState observed;
};
struct EnforceDomain {
    DomainId domain;
    RecordState observed;
    bool force = false;  // more of the zone than the brake allows
};
// Neither written nor watched until a person adopts or enforces.
struct IgnoreDomain {
    DomainId domain;
    Wish wish = {};
};
// All or none. force: as in SetMembers.
struct MoveDomains {
    std::vector<DomainId> domains;
    PoolId pool;
    bool force = false;
    std::string pool_name = {};  // in place of `pool`: one that an earlier order of a batch made
};
struct AddProvider {
    ProviderAccount account;  // id is given by the engine
};
struct RemoveProvider {
    ProviderId provider;
};
// Kind and settings stay; the next call to the provider uses the new one.
struct ReplaceCredential {
    ProviderId provider;
    std::string sealed_credential;
};
// pool_names: beside channel.pools, for pools that an earlier order of a batch made.
struct AddChannel {
    Channel channel;  // id is given by the engine
    std::vector<std::string> pool_names = {};
};
// Everything but name and kind as it shall be; the sealed part stays when it is empty.
struct EditChannel {
    Channel channel;
    std::vector<std::string> pool_names = {};
};
struct RemoveChannel {
    ChannelId channel;
};
struct TestChannel {
    ChannelId channel;
};
// From the dispatcher: the receiver is gone (410).
struct DisableChannel {
    ChannelId channel;
    std::string reason;
};
// The receiver is there again: what waits for it goes out.
struct EnableChannel {
    ChannelId channel;
};

using OrderAction =
    std::variant<AddServer, EditServer, RemoveServer, RotateToken, StartMaintenance, EndMaintenance,
                 AddPool, RemovePool, SetMembers, SetPolicy, SwitchPool, FailbackPool, HoldPool,
                 ReleasePool, ObservePool, UnobservePool, PauseAll, ResumeAll, ObserveAll,
                 UnobserveAll, AcceptLosses, AddDomain, MoveDomains, RemoveDomain, AdoptDomain,
                 EnforceDomain, IgnoreDomain, AddProvider, RemoveProvider, ReplaceCredential,
                 AddChannel, EditChannel, RemoveChannel, TestChannel, DisableChannel,
                 EnableChannel>;

struct Order {
    OrderContext context;
    OrderAction action;
};
// Carried out in order, all or none: the first that is refused undoes those before it.
struct OrderBatch {
    OrderContext context;
    std::vector<OrderAction> actions;
};

using Input = std::variant<AgentLinked, AgentDisplaced, AgentSeen, AgentReported, AgentLeft,
                           TimePassed, Stalled, RecordConfirmed, RecordRefused, RecordObserved,
                           CertificateSeen, OwnCertificateSeen, WitnessesAnswered, ServiceProbed,
                           ReadinessFound, RecordServed, Order, OrderBatch>;

}  // namespace understudy
