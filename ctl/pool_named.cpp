#include "ctl/pool_named.h"

#include "ctl/display.h"

namespace understudy::ctl {

std::optional<json::Document> find_pool(Session& session, const std::string& word) {
    auto pool = session.find("/pools" + path_part(word));
    if (!pool.missing) return std::move(pool.document);
    const auto domain = session.find("/domains" + path_part(word));
    if (domain.document) {
        return session.get("/pools" + path_part(name_in(domain.document->root()["pool"])));
    }
    if (domain.missing) {
        session.complain(kRefused, not_found("there is no pool or domain '" + word + "'",
                                             "see: understudyctl pool list"));
    }
    return std::nullopt;
}

std::string serving_text(json::Value pool, std::size_t most) {
    if (pool["target_is_fallback"].boolean().value_or(false)) return "(fallback page)";
    return pool["serving"].is_array() ? shortened(pool["serving"], most) : name_in(pool["target"]);
}

Cell pool_state(json::Value pool) {
    if (pool["outage"].boolean().value_or(false)) return {"outage", Tone::Bad};
    if (pool["failed_over"].boolean().value_or(false)) return {"failed_over", Tone::Warning};
    return {"active", Tone::Good};
}

std::string domains_text(json::Value pool) {
    const std::string count = number_text(pool["domains"]);
    return count + (count == "1" ? " domain" : " domains");
}

}  // namespace understudy::ctl
