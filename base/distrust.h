// Why one end of a TLS connection does not trust the other, as a sentence and with the remedy that
// fits. The one place that knows what OpenSSL's results and TLS alerts mean; used by everything
// that opens or takes TLS connections. Pure.
#pragma once

#include <string>

#include "base/result.h"

namespace understudy {

// What an operator of the side that verifies can look at.
struct TrustTerms {
    std::string peer;          // "the controller"
    std::string name;          // that the certificate has to be for
    std::string name_setting;  // what that name comes from: "--controller"
    std::string ca_setting;    // what names the authorities: "ca_file"
    std::string ca_file;       // its present value; empty: the system's authorities count alone
};

// `result` is X509_V_ERR_..., as SSL_get_verify_result() gives it.
Error distrust(long result, const TrustTerms& terms);

// What curl keeps of it (CURLINFO_SSL_VERIFYRESULT) when it fails for the peer's certificate: curl
// looks at the name itself, and only at a certificate that OpenSSL is content with.
long verify_result_of_curl(long told);

// Why the other side gave up the handshake, by the alert it sent (RFC 8446 6.2); said by the side
// that shows the certificate.
std::string alert_sentence(int alert);

}  // namespace understudy
