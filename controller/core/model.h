// The things the controller knows about, as plain values: what a person registered and what was
// decided about it. Everything here outlives the process: the store saves and loads these structs.
// What is only observed (links, last seen) lives in health.h and is never stored.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/attention.h"
#include "base/clock.h"
#include "base/dns_record.h"
#include "base/ids.h"
#include "base/network.h"
#include "base/notice.h"
#include "base/policy.h"
#include "controller/core/access.h"

namespace understudy {

// What a person forced. It stands beside the real state, never instead of it, and is kept over
// restarts.
struct Override {
    std::string who;  // "admin token 'ops'"
    std::string why;  // in their words; may be empty
    WallTime since{};
    std::optional<WallTime> until;  // none: until somebody lifts it
    friend bool operator==(const Override&, const Override&) = default;
};

// What people were last told about a server, so that every "down" is followed by its "up", over
// restarts too.
enum class Alarm { None, Down, Error };
template <>
inline constexpr Words<Alarm, 3> kWordsOf<Alarm>{
    {{Alarm::None, "none"}, {Alarm::Down, "down"}, {Alarm::Error, "error"}}};

// Two agents were seen to use one server's token, and nobody has replaced it since.
struct SharedToken {
    WallTime since{};
    std::string by;  // both, as a sentence names them
    friend bool operator==(const SharedToken&, const SharedToken&) = default;
};

struct Server {
    ServerId id;
    std::string name;
    Ipv4 ipv4;
    std::optional<Ipv6> ipv6;
    std::map<std::string, std::string> labels;
    std::string token_hash;    // of the agent's token; the token itself is never kept
    std::string token_prefix;  // finds the row
    // A newer one (agent_tokens.h): both count until the agent has linked with it. Empty: none.
    std::string next_token_hash, next_token_prefix;
    std::string code_hash;  // of the one-time code for a token of the agent's own; empty: none
    WallTime code_until{};
    std::string code_taken_for;  // the hash of that token; empty: it was not used

    bool ever_seen =
        false;  // false: waiting for its first connection; no alarm, no failover about it
    Alarm alarm = Alarm::None;
    IncidentId incident;  // open while alarm != None

    std::optional<Override> maintenance;  // serves nothing, and raises no alarm
    std::optional<SharedToken> shared;    // its own death may go unnoticed (machines.h)
    std::vector<PoolId> unready_told;     // people know that it could not take these over

    bool dynamic = false;  // its agent may say that it has another address (candidates.h)
    // When that was believed, the latest, oldest first; each family for itself.
    std::vector<WallTime> followed_ipv4, followed_ipv6;

    // The epoch: never.
    WallTime address_followed() const {
        const WallTime last = followed_ipv4.empty() ? WallTime{} : followed_ipv4.back();
        return followed_ipv6.empty() ? last : std::max(last, followed_ipv6.back());
    }

    AddressSet addresses() const { return make_address_set(ipv4, ipv6); }
    // What it says of a key; null: nothing.
    const std::string* label(const std::string& key) const {
        const auto found = labels.find(key);
        return found == labels.end() ? nullptr : &found->second;
    }
    // Whether its absence means anything.
    bool expected() const { return ever_seen && !maintenance; }
    friend bool operator==(const Server&, const Server&) = default;
};

// How often something was changed in the present window (change_budget.h).
struct ChangeCount {
    WallTime window_start{};
    std::uint32_t count = 0;
    friend bool operator==(const ChangeCount&, const ChangeCount&) = default;
};

// Where a pool's records point: at one member, at several (active_active), or at the outage page.
struct Target {
    std::vector<ServerId> servers;  // sorted by id; none: the fallback address

    Target() = default;
    explicit Target(ServerId server) : servers{server} {}
    explicit Target(std::vector<ServerId> several);  // any order

    bool is_fallback() const { return servers.empty(); }
    bool has(ServerId server) const;
    bool is_only(ServerId server) const { return servers.size() == 1 && servers[0] == server; }
    friend bool operator==(const Target&, const Target&) = default;
};

// A person's "stay": on the present target, or on the member it was pinned to.
struct Hold {
    Override by;
    ServerId pinned;  // none: wherever it was
    friend bool operator==(const Hold&, const Hold&) = default;
};

// A person's switchover: the member that stands in the primary's place until a failback.
struct Preference {
    Override by;
    ServerId server;
    friend bool operator==(const Preference&, const Preference&) = default;
};

struct Pool {
    PoolId id;
    std::string name;
    std::vector<ServerId> members;  // [0] is the primary
    Policy policy;
    bool implicit = false;  // made for its first domain, and gone with its last

    Target target;           // decided; domains follow
    bool outage = false;     // no member healthy, people were told
    IncidentId incident;     // of the present failover or outage
    std::string reason;      // why the target is what it is: "Primary server down"; empty: at home
    std::int64_t epoch = 0;  // counts target changes

    std::optional<Hold> hold;
    std::optional<Preference> preferred;
    std::optional<Override> dry_run;  // dry run: `would` moves in the target's place
    Target would;
    std::vector<WallTime> failovers;  // the latest, oldest first: what flapping is read from
    ChangeCount changes;              // of the target

    ServerId primary() const { return members.empty() ? ServerId{} : members.front(); }
    // The member automation returns to.
    ServerId home() const { return preferred ? preferred->server : primary(); }
    // The server that messages about the pool name; none: no member stands for all of them.
    ServerId face() const { return active_active() ? ServerId{} : primary(); }
    bool active_active() const { return policy.mode == PoolMode::ActiveActive; }
    // What it publishes when everybody is healthy (of several that are chosen by load: the first).
    Target full() const;
    // Whether that target is another than the one wanted when everybody is healthy.
    bool away(const Target& from) const;
    bool failed_over() const { return away(target); }
    // Whether automation has nowhere better to go.
    bool at_home() const { return active_active() ? !failed_over() : target.is_only(home()); }
    std::string why() const { return reason.empty() ? "Serves as its pool says" : reason; }
    // What a person is shown: an outage says why nothing moves.
    std::string state_reason() const { return outage ? "No healthy member" : reason; }
    friend bool operator==(const Pool&, const Pool&) = default;
};

// What is waiting to be told about a domain, kept in its row so that a crash loses no alert.
// NotServed: it did move, but visitors do not see it; told as a failover that failed.
enum class News { None, FailoverTriggered, ServerRecovered, FailoverFailed, DnsDrift, NotServed };
template <>
inline constexpr Words<News, 6> kWordsOf<News>{{{News::None, "none"},
                                                {News::FailoverTriggered, "failover_triggered"},
                                                {News::ServerRecovered, "server_recovered"},
                                                {News::FailoverFailed, "failover_failed"},
                                                {News::DnsDrift, "dns_drift"},
                                                {News::NotServed, "not_served"}}};

// Desired and confirmed state of one record: a level, not a queue. generation counts desired
// states; the record is settled when confirmed_generation has caught up.
struct Publication {
    AddressSet desired;
    Ttl desired_ttl;
    std::int64_t generation = 1;

    AddressSet confirmed;  // what the provider last showed us, or what a person adopted
    std::int64_t confirmed_generation = 1;

    // Earlier desired contents that may have been written since the last confirmation. The record
    // may hold any of them, `confirmed` or `desired` without being anybody else's.
    std::vector<AddressSet> attempted;

    std::optional<AddressSet> foreign;  // somebody else's content: conflict until adopt or enforce
    std::string foreign_why;  // why it cannot be one record (empty then); "": it is other content
    bool refused = false;     // people were told that the provider refuses (failover_failed)
    ChangeCount changes;      // of `desired`
    // In that epoch of its pool a person adopted other content: it stays until the next switch.
    std::int64_t adopted_epoch = -1;  // -1: nothing was adopted

    bool settled() const { return generation == confirmed_generation; }
    bool in_conflict() const { return foreign.has_value(); }
    // What the record holds now, as far as is known.
    const AddressSet& content() const { return foreign ? *foreign : desired; }
    friend bool operator==(const Publication&, const Publication&) = default;
};

// What is known of a record's name servers since the provider confirmed its content (served.h).
enum class Served {
    Unasked,   // nobody was asked: it holds what it held when it was added, or asking is off
    Asked,     // they are being asked
    All,       // each of them answers with it
    Unproven,  // some could not be asked
    Disputed,  // some still answered with what was there before when the time was up
};
template <>
inline constexpr Words<Served, 5> kWordsOf<Served>{{{Served::Unasked, "unasked"},
                                                    {Served::Asked, "asked"},
                                                    {Served::All, "all"},
                                                    {Served::Unproven, "unproven"},
                                                    {Served::Disputed, "disputed"}}};

struct Serving {
    Served state = Served::Unasked;
    std::int64_t generation = 0;  // the confirmed one that it is about
    WallTime since{};             // this state, but for Asked: the provider's confirmation
    std::string said;             // "All 4 name servers of example.org answer with 192.0.2.2"
    // What may still be answered in its place: contents confirmed or attempted before, since all
    // agreed for the last time. And their longest TTL, which a resolver may keep them for.
    std::vector<AddressSet> formerly;
    Ttl former_ttl;
    Ttl shown_ttl;  // the record's, as the provider last showed it

    friend bool operator==(const Serving&, const Serving&) = default;
};

struct Domain {
    DomainId id;
    std::string name;  // canonical: lower case, Punycode, no trailing dot
    ProviderId provider;
    std::string zone_id;    // the provider's
    std::string zone_name;  // canonical
    PoolId pool;
    bool with_ipv6 = false;  // the AAAA record is ours as well

    Ttl normal_ttl;                  // before any failover; restored on recovery
    std::optional<Ttl> lowered_ttl;  // as the service last showed another one that was ours
    bool proxied = false;            // as last seen; never written

    Publication record;
    Serving serving;
    std::optional<Override> ignored;  // left alone: neither written nor watched
    bool announced_away =
        false;  // people know that it left the primary: owe them a server_recovered

    // At that epoch of its pool it settled where it was told to have moved: what changes with the
    // same epoch is a server's address, and no failover. -1: people were told something else.
    std::int64_t told_epoch = -1;

    News news = News::None;  // to be told, with from/to below
    AddressSet news_from;
    AddressSet news_to;
    IncidentId news_incident;

    IncidentId incident;  // open while its record is not as wanted and people were told
    std::string
        certificates_warned;  // "<server id>=<notAfter>/<serial>," entries: warned once each

    // Whether it holds what a person adopted in its pool's place, until the next switch.
    bool adopted(const Pool& its) const { return record.adopted_epoch == its.epoch; }
    friend bool operator==(const Domain&, const Domain&) = default;
};

// An account at a DNS provider. `settings` is JSON without secrets; the credential is sealed.
struct ProviderAccount {
    ProviderId id;
    std::string name;
    std::string kind;  // a word of the registry of providers
    std::string settings;
    std::string sealed_credential;
    friend bool operator==(const ProviderAccount&, const ProviderAccount&) = default;
};

struct Channel {
    ChannelId id;
    std::string name;
    std::string kind;             // of base/channel_kinds.h
    std::string settings;         // JSON without secrets: recipients, or the URL's origin for show
    std::string sealed_settings;  // what is secret: webhook URL and signing secret
    std::set<NoticeType> types;   // empty: all
    std::vector<PoolId> pools;    // empty: all
    std::map<std::string, std::string> labels;  // empty: all; else the server must carry every one
    bool disabled = false;  // the receiver answered 410 Gone, or a person turned it off
    Attention attention;
    WallTime reminded{};  // when it last heard of what stays broken; the epoch: nothing is
    IncidentId
        escalation;  // the thread of what it was told that nobody acknowledged; none: nothing
    friend bool operator==(const Channel&, const Channel&) = default;
};

// Something is broken: one row while anything of it is (incidents.h).
struct Incident {
    IncidentId id;
    Severity severity = Severity::Info;  // the worst of it so far
    WallTime since{};
    std::optional<Override> acknowledged;
    // Escalation (escalation.h): since when nobody has acknowledged it, who was told so, and who is
    // owed a word when it is over.
    WallTime waits_since{};
    std::vector<ChannelId> escalated, owed;
    friend bool operator==(const Incident&, const Incident&) = default;
};

// By which a person or a program calls the API. Its id is the accessor: by it people speak of it.
struct Token {
    TokenId id;
    std::string name;
    std::string hash;    // the token itself is never kept
    std::string prefix;  // finds the row
    Role role = Role::Viewer;
    Scope scope;
    std::vector<Network> sources;  // where it is taken from; empty: everywhere
    WallTime expires{};            // the epoch: never
    std::string made_by;           // empty: on the controller's machine
    WallTime made{};
    WallTime used{};  // roughly (access.h); the epoch: never
    std::string used_from;

    bool expired(WallTime now) const { return expires != WallTime{} && expires <= now; }
    // From elsewhere than before it is sooner worth a row.
    bool use_is_news(const std::string& source, WallTime now) const {
        return now - used >= (source == used_from ? kUseGrain : kUseGrainElsewhere);
    }
    friend bool operator==(const Token&, const Token&) = default;
};

// What a person forced on everything at once, and what else there is one of.
struct Controls {
    std::optional<Override> pause;            // automation changes no target
    std::optional<Override> dry_run;          // dry run everywhere
    std::optional<Override> losses_accepted;  // a mass loss that a person confirmed as real
    // "<notAfter>/<serial>" of our own certificate of whose end people were told.
    std::string certificate_warned;
    friend bool operator==(const Controls&, const Controls&) = default;
};

enum class DomainStatus { Active, FailedOver, Switching, Outage, Conflict };
enum class Health { Online, Error, Offline, Stale, Unknown };

template <>
inline constexpr Words<DomainStatus, 5> kWordsOf<DomainStatus>{
    {{DomainStatus::Active, "active"},
     {DomainStatus::FailedOver, "failed_over"},
     {DomainStatus::Switching, "switching"},
     {DomainStatus::Outage, "outage"},
     {DomainStatus::Conflict, "conflict"}}};
template <>
inline constexpr Words<Health, 5> kWordsOf<Health>{{{Health::Online, "online"},
                                                    {Health::Error, "error"},
                                                    {Health::Offline, "offline"},
                                                    {Health::Stale, "stale"},
                                                    {Health::Unknown, "unknown"}}};

// Derived, never stored.
DomainStatus status_of(const Domain& domain, const Pool& pool);

}  // namespace understudy
