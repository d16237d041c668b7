// The hub's certificate: loads it into the TLS contexts of the listeners, and again when it was
// renewed, unless nobody would take the new one. OpenSSL is named only in tls*.cpp. Loop thread
// only.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/hub/tls_certificate.h"
#include "controller/hub/tls_handshakes.h"

struct ssl_ctx_st;

namespace understudy {

struct TlsFiles {
    std::string certificate;         // PEM, the server's own first, then intermediates
    std::string key;                 // PEM, not encrypted
    std::vector<std::string> names;  // by which agents and people connect; empty: not told
    friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

// For status and metrics.
struct TlsView {
    std::optional<OwnCertificate> certificate;  // in use; none: no TLS
    HandshakeFailures failures;
};

class Tls {
  public:
    explicit Tls(TlsFiles files) : files_(std::move(files)) {}
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;

    // Checks the files without using them; the error names file and reason.
    Result<OwnCertificate> check() const;
    // TLS 1.2 or newer, no session tickets, the certificate. The context belongs to its listener,
    // which this outlives.
    Result<Done> adopt(ssl_ctx_st* context);
    // An agent logged in that had connected by this name: from now on no certificate replaces the
    // one in use that is not for it, since the agent could not come back.
    void agent_came_by(std::string_view name);
    // Reads the files again; connections made from now on see the new certificate. On failure, and
    // when it has ended, has not begun or lacks a name and the old one is better, the old one
    // stays.
    Result<Done> reload(WallTime now);

    const TlsView& view() const { return view_; }

  private:
    std::optional<Error> speaks_against(const OwnCertificate& wanted, WallTime now) const;

    TlsFiles files_;
    TlsView view_;
    Handshakes handshakes_{view_.failures};
    std::vector<ssl_ctx_st*> contexts_;
    std::set<std::string, std::less<>> agents_names_;
};

}  // namespace understudy
