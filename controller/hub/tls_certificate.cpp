#include "controller/hub/tls_certificate.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "base/ascii.h"
#include "base/ip_address.h"
#include "base/text.h"

namespace understudy {
namespace {

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

WallTime to_wall(const ASN1_TIME* time) {
    std::tm fields{};
    if (ASN1_TIME_to_tm(time, &fields) != 1) return {};
    return WallTime{std::chrono::seconds{timegm(&fields)}};
}

std::string_view bytes_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_in(std::string_view bytes) {
    if (bytes.size() == Ipv4{}.bytes.size()) {
        Ipv4 address;
        std::ranges::copy(bytes, address.bytes.begin());
        return to_string(address);
    }
    if (bytes.size() != Ipv6{}.bytes.size()) return {};
    Ipv6 address;
    std::ranges::copy(bytes, address.bytes.begin());
    return to_string(address);
}

std::vector<std::string> names_in(X509* certificate) {
    std::vector<std::string> out;
    const std::unique_ptr<GENERAL_NAMES, FreeNames> names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        std::string text;
        if (name->type == GEN_DNS) text = lower(bytes_of(name->d.dNSName));
        if (name->type == GEN_IPADD) text = address_in(bytes_of(name->d.iPAddress));
        if (!text.empty()) out.push_back(std::move(text));
    }
    return out;
}

// Without alternative names clients still look at the common name.
std::string common_name(X509* certificate) {
    X509_NAME* subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0) return {};
    return lower(bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
}

std::string fingerprint_of(X509* certificate) {
    std::string bytes(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
    bytes.resize(size);
    return to_hex(bytes);
}

bool matches(std::string_view pattern, std::string_view name) {
    if (pattern == name) return true;
    if (!pattern.starts_with("*.")) return false;
    const auto dot = name.find('.');
    return dot != std::string_view::npos && dot > 0 && name.substr(dot) == pattern.substr(1) &&
           !parse_ipv4(name);
}

}  // namespace

OwnCertificate read_certificate(X509* certificate) {
    OwnCertificate own;
    own.not_before = to_wall(X509_get0_notBefore(certificate));
    own.not_after = to_wall(X509_get0_notAfter(certificate));
    own.serial = to_hex(bytes_of(X509_get0_serialNumber(certificate)));
    own.fingerprint = fingerprint_of(certificate);
    own.names = names_in(certificate);
    if (own.names.empty()) own.names.push_back(common_name(certificate));
    if (own.names.front().empty()) own.names.clear();
    return own;
}

CertificateTerm term_of(const OwnCertificate& certificate, WallTime now) {
    return term_of(certificate.not_before, certificate.not_after, certificate.serial, now);
}

std::string names_of(const OwnCertificate& certificate) {
    std::string out;
    for (const std::string& name : certificate.names)
        add_item(out, name);
    return out.empty() ? "no name" : out;
}

bool covers(const OwnCertificate& certificate, std::string_view name) {
    const std::string wanted = lower(name);
    return std::ranges::any_of(
        certificate.names, [&](const std::string& pattern) { return matches(pattern, wanted); });
}

std::optional<Error> unfit(const OwnCertificate& certificate, const std::string& file,
                           const std::vector<std::string>& names, WallTime now) {
    constexpr const char* kField = "tls.certificate";
    const std::string time = out_of_time(certificate.not_before, certificate.not_after, now);
    if (!time.empty()) {
        return invalid(kField, file + " " + time,
                       "agents and understudyctl refuse it: renew it, or set this machine's clock "
                       "right if that is wrong");
    }
    for (const std::string& name : names) {
        if (covers(certificate, name)) continue;
        return invalid(kField,
                       file + " is not for '" + name + "', it is for " + names_of(certificate),
                       "have it made for that name too: who connects by it refuses this one");
    }
    return std::nullopt;
}

}  // namespace understudy
