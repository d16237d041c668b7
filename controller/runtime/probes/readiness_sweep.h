// ReadinessSweep: one walk through all domains of one server's pools: what is probed next, and what
// all of it says (ReadinessFound). One probe at a time. Pure. Used by ReadinessRounds.
//
// What fails is probed again, twice, when all others have been: one answer in a bad moment is no
// news. A server that gives no answer for several names in a row is asked for no more of them in
// this pass.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/core/fleet.h"
#include "controller/runtime/outbound/outbound.h"
#include "controller/runtime/probes/certificate_tally.h"

namespace understudy {

class ReadinessSweep {
  public:
    // pools: those of the server that are probed at all.
    ReadinessSweep(const Fleet& fleet, ServerId server, const std::vector<PoolId>& pools);

    // What to probe now. None: nothing is left, and found() is what it was for.
    std::optional<ServiceProbe> next(const Fleet& fleet);
    // The answer to what next() gave. wall: what certificates are judged by.
    void answered(const Fleet& fleet, const ServiceAnswer& answer, WallTime wall);
    // How long what is next should wait, because it failed just now.
    Duration pause() const;

    ReadinessFound found() const;
    const CertificateTally& certificates() const { return certificates_; }

  private:
    struct Stop {
        PoolId pool;
        DomainId domain;
        std::string why = {};  // as the pass before found it
    };
    struct Doubtful {
        Stop stop;
        std::string why;       // empty: it served, but only without TLS
        bool unknown = false;  // nothing was found out, by our own fault
    };
    const ProbeTarget& target_for(const Policy& policy);
    bool goes_plain(const Policy& policy, const ServiceAnswer& answer) const;
    std::string flaw_of(const ServiceAnswer& answer, WallTime wall) const;
    void judge(const Stop& stop, const ServiceAnswer& answer, const std::string& why, bool plain);
    void give_up(const std::string& why);
    void next_pass();

    ServerId server_;
    std::deque<Stop> stops_;
    std::vector<Doubtful> doubtful_;
    std::map<PoolId, std::size_t> pools_;  // how many of each were walked to
    std::set<PoolId> tls_;                 // where it answered with TLS
    CertificateTally certificates_;
    ProbeTarget target_;                // of the probe under way
    std::optional<std::string> plain_;  // auto: why https failed, and http is tried
    int pass_ = 0;
    std::size_t passed_ = 0;  // in this pass
    int unanswered_ = 0;      // in a row
    bool gave_up_ = false;    // in the pass before
    bool reached_ = false;
    std::string trouble_;
};

}  // namespace understudy
