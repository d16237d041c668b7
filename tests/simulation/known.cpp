#include "tests/simulation/known.h"

#include <algorithm>

#include "controller/core/testimony.h"

namespace understudy::simulation::known {

namespace {

// When the last observer ceased to call it dead; in the future: one may do so still.
Instant cleared_at(const ServerBook& book) {
    Instant at{};
    for (const auto& [observer, said] : book.said) {
        const bool dead = said.verdict == Verdict::Dead;
        at = std::max(at, dead ? said.until + kCalibrated + kSlack : said.ceased);
    }
    return at;
}

}  // namespace

Instant healthy_since(const Ledger& ledger, const Pool& pool, ServerId id, Instant now) {
    const auto row = ledger.servers.find(id);
    const auto book = ledger.server_books.find(id);
    if (row == ledger.servers.end() || row->second.maintenance) return kNever;
    if (book == ledger.server_books.end() || !book->second.told.healthy_since) return kNever;
    const Instant cleared = cleared_at(book->second);
    if (now < cleared) return kNever;
    const Told& told = book->second.told;
    const bool unseen = now - *told.last_seen > pool.policy.health_timeout_s - kSlack;
    return unseen ? kNever : std::max({*told.healthy_since, book->second.eligible_since, cleared});
}

std::optional<Readied> readied(const Ledger& ledger, const Pool& pool, ServerId id) {
    const auto book = ledger.server_books.find(id);
    if (book == ledger.server_books.end()) return std::nullopt;
    const auto found = book->second.readied.find(pool.id);
    if (found == book->second.readied.end()) return std::nullopt;
    return found->second;
}

bool serves_for_all(const Ledger& ledger, const Pool& pool, ServerId id, Instant now) {
    if (healthy_since(ledger, pool, id, now) != kNever) return true;
    const auto row = ledger.servers.find(id);
    const auto book = ledger.server_books.find(id);
    const std::string service = service_of(pool.policy);
    const bool asked = pool.policy.evidence != Evidence::Link && !service.empty();
    if (!asked || row == ledger.servers.end() || row->second.maintenance) return false;
    if (book == ledger.server_books.end() || ledger.doubts || !ledger.server_books.contains(id))
        return false;
    const Told& told = book->second.told;
    const bool goodbye =
        told.departure == Departure::Restart || told.departure == Departure::Shutdown;
    if (told.linked || !told.last_seen || goodbye) return false;
    int observers = 0;
    for (const auto& [observer, said] : book->second.said) {
        if (said.verdict == Verdict::Nothing && said.serving_at == Instant{}) continue;
        if (observer.service != service) continue;
        const bool serves = said.verdict == Verdict::Serves && said.serving_at > told.left_at &&
                            now + kSlack < said.until;
        if (!serves) return false;
        ++observers;
    }
    return observers > 0;
}

}  // namespace understudy::simulation::known
