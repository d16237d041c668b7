#include "controller/runtime/probes/shown_certificate.h"

#include <algorithm>
#include <ctime>

#include "base/ascii.h"

namespace understudy {
namespace {

constexpr std::string_view kDnsName = "DNS:";

// A star stands for one whole label, the first (RFC 6125).
bool covers(std::string_view pattern, std::string_view name) {
    if (!pattern.starts_with("*.")) return same_ignoring_case(pattern, name);
    const auto dot = name.find('.');
    return dot != std::string_view::npos && dot > 0 &&
           same_ignoring_case(pattern.substr(1), name.substr(dot));
}

bool any_covers(std::string_view alternatives, std::string_view name) {
    while (!alternatives.empty()) {
        const auto comma = std::min(alternatives.find(','), alternatives.size());
        std::string_view each = alternatives.substr(0, comma);
        alternatives.remove_prefix(std::min(comma + 1, alternatives.size()));
        while (each.starts_with(' '))
            each.remove_prefix(1);
        if (each.starts_with(kDnsName) && covers(each.substr(kDnsName.size()), name)) return true;
    }
    return false;
}

}  // namespace

std::string rfc3339_of_openssl(std::string_view text) {
    std::tm fields{};
    const std::string copy{text};
    // strptime's month names depend on the locale; the controller never leaves the C locale.
    if (strptime(copy.c_str(), "%b %e %H:%M:%S %Y GMT", &fields) == nullptr) return {};
    const std::time_t seconds = timegm(&fields);
    return to_rfc3339(WallTime{std::chrono::seconds{seconds}});
}

std::string serial_digits(std::string_view text) {
    constexpr std::size_t kDigits = 40;
    std::string digits;
    for (const char each : text) {
        const bool digit = (each >= '0' && each <= '9') || (each >= 'a' && each <= 'f') ||
                           (each >= 'A' && each <= 'F');
        if (digit && digits.size() < kDigits) digits += each;
    }
    return digits;
}

std::string certificate_misfit(std::string_view not_before, std::string_view not_after,
                               std::string_view alternatives, std::string_view name, WallTime now) {
    const auto end = parse_rfc3339(not_after);
    if (end && *end <= now) return "expired " + std::string{not_after};
    const auto begin = parse_rfc3339(not_before);
    if (begin && *begin > now) return "not valid before " + std::string{not_before};
    if (alternatives.empty() || any_covers(alternatives, name)) return {};
    return "for other names than " + std::string{name};
}

}  // namespace understudy
