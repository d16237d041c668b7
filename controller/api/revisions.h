// Revisions: which state of a registered thing is meant, for entity tags (entity_tags.h). Counted
// in memory, by the rows that the engine makes: what people registered or forced and what was
// decided makes a new one, what is merely observed (health, ages) does not. After a restart every
// thing has a new one. Noted by the turn at each step, so that of two orders in one turn the second
// sees what the first has done. Loop thread only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "controller/api/topics.h"
#include "controller/core/change.h"

namespace understudy {

class Revisions {
  public:
    // `id` 0: there is one of that kind.
    using Thing = std::pair<Topic, std::int64_t>;

    void note(const Change& change);
    // 0: not changed since the start.
    std::uint64_t of(const Thing& thing) const;

  private:
    std::map<Thing, std::uint64_t> revisions_;
    std::uint64_t last_ = 0;
};

}  // namespace understudy
