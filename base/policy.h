// Policy: what a pool's owner decides about it, as plain values. The engine acts by it; how it is
// written, stored and shown is described in policy_fields.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/words.h"

namespace understudy {

enum class Reaction { Prompt, Maintenance };
enum class Failback { Auto, Manual, Never };
// failover: one member serves. active_active: every healthy member does.
enum class PoolMode { Failover, ActiveActive };
// Which members an active_active pool publishes when max_answers allows fewer than are healthy.
enum class AnswerOrder { Member, LeastLoaded };

template <>
inline constexpr Words<Reaction, 2> kWordsOf<Reaction>{
    {{Reaction::Prompt, "prompt"}, {Reaction::Maintenance, "maintenance"}}};
template <>
inline constexpr Words<Failback, 3> kWordsOf<Failback>{
    {{Failback::Auto, "auto"}, {Failback::Manual, "manual"}, {Failback::Never, "never"}}};
template <>
inline constexpr Words<PoolMode, 2> kWordsOf<PoolMode>{
    {{PoolMode::Failover, "failover"}, {PoolMode::ActiveActive, "active_active"}}};
template <>
inline constexpr Words<AnswerOrder, 2> kWordsOf<AnswerOrder>{
    {{AnswerOrder::Member, "member_order"}, {AnswerOrder::LeastLoaded, "least_loaded"}}};

// Durations in whole seconds, as people give them.
struct Policy {
    Reaction reaction = Reaction::Prompt;
    std::chrono::seconds confirm_s{30};
    std::chrono::seconds health_timeout_s{120};
    Failback failback = Failback::Auto;
    std::chrono::seconds failback_after_s{60};
    std::uint32_t failover_ttl_s = 60;
    std::optional<Ipv4> fallback_ipv4;  // the outage page; IPv6 only beside IPv4
    std::optional<Ipv6> fallback_ipv6;
    PoolMode mode = PoolMode::Failover;
    std::uint32_t max_answers = 0;  // active_active: publish at most so many; 0: all
    AnswerOrder answers = AnswerOrder::Member;

    bool has_fallback() const { return fallback_ipv4.has_value(); }
    friend bool operator==(const Policy&, const Policy&) = default;
};

// What its fields must be together; each alone is seen to by who reads it.
Result<Done> check_policy(const Policy& policy);

}  // namespace understudy
