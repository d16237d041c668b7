// Orders about the API's tokens. Nobody makes one that may do more than he may himself, or longer.
#include <algorithm>

#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/within.h"

namespace understudy::orders {
namespace {

Error not_narrower(const OrderContext& by, const char* field, const std::string& what) {
    Error error = rejected(what + " is more than " + by.who + " has",
                           "a token makes only tokens that may do as much as itself, or less");
    error.field = field;
    return error;
}

bool from_fewer(const std::vector<Network>& inner, const std::vector<Network>& outer) {
    if (outer.empty()) return true;
    return !inner.empty() && std::ranges::all_of(inner, [&](const Network& network) {
        return std::ranges::any_of(outer, [&](const Network& own) { return holds(own, network); });
    });
}

// A wish for so long from now was made by a clock that was read a little earlier or later.
constexpr Duration kClocksApart{60'000};

// As long as it may last; where nothing is said, as is wished.
Result<WallTime> end_of(const OrderContext& by, const Token& wanted, WallTime now) {
    if (!by.by.vouched) return wanted.expires;
    const WallTime last = now + kLongestOfVouched;
    if (wanted.expires == WallTime{}) return last;
    if (wanted.expires <= last + kClocksApart) return std::min(wanted.expires, last);
    Error error = not_narrower(by, "expires", "a life beyond " + to_rfc3339(last));
    error.remedy = "whom a proxy vouches for makes tokens of at most 90 days";
    return error;
}

Result<Done> check_narrower(const Fleet& fleet, const OrderContext& by, const Token& wanted) {
    const Caller& maker = by.by;
    if (maker.role < wanted.role) {
        return not_narrower(by, "role", std::string{"the role "} + to_text(wanted.role));
    }
    if (!within::narrower(wanted.scope, maker.scope))
        return not_narrower(by, "pools", "that scope");
    const Token* own = fleet.token(maker.accessor);
    if (own == nullptr) return Done{};
    const bool outlives = own->expires != WallTime{} &&
                          (wanted.expires == WallTime{} || wanted.expires > own->expires);
    if (outlives) return not_narrower(by, "expires", "a life beyond " + to_rfc3339(own->expires));
    if (!from_fewer(wanted.sources, own->sources))
        return not_narrower(by, "sources", "use from there");
    return Done{};
}

bool rules(const Token& token, WallTime now) {
    return token.role == Role::Admin && token.scope.everything() && !token.expired(now);
}

// Whether nobody could make another one, or undo what is wrong.
bool last_of_its_kind(const StepContext& context, const Token& token) {
    const WallTime now = context.wall();
    return rules(token, now) &&
           std::ranges::none_of(context.fleet().tokens(), [&](const Token* other) {
               return other->id != token.id && rules(*other, now) && other->expires == WallTime{};
           });
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddToken& order) {
    const Fleet& fleet = context.fleet();
    if (fleet.token_named(order.token.name) != nullptr) return taken("token", order.token.name);
    if (fleet.tokens().size() >= kMostTokens) {
        return conflict(
            "there are " + std::to_string(kMostTokens) + " tokens, and no room for more",
            "revoke some that have expired or are not used: understudyctl token list");
    }
    if (fleet.token_with_prefix(order.token.prefix) != nullptr)
        return conflict("a token that begins like this one is in use", "ask again");
    if (order.token.expired(context.wall())) {
        return invalid("expires", "'" + to_rfc3339(order.token.expires) + "' has passed",
                       "give a time to come, or none");
    }
    for (const PoolId pool : order.token.scope.pools.value_or(std::vector<PoolId>{}))
        if (fleet.pool(pool) == nullptr) return unknown("pool", pool.value);
    if (const auto narrower = check_narrower(fleet, by, order.token); !narrower)
        return narrower.error();
    const auto end = end_of(by, order.token, context.wall());
    if (!end) return end.error();
    Token token = order.token;
    token.expires = *end;
    token.id = context.tx.next_id<TokenId>();
    token.made = context.wall();
    token.made_by = by.who;
    const OrderDone done{token.id.value};
    context.tx.log(line_of(by, EventType::TokenAdded,
                           "Token '" + token.name + "' (" + to_text(token.role) + ") made"));
    context.tx.put(std::move(token));
    return done;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveToken& order) {
    const Token* token = context.fleet().token(order.token);
    if (token == nullptr || !within::narrower(token->scope, by.by.scope))
        return unknown("token", order.token.value);
    if (last_of_its_kind(context, *token)) {
        return conflict("token '" + token->name +
                            "' is the last by which everything can be done that never expires",
                        "make another one first: understudyctl token add NAME --role admin");
    }
    context.tx.log(line_of(by, EventType::TokenRevoked, "Token '" + token->name + "' revoked"));
    context.tx.erase(order.token);
    return OrderDone{order.token.value};
}

// It may have been revoked at the same moment.
Result<OrderDone> carry_out(StepContext& context, const OrderContext&, const TokenUsed& order) {
    const Token* known = context.fleet().token(order.token);
    if (known == nullptr) return unknown("token", order.token.value);
    if (known->use_is_news(order.source, context.wall())) {
        Token& token = context.tx.edit(order.token);
        token.used = context.wall();
        token.used_from = order.source;
    }
    return OrderDone{order.token.value};
}

}  // namespace understudy::orders
