// ZoneServers: which name servers a zone has, and at which addresses: looked up with the system's
// resolver, or the one that was named, and kept for a while, so that many domains of a zone share
// one look-up. Used by ServedRounds. Sans-I/O, loop thread only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/dispatch/operation_runner.h"

namespace understudy {

struct ZoneServer {
    std::string name;  // "ns1.example.net"
    std::vector<std::string> addresses;
    std::string left_out =
        {};  // why the last address that is not asked is not: "private (RFC 1918)"
};

class ZoneServers {
  public:
    struct Zone {
        std::vector<ZoneServer> servers;  // with an address at least; none: see `problem`
        std::string problem;
        Instant good_until{};
    };

    ZoneServers(Outbound& names, TransferIds& ids, const ServedLimits& limits)
        : names_(names), ids_(ids), limits_(limits) {}

    // None: it is being looked up.
    const Zone* of(const std::string& zone, Instant now);
    // False: the answer belongs to somebody else. `found`: the zone that is known by it, if any.
    bool finished(const TransferDone& done, Instant now, std::string& found);
    // Sends what waits while there is room; how many are under way.
    void start(std::size_t room);
    std::size_t in_flight() const { return asked_.size(); }

  private:
    struct Asked {
        std::string zone;
        std::size_t server = 0;
        NameQuestion::Type type = NameQuestion::Type::Ns;
    };
    struct Looking {
        std::vector<ZoneServer> servers;
        std::size_t open = 0;
        std::string problem;
        std::set<std::size_t> unheard;  // servers of which a look-up failed
    };
    void ask(const std::string& zone, std::size_t server, NameQuestion::Type type);
    void heard(const Asked& asked, Looking& looking, const NameAnswer& answer);
    static bool lacks_one(const Looking& looking);
    void close(const std::string& zone, Looking& looking, Instant now);
    Zone& make_room(const std::string& zone);

    Outbound& names_;
    TransferIds& ids_;
    const ServedLimits limits_;
    std::map<std::string, Zone> zones_;
    std::set<std::pair<Instant, std::string>> ages_;  // of zones_: good_until
    std::map<std::string, Looking> looking_;
    std::vector<Asked> waiting_;  // the last in goes first: a look-up that has begun ends first
    std::unordered_map<TransferId, Asked> asked_;
};

}  // namespace understudy
