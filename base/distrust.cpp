#include "base/distrust.h"

// Of OpenSSL nothing but its numbers: whoever calls this has it linked, the library need not.
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace understudy {
namespace {

std::string authority_remedy(const TrustTerms& terms) {
    if (terms.ca_file.empty()) {
        return "set " + terms.ca_setting + " to a PEM file with the authority that signed it";
    }
    return "put the authority that signed it into " + terms.ca_file + " (" + terms.ca_setting +
           "), or let " + terms.peer + " send its intermediate certificates too";
}

}  // namespace

Error distrust(long result, const TrustTerms& terms) {
    const std::string certificate = "the certificate of " + terms.peer;
    switch (result) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return rejected(certificate + " has expired, or its authority's has",
                            "renew it there; if it is good, set this machine's clock right");
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return rejected(certificate + " is not valid yet",
                            "set the clocks right, this machine's and the one of " + terms.peer);
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_INVALID_CA:
        case X509_V_ERR_CERT_UNTRUSTED:
            return rejected(certificate + " is signed by no authority known here",
                            authority_remedy(terms));
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return rejected(certificate + " is for another name than '" + terms.name + "'",
                            "use a name that it is for (" + terms.name_setting +
                                "), or have it made for this one");
        case X509_V_ERR_CERT_REVOKED:
            return rejected(certificate + " was revoked", "have a new one made there");
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return rejected(certificate + " has a key or signature that is too weak",
                            "have one made with a stronger key there");
        default:
            return rejected(certificate + " cannot be verified (OpenSSL's result " +
                                std::to_string(result) + ")",
                            "'openssl s_client -connect' shows what it is");
    }
}

long verify_result_of_curl(long told) {
    const bool content = told == X509_V_OK || told == X509_V_ERR_UNSPECIFIED;
    return content ? X509_V_ERR_HOSTNAME_MISMATCH : told;
}

std::string alert_sentence(int alert) {
    switch (alert) {
        case SSL_AD_UNKNOWN_CA:
            return "the other side knows no authority that signed this certificate: name it there "
                   "(ca_file of an agent, --ca-file of understudyctl)";
        case SSL_AD_CERTIFICATE_EXPIRED:
            return "the other side finds this certificate expired";
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_CERTIFICATE_UNKNOWN:
            return "the other side refuses this certificate: it is for another name, or not valid "
                   "yet there";
        case SSL_AD_CERTIFICATE_REVOKED:
            return "the other side holds this certificate for revoked";
        case SSL_AD_PROTOCOL_VERSION:
            return "no TLS version in common: TLS 1.2 or newer is spoken here";
        case SSL_AD_HANDSHAKE_FAILURE:
            return "no cipher in common";
        default:
            return "TLS alert " + std::to_string(alert);
    }
}

}  // namespace understudy
