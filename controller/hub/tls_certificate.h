// OwnCertificate: what the certificate says that the controller shows to agents and to clients of
// the API. Read by Tls; a plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/certificate_term.h"
#include "base/clock.h"
#include "base/result.h"

struct x509_st;

namespace understudy {

struct OwnCertificate {
    WallTime not_before{};
    WallTime not_after{};
    std::string serial;              // hexadecimal
    std::vector<std::string> names;  // DNS names, in lower case, and IP addresses
    std::string fingerprint = {};    // its SHA-256, hexadecimal
    friend bool operator==(const OwnCertificate&, const OwnCertificate&) = default;
};

OwnCertificate read_certificate(x509_st* certificate);
CertificateTerm term_of(const OwnCertificate& certificate, WallTime now);
std::string names_of(const OwnCertificate& certificate);  // "a.example.org, 192.0.2.1"

// By RFC 6125: exactly, or by a wildcard for the first label. A name may be an address.
bool covers(const OwnCertificate& certificate, std::string_view name);

// Why nobody would take it now: it has ended, it has not begun, or it is not for one of `names`.
// None: it is fit.
std::optional<Error> unfit(const OwnCertificate& certificate, const std::string& file,
                           const std::vector<std::string>& names, WallTime now);

}  // namespace understudy
