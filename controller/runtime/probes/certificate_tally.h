// CertificateTally: which certificates one server showed for which of its domains, so that the end
// of one is told once for all of them. Loop thread; used by CertificateRounds and ReadinessRounds.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/certificate_term.h"
#include "controller/core/input.h"
#include "controller/runtime/outbound/outbound.h"

namespace understudy {

// None: the answer tells no end.
std::optional<CertificateTerm> term_of(const CertificateAnswer& answer, WallTime now);

class CertificateTally {
  public:
    void add(const CertificateAnswer& answer, DomainId domain);
    std::vector<CertificateSeen> seen_at(ServerId server, WallTime wall) const;
    std::vector<CertificateTerm> terms(WallTime wall) const;

  private:
    // By end and serial number.
    using Certificate = std::pair<std::string, std::string>;
    struct Shown {
        CertificateAnswer answer;
        std::vector<DomainId> domains;
    };
    std::map<Certificate, Shown> found_;
};

}  // namespace understudy
