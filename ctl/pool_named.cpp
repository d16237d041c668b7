#include "ctl/pool_named.h"

#include "base/text.h"
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
    if (is_true(pool["target_is_fallback"])) return "(fallback page)";
    return pool["serving"].is_array() ? shortened(pool["serving"], most) : name_in(pool["target"]);
}

Cell pool_state(json::Value pool) {
    if (is_true(pool["outage"])) return {"outage", Tone::Bad};
    if (is_true(pool["failed_over"])) return {"failed_over", Tone::Warning};
    return {"active", Tone::Good};
}

std::string domains_text(json::Value pool) {
    return counted(static_cast<std::size_t>(count_of(pool["domains"])), "domain");
}

}  // namespace understudy::ctl
