#include "controller/core/change_budget.h"

#include <map>

namespace understudy {

std::uint32_t ChangeBudget::used(const ChangeCount& changes, WallTime now) const {
    const bool present =
        changes.window_start <= now && now < changes.window_start + limits_.change_window;
    return present ? changes.count : 0;
}

void ChangeBudget::count(ChangeCount& changes, WallTime now) const {
    const std::uint32_t before = used(changes, now);
    if (before == 0) changes.window_start = now;
    changes.count = before + 1;
}

std::optional<ChangeBudget::Spent> ChangeBudget::over(const ChangeCount& changes,
                                                      std::uint32_t more, std::uint32_t limit,
                                                      const std::string& what, WallTime now) const {
    const std::uint32_t before = used(changes, now);
    // Somebody with more records than the budget has may still move them once.
    if (limit == 0 || before == 0 || before + more <= limit) return std::nullopt;
    return Spent{what + " was changed " +
                     (before == 1 ? std::string{"once"} : std::to_string(before) + " times") +
                     " within " + to_text(limits_.change_window),
                 changes.window_start + limits_.change_window};
}

std::optional<ChangeBudget::Spent> ChangeBudget::forbids(const Fleet& fleet, const Pool& pool,
                                                         WallTime now, Need need) const {
    const std::uint32_t all = limits_.changes_per_pool;
    const std::uint32_t per_pool = need == Need::Optional ? (all + 1) / 2 : all;
    if (auto spent = over(pool.changes, 1, per_pool, "pool '" + pool.name + "'", now)) {
        return spent;
    }
    std::map<ProviderId, std::uint32_t> records;
    for (const DomainId id : fleet.domains_of(pool.id)) {
        const Domain& domain = *fleet.domain(id);
        if (limits_.changes_per_provider > 0) ++records[domain.provider];
        const std::uint32_t limit = limits_.changes_per_record;
        if (limit == 0 || used(domain.record.changes, now) < limit) continue;
        return over(domain.record.changes, 1, limit, "record '" + domain.name + "'", now);
    }
    for (const auto& [provider, count] : records) {
        const auto known = providers_.find(provider);
        if (known == providers_.end()) continue;
        const std::string what = "provider '" + fleet.provider(provider)->name + "'";
        if (auto spent = over(known->second, count, limits_.changes_per_provider, what, now)) {
            return spent;
        }
    }
    return std::nullopt;
}

}  // namespace understudy
