#include "ctl/overview.h"

namespace understudy::ctl {

std::vector<Forced> overrides_of(json::Value status, json::Value servers, json::Value pools) {
    std::vector<Forced> forced;
    add_control_overrides(status["controls"], forced);
    pools["items"].each([&](json::Value pool) { add_pool_overrides(pool, forced); });
    servers["items"].each([&](json::Value server) { add_server_overrides(server, forced); });
    return forced;
}

std::optional<std::vector<Forced>> find_overrides(Session& session, json::Value status) {
    const auto servers = session.get("/servers");
    if (!servers) return std::nullopt;
    const auto pools = session.get("/pools");
    if (!pools) return std::nullopt;
    return overrides_of(status, servers->root(), pools->root());
}

}  // namespace understudy::ctl
