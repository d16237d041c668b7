// Ledger: what an auditor knows of a run, from outside: the rows as they were committed, what the
// controller was told about servers, and what went wrong when. The invariants (invariants.h) are
// checked against it, never against the engine's own books.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/core/change.h"
#include "controller/core/engine.h"

namespace understudy::simulation {

// What the present life of the controller was told about a server.
struct Told {
    LinkId link = 0;
    bool linked = false;
    bool ok = true;
    Departure departure = Departure::Closed;
    Instant left_at{};
    std::optional<Instant> last_seen;
    std::optional<Instant> down_since;     // not linked, or an error reported
    std::optional<Instant> healthy_since;  // linked and ok, without a gap
};

// What an observer said of it, in the present life of the controller.
struct Said {
    Verdict verdict = Verdict::Nothing;
    Instant until{};       // the word is good
    Instant ceased{};      // when it last ceased to call it dead
    Instant serving_at{};  // when the probe began that last found it serving
    Instant serving_until{};
};

// Of how many of a pool's domains it is known that it could not take them over.
struct Readied {
    std::size_t unready = 0;
    Instant since{};
};

struct ServerBook {
    Told told;
    std::map<Observer, Said> said;
    std::map<PoolId, Readied> readied;  // without what nobody can be sure that the engine believes
    int recoveries = 0;                 // true ones: a new link, or a check that passes again
    Alarm last_told = Alarm::None;
    Alarm last_heard = Alarm::None;  // by the watched channel's receiver
    Instant eligible_since{};        // the end of its last maintenance
};
struct PoolBook {
    Instant changed_at{};     // its row
    Instant excused_until{};  // something held it, by name
    bool excused = false;     // when it was last looked at
    bool outage_told = false;
    std::vector<WallTime> automatic;  // moves since the clock was stepped or a person released it
};
struct DomainBook {
    std::set<std::string> wanted;        // contents committed as desired, ever
    Instant desired_at{};                // the present one, or since nobody objects to it
    std::map<std::string, int> lines;    // log lines by type
    std::map<std::string, int> notices;  // its name in notices to the channel nobody touches
    bool told_away = false;
    bool steered = false;
    bool practised = false;  // a drill moves it, or has left it where its end is still to be told
    int recovered = 0;       // but for what a drill had to do with
};

class Ledger {
  public:
    // The channel that takes everything and that no order touches.
    static constexpr const char* kWatchedChannel = "watch";

    std::map<ServerId, Server> servers;
    std::map<PoolId, Pool> pools;
    std::map<DomainId, Domain> domains;
    std::map<ChannelId, Channel> channels;
    std::map<IncidentId, Incident> incidents;
    Controls controls;
    std::map<std::string, DomainId> domain_named;

    std::map<ServerId, ServerBook> server_books;
    std::map<PoolId, PoolBook> pool_books;
    std::map<std::string, DomainBook> domain_books;
    std::map<std::string, Instant> unbound_at;  // domains that were removed
    struct Message {
        ChannelId channel;
        NoticeType type = NoticeType::Test;
        ServerId server;
    };
    std::map<std::string, Message> messages;  // committed notifications, by id

    Instant started{};        // the present life of the controller
    Instant stalled_until{};  // stall's grace
    Instant witness_answered{};
    Instant provider_troubled_until{};
    bool doubts = false;  // an observer was ever doubted in the present life: words may not count
    std::size_t moves = 0, steps = 0;

    void controller_started(Instant now);
    void told(const Input& input, Instant now, const EngineTimings& timings);
    void committed(const std::vector<Change>& changes, Instant now, WallTime wall);
    void clock_stepped(Instant now);
    void resumed(Instant now);
    void steered(const OrderAction& action);
    void delivered(const std::string& message);

    ChannelId watched() const;

  private:
    void link(const AgentLinked& input, Instant now);
    void hear(ServerBook& book, Instant now);
    void report(ServerBook& book, bool ok, Instant now);
    void leave(const AgentLeft& input, Instant now);
    void hear(const ServiceProbed& input, Instant now);
    void hear(const ReadinessFound& input, Instant now);
    void apply(const AppendLog& change, WallTime wall);
    void apply(const Enqueue& change);
    void practise(PoolId pool);
    void end_practice();

    std::set<DomainId> practised_;
};

}  // namespace understudy::simulation
