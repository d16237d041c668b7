#include "controller/api/lookup.h"

#include <charconv>

#include "base/domain_name.h"
#include "controller/api/request.h"

namespace understudy::api {
namespace {

Error missing(const char* kind, const char* list_path, std::string_view key) {
    return not_found(std::string{"there is no "} + kind + " " + quoted(key),
                     std::string{"GET /api/v1/"} + list_path + " lists them");
}

Result<Done> take_id(const auto& found, auto& into) {
    if (!found) return found.error();
    into = (*found)->id;
    return Done{};
}

}  // namespace

std::int64_t parse_id(std::string_view text) {
    std::int64_t id = 0;
    const char* end = text.data() + text.size();
    const auto [stop, trouble] = std::from_chars(text.data(), end, id);
    return trouble == std::errc{} && stop == end && id > 0 ? id : 0;
}

Result<const Server*> find_server(const Fleet& fleet, std::string_view key) {
    const Server* found = fleet.server_named(key);
    if (found == nullptr) found = fleet.server(ServerId{parse_id(key)});
    if (found == nullptr) return missing("server", "servers", key);
    return found;
}

Result<const Pool*> find_pool(const Fleet& fleet, std::string_view key) {
    const Pool* found = fleet.pool_named(key);
    if (found == nullptr) found = fleet.pool(PoolId{parse_id(key)});
    if (found == nullptr) return missing("pool", "pools", key);
    return found;
}

Result<const Domain*> find_domain(const Fleet& fleet, std::string_view key) {
    const auto name = canonical_name("domain", key);
    const Domain* found = name ? fleet.domain_named(*name) : nullptr;
    if (found == nullptr) found = fleet.domain(DomainId{parse_id(key)});
    if (found == nullptr) return missing("domain", "domains", key);
    return found;
}

Result<const ProviderAccount*> find_provider(const Fleet& fleet, std::string_view key) {
    const ProviderAccount* found = fleet.provider_named(key);
    if (found == nullptr) found = fleet.provider(ProviderId{parse_id(key)});
    if (found == nullptr) return missing("provider", "providers", key);
    return found;
}

Result<const Channel*> find_channel(const Fleet& fleet, std::string_view key) {
    const Channel* found = fleet.channel_named(key);
    if (found == nullptr) found = fleet.channel(ChannelId{parse_id(key)});
    if (found == nullptr) return no_such_channel(std::string{key});
    return found;
}

Error no_such_channel(const std::string& key) {
    return missing("channel", "channels", key);
}

Result<Done> find_id(const Fleet& fleet, std::string_view key, ServerId& into) {
    return take_id(find_server(fleet, key), into);
}

Result<Done> find_id(const Fleet& fleet, std::string_view key, PoolId& into) {
    return take_id(find_pool(fleet, key), into);
}

Result<Done> find_id(const Fleet& fleet, std::string_view key, DomainId& into) {
    return take_id(find_domain(fleet, key), into);
}

Result<Done> find_id(const Fleet& fleet, std::string_view key, ProviderId& into) {
    return take_id(find_provider(fleet, key), into);
}

Result<Done> find_id(const Fleet& fleet, std::string_view key, ChannelId& into) {
    return take_id(find_channel(fleet, key), into);
}

}  // namespace understudy::api
