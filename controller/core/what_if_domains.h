// What would become of each domain of a pool (what_if.h), and what would be written for it in each
// zone. Pure; for what_if.cpp.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/core/engine_view.h"
#include "controller/core/what_if.h"

namespace understudy::what_if {

// Neighbours mostly share a zone.
class ZoneTally {
  public:
    explicit ZoneTally(std::vector<WhatIfZone>& zones) : zones_(zones) {}

    void add(const Domain& domain, const AddressSet& to);

  private:
    using Key = std::pair<ProviderId, std::string_view>;
    std::map<Key, std::size_t> places_;
    Key last_{};
    std::size_t place_ = 0;
    std::vector<WhatIfZone>& zones_;
};

// Counts them all and names the first, at most so many.
void add_domains(const EngineView& view, const Pool& pool, WhatIfPool& found, ZoneTally& zones,
                 std::size_t most);

}  // namespace understudy::what_if
