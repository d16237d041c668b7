#include "controller/core/certificates.h"

#include <algorithm>

#include "controller/core/announcer.h"

namespace understudy::certificates {
namespace {

// The log is for reading; receivers of notices limit sizes.
constexpr std::size_t kNamesInLog = 20;
constexpr std::size_t kNamesInNotice = 1000;

// Two certificates may end in the same second; their serial numbers differ.
std::string identity_of(const CertificateTerm& term) {
    return term.serial.empty() ? term.not_after : term.not_after + "/" + term.serial;
}

// Domain::certificates_warned is a list of "<server id>=<identity>," entries, one per server.
// With a comma before every entry, server 1's cannot be taken for a part of server 11's.
bool has_entry(const Domain& domain, ServerId server, const std::string& identity) {
    const std::string entry = "," + to_string(server) + "=" + identity + ",";
    return ("," + domain.certificates_warned).find(entry) != std::string::npos;
}

void put_entry(std::string& warned, ServerId server, const std::string& identity) {
    const std::string key = to_string(server) + "=";
    const auto at = ("," + warned).find("," + key);
    if (at != std::string::npos) warned.erase(at, warned.find(',', at) - at + 1);
    warned += key + identity + ",";
}

// Any domain of the server may carry the mark: a domain that was added since is no news. Those of
// earlier versions are without the serial number.
bool told_before(const Fleet& fleet, const CertificateSeen& input,
                 const std::vector<DomainId>& domains) {
    const std::string identity = identity_of(input.term);
    const auto carries = [&](DomainId id) {
        return has_entry(*fleet.domain(id), input.server, identity);
    };
    const auto carries_old = [&](DomainId id) {
        return has_entry(*fleet.domain(id), input.server, input.term.not_after);
    };
    if (std::ranges::any_of(domains, carries) || std::ranges::any_of(domains, carries_old)) {
        return true;
    }
    return std::ranges::any_of(fleet.pools_of(input.server), [&](PoolId pool) {
        return std::ranges::any_of(fleet.domains_of(pool), carries);
    });
}

void remember(StepContext& context, const CertificateSeen& input,
              const std::vector<DomainId>& domains) {
    const std::string identity = identity_of(input.term);
    for (const DomainId id : domains) {
        if (has_entry(*context.fleet().domain(id), input.server, identity)) continue;
        put_entry(context.tx.edit(id).certificates_warned, input.server, identity);
    }
}

std::string sentence(const Fleet& fleet, const CertificateSeen& input,
                     const std::vector<DomainId>& domains) {
    const bool one = domains.size() == 1;
    const std::string what =
        one ? fleet.domain(domains.front())->name : std::to_string(domains.size()) + " domains";
    return "Certificate for " + what + " " + ending(input.term);
}

EventId log_expiry(StepContext& context, const CertificateSeen& input,
                   const std::vector<DomainId>& domains) {
    const Fleet& fleet = context.fleet();
    LogLine line;
    line.type = EventType::CertificateExpiring;
    line.server = input.server;
    line.pool = common_pool(fleet, domains);
    line.reason = sentence(fleet, input, domains);
    if (domains.size() == 1) {
        line.domain = domains.front();
        return context.tx.log(std::move(line));
    }
    for (std::size_t i = 0; i < domains.size() && i < kNamesInLog; ++i)
        line.detail += (i == 0 ? "" : ", ") + fleet.domain(domains[i])->name;
    if (domains.size() > kNamesInLog) {
        line.detail += " and " + std::to_string(domains.size() - kNamesInLog) + " more";
    }
    return context.tx.log(std::move(line));
}

Notice notice_of(const Fleet& fleet, const CertificateSeen& input,
                 const std::vector<DomainId>& domains) {
    Notice notice;
    notice.type = NoticeType::CertificateExpiring;
    notice.server = input.server;
    notice.pool = common_pool(fleet, domains);
    notice.reason = sentence(fleet, input, domains);
    for (std::size_t i = 0; i < domains.size() && i < kNamesInNotice; ++i) {
        const Domain& domain = *fleet.domain(domains[i]);
        const std::string holds = to_string(domain.record.confirmed);
        notice.domains.push_back({domain.name, holds, holds});
    }
    if (domains.size() > kNamesInNotice) {
        notice.detail = "and " + std::to_string(domains.size() - kNamesInNotice) + " more domains";
    }
    return notice;
}

}  // namespace

void on_seen(StepContext& context, const CertificateSeen& input) {
    const Fleet& fleet = context.fleet();
    if (fleet.server(input.server) == nullptr) return;
    if (!near_end(input.term, context.timings.certificate_warn_days)) return;
    std::vector<DomainId> domains = input.domains;
    std::erase_if(domains, [&](DomainId id) { return fleet.domain(id) == nullptr; });
    if (domains.empty()) return;
    const bool told = told_before(fleet, input, domains);
    remember(context, input, domains);
    if (told) return;
    const EventId line = log_expiry(context, input, domains);
    context.announcer.tell(context, domains, [&](const std::vector<DomainId>& taken) {
        Notice notice = notice_of(fleet, input, taken);
        notice.event = line;
        return notice;
    });
}

void on_own_seen(StepContext& context, const OwnCertificateSeen& input) {
    if (!near_end(input.term, context.timings.certificate_warn_days)) return;
    const std::string identity = identity_of(input.term);
    if (context.fleet().controls().certificate_warned == identity) return;
    context.tx.edit_controls().certificate_warned = identity;
    LogLine line;
    line.type = EventType::CertificateExpiring;
    line.reason = "The controller's own certificate " + ending(input.term);
    line.detail = "it is for " + input.names;
    Notice notice;
    notice.type = NoticeType::CertificateExpiring;
    notice.reason = line.reason;
    notice.detail = line.detail;
    notice.event = context.tx.log(std::move(line));
    context.announcer.tell(context, std::move(notice));
}

}  // namespace understudy::certificates
