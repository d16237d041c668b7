#include "controller/core/announcer.h"

#include <algorithm>

namespace understudy {
namespace {

// A message names at most this many domains; receivers limit sizes, and nobody reads more.
constexpr std::size_t kDomainsPerNotice = 1000;

NoticeType type_of(News news) {
    switch (news) {
        case News::FailoverTriggered:
            return NoticeType::FailoverTriggered;
        case News::ServerRecovered:
            return NoticeType::ServerRecovered;
        case News::FailoverFailed:
            return NoticeType::FailoverFailed;
        case News::DnsDrift:
            return NoticeType::DnsDrift;
        case News::None:
            break;
    }
    ensure(false);
}

bool takes_labels(const Channel& channel, const Server* server) {
    if (channel.labels.empty()) return true;
    if (server == nullptr) return false;
    return std::ranges::all_of(channel.labels, [&](const auto& wanted) {
        const auto at = server->labels.find(wanted.first);
        return at != server->labels.end() && at->second == wanted.second;
    });
}

bool takes_pool(const Channel& channel, PoolId pool) {
    return channel.pools.empty() || std::ranges::find(channel.pools, pool) != channel.pools.end();
}

bool takes_domain(const Channel& channel, const Fleet& fleet, const Domain& domain) {
    return takes_pool(channel, domain.pool) &&
           takes_labels(channel, fleet.server(fleet.pool(domain.pool)->primary()));
}

bool takes(const Channel& channel, const Fleet& fleet, const Notice& notice) {
    if (channel.disabled) return false;
    if (!channel.types.empty() && !channel.types.contains(notice.type)) return false;
    // What holds everything holds everybody's pools and servers.
    if (notice.type == NoticeType::FailoverHeld && !notice.pool && !notice.server) return true;
    if (!takes_labels(channel, fleet.server(notice.server))) return false;
    if (channel.pools.empty() || takes_pool(channel, notice.pool)) return true;
    // A server's news belongs to every pool it is a member of.
    return !notice.pool && std::ranges::any_of(fleet.pools_of(notice.server), [&](PoolId pool) {
        return takes_pool(channel, pool);
    });
}

void name_things(Notice& notice, const Fleet& fleet) {
    if (const Server* server = fleet.server(notice.server)) {
        notice.server_name = server->name;
        notice.server_address = to_string(server->addresses());
    }
    if (const Pool* pool = fleet.pool(notice.pool)) notice.pool_name = pool->name;
}

}  // namespace

DeadlineKey Announcer::deadline_of(const Key& key) {
    return {DeadlineKey::Kind::Digest,
            key.incident.value * 8 + static_cast<std::int64_t>(key.news)};
}

void Announcer::restore(const Fleet& fleet, Deadlines& deadlines, Instant due) {
    for (const Domain* domain : fleet.domains()) {
        if (domain->news != News::None) {
            add({domain->news_incident, domain->news}, domain->id, deadlines, due, {});
        }
        if (!domain->record.settled() && !domain->record.in_conflict()) {
            const IncidentId incident = fleet.pool(domain->pool)->incident;
            waiting_[incident].push_back(domain->id);
            waiting_for_[domain->id] = incident;
        }
    }
}

void Announcer::tell(StepContext& context, Notice notice) {
    const Fleet& fleet = context.fleet();
    name_things(notice, fleet);
    for (const Channel* channel : fleet.channels()) {
        if (!takes(*channel, fleet, notice)) continue;
        context.tx.enqueue(channel->id, notice, context.tx.next_id<NotificationId>());
    }
}

void Announcer::tell(StepContext& context, const std::vector<DomainId>& domains,
                     const std::function<Notice(const std::vector<DomainId>&)>& words) {
    const Fleet& fleet = context.fleet();
    for (const Channel* channel : fleet.channels()) {
        std::vector<DomainId> taken = domains;
        std::erase_if(taken,
                      [&](DomainId id) { return !takes_pool(*channel, fleet.domain(id)->pool); });
        if (taken.empty()) continue;
        Notice notice = words(taken);
        name_things(notice, fleet);
        if (!takes(*channel, fleet, notice)) continue;
        context.tx.enqueue(channel->id, notice, context.tx.next_id<NotificationId>());
    }
}

void Announcer::tell(StepContext& context, DomainId id, News news, const AddressSet& from,
                     const AddressSet& to, const std::string& detail) {
    Domain& domain = context.tx.edit(id);
    if (domain.news != News::None) flush(context, Key{domain.news_incident, domain.news});
    domain.news = news;
    domain.news_from = from;
    domain.news_to = to;
    // Drifts have no incident of a server; those found together are told together.
    domain.news_incident =
        news == News::DnsDrift ? IncidentId{} : context.fleet().pool(domain.pool)->incident;
    const Instant due = context.now + context.timings.digest_wait;
    add({domain.news_incident, news}, id, context.deadlines, due, detail);
}

void Announcer::add(const Key& key, DomainId domain, Deadlines& deadlines, Instant due,
                    const std::string& detail) {
    Digest& digest = digests_[key];
    if (digest.domains.empty()) {
        deadlines.set(deadline_of(key), due);
        digest.detail = detail;
    }
    digest.domains.insert(domain);
}

void Announcer::waits(StepContext& context, DomainId domain, IncidentId incident) {
    done(context, domain);
    auto& waiting = waiting_[incident];
    waiting.insert(std::ranges::upper_bound(waiting, domain), domain);
    waiting_for_[domain] = incident;
}

void Announcer::done(StepContext& context, DomainId domain) {
    const auto at = waiting_for_.find(domain);
    if (at == waiting_for_.end()) return;
    const IncidentId incident = at->second;
    waiting_for_.erase(at);
    auto& waiting = waiting_[incident];
    waiting.erase(std::ranges::lower_bound(waiting, domain));
    if (!waiting.empty()) return;
    waiting_.erase(incident);
    flush(context, incident);
}

void Announcer::due(StepContext& context, std::int64_t digest) {
    flush(context, Key{IncidentId{digest / 8}, static_cast<News>(digest % 8)});
}

void Announcer::flush(StepContext& context, IncidentId incident) {
    for (const News news : {News::FailoverFailed, News::FailoverTriggered, News::ServerRecovered}) {
        flush(context, Key{incident, news});
    }
}

void Announcer::forget(StepContext& context, DomainId domain) {
    done(context, domain);
    const Domain* known = context.fleet().domain(domain);
    if (known->news != News::None) flush(context, Key{known->news_incident, known->news});
}

void Announcer::flush(StepContext& context, const Key& key) {
    const auto at = digests_.find(key);
    if (at == digests_.end()) return;
    const Digest digest = std::move(at->second);
    digests_.erase(at);
    context.deadlines.clear(deadline_of(key));
    for (const Channel* channel : context.fleet().channels()) {
        send_digest(context, key, digest, *channel);
    }
    for (const DomainId id : digest.domains) {
        Domain& domain = context.tx.edit(id);
        domain.news = News::None;
        domain.news_from = {};
        domain.news_to = {};
        domain.news_incident = {};
        if (key.news == News::FailoverTriggered || key.news == News::FailoverFailed) {
            domain.announced_away = true;
        }
        if (key.news == News::ServerRecovered) domain.announced_away = false;
    }
}

void Announcer::send_digest(StepContext& context, const Key& key, const Digest& digest,
                            const Channel& channel) {
    const Fleet& fleet = context.fleet();
    Notice notice;
    notice.type = type_of(key.news);
    notice.incident = key.incident;
    notice.detail = digest.detail;
    std::size_t more = 0;
    for (const DomainId id : digest.domains) {
        const Domain& domain = *fleet.domain(id);
        const Pool& pool = *fleet.pool(domain.pool);
        if (!takes_domain(channel, fleet, domain)) continue;
        if (notice.domains.size() == kDomainsPerNotice) {
            ++more;
            continue;
        }
        notice.pool = notice.domains.empty() || notice.pool == pool.id ? pool.id : PoolId{};
        notice.server = pool.primary();
        notice.reason = key.news == News::DnsDrift ? "Record changed by somebody else" : pool.why();
        MovedDomain moved{domain.name, to_string(domain.news_from), to_string(domain.news_to)};
        if (key.news == News::DnsDrift && !domain.record.foreign_why.empty()) {
            moved.to.clear();
            moved.problem = domain.record.foreign_why;
        }
        notice.domains.push_back(std::move(moved));
        if (key.news == News::FailoverFailed) notice.pending.push_back(domain.name);
    }
    if (notice.domains.empty() || channel.disabled) return;
    if (!channel.types.empty() && !channel.types.contains(notice.type)) return;
    const auto waiting = waiting_.find(key.incident);
    if (waiting != waiting_.end()) {
        for (const DomainId id : waiting->second) {
            if (notice.pending.size() == kDomainsPerNotice) break;
            const Domain& domain = *fleet.domain(id);
            if (takes_domain(channel, fleet, domain)) notice.pending.push_back(domain.name);
        }
    }
    if (more > 0) notice.detail += " and " + std::to_string(more) + " more domains";
    name_things(notice, fleet);
    context.tx.enqueue(channel.id, notice, context.tx.next_id<NotificationId>());
}

}  // namespace understudy
