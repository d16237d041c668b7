// ServedRounds: asks the name servers of a record's zone what they answer, each at every address,
// until all have answered with the new content or the time is up; of a proxied name its edge is
// asked for the service instead. Reports as RecordServed; what follows from it the engine decides.
// Used by the dispatcher. Sans-I/O, loop thread only.
//
// Bounded: questions under way, altogether and of one zone; records in whose round one is; what one
// call does; name servers of a zone and addresses of each. An address that has just been silent is
// not waited for by every domain of its zone.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "controller/core/change.h"
#include "controller/core/fleet.h"
#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/served/zone_servers.h"

namespace understudy {

class ServedRounds {
  public:
    ServedRounds(const Fleet& fleet, Outlets outlets, TransferIds& ids, const ServedLimits& limits)
        : fleet_(fleet),
          outlets_(outlets),
          ids_(ids),
          limits_(limits),
          on_(limits.enabled && outlets.names != nullptr && outlets.edges != nullptr),
          zones_(on_ ? *outlets.names : outlets.providers, ids, limits) {}

    // Does nothing where nobody can be asked. A newer generation takes the older one's place.
    void ask(const AskServed& asked, Instant now);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, Instant now, DispatcherOutput& output);
    void start(Instant now, DispatcherOutput& output);
    Instant next_deadline() const;

  private:
    struct Place {  // where one server, or an edge, is asked
        std::string address;
        // Of its last real answer, be it an earlier round's.
        NameServerSaid::What what = NameServerSaid::What::Nothing;
        AddressSet content = {};
        std::string words = {};
        AddressSet heard = {};  // in this round
        int open = 0;
        bool failed = false;
    };
    struct Server {
        std::string name;
        std::vector<Place> places;
        std::string left_out = {};  // why it may not be asked
        bool agrees() const;
        NameServerSaid said(bool edge) const;
    };
    struct Job {
        DomainId domain;
        std::int64_t generation = 0;
        AddressSet content;
        bool with_ipv6 = false;
        bool edge = false;
        std::string name, zone;
        std::uint64_t serial = 0;
        Instant begun = kNever;
        int rounds = 0;
        std::vector<Server> servers;
        std::vector<Place> edges_before;  // what the last round knows of each
        std::size_t open = 0;             // questions of this round
        bool in_round = false;            // counted in in_round_
        Instant due = kNever;             // as it stands in due_
        std::string problem;
    };
    struct Ask {
        DomainId domain;
        std::uint64_t serial = 0;  // of its job
        std::size_t server = 0, place = 0;
        std::variant<NameQuestion, ServiceProbe> what;
        std::string zone;       // whose share it takes
        Instant sent = kNever;  // first
    };
    // What an address of a name server is like.
    struct Manner {
        Instant answered{};      // for the last time
        Instant silent_until{};  // nobody waits for it before that
    };

    Job* job_of(const Ask& ask);
    bool overtaken(const Job& job) const;
    void plan(Job& job, Instant due);
    void go_on(DomainId domain, Instant now, DispatcherOutput& output);
    void leave_round(Job& job);
    void drop(DomainId domain);
    void begin_round(Job& job, Instant now, DispatcherOutput& output);
    void ask_servers(Job& job, const std::vector<ZoneServer>& servers);
    static Place as_known(const std::vector<Place>& before, const std::string& address);
    void ask_place(Job& job, std::size_t server, std::size_t place);
    void look_up_edge(Job& job);
    void ask_edge(Job& job, const std::string& address);
    void end_round(DomainId domain, Instant now, DispatcherOutput& output);
    void report(const Job& job, bool final, Instant now, DispatcherOutput& output) const;

    void queue(Job& job, std::size_t server, std::size_t place,
               std::variant<NameQuestion, ServiceProbe> what);
    void pump(Instant now, DispatcherOutput& output, std::size_t enough);
    void submit(Ask ask, Instant now);
    bool room() const;
    std::size_t room_for_look_ups() const;
    void heard(const Ask& ask, const TransferAnswer& answer, Instant now, DispatcherOutput& output);
    bool is_silent(const NameQuestion& question, Instant now) const;
    void note_manner(const Ask& ask, const TransferAnswer& answer, Instant now);
    bool heard_name(Job& job, const Ask& ask, const NameAnswer& answer);
    void heard_place(Job& job, Place& place, const NameAnswer& answer) const;
    void heard_edge_name(Job& job, const NameAnswer& answer);

    const Fleet& fleet_;
    const Outlets outlets_;
    TransferIds& ids_;
    const ServedLimits limits_;
    const bool on_;
    ZoneServers zones_;
    std::map<DomainId, Job> jobs_;
    std::size_t in_round_ = 0;
    std::set<std::pair<Instant, DomainId>> due_;  // before its next round
    std::deque<DomainId> zone_found_;             // within a round, and may go on
    Instant again_ = kNever;                      // a call has done enough
    std::map<std::string, std::set<DomainId>> wait_for_zone_;
    std::map<std::string, std::deque<Ask>> queues_;  // by zone
    std::string last_zone_;                          // whose turn it was
    std::unordered_map<std::string, std::size_t> zone_in_flight_;
    std::unordered_map<TransferId, Ask> in_flight_;
    std::unordered_map<std::string, Manner> manners_;  // by address
    std::uint64_t serials_ = 0;
};

}  // namespace understudy
