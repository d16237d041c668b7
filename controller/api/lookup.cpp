#include "controller/api/lookup.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/text.h"

namespace understudy::api {
namespace {

Error missing(const std::string& kind, std::string_view key) {
    return not_found("there is no " + kind + " " + quoted(key),
                     "GET /api/v1/" + kind + "s lists them");
}

template <typename Thing>
Result<const Thing*> one_of(const char* kind, std::string_view key, const Thing* by_name,
                            const Thing* by_id) {
    if (by_name != nullptr) return by_name;
    if (by_id == nullptr) return missing(kind, key);
    return by_id;
}

}  // namespace

std::int64_t parse_id(std::string_view text) {
    const auto id = whole_number<std::int64_t>(text);
    return id && *id > 0 ? *id : 0;
}

Result<const Server*> find_server(const Fleet& fleet, std::string_view key) {
    return one_of("server", key, fleet.server_named(key), fleet.server(ServerId{parse_id(key)}));
}

Result<const Pool*> find_pool(const Fleet& fleet, std::string_view key) {
    return one_of("pool", key, fleet.pool_named(key), fleet.pool(PoolId{parse_id(key)}));
}

Result<const Domain*> find_domain(const Fleet& fleet, std::string_view key) {
    const auto name = canonical_name("domain", key);
    return one_of("domain", key, name ? fleet.domain_named(*name) : nullptr,
                  fleet.domain(DomainId{parse_id(key)}));
}

Result<const ProviderAccount*> find_provider(const Fleet& fleet, std::string_view key) {
    return one_of("provider", key, fleet.provider_named(key),
                  fleet.provider(ProviderId{parse_id(key)}));
}

Result<const Channel*> find_channel(const Fleet& fleet, std::string_view key) {
    return one_of("channel", key, fleet.channel_named(key),
                  fleet.channel(ChannelId{parse_id(key)}));
}

Result<const Token*> find_token(const Fleet& fleet, std::string_view key) {
    return one_of("token", key, fleet.token_named(key), fleet.token(TokenId{parse_id(key)}));
}

Result<const Incident*> find_incident(const Fleet& fleet, std::string_view key) {
    const Incident* open = fleet.incident(IncidentId{parse_id(key)});
    if (open == nullptr) return missing("incident", key);
    return open;
}

Error no_such_channel(const std::string& key) {
    return missing("channel", key);
}

}  // namespace understudy::api
