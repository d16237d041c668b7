// Change budget (rule 9): how often automation may change a record, a pool's target, or records of
// one provider within a window. Windows are fixed: the first change opens one. What pools and
// records have spent stands in their rows; a provider's is counted from the start.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "controller/core/fleet.h"
#include "controller/core/guard_limits.h"

namespace understudy {

class ChangeBudget {
  public:
    explicit ChangeBudget(const GuardLimits& limits) : limits_(limits) {}

    struct Spent {
        std::string what;  // "pool 'web' was changed 12 times within 1 h 0 min"
        WallTime until{};  // when its window is over
    };
    // What forbids another change of the pool's target; none: nothing does. A change that nobody
    // needs (a better spread of load) leaves half of the pool's for those that somebody does.
    enum class Need { Needed, Optional };
    std::optional<Spent> forbids(const Fleet& fleet, const Pool& pool, WallTime now,
                                 Need need = Need::Needed) const;

    void count(ChangeCount& changes, WallTime now) const;
    void count(ProviderId provider, WallTime now) { count(providers_[provider], now); }
    void forget(ProviderId provider) { providers_.erase(provider); }

  private:
    std::uint32_t used(const ChangeCount& changes, WallTime now) const;
    std::optional<Spent> over(const ChangeCount& changes, std::uint32_t more, std::uint32_t limit,
                              const std::string& what, WallTime now) const;

    GuardLimits limits_;
    std::unordered_map<ProviderId, ChangeCount> providers_;
};

}  // namespace understudy
