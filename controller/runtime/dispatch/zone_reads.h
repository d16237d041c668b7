// ZoneReads: the maintenance loop's comparison of every record with its provider, one zone after
// the other in the background. Pure; used by the dispatcher.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "controller/core/fleet.h"
#include "controller/runtime/dispatch/record_queue.h"

namespace understudy {

struct ZoneRead {
    ZoneKey key;
    std::string zone_name;
};

// What a reading was asked under, to judge the answer by.
struct ReadName {
    DomainId domain;
    std::string name;
    std::int64_t generation = 0;
};

class ZoneReads {
  public:
    explicit ZoneReads(const Fleet& fleet) : fleet_(fleet) {}

    // Every zone with a domain in it; those that still wait from the last round keep their place.
    void plan();
    // The first one that may begin; it leaves the queue.
    std::optional<ZoneRead> take(const std::function<bool(const ZoneRead&)>& may_begin);
    void put_back(ZoneRead read) { waiting_.push_front(std::move(read)); }
    std::vector<ReadName> names_of(const ZoneRead& read) const;
    const std::deque<ZoneRead>& waiting() const { return waiting_; }

  private:
    const Fleet& fleet_;
    std::deque<ZoneRead> waiting_;
};

}  // namespace understudy
