#include "controller/core/fleet.h"

#include <doctest/doctest.h>

#include <ctime>

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

// The processor's time for moving so many from one pool to another.
std::clock_t time_to_move(std::int64_t many) {
    UndoLog log;
    Fleet fleet{log};
    for (std::int64_t id = 1; id <= many; ++id)
        fleet.put(domain_in(21, id));
    const std::clock_t begun = std::clock();
    for (std::int64_t id = 1; id <= many; ++id)
        fleet.put(domain_in(22, id));
    CHECK(in_pool(fleet, 21).empty());
    CHECK(fleet.domains_of(PoolId{22}).size() == static_cast<std::size_t>(many));
    return std::clock() - begun;
}

}  // namespace

// Where each of them walks over all that stay, eight times as many take 64 times as long. Both are
// more than a processor's cache holds.
TEST_CASE("many domains of a pool move away as quickly, each, as a few") {
    const std::clock_t few = time_to_move(20'000);
    CHECK(time_to_move(160'000) < 32 * few);
}
