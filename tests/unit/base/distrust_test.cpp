#include "base/distrust.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

// The numbers are OpenSSL's (x509_vfy.h), which never change.
constexpr long kNotYet = 9, kEnded = 10, kSelfSigned = 18, kNoIssuer = 20, kWrongName = 62;

const TrustTerms kTerms{"the controller", "ctl.example.org", "--controller", "--ca-file", ""};

bool says(const Error& error, const char* message, const char* remedy) {
    return error.message.find(message) != std::string::npos &&
           error.remedy.find(remedy) != std::string::npos;
}

}  // namespace

TEST_CASE("distrust: each verification that fails is named, with its own remedy") {
    CHECK(says(distrust(kEnded, kTerms), "has expired", "renew it"));
    CHECK(says(distrust(kNotYet, kTerms), "not valid yet", "clocks"));
    CHECK(says(distrust(kSelfSigned, kTerms), "no authority known here", "set --ca-file"));
    CHECK(says(distrust(kNoIssuer, kTerms), "no authority known here", "set --ca-file"));
    CHECK(says(distrust(kWrongName, kTerms), "'ctl.example.org'", "--controller"));
    CHECK(says(distrust(999, kTerms), "999", "openssl s_client"));
    // Only who does not know the authority is told to name it.
    for (const long result : {kEnded, kNotYet, kWrongName})
        CHECK(distrust(result, kTerms).text().find("--ca-file") == std::string::npos);
}

TEST_CASE("distrust: a file of authorities that is given is not asked for again") {
    TrustTerms given = kTerms;
    given.ca_file = "/etc/understudy/ca.pem";
    const Error error = distrust(kNoIssuer, given);
    CHECK(error.remedy.find("/etc/understudy/ca.pem") != std::string::npos);
    CHECK(error.remedy.find("set --ca-file") == std::string::npos);
}

TEST_CASE("distrust: what curl tells of a wrong name is a wrong name") {
    for (const long content : {0L, 1L})
        CHECK(verify_result_of_curl(content) == kWrongName);
    CHECK(verify_result_of_curl(kEnded) == kEnded);
}

TEST_CASE("distrust: the alerts of a client that refuses the certificate") {
    CHECK(alert_sentence(48).find("ca_file") != std::string::npos);
    CHECK(alert_sentence(45).find("expired") != std::string::npos);
    CHECK(alert_sentence(42).find("another name") != std::string::npos);
    CHECK(alert_sentence(70).find("TLS 1.2") != std::string::npos);
    CHECK(alert_sentence(199) == "TLS alert 199");
}

}  // namespace understudy
