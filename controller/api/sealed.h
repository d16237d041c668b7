// What of the store's sealed credentials cannot be opened with the key in use: another key lies in
// key_file, or a row is damaged. Nothing that needs them works, so every place that shows accounts
// and channels says so. Tried anew each time it is asked. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "base/crypto.h"
#include "controller/core/fleet.h"

namespace understudy::api {

// Empty: it can be opened, or nothing is sealed.
std::string sealed_problem(const Sealer& sealer, const ProviderAccount& account);
std::string sealed_problem(const Sealer& sealer, const Channel& channel);

// Makes an agent's token, of which the order gets what is kept.
template <typename OrderType>
Secret give_token(OrderType& order) {
    Secret token = make_token("usa");
    order.token_hash = token_hash(token.reveal());
    order.token_prefix = token_lookup_prefix(token.reveal()).value_or("");
    return token;
}

struct Unreadable {
    const char* kind;  // "provider", "channel"
    std::string name;
    std::string problem;
};
std::vector<Unreadable> unreadable(const Fleet& fleet, const Sealer& sealer);

}  // namespace understudy::api
