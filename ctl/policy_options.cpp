#include "ctl/policy_options.h"

#include "base/json.h"

namespace understudy::ctl {
namespace {

struct PolicyOption {
    const char* option;
    const char* field;
};
constexpr PolicyOption kWords[] = {
    {"reaction", "reaction"}, {"failback", "failback"}, {"mode", "mode"}, {"answers", "answers"}};
constexpr PolicyOption kAddresses[] = {{"fallback-ipv4", "fallback_ipv4"},
                                       {"fallback-ipv6", "fallback_ipv6"}};
constexpr PolicyOption kNumbers[] = {{"confirm", "confirm_s"},
                                     {"health-timeout", "health_timeout_s"},
                                     {"failover-ttl", "failover_ttl_s"},
                                     {"max-answers", "max_answers"}};

bool write_words(json::Writer& policy, const Arguments& arguments) {
    bool any = false;
    for (const auto& [option, field] : kWords) {
        if (const auto word = arguments.text(option)) any = (policy.field(field, *word), true);
    }
    for (const auto& [option, field] : kAddresses) {
        const auto address = arguments.text(option);
        if (!address) continue;
        any = true;
        policy.key(field);
        *address == "none" ? policy.null() : policy.value(*address);
    }
    if (const auto after = arguments.text("failback-after")) {
        const auto number = arguments.integer("failback-after");
        any = true;
        policy.key("failback_after_s");
        number ? policy.value(**number) : policy.value(*after);
    }
    return any;
}

}  // namespace

std::vector<Option> with_policy_options(std::vector<Option> own) {
    const std::vector<Option> options = {
        {"mode", "WORD", "failover (default): one member serves; active_active: all healthy ones"},
        {"reaction", "WORD", "prompt (default) or maintenance: act only in the five-minute loop"},
        {"confirm", "SECONDS", "How long a server must be down before a prompt failover"},
        {"health-timeout", "SECONDS", "Unseen for so long counts as down"},
        {"failback", "WORD", "auto (default), manual or never"},
        {"failback-after", "SECONDS",
         "How long the primary must be well again; or a preset: container, lxc, vm, "
         "hypervisor, nas, windows, conservative"},
        {"failover-ttl", "SECONDS", "TTL of the record while failed over"},
        {"fallback-ipv4", "ADDRESS", "Outage page when no server is healthy; none removes it"},
        {"fallback-ipv6", "ADDRESS", "The same for IPv6"},
        {"max-answers", "N", "active_active: publish at most so many members; 0 is all"},
        {"answers", "WORD", "Which of them: member_order (default) or least_loaded"},
    };
    own.insert(own.end(), options.begin(), options.end());
    return own;
}

Result<std::string> policy_body(const Arguments& arguments) {
    json::Writer policy;
    policy.begin_object();
    bool any = write_words(policy, arguments);
    for (const auto& [option, field] : kNumbers) {
        const auto number = arguments.integer(option);
        if (!number) return number.error();
        if (*number) any = (policy.field(field, **number), true);
    }
    policy.end_object();
    return any ? policy.take() : std::string{};
}

}  // namespace understudy::ctl
