// Orders that move a pool: given, waited for, and told how they ended.
#pragma once

#include <string>

#include "ctl/options.h"
#include "ctl/session.h"

namespace understudy::ctl {

struct PoolOrder {
    std::string word;  // the pool, or a domain of it
    std::string method, path, body;
    std::string ends_with;  // "It stays there until: understudyctl failback "; the name follows
};

// `arguments` has the options of confirmation.h.
int move_pool(Session& session, const Arguments& arguments, const PoolOrder& order);

}  // namespace understudy::ctl
