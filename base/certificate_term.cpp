#include "base/certificate_term.h"

#include <algorithm>

#include "base/text.h"

namespace understudy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

std::string span(Duration left) {
    const auto whole = [](auto units, const char* name) {
        return counted(static_cast<std::size_t>(units.count()), name);
    };
    if (left >= days{1}) return whole(std::chrono::floor<days>(left), "day");
    if (left >= hours{1}) return whole(std::chrono::floor<hours>(left), "hour");
    return whole(std::chrono::floor<minutes>(left), "minute");
}

}  // namespace

CertificateTerm term_of(WallTime not_before, WallTime not_after, std::string serial, WallTime now) {
    CertificateTerm term;
    term.not_after = to_rfc3339(not_after);
    term.serial = std::move(serial);
    term.left = not_after - now;
    term.lifetime = std::max(not_after - not_before, Duration{0});
    return term;
}

std::string out_of_time(WallTime not_before, WallTime not_after, WallTime now) {
    if (now > not_after) return "ended at " + to_rfc3339(not_after);
    if (now < not_before) return "is valid only from " + to_rfc3339(not_before) + " on";
    return {};
}

bool near_end(const CertificateTerm& term, int warn_days) {
    Duration warning = days{warn_days};
    if (term.lifetime > Duration{0}) warning = std::min(warning, term.lifetime / 3);
    return term.left <= warning;
}

std::string ending(const CertificateTerm& term) {
    if (term.left < Duration{0}) return "ended at " + term.not_after;
    return "ends in " + span(term.left) + ", at " + term.not_after;
}

}  // namespace understudy
