// The description of Policy, and reading one as a person gives it. For .cpp files that write or
// read formats. Pure.
#pragma once

#include <array>

#include "base/describe.h"
#include "base/fields.h"
#include "base/policy.h"

namespace understudy {

// How long kinds of machines need after they answer again until all their services do.
inline constexpr std::array kMachinePresets{
    Preset{"container", 30},      Preset{"lxc", 60},  Preset{"vm", 180},
    Preset{"hypervisor", 600},    Preset{"nas", 900}, Preset{"windows", 1800},
    Preset{"conservative", 3600},
};

template <>
struct Describe<Policy> {
    static constexpr std::tuple fields{
        Field{&Policy::reaction, "reaction",
              "prompt (default) or maintenance: act only in the five-minute loop"},
        Field{&Policy::confirm_s, "confirm_s", Limits{0, 3600},
              "How long a server must be down before a prompt failover"},
        Field{&Policy::health_timeout_s, "health_timeout_s", Limits{1, 3600},
              "Unseen for so long counts as down"},
        Field{&Policy::failback, "failback", "auto (default), manual or never"},
        Field{&Policy::failback_after_s, "failback_after_s", Limits{0, 86'400},
              "How long the primary must be well again", kMachinePresets},
        Field{&Policy::failover_ttl_s, "failover_ttl_s", Limits{1, 86'400},
              "TTL of the record while failed over"},
        Field{&Policy::fallback_ipv4, "fallback_ipv4",
              "Outage page when no server is healthy; none removes it"},
        Field{&Policy::fallback_ipv6, "fallback_ipv6", "The same for IPv6"},
        Field{&Policy::mode, "mode",
              "failover (default): one member serves; active_active: all healthy ones"},
        // More addresses than 100 have no room in a DNS answer: a slip of the hand.
        Field{&Policy::max_answers, "max_answers", Limits{0, 100},
              "active_active: publish at most so many members; 0 is all"},
        Field{&Policy::answers, "answers", "Which of them: member_order (default) or least_loaded"},
        Field{&Policy::evidence, "evidence",
              "Whose word decides: two_of (default), link or service"},
        Field{&Policy::confirm_agreed_s, "confirm_agreed_s", Limits{0, 3600},
              "In place of confirm where a second witness agrees"},
        Field{&Policy::probe, "probe",
              "auto (default), off, tcp:PORT, http[:PORT][/PATH] or https[:PORT][/PATH]"},
        Field{&Policy::probe_status, "probe_status",
              "HTTP statuses that count as serving: 200-499"},
        Field{&Policy::probe_text, "probe_text", Limits{0, 200},
              "Text that the answer must contain; empty is any"},
        Field{&Policy::probe_certificate, "probe_certificate",
              "record (default), or require: one that does not fit counts as dead"},
        Field{&Policy::probe_proxy_protocol, "probe_proxy_protocol",
              "off (default), or v1: probes begin with the PROXY protocol's header"},
        Field{&Policy::probe_interval_s, "probe_interval_s", Limits{1, 3600},
              "How often each server's service is probed"},
        Field{&Policy::probe_timeout_s, "probe_timeout_s", Limits{1, 60},
              "How long a probe waits for its answer"},
        Field{&Policy::fast_interval_s, "fast_interval_s", Limits{1, 3600},
              "How soon a probe is repeated until fall or rise decides"},
        Field{&Policy::probe_fall, "probe_fall", Limits{1, 100},
              "Failures in a row after which the service is dead"},
        Field{&Policy::probe_rise, "probe_rise", Limits{1, 100},
              "Successes in a row after which it serves"},
        Field{&Policy::require_ready, "require_ready",
              "prefer (default): a stand-by that is ready for every domain comes first; must: only "
              "such a one"},
        Field{&Policy::prefer_other, "prefer_other",
              "hosting or region: a stand-by with another such label than the failing server comes "
              "first; none (default)"},
        Field{&Policy::drill_every_days, "drill_every_days", Limits{0, 365},
              "A practice switch to a stand-by and back every so many days; 0 (default) is never"},
        Field{&Policy::drill_not, "drill_not",
              "When none of these begins, as 'mon-fri 08:00-18:00 Europe/Berlin'; a semicolon "
              "between several"},
    };
};

// Any of its fields, the others as they are in `policy`; a fallback given as null is taken away.
// For an object inside a body: finishes it.
Policy read_policy(Fields fields, Policy policy, bool allow_unreachable);
// For a body that is itself the policy.
Policy read_policy_fields(Fields& fields, Policy policy, bool allow_unreachable);

}  // namespace understudy
