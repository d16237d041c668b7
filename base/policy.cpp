#include "base/policy.h"

namespace understudy {

Result<Done> check_policy(const Policy& policy) {
    if (policy.fallback_ipv6 && !policy.fallback_ipv4) {
        return invalid("policy.fallback_ipv6", "a fallback needs an IPv4 address as well",
                       "give fallback_ipv4 too");
    }
    if (policy.mode == PoolMode::Failover && policy.max_answers != 0) {
        return invalid("policy.max_answers", "a pool of mode 'failover' has one answer",
                       "leave it out, or set mode to active_active");
    }
    if (policy.answers == AnswerOrder::LeastLoaded && policy.max_answers == 0) {
        return invalid("policy.answers", "'least_loaded' chooses among too many, and all are taken",
                       "give max_answers too");
    }
    return Done{};
}

}  // namespace understudy
