#include "controller/api/policy.h"

#include <array>

namespace understudy::api {
namespace {

struct Preset {
    std::string_view word;
    int seconds;
};
// How long kinds of machines need after they answer again until all their services do.
constexpr std::array kPresets = {
    Preset{"container", 30},      Preset{"lxc", 60},  Preset{"vm", 180},
    Preset{"hypervisor", 600},    Preset{"nas", 900}, Preset{"windows", 1800},
    Preset{"conservative", 3600},
};

// More addresses than a DNS answer has room for; beyond it the number is a slip of the hand.
constexpr std::int64_t kMostAnswers = 100;

std::string preset_words() {
    std::vector<std::string> words;
    for (const Preset& preset : kPresets)
        words.emplace_back(preset.word);
    return listed(words);
}

void read_seconds(Fields& fields, std::string_view name, std::int64_t low, std::int64_t high,
                  std::chrono::seconds& into) {
    if (const auto given = fields.integer(name, low, high)) into = std::chrono::seconds{*given};
}

void read_failback_after(Fields& fields, Policy& policy) {
    constexpr std::string_view kName = "failback_after_s";
    const auto word = fields.member(kName).string();
    if (!word) return read_seconds(fields, kName, 0, 86'400, policy.failback_after_s);
    for (const Preset& preset : kPresets) {
        if (preset.word != *word) continue;
        policy.failback_after_s = std::chrono::seconds{preset.seconds};
        return;
    }
    fields.complain(kName, quoted(*word) + " is no preset",
                    "give seconds, or one of: " + preset_words());
}

template <typename T>
void read_word(Fields& fields, std::string_view name, std::optional<T> (*parse)(std::string_view),
               const char* words, T& into) {
    const auto given = fields.text(name);
    if (!given) return;
    if (const auto parsed = parse(*given)) {
        into = *parsed;
    } else {
        fields.complain(name, quoted(*given) + " is not known here",
                        std::string{"one of: "} + words);
    }
}

void read_count(Fields& fields, std::string_view name, std::int64_t low, std::int64_t high,
                std::uint32_t& into) {
    if (const auto given = fields.integer(name, low, high)) {
        into = static_cast<std::uint32_t>(*given);
    }
}

template <typename Address, typename Read>
void read_fallback(Fields& fields, std::string_view name, Read read, bool allow_unreachable,
                   std::optional<Address>& into) {
    if (fields.is_null(name)) into.reset();
    const auto text = fields.text(name);
    if (!text) return;
    into = fields.take(read(fields.path_of(name), *text, allow_unreachable));
}

}  // namespace

Policy read_policy_fields(Fields& fields, Policy policy, bool allow_unreachable) {
    read_word(fields, "reaction", reaction_from, "prompt, maintenance", policy.reaction);
    read_seconds(fields, "confirm_s", 0, 3600, policy.confirm_s);
    read_seconds(fields, "health_timeout_s", 1, 3600, policy.health_timeout_s);
    read_word(fields, "failback", failback_from, "auto, manual, never", policy.failback);
    read_failback_after(fields, policy);
    read_count(fields, "failover_ttl_s", 1, 86'400, policy.failover_ttl_s);
    read_fallback(fields, "fallback_ipv4", read_ipv4, allow_unreachable, policy.fallback_ipv4);
    read_fallback(fields, "fallback_ipv6", read_ipv6, allow_unreachable, policy.fallback_ipv6);
    read_word(fields, "mode", pool_mode_from, "failover, active_active", policy.mode);
    if (policy.mode == PoolMode::Failover) {
        // What chose among several answers goes with them, unless it is named all the same.
        policy.max_answers = 0;
        policy.answers = AnswerOrder::Member;
    }
    read_count(fields, "max_answers", 0, kMostAnswers, policy.max_answers);
    read_word(fields, "answers", answer_order_from, "member_order, least_loaded", policy.answers);
    return policy;
}

Policy read_policy(Fields fields, Policy policy, bool allow_unreachable) {
    policy = read_policy_fields(fields, policy, allow_unreachable);
    fields.finish();
    return policy;
}

}  // namespace understudy::api
