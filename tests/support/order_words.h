// Plain orders in the words of scenarios: "pin POOL SERVER for=2h force". Who reads, writes or
// draws one walks its description (controller/core/order_fields.h), so that a new order is spoken
// of without another line. For tests.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <variant>

#include "controller/core/order_fields.h"

namespace understudy::test {

// Calls visit(std::type_identity<OrderType>) for each.
template <typename Visit>
void each_plain_order(Visit visit) {
    const auto one = [&]<typename OrderType>(std::type_identity<OrderType> type) {
        if constexpr (Described<OrderType>) visit(type);
    };
    [&]<typename... Orders>(std::type_identity<std::variant<Orders...>>) {
        (one(std::type_identity<Orders>{}), ...);
    }(std::type_identity<OrderAction>{});
}

// "end-maintenance". Where one member of a pool can be named, that is said by a word of its own.
template <Described OrderType>
std::string command_of(bool member_named = false) {
    std::string word{Describe<OrderType>::word};
    if (member_named && word == "hold") return "pin";
    if (member_named && word == "failover") return "switchover";
    std::ranges::replace(word, '_', '-');
    return word;
}

}  // namespace understudy::test
