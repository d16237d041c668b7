// How the text that to_string() makes of a value is read back, for those that walk values by their
// type: answers, columns, options.
#pragma once

#include "base/blocked_hours.h"
#include "base/dns_record.h"
#include "base/ip_address.h"
#include "base/probe_target.h"

namespace understudy {

// parse; and of what people give, kRemedy: what would be right.
template <typename Value>
struct TextForm;

template <>
struct TextForm<Ipv4> {
    static constexpr auto parse = parse_ipv4;
};
template <>
struct TextForm<Ipv6> {
    static constexpr auto parse = parse_ipv6;
};
template <>
struct TextForm<AddressSet> {
    static constexpr auto parse = parse_address_set;
};
template <>
struct TextForm<ProbeTarget> {
    static constexpr auto parse = parse_probe_target;
    static constexpr const char* kRemedy = kProbeTargetForms;
};
template <>
struct TextForm<StatusRange> {
    static constexpr auto parse = parse_status_range;
    static constexpr const char* kRemedy = kStatusRangeForms;
};
template <>
struct TextForm<BlockedHours> {
    static constexpr auto parse = parse_blocked_hours;
    static constexpr const char* kRemedy = kBlockedHoursForms;
};

}  // namespace understudy
