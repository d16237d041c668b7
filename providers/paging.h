// How far a list is read that a service tells by pages with numbers.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace understudy {

struct Paging {
    std::int64_t page = 1;          // the one that was read last
    std::int64_t total_pages = 0;   // as told; 0 unknown
    std::int64_t total_count = -1;  // as told; -1 unknown
    std::set<std::string> ids;      // of what was seen on all of them

    // Whether every item was seen: those that come and go between two pages move others from page
    // to page, and one may have been missed.
    bool whole() const {
        return total_count < 0 || ids.size() == static_cast<std::size_t>(total_count);
    }
};

}  // namespace understudy
