// The hub's certificate: loads it into the TLS contexts of the listeners, and again when it was
// renewed. OpenSSL is named only in tls.cpp. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;

namespace understudy {

struct TlsFiles {
    std::string certificate;  // PEM, the server's own first, then intermediates
    std::string key;          // PEM, not encrypted
};

class Tls {
  public:
    explicit Tls(TlsFiles files) : files_(std::move(files)) {}

    // Checks the files without using them; the error names file and reason.
    Result<Done> check() const;
    // TLS 1.2 or newer, no session tickets, the certificate. The context belongs to its listener,
    // which outlives this object's use of it.
    Result<Done> adopt(ssl_ctx_st* context);
    // Reads the files again; connections made from now on see the new certificate. On failure the
    // old one stays.
    Result<Done> reload();

  private:
    TlsFiles files_;
    std::vector<ssl_ctx_st*> contexts_;
};

}  // namespace understudy
