// What would become of each domain of a pool (what_if.h), and what would be written for it in each
// zone. Pure; for what_if.cpp.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/engine_view.h"
#include "controller/core/what_if.h"

namespace understudy::what_if {

// Neighbours mostly share a zone. It keeps nothing of the fleet, which may change meanwhile.
class ZoneTally {
  public:
    void add(const Domain& domain, const AddressSet& to);
    std::vector<WhatIfZone> take() { return std::move(zones_); }

  private:
    using Key = std::pair<ProviderId, std::string>;
    std::map<Key, std::size_t> places_;
    Key last_;
    std::size_t place_ = 0;
    std::vector<WhatIfZone> zones_;
};

// The domains of a pool: counts them all, a bit at a time, and names the first.
class DomainTally {
  public:
    DomainTally(const EngineView& view, const Pool& pool, const Target& to, std::size_t named);

    // At most so many more of those that are still its own; how many it looked at.
    std::size_t go_on(const EngineView& view, const Pool& pool, WhatIfPool& found, ZoneTally& zones,
                      std::size_t most);
    bool done() const { return next_ == domains_.size(); }

  private:
    void add(const EngineView& view, const Pool& pool, const Domain& domain, WhatIfPool& found,
             ZoneTally& zones);

    AddressSet both_, ipv4_only_;  // what they would have
    std::size_t named_;
    std::vector<DomainId> domains_;
    std::size_t next_ = 0;
};

}  // namespace understudy::what_if
