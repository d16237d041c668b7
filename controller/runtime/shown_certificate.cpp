#include "controller/runtime/shown_certificate.h"

#include <ctime>

#include "base/clock.h"

namespace understudy {

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

}  // namespace understudy
