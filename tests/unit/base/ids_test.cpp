#include "base/ids.h"

#include <doctest/doctest.h>

#include <type_traits>
#include <unordered_set>

using namespace understudy;

static_assert(!std::is_convertible_v<ServerId, PoolId>);

TEST_CASE("ids: zero is none") {
    CHECK_FALSE(static_cast<bool>(ServerId{}));
    CHECK(static_cast<bool>(ServerId{7}));
    CHECK(to_string(ServerId{7}) == "7");
}

TEST_CASE("ids: they compare and hash by value") {
    CHECK(PoolId{1} == PoolId{1});
    CHECK(PoolId{1} < PoolId{2});
    const std::unordered_set<DomainId> set{DomainId{1}, DomainId{2}, DomainId{1}};
    CHECK(set.size() == 2);
}
