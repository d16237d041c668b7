// A policy in the words of scenarios, and one by lot: both walk the description, so that a new
// field is spoken of and drawn without another line. For .cpp files of scenarios and the
// simulation.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/field_codec.h"
#include "base/ip_address.h"
#include "base/policy_fields.h"
#include "base/random.h"
#include "base/time_span.h"

namespace understudy::test {

// One codec per type of value: read() tells whether the text was understood; draw() often leaves
// what is usual.
template <typename Value>
struct PolicyWord;

template <>
struct PolicyWord<std::chrono::seconds> {
    using Value = std::chrono::seconds;
    static std::string write(Value value) { return std::to_string(value.count()) + "s"; }
    static bool read(std::string_view text, Value& into) {
        if (text == "0s") into = Value{0};
        const auto span = parse_time_span(text);
        if (span) into = std::chrono::duration_cast<Value>(*span);
        return span || text == "0s";
    }
    static void draw(Random& random, Limits limits, Value& into) {
        if (random.chance(0.5)) return;
        into = random.chance(0.5) ? into * 2 : into / 2;
        if (limits.low == 0 && random.chance(0.2)) into = Value{0};
        into = Value{std::clamp<std::int64_t>(into.count(), limits.low, limits.high)};
    }
};

template <>
struct PolicyWord<std::uint32_t> {
    static std::string write(std::uint32_t value) { return std::to_string(value); }
    static bool read(std::string_view text, std::uint32_t& into) {
        const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), into);
        return trouble == std::errc{} && end == text.data() + text.size();
    }
    static void draw(Random& random, Limits limits, std::uint32_t& into) {
        if (random.chance(0.6)) return;
        into = limits.low == 0 ? 1 + static_cast<std::uint32_t>(random.below(4)) : into * 2;
    }
};

template <Worded Enum>
struct PolicyWord<Enum> {
    static std::string write(Enum value) { return to_text(value); }
    static bool read(std::string_view text, Enum& into) {
        const auto known = from_text<Enum>(text);
        into = known.value_or(into);
        return known.has_value();
    }
    static void draw(Random& random, Limits, Enum& into) {
        if (random.chance(0.7)) into = kWordsOf<Enum>[random.below(kWordsOf<Enum>.size())].first;
    }
};

template <Formed Value>
struct PolicyWord<Value> {
    static std::string write(const Value& value) { return to_string(value); }
    static bool read(std::string_view text, Value& into) {
        const auto known = TextForm<Value>::parse(text);
        into = known.value_or(into);
        return known.has_value();
    }
    static void draw(Random&, Limits, Value&) {}
};

// "daily_08:00-18:00_+00:00": a word has no spaces.
template <>
struct PolicyWord<BlockedHours> {
    static std::string write(const BlockedHours& value) {
        std::string text = to_string(value);
        std::ranges::replace(text, ' ', '_');
        return text.empty() ? "none" : text;
    }
    static bool read(std::string_view words, BlockedHours& into) {
        std::string text{words == "none" ? std::string_view{} : words};
        std::ranges::replace(text, '_', ' ');
        const auto known = parse_blocked_hours(text);
        into = known.value_or(into);
        return known.has_value();
    }
    static void draw(Random&, Limits, BlockedHours&) {}
};

template <>
struct PolicyWord<std::string> {
    static std::string write(const std::string& value) { return value.empty() ? "none" : value; }
    static bool read(std::string_view text, std::string& into) {
        into = text == "none" ? std::string_view{} : text;
        return true;
    }
    static void draw(Random&, Limits, std::string&) {}
};

template <typename Address>
struct PolicyWord<std::optional<Address>> {
    static constexpr bool kOld = std::is_same_v<Address, Ipv4>;
    static std::string write(const std::optional<Address>& value) {
        return value ? to_string(*value) : "none";
    }
    static bool read(std::string_view text, std::optional<Address>& into) {
        into.reset();
        if constexpr (kOld) {
            into = parse_ipv4(text);
        } else {
            into = parse_ipv6(text);
        }
        return into || text == "none";
    }
    static void draw(Random& random, Limits, std::optional<Address>& into) {
        if (random.chance(0.2)) read(kOld ? "198.51.100.1" : "2001:db8::fa11", into);
    }
};

// "confirm=30s reaction=prompt ...": every field, by its name without the unit.
inline std::string policy_words(const Policy& policy) {
    std::string words;
    each_field<Policy>([&](const auto& field) {
        const auto& value = policy.*field.member;
        words += (words.empty() ? "" : " ") + std::string{without_unit(field.name)} + "=" +
                 PolicyWord<std::remove_cvref_t<decltype(value)>>::write(value);
    });
    return words;
}

// false: there is no such field, or the text is nothing for it.
inline bool set_policy_word(Policy& policy, std::string_view key, std::string_view text) {
    bool understood = false;
    each_field<Policy>([&](const auto& field) {
        if (key != without_unit(field.name)) return;
        auto& value = policy.*field.member;
        understood = PolicyWord<std::remove_cvref_t<decltype(value)>>::read(text, value);
    });
    return understood;
}

inline Policy drawn_policy(Random& random) {
    Policy policy;
    each_field<Policy>([&](const auto& field) {
        auto& value = policy.*field.member;
        PolicyWord<std::remove_cvref_t<decltype(value)>>::draw(random, field.limits, value);
    });
    // check_policy
    if (!policy.fallback_ipv4) policy.fallback_ipv6.reset();
    if (policy.mode == PoolMode::Failover) policy.max_answers = 0;
    if (policy.max_answers == 0) policy.answers = AnswerOrder::Member;
    policy.fast_interval_s = std::min(policy.fast_interval_s, policy.probe_interval_s);
    if (policy.probe.kind == ProbeTarget::Kind::Off || policy.mode == PoolMode::ActiveActive)
        policy.require_ready = RequireReady::Prefer;
    return policy;
}

}  // namespace understudy::test
