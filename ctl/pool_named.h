// The pool that a person means, and what several commands say about a pool.
#pragma once

#include <optional>
#include <string>

#include "ctl/session.h"

namespace understudy::ctl {

// By its name, or by the name of one of its domains. None: said, return session.failure().
std::optional<json::Document> find_pool(Session& session, const std::string& word);

// The members it serves from now: "web2", "web1, web3"; "(fallback page)".
std::string serving_text(json::Value pool, std::size_t most = 100);
Cell pool_state(json::Value pool);           // active, failed_over, outage
std::string domains_text(json::Value pool);  // "1 domain", "12 domains"

}  // namespace understudy::ctl
