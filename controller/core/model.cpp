#include "controller/core/model.h"

#include <algorithm>

#include "controller/core/change.h"

namespace understudy {

Target::Target(std::vector<ServerId> several) : servers(std::move(several)) {
    std::ranges::sort(servers);
}

bool Target::has(ServerId server) const {
    return std::ranges::binary_search(servers, server);
}

Target Pool::full() const {
    if (!active_active()) return Target{primary()};
    const std::size_t limit = policy.max_answers == 0 ? members.size() : policy.max_answers;
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, members.size()));
    return Target{std::vector<ServerId>(members.begin(), members.begin() + count)};
}

bool Pool::away(const Target& from) const {
    if (!active_active()) return !from.is_only(primary());
    if (policy.answers == AnswerOrder::Member) return from != full();
    return from.servers.size() != full().servers.size();
}

DomainStatus status_of(const Domain& domain, const Pool& pool) {
    if (domain.record.in_conflict()) return DomainStatus::Conflict;
    if (!domain.record.settled()) return DomainStatus::Switching;
    if (pool.outage) return DomainStatus::Outage;
    return pool.failed_over() ? DomainStatus::FailedOver : DomainStatus::Active;
}

Sight sight_of(Departure how) {
    switch (how) {
        case Departure::Closed:
            return Sight::Closed;
        case Departure::Silent:
            return Sight::Silent;
        case Departure::Restart:
            return Sight::Restart;
        case Departure::Shutdown:
            return Sight::Shutdown;
        case Departure::Replaced:
            break;
    }
    return Sight::Replaced;
}

Sight sight_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::Serves:
            return Sight::Serves;
        case Verdict::Dead:
            return Sight::Dead;
        case Verdict::Nothing:
            break;
    }
    return Sight::NoWord;
}

}  // namespace understudy
