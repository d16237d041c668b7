#include "controller/api/fleet_policy.h"

namespace understudy::api {
namespace {

template <typename Address>
std::string fallback_text(const std::optional<Address>& address) {
    return address ? to_string(*address) : "";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> policy_texts(const Policy& policy) {
    return {{"mode", to_text(policy.mode)},
            {"max_answers", std::to_string(policy.max_answers)},
            {"answers", to_text(policy.answers)},
            {"reaction", to_text(policy.reaction)},
            {"confirm_s", std::to_string(policy.confirm_s.count())},
            {"health_timeout_s", std::to_string(policy.health_timeout_s.count())},
            {"failback", to_text(policy.failback)},
            {"failback_after_s", std::to_string(policy.failback_after_s.count())},
            {"failover_ttl_s", std::to_string(policy.failover_ttl_s)},
            {"fallback_ipv4", fallback_text(policy.fallback_ipv4)},
            {"fallback_ipv6", fallback_text(policy.fallback_ipv6)}};
}

void write_whole_policy(json::Writer& out, const Policy& policy) {
    out.begin_object();
    for (const auto& [name, text] : policy_texts(policy)) {
        if (text.empty()) continue;
        out.key(name);
        const bool number = text.front() >= '0' && text.front() <= '9' &&
                            text.find_first_not_of("0123456789") == std::string::npos;
        number ? out.raw(text) : out.value(text);
    }
    out.end_object();
}

}  // namespace understudy::api
