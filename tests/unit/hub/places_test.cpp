#include "controller/hub/places.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/unit/hub/some_peer.h"

using namespace understudy;

namespace {

constexpr Instant kOpened{Duration{1'000'000}};
constexpr Duration kPatience{100};
constexpr Instant kLater = kOpened + kPatience;

struct Door {
    Door(std::size_t total, std::size_t per_address)
        : places(PlaceLimits{total, per_address, kPatience}) {}

    // The owner's number stands for its connection. What came of it: 0 refused, else who gave way,
    // or -1 for nobody.
    std::intptr_t enter(std::uint8_t from, std::intptr_t number, Instant now) {
        const Places::Room room = places.make_room(test::some_peer(from), now);
        if (!room.admitted) return 0;
        tickets[number] = places.take(test::some_peer(from), reinterpret_cast<void*>(number), now);
        return room.gives_way == nullptr ? -1 : reinterpret_cast<std::intptr_t>(room.gives_way);
    }

    Places places;
    std::map<std::intptr_t, Places::Ticket> tickets;
};

}  // namespace

TEST_CASE("places: of an address that is full, who has stood still longest gives way") {
    Door door{100, 2};
    CHECK(door.enter(1, 1, kOpened) == -1);
    CHECK(door.enter(1, 2, kOpened + Duration{1}) == -1);
    CHECK(door.enter(1, 3, kOpened + Duration{99}) == 0);  // nobody has stood still for long
    CHECK(door.enter(2, 4, kOpened + Duration{99}) == -1);
    door.places.got_on(door.tickets[1], kOpened + Duration{50});
    CHECK(door.enter(1, 5, kOpened + Duration{101}) == 2);
    CHECK(door.places.for_want_of_address() == 2);
    CHECK(door.places.most_of_one_address() == 2);
    CHECK(door.places.taken() == 3);
}

TEST_CASE("places: who is being served does not give way, until he got on") {
    Door door{100, 1};
    door.enter(1, 1, kOpened);
    door.places.keep(door.tickets[1]);
    CHECK(door.enter(1, 2, kLater) == 0);
    door.places.got_on(door.tickets[1], kLater);
    CHECK(door.enter(1, 2, kLater) == 0);
    CHECK(door.enter(1, 2, kLater + kPatience) == 1);
}

TEST_CASE("places: when all are taken, the address that holds most makes room") {
    Door door{5, 3};
    door.enter(1, 1, kOpened);  // longest, but alone
    for (std::intptr_t number : {2, 3, 4})
        door.enter(2, number, kOpened + Duration{1});
    door.enter(3, 5, kOpened + Duration{1});
    CHECK_FALSE(door.places.any_left(kOpened + Duration{50}));
    CHECK(door.places.any_left(kLater + Duration{1}));
    CHECK(door.enter(4, 6, kLater + Duration{1}) == 2);
    CHECK(door.enter(4, 7, kLater + Duration{1}) == 3);
    CHECK(door.enter(5, 8, kLater + Duration{1}) == 1);  // one each: then who was first
    CHECK(door.places.for_want_of_total() == 3);
}

TEST_CASE("places: an address that keeps its places busy leaves the others theirs") {
    Door door{4, 3};
    for (std::intptr_t number : {1, 2, 3}) {
        door.enter(1, number, kOpened);
        door.places.keep(door.tickets[number]);
    }
    CHECK(door.enter(2, 4, kOpened) == -1);
    CHECK(door.enter(3, 5, kLater) == 4);
    CHECK(door.enter(1, 6, kLater) == 0);
}

TEST_CASE("places: an IPv6 /64 counts as one address") {
    Places places{PlaceLimits{100, 1, kPatience}};
    Peer first, second, other;
    first.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 1};
    second.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 2};
    other.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 2, 1};
    REQUIRE(places.make_room(first, kOpened).admitted);
    places.take(first, nullptr, kOpened);
    CHECK_FALSE(places.make_room(second, kOpened).admitted);
    CHECK(places.make_room(other, kOpened).admitted);
}

TEST_CASE("places: a place is given back once") {
    Door door{1, 1};
    door.enter(1, 1, kOpened);
    CHECK(door.enter(2, 2, kLater) == 1);
    door.places.leave(door.tickets[1]);  // gave way already
    door.places.leave(Places::kNone);
    CHECK(door.places.taken() == 1);
    door.places.leave(door.tickets[2]);
    CHECK(door.places.taken() == 0);
    CHECK(door.places.most_of_one_address() == 0);
}
