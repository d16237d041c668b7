// Plain orders need no handler: a row of the route table names the order, whose description
// (core/order_fields.h) says what is read from path and body, and what is shown after the commit.
// For routes.cpp and rehearse.cpp. Loop thread only.
#pragma once

#include "controller/api/answers.h"
#include "controller/api/lookup.h"
#include "controller/core/order_fields.h"

namespace understudy::api {

// The id of what the path names by `name`; untouched when it names no such thing.
template <typename Tag>
Result<Done> read_path(const Call& call, std::string_view name, Id<Tag>& into) {
    const std::string* key = call.captured(name);
    return key == nullptr ? Done{} : find_id(call.api.fleet(), *key, into);
}
// A domain stands for its pool: all domains of a pool move together.
Result<Done> read_path(const Call& call, std::string_view name, PoolId& into);

// What a body says, by the type of the value.
struct Said {
    const Fleet& fleet;
    Fields& fields;
    const Pool* pool = nullptr;  // what the order is about, when it is a pool
};
void read_said(const Said& said, std::string_view name, bool& into);
void read_said(const Said& said, std::string_view name, std::chrono::seconds& into);
void read_said(const Said& said, std::string_view name, Wish& into);
void read_said(const Said& said, std::string_view name, std::vector<std::string>& into);
void read_said(const Said& said, std::string_view name, ServerId& into);
void read_said(const Said& said, std::string_view name, PoolId& into);
// Other things are named by paths alone.
template <typename Tag>
void read_said(const Said&, std::string_view, Id<Tag>&) {
    ensure(false);
}

bool is_named(const auto&) {
    return false;
}
template <typename Tag>
bool is_named(Id<Tag> id) {
    return bool{id};
}

// Everything about the order that the path has not named.
template <Described OrderType>
void read_rest(const Fleet& fleet, Fields& fields, OrderType& order) {
    Said said{fleet, fields};
    if constexpr (requires { order.pool; }) said.pool = said.fleet.pool(order.pool);
    each_field<OrderType>([&](const auto& field) {
        auto& value = order.*field.member;
        if (!is_named(value)) read_said(said, field.name, value);
    });
}

// What a route asks beyond the description.
using Check = void (*)(Fields& fields);
inline void nothing_more(Fields&) {}
void to_given(Fields& fields);

// The handler of a plain order.
template <Described OrderType, Show shown_after, Check check = nothing_more>
void order(const Call& call) {
    OrderType given{};
    Result<Done> found = Done{};
    each_field<OrderType>([&](const auto& field) {
        auto& value = given.*field.member;
        if constexpr (requires { read_path(call, field.name, value); }) {
            if (found) found = read_path(call, field.name, value);
        }
    });
    if (!found) return call.refuse(found.error());
    const auto read = [&](Fields& fields) {
        check(fields);
        read_rest(call.api.fleet(), fields, given);
    };
    if (read_body(call, read)) give_order(call, std::move(given), showing(call, shown_after));
}

}  // namespace understudy::api
