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
#include "controller/core/order.h"

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
    std::string software = {};  // "understudy-agent 0.1.0"
    // Whether it is the same machine; an upgraded one is.
    friend bool operator==(const Machine& a, const Machine& b) {
        return a.hostname == b.hostname && a.boot_id == b.boot_id && a.address == b.address;
    }
};

struct AgentLinked {
    ServerId server;
    LinkId link = 0;
    std::string peer;     // "203.0.113.7:51514", for the log
    bool ok = true;       // the hello's status, so that a failing server never looks healthy
    std::string failing;  // as in AgentReported
    Machine machine = {};
    std::string token_prefix = {};  // of the token that it logged in with
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

// Which public addresses the agent says its machine has: what it said before on this link is void.
// None: it does not say.
struct AddressReported {
    ServerId server;
    LinkId link = 0;
    std::optional<Ipv4> ipv4 = {};
    std::optional<Ipv6> ipv6 = {};
    bool ipv4_of_link = false;  // it says no more than that it is where the link comes from
    bool ipv6_of_link = false;
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
    std::size_t unknown = 0;           // domains that nothing was found out about
    std::vector<UnreadyDomain> named;  // the first of these
    bool tls = false;                  // it answered with TLS
    friend bool operator==(const PoolReadiness&, const PoolReadiness&) = default;
};
struct ReadinessFound {
    ServerId server;
    std::vector<PoolReadiness> pools;
    bool reached = false;    // a connection was made at all
    std::string trouble;     // of our own: nothing was found out
    bool forgotten = false;  // nothing of it is probed any more
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

// Follows Decision::ask_proofs, for each observer that was asked: what it found at one of the
// addresses. Serves: it was the server's service, and no other's (proves_identity()), for every
// pool that was asked for; dead: somebody answered otherwise; nothing: nobody was reached.
struct AddressProbed {
    ServerId server;
    std::uint64_t question = 0;
    bool ipv6 = false;  // which of them
    ServerId by = {};   // whose agent; none: the controller
    Verdict verdict = Verdict::Nothing;
    std::string found = {};  // "https 443: 200 in 12 ms"
};

using Input =
    std::variant<AgentLinked, AgentDisplaced, AgentSeen, AgentReported, AgentLeft, TimePassed,
                 Stalled, RecordConfirmed, RecordRefused, RecordObserved, CertificateSeen,
                 OwnCertificateSeen, WitnessesAnswered, ServiceProbed, ReadinessFound, RecordServed,
                 AddressReported, AddressProbed, Order, OrderBatch>;

}  // namespace understudy
