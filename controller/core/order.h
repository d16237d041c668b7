// What people order, as plain values: one of the engine's inputs (input.h). orders/ carries them
// out, order_fields.h describes the plain ones.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/dns_record.h"
#include "base/ids.h"
#include "base/policy.h"
#include "controller/core/access.h"
#include "controller/core/model.h"

namespace understudy {

// Who gave the order, and the number its Reply carries back.
struct OrderContext {
    std::uint64_t request = 0;
    std::string who;  // "admin token 'ops'"
    Caller by = {};   // the same with all that is known of him
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
    bool dynamic = false;        // the address follows its agent (candidates.h)
    std::string code_hash = {};  // of a one-time code (agent_tokens.h); empty: none is made
};
struct RemoveServer {
    ServerId server;
};
struct RotateToken {
    ServerId server;
    std::string token_hash;
    std::string token_prefix;
    std::string code_hash = {};
    bool at_once = false;  // the old token is void now, and not when its agent has the new one
};
// From an agent: it has drawn a token, and shows the one-time code that has it taken.
struct EnrollAgent {
    std::string code_hash;
    std::string token_hash;
    std::string token_prefix;
};
// Addresses and labels as they shall be; the records that hold the old ones follow.
struct EditServer {
    ServerId server;
    std::optional<Ipv4> ipv4;
    std::optional<std::optional<Ipv6>> ipv6;  // nothing in it: it has none
    std::optional<std::map<std::string, std::string>> labels;
    std::optional<bool> dynamic;  // left out: an order that gives another address ends it
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
struct StartDryRun {
    PoolId pool;
    Wish wish = {};
};
struct EndDryRun {
    PoolId pool;
};

// A practice switch that undoes itself (drills.h). to none: the first stand-by that is ready.
struct RunDrill {
    PoolId pool;
    ServerId to;
    std::chrono::seconds stay{60};
    Wish wish = {};  // why alone
};
// It goes home now.
struct EndDrill {
    PoolId pool;
};

struct PauseAll {
    Wish wish = {};
};
struct ResumeAll {};
struct StartDryRunOfAll {
    Wish wish = {};
};
struct EndDryRunOfAll {};
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

// What it may do to what is in it; hash and prefix are of the token. The engine gives id and times.
struct AddToken {
    Token token;
};
struct RemoveToken {
    TokenId token;
};
// From the API: it came with a request. No person's order.
struct TokenUsed {
    TokenId token;
    std::string source;
};
// Somebody sees to it: reminders and escalation stop.
struct Acknowledge {
    IncidentId incident;
    Wish wish = {};  // why alone
};

using OrderAction =
    std::variant<AddServer, EditServer, RemoveServer, RotateToken, EnrollAgent, StartMaintenance,
                 EndMaintenance, AddPool, RemovePool, SetMembers, SetPolicy, SwitchPool,
                 FailbackPool, HoldPool, ReleasePool, StartDryRun, EndDryRun, RunDrill, EndDrill,
                 PauseAll, ResumeAll, StartDryRunOfAll, EndDryRunOfAll, AcceptLosses, AddDomain,
                 MoveDomains, RemoveDomain, AdoptDomain, EnforceDomain, IgnoreDomain, AddProvider,
                 RemoveProvider, ReplaceCredential, AddChannel, EditChannel, RemoveChannel,
                 TestChannel, DisableChannel, EnableChannel, AddToken, RemoveToken, TokenUsed,
                 Acknowledge>;

struct Order {
    OrderContext context;
    OrderAction action;
};
// Carried out in order, all or none: the first that is refused undoes those before it.
struct OrderBatch {
    OrderContext context;
    std::vector<OrderAction> actions;
};

}  // namespace understudy
