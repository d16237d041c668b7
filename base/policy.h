// Policy: what a pool's owner decides about it, as plain values. The engine acts by it; how it is
// written, stored and shown is described in policy_fields.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/blocked_hours.h"
#include "base/ip_address.h"
#include "base/probe_target.h"
#include "base/result.h"
#include "base/words.h"

namespace understudy {

enum class Reaction { Prompt, Maintenance };
enum class Failback { Auto, Manual, Never };
// failover: one member serves. active_active: every healthy member does.
enum class PoolMode { Failover, ActiveActive };
// Which members an active_active pool publishes when max_answers allows fewer than are healthy.
enum class AnswerOrder { Member, LeastLoaded };
// Whose word decides about a server (controller/core/fitness.h has the table). link: its agent's
// alone. two_of: its agent's and that of whoever probes its service. service: the latter's.
enum class Evidence { Link, TwoOf, Service };
// What a stand-by is worth that is not proven to be ready for every domain. prefer: less than one
// that is. must: nothing, automation never moves to it.
enum class RequireReady { Prefer, Must };
// By which label of the servers a stand-by elsewhere than the failing one is preferred.
enum class PreferOther { None, Hosting, Region };
// What a certificate that does not fit means to a probe: nothing, or that nobody serves.
enum class ProbeCertificate { Record, Require };
// What a probe says before anything else, to services that take only proxies' connections.
enum class ProxyProtocol { Off, V1 };

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
template <>
inline constexpr Words<Evidence, 3> kWordsOf<Evidence>{
    {{Evidence::Link, "link"}, {Evidence::TwoOf, "two_of"}, {Evidence::Service, "service"}}};
template <>
inline constexpr Words<RequireReady, 2> kWordsOf<RequireReady>{
    {{RequireReady::Prefer, "prefer"}, {RequireReady::Must, "must"}}};
template <>
inline constexpr Words<PreferOther, 3> kWordsOf<PreferOther>{{{PreferOther::None, "none"},
                                                              {PreferOther::Hosting, "hosting"},
                                                              {PreferOther::Region, "region"}}};
template <>
inline constexpr Words<ProbeCertificate, 2> kWordsOf<ProbeCertificate>{
    {{ProbeCertificate::Record, "record"}, {ProbeCertificate::Require, "require"}}};
template <>
inline constexpr Words<ProxyProtocol, 2> kWordsOf<ProxyProtocol>{
    {{ProxyProtocol::Off, "off"}, {ProxyProtocol::V1, "v1"}}};

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

    Evidence evidence = Evidence::TwoOf;
    std::chrono::seconds confirm_agreed_s{5};  // in confirm_s's place when two agree
    ProbeTarget probe;
    StatusRange probe_status;
    std::string probe_text;  // that the answer must contain; empty: any
    ProbeCertificate probe_certificate = ProbeCertificate::Record;
    ProxyProtocol probe_proxy_protocol = ProxyProtocol::Off;
    std::chrono::seconds probe_interval_s{5};
    std::chrono::seconds probe_timeout_s{3};
    std::chrono::seconds fast_interval_s{1};  // after a first failure, or success
    std::uint32_t probe_fall = 3;             // failures in a row: dead
    std::uint32_t probe_rise = 2;             // successes in a row: it serves
    RequireReady require_ready = RequireReady::Prefer;
    PreferOther prefer_other = PreferOther::None;

    std::uint32_t drill_every_days = 0;  // a practice switch so often (core/drills.h); 0: never
    BlockedHours drill_not;              // when none begins by itself

    bool has_fallback() const { return fallback_ipv4.has_value(); }
    friend bool operator==(const Policy&, const Policy&) = default;
};

// Which probe the policy asks for: policies with the same words share its testimony. Empty: none.
std::string service_of(const Policy& policy);

// What its fields must be together; each alone is seen to by who reads it.
Result<Done> check_policy(const Policy& policy);

}  // namespace understudy
