// CertificateTerm: until when a certificate is good, and when that is worth a word. The one rule
// for certificates of shields and the controller's own. Pure.
#pragma once

#include <string>

#include "base/clock.h"

namespace understudy {

struct CertificateTerm {
    std::string not_after;  // RFC 3339
    std::string serial;     // hexadecimal; "": unknown
    Duration left{0};       // until not_after; below zero: it has ended
    Duration lifetime{0};   // 0: unknown
    friend bool operator==(const CertificateTerm&, const CertificateTerm&) = default;
};

CertificateTerm term_of(WallTime not_before, WallTime not_after, std::string serial, WallTime now);

// "ended at ...", "is valid only from ... on"; empty: nobody refuses it for its time.
std::string out_of_time(WallTime not_before, WallTime not_after, WallTime now);

// Less is left of it than warn_days and than a third of its life, which is when the programs that
// renew certificates have begun to: one of 24 hours is never further from its end than that.
bool near_end(const CertificateTerm& term, int warn_days);

// "ends in 9 days, at 2026-11-30T12:00:00Z", "ends in 7 hours, at ...", "ended at ...".
std::string ending(const CertificateTerm& term);

}  // namespace understudy
