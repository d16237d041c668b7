#include "controller/runtime/probes/certificate_tally.h"

#include <algorithm>

namespace understudy {

std::optional<CertificateTerm> term_of(const CertificateAnswer& answer, WallTime now) {
    const auto end = parse_rfc3339(answer.not_after);
    if (!end) return std::nullopt;
    const auto begin = parse_rfc3339(answer.not_before);
    return term_of(begin.value_or(*end), *end, answer.serial, now);
}

void CertificateTally::add(const CertificateAnswer& answer, DomainId domain) {
    if (answer.not_after.empty()) return;
    Shown& shown = found_[{answer.not_after, answer.serial}];
    shown.answer = answer;
    shown.domains.push_back(domain);
}

std::vector<CertificateSeen> CertificateTally::seen_at(ServerId server, WallTime wall) const {
    std::vector<CertificateSeen> seen;
    for (const auto& [certificate, shown] : found_) {
        auto term = term_of(shown.answer, wall);
        if (!term) continue;
        std::vector<DomainId> domains = shown.domains;
        std::ranges::sort(domains);  // they came in the order of the answers, some more than once
        domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
        seen.push_back({server, std::move(domains), *std::move(term)});
    }
    return seen;
}

std::vector<CertificateTerm> CertificateTally::terms(WallTime wall) const {
    std::vector<CertificateTerm> terms;
    for (const auto& [certificate, shown] : found_)
        if (auto term = term_of(shown.answer, wall)) terms.push_back(*std::move(term));
    return terms;
}

}  // namespace understudy
