#include "ctl/overview.h"

namespace understudy::ctl {
namespace {

std::vector<Forced> overrides_of(const Overview& overview) {
    std::vector<Forced> forced;
    add_control_overrides(overview.status.root()["controls"], forced);
    overview.pools.root()["items"].each(
        [&](json::Value pool) { add_pool_overrides(pool, forced); });
    overview.servers.root()["items"].each(
        [&](json::Value server) { add_server_overrides(server, forced); });
    return forced;
}

}  // namespace

std::optional<Overview> take_overview(Session& session) {
    auto status = session.get("/status");
    if (!status) return std::nullopt;
    auto servers = session.get("/servers");
    if (!servers) return std::nullopt;
    auto pools = session.get("/pools");
    if (!pools) return std::nullopt;
    return Overview{std::move(*status), std::move(*servers), std::move(*pools)};
}

std::vector<std::string> notices_of(const Overview& overview, std::size_t most, bool colours) {
    std::vector<std::string> notices;
    for (const std::string& each :
         {conflicts_text(overview.status.root()["conflicts"], most, colours),
          held_text(overview.status.root()["held"], most, colours),
          next_text(overview.pools.root(), most, colours),
          attention_text(overview.servers.root(), most, colours),
          overrides_text(overrides_of(overview), most, colours)}) {
        if (!each.empty()) notices.push_back(each);
    }
    return notices;
}

}  // namespace understudy::ctl
