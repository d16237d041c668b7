#include "controller/core/fleet.h"

#include <doctest/doctest.h>

#include <compare>
#include <cstdint>

using namespace understudy;

namespace {

Domain domain_in(std::int64_t pool, std::int64_t id) {
    Domain domain;
    domain.id = DomainId{id};
    domain.pool = PoolId{pool};
    domain.name = std::to_string(id) + ".example.org";
    return domain;
}

std::vector<std::int64_t> in_pool(const Fleet& fleet, std::int64_t pool) {
    std::vector<std::int64_t> ids;
    for (const DomainId id : fleet.domains_of(PoolId{pool}))
        ids.push_back(id.value);
    return ids;
}

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a pool's domains stay in the order they came, whoever leaves or is put again") {
    UndoLog log;
    Fleet fleet{log};
    for (std::int64_t id = 1; id <= 5; ++id)
        fleet.put(domain_in(21, id));
    fleet.put(domain_in(22, 4));
    fleet.erase(DomainId{2});
    CHECK(in_pool(fleet, 21) == Ids{1, 3, 5});
    CHECK(in_pool(fleet, 22) == Ids{4});
    fleet.put(domain_in(21, 1));
    fleet.put(domain_in(21, 4));
    CHECK(in_pool(fleet, 21) == Ids{3, 5, 1, 4});
    CHECK(in_pool(fleet, 22).empty());
    fleet.put(domain_in(22, 5));
    fleet.put(domain_in(21, 5));
    CHECK(in_pool(fleet, 21) == Ids{3, 1, 4, 5});
}

TEST_CASE("a domain whose leaving is taken back belongs to its pool again") {
    UndoLog log;
    Fleet fleet{log};
    for (std::int64_t id = 1; id <= 3; ++id)
        fleet.put(domain_in(21, id));
    log.begin();
    for (std::int64_t id = 1; id <= 3; ++id)
        fleet.put(domain_in(22, id));
    log.take_back();
    CHECK(in_pool(fleet, 21) == Ids{1, 2, 3});
    CHECK(in_pool(fleet, 22).empty());
}

namespace {

// An id that counts how often one is looked at.
struct CountedId {
    std::int64_t value = 0;
    static inline std::int64_t looks = 0;

    friend bool operator==(CountedId a, CountedId b) { return ++looks, a.value == b.value; }
    friend auto operator<=>(CountedId a, CountedId b) { return ++looks, a.value <=> b.value; }
};

}  // namespace

// Where each of them walks over all that stay, that is 50 million looks.
TEST_CASE("many domains of a pool move away with some looks at each") {
    constexpr std::int64_t kMany = 10'000;
    Belongings<CountedId> pool;
    for (std::int64_t id = 1; id <= kMany; ++id)
        pool.add(CountedId{id});
    CountedId::looks = 0;
    for (std::int64_t id = kMany; id > 1; --id) {
        pool.drop(CountedId{id});
        CHECK_FALSE(pool.empty());
    }
    CHECK(pool.all().size() == 1);
    CHECK(CountedId::looks < 100 * kMany);
}
