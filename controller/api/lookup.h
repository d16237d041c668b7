// Finds things by what a person calls them: the name, else the id. Pure.
#pragma once

#include <string>
#include <string_view>

#include "controller/core/fleet.h"

namespace understudy::api {

// A name wins over an id of the same digits. The error is NotFound and names the thing asked for.
Result<const Server*> find_server(const Fleet& fleet, std::string_view key);
Result<const Pool*> find_pool(const Fleet& fleet, std::string_view key);
Result<const Domain*> find_domain(const Fleet& fleet, std::string_view key);
Result<const ProviderAccount*> find_provider(const Fleet& fleet, std::string_view key);
Result<const Channel*> find_channel(const Fleet& fleet, std::string_view key);

Error no_such_channel(const std::string& key);

// The same, as its id.
Result<Done> find_id(const Fleet& fleet, std::string_view key, ServerId& into);
Result<Done> find_id(const Fleet& fleet, std::string_view key, PoolId& into);
Result<Done> find_id(const Fleet& fleet, std::string_view key, DomainId& into);
Result<Done> find_id(const Fleet& fleet, std::string_view key, ProviderId& into);
Result<Done> find_id(const Fleet& fleet, std::string_view key, ChannelId& into);

// The same for a thing named in a body or a query: an Invalid error at that field.
template <typename T>
Result<T> as_field(Result<T> found, const std::string& field) {
    if (found) return found;
    return invalid(field, found.error().message, found.error().remedy);
}

// "123" as an id; 0 when it is none.
std::int64_t parse_id(std::string_view text);

}  // namespace understudy::api
