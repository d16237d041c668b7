// Names with several addresses: pools whose servers all answer, so that sets grow and shrink.
//
// At Cloudflare's emulator the test that runs this program holds what happened in between against
// the emulator's own count: no name was empty, half proxied or given a record unlike its siblings.
#include <doctest/doctest.h>

#include <string>

#include "tests/contract/provider/moves.h"

namespace understudy::test {
namespace {

const char* const kThree = "192.0.2.10, 192.0.2.11, 192.0.2.12";
const char* const kThreeDual =
    "192.0.2.10, 192.0.2.11, 192.0.2.12, 2001:db8::10, 2001:db8::11, 2001:db8::12";

TEST_CASE("a set grows by one and by several") {
    Account account;
    const char* name = "grow.pool.example";
    make(account, {"by one", name, "192.0.2.10", "192.0.2.10, 192.0.2.11", 60});
    const auto state = make(account, {"by two", name, "192.0.2.10, 192.0.2.11",
                                      "192.0.2.10, 192.0.2.11, 192.0.2.12, 192.0.2.13", 60});
    CHECK(state.ttl == account.ttl(60));
}

TEST_CASE("a set shrinks by one and to one, and is whole again") {
    Account account;
    const char* name = "shrink.pool.example";
    const Move moves[] = {
        {"by one", name, kThree, "192.0.2.10, 192.0.2.12", 60},
        {"to one", name, "192.0.2.10, 192.0.2.12", "192.0.2.12", 60},
        {"whole again", name, "192.0.2.12", kThree, 300},
    };
    for (const auto& move : moves)
        CHECK(make(account, move).ttl == account.ttl(move.ttl_s));
}

TEST_CASE("one of three is exchanged, and all of them") {
    Account account;
    const char* name = "exchange.pool.example";
    const char* other = "192.0.2.10, 192.0.2.12, 192.0.2.20";
    const char* all_others = "192.0.2.30, 192.0.2.31, 192.0.2.32";
    CHECK(make(account, {"one", name, kThree, other, 60}).ttl == account.ttl(60));
    CHECK(make(account, {"all", name, other, all_others, 300}).ttl == Ttl{300});
}

TEST_CASE("both families grow and shrink as one") {
    Account account;
    const char* name = "dual.pool.example";
    const char* two = "192.0.2.10, 192.0.2.12, 2001:db8::10, 2001:db8::12";
    const char* uneven = "192.0.2.10, 192.0.2.11, 192.0.2.12, 2001:db8::12";
    make(account, {"shrunk", name, kThreeDual, two, 60});
    make(account, {"a member without IPv6", name, two, uneven, 60});
    make(account, {"no IPv6 at all", name, uneven, "192.0.2.11", 60});
    CHECK(make(account, {"whole", name, "192.0.2.11", kThreeDual, 300}).ttl == Ttl{300});
}

TEST_CASE("a proxied set stays proxied, whatever its size") {
    Account account;
    if (!account.provider().capabilities().proxying) return;
    const char* name = "proxied.pool.example";
    const char* exchanged = "192.0.2.10, 192.0.2.20, 2001:db8::10, 2001:db8::20";
    const char* one = "192.0.2.20";
    const Move moves[] = {
        {"shrunk", name, kThreeDual, "192.0.2.10, 192.0.2.12, 2001:db8::10, 2001:db8::12", 60},
        {"exchanged", name, "192.0.2.10, 192.0.2.12, 2001:db8::10, 2001:db8::12", exchanged, 60},
        {"one left", name, exchanged, one, 60},
        {"grown", name, one, kThreeDual, 300},
    };
    for (const auto& move : moves) {
        const auto state = make(account, move);
        CHECK(state.proxied);
        CHECK(state.ttl.automatic());
    }
}

TEST_CASE("an address of nobody in a set keeps all of it from being touched") {
    Account account;
    const char* name = "mine.pool.example";
    const auto zone = account.locate(name).zone;
    const auto outcomes =
        account.replace(zone, {replacement({"", name, kThree, "192.0.2.10", 60})});
    REQUIRE(std::holds_alternative<Foreign>(outcomes[0]));
    CHECK(account.read(zone, name).state.addresses ==
          addresses("192.0.2.10, 192.0.2.11, 198.51.100.99"));
}

TEST_CASE("sets that grow, shrink and stay travel in one operation") {
    Account account;
    const auto zone = account.locate("many-1.pool.example").zone;
    const auto outcomes =
        account.replace(zone, {replacement({"", "many-1.pool.example", "192.0.2.10", kThree, 60}),
                               replacement({"", "many-2.pool.example", kThree, "192.0.2.11", 60}),
                               replacement({"", "many-3.pool.example", kThree, kThree, 300})});
    check_confirmed(outcomes[0], kThree);
    check_confirmed(outcomes[1], "192.0.2.11");
    check_confirmed(outcomes[2], kThree);
}

}  // namespace
}  // namespace understudy::test
