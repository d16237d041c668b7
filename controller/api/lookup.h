// Finds things by what a person calls them: the name, else the id. Pure.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "controller/api/request.h"
#include "controller/core/fleet.h"

namespace understudy::api {

// A name wins over an id of the same digits. The error is NotFound and names the thing asked for.
Result<const Server*> find_server(const Fleet& fleet, std::string_view key);
Result<const Pool*> find_pool(const Fleet& fleet, std::string_view key);
Result<const Domain*> find_domain(const Fleet& fleet, std::string_view key);
Result<const ProviderAccount*> find_provider(const Fleet& fleet, std::string_view key);
Result<const Channel*> find_channel(const Fleet& fleet, std::string_view key);

Result<const Token*> find_token(const Fleet& fleet, std::string_view key);
// By its id, while it is open.
Result<const Incident*> find_incident(const Fleet& fleet, std::string_view key);

Error no_such_channel(const std::string& key);

// The same, as its id.
template <typename IdType>
Result<Done> find_id(const Fleet& fleet, std::string_view key, IdType& into) {
    const auto take = [&](const auto& found) -> Result<Done> {
        if (!found) return found.error();
        into = (*found)->id;
        return Done{};
    };
    if constexpr (std::is_same_v<IdType, ServerId>) return take(find_server(fleet, key));
    if constexpr (std::is_same_v<IdType, PoolId>) return take(find_pool(fleet, key));
    if constexpr (std::is_same_v<IdType, DomainId>) return take(find_domain(fleet, key));
    if constexpr (std::is_same_v<IdType, ProviderId>) return take(find_provider(fleet, key));
    if constexpr (std::is_same_v<IdType, TokenId>) return take(find_token(fleet, key));
    if constexpr (std::is_same_v<IdType, ChannelId>) return take(find_channel(fleet, key));
    if constexpr (std::is_same_v<IdType, IncidentId>) return take(find_incident(fleet, key));
}

// The same for a thing named in a body or a query: an Invalid error at that field.
template <typename T>
Result<T> as_field(Result<T> found, const std::string& field) {
    if (found) return found;
    return invalid(field, found.error().message, found.error().remedy);
}

// What a parameter of the query names. None: it is left out, or wrong, and then it is told.
template <typename IdType>
IdType read_named(const Fleet& fleet, Query& query, std::string_view name) {
    IdType id;
    const auto key = query.text(name);
    if (!key) return id;
    const auto found = find_id(fleet, *key, id);
    if (!found) query.complain(name, found.error().message, found.error().remedy);
    return id;
}

// "123" as an id; 0 when it is none.
std::int64_t parse_id(std::string_view text);

}  // namespace understudy::api
