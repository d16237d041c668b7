#include "controller/core/change_budget.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr WallTime kSpentAt{hours{1000}};
constexpr PoolId kPool{1};
constexpr ProviderId kProvider{9};

struct Budget {
    Budget() {
        limits.changes_per_pool = 3;
        limits.changes_per_record = 4;
        limits.changes_per_provider = 0;
        Pool pool;
        pool.id = kPool;
        pool.name = "web";
        fleet.put(std::move(pool));
        ProviderAccount account;
        account.id = kProvider;
        account.name = "dns";
        fleet.put(std::move(account));
    }

    void add_domain(std::int64_t id, std::uint32_t changed) {
        Domain domain;
        domain.id = DomainId{id};
        domain.name = "d" + std::to_string(id);
        domain.pool = kPool;
        domain.provider = kProvider;
        domain.record.changes = {kSpentAt, changed};
        fleet.put(std::move(domain));
    }
    void spend(std::uint32_t times, WallTime at) {
        const ChangeBudget budget{limits};
        Pool pool = *fleet.pool(kPool);
        for (std::uint32_t i = 0; i < times; ++i)
            budget.count(pool.changes, at);
        fleet.put(std::move(pool));
    }
    std::optional<ChangeBudget::Spent> forbids(WallTime at) const {
        return ChangeBudget{limits}.forbids(fleet, *fleet.pool(kPool), at);
    }

    GuardLimits limits;
    UndoLog log;
    Fleet fleet{log};
};

}  // namespace

TEST_CASE("change budget: the limit itself is allowed, one more is not") {
    Budget budget;
    CHECK_FALSE(budget.forbids(kSpentAt));
    budget.spend(2, kSpentAt);
    CHECK_FALSE(budget.forbids(kSpentAt));
    budget.spend(1, kSpentAt);
    const auto spent = budget.forbids(kSpentAt);
    REQUIRE(spent);
    CHECK(spent->until == kSpentAt + hours{1});
    CHECK(spent->what == "pool 'web' was changed 3 times within 1 h 0 min");
}

TEST_CASE(
    "change budget: a window is fixed: it opens with the first change and is over an hour later") {
    Budget budget;
    budget.spend(1, kSpentAt);
    budget.spend(2, kSpentAt + minutes{59});
    REQUIRE(budget.forbids(kSpentAt + minutes{59}));
    CHECK(budget.forbids(kSpentAt + minutes{59})->until == kSpentAt + hours{1});
    CHECK_FALSE(budget.forbids(kSpentAt + hours{1}));
    budget.spend(1, kSpentAt + hours{1});
    CHECK(budget.fleet.pool(kPool)->changes.count == 1);
}

TEST_CASE("change budget: a clock that was set back does not keep a window for ever") {
    Budget budget;
    budget.spend(3, kSpentAt);
    CHECK_FALSE(budget.forbids(kSpentAt - minutes{1}));
}

TEST_CASE("change budget: zero is no limit") {
    Budget budget;
    budget.limits.changes_per_pool = 0;
    budget.spend(1000, kSpentAt);
    CHECK_FALSE(budget.forbids(kSpentAt));
}

TEST_CASE("change budget: one spent record holds its pool") {
    Budget budget;
    budget.add_domain(11, 3);
    CHECK_FALSE(budget.forbids(kSpentAt));
    budget.add_domain(12, 4);
    const auto spent = budget.forbids(kSpentAt);
    REQUIRE(spent);
    CHECK(spent->what == "record 'd12' was changed 4 times within 1 h 0 min");
}

TEST_CASE("change budget: a provider's is shared; a pool larger than it may still move once") {
    Budget budget;
    budget.limits.changes_per_provider = 2;
    for (std::int64_t id = 11; id < 14; ++id)
        budget.add_domain(id, 0);
    ChangeBudget shared{budget.limits};
    CHECK_FALSE(shared.forbids(budget.fleet, *budget.fleet.pool(kPool), kSpentAt));
    shared.count(kProvider, kSpentAt);
    const auto spent = shared.forbids(budget.fleet, *budget.fleet.pool(kPool), kSpentAt);
    REQUIRE(spent);
    CHECK(spent->what == "provider 'dns' was changed once within 1 h 0 min");
    CHECK_FALSE(shared.forbids(budget.fleet, *budget.fleet.pool(kPool), kSpentAt + hours{1}));
}

}  // namespace understudy
