#include "controller/runtime/desk.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("of a token's uses one is kept in a turn, wherever they come from") {
    Desk desk;
    desk.note_use(TokenId{7}, "203.0.113.9");
    desk.note_use(TokenId{7}, "203.0.113.10");
    desk.note_use(TokenId{8}, "203.0.113.9");
    desk.note_use(TokenId{7}, "203.0.113.9");
    const auto orders = desk.take_orders();
    REQUIRE(orders.size() == 2);
    const auto use_in = [&](std::size_t i) {
        return std::get<TokenUsed>(std::get<Order>(orders[i]).action);
    };
    CHECK(use_in(0).token == TokenId{7});
    CHECK(use_in(0).source == "203.0.113.9");
    CHECK(use_in(1).token == TokenId{8});
    desk.note_use(TokenId{7}, "203.0.113.10");
    CHECK(desk.take_orders().size() == 1);
}
