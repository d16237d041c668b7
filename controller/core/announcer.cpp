#include "controller/core/announcer.h"

#include <algorithm>
#include <iterator>

#include "base/notice_reasons.h"
#include "controller/core/conflicts.h"
#include "controller/core/quiet.h"
#include "controller/core/served.h"
#include "controller/core/within.h"

namespace understudy {
namespace {

NoticeType notice_of(News news) {
    switch (news) {
        case News::FailoverTriggered:
            return NoticeType::FailoverTriggered;
        case News::ServerRecovered:
            return NoticeType::ServerRecovered;
        case News::FailoverFailed:
        case News::NotServed:
            return NoticeType::FailoverFailed;
        case News::DnsDrift:
            return NoticeType::DnsDrift;
        case News::None:
            break;
    }
    ensure(false);
}

// Pools of the same incident that have no healthy member still: it is not over with this one.
void name_outages_left(const Fleet& fleet, const Channel& channel, Notice& notice) {
    if (!notice.incident) return;
    for (const Pool* pool : fleet.pools()) {
        if (!pool->outage || pool->incident != notice.incident) continue;
        Notice told;
        told.type = notice.type;
        told.pool = pool->id;
        told.server = pool->face();
        if (!takes(channel, fleet, told)) continue;
        for (const DomainId id : fleet.domains_of(pool->id)) {
            if (notice.pending.size() == kDomainsPerNotice) return;
            notice.pending.push_back(fleet.domain(id)->name);
        }
    }
}

bool is_move(News news) {
    return news == News::FailoverTriggered || news == News::ServerRecovered;
}

bool takes_type(const Channel& channel, NoticeType type) {
    return !channel.disabled && severity_of(type) >= channel.attention.severity &&
           (channel.types.contains(type) || (channel.types.empty() && !only_by_name(type)));
}

bool takes_labels(const Channel& channel, const Server* server) {
    return channel.labels.empty() ||
           (server != nullptr && within::carries(*server, channel.labels));
}

bool takes_pool(const Channel& channel, PoolId pool) {
    return channel.pools.empty() || std::ranges::find(channel.pools, pool) != channel.pools.end();
}

bool takes_domain(const Channel& channel, const Fleet& fleet, const Domain& domain) {
    return takes_pool(channel, domain.pool) &&
           takes_labels(channel, fleet.server(fleet.pool(domain.pool)->primary()));
}

// Whose labels a channel looks at: a pool's are its primary's.
const Server* labelled_by(const Fleet& fleet, const Notice& notice) {
    const Pool* pool = fleet.pool(notice.pool);
    return fleet.server(notice.server || pool == nullptr ? notice.server : pool->primary());
}

void name_things(Notice& notice, const Fleet& fleet) {
    if (const Server* server = fleet.server(notice.server)) {
        notice.server_name = server->name;
        notice.server_address = to_string(server->addresses());
    }
    if (const Pool* pool = fleet.pool(notice.pool)) notice.pool_name = pool->name;
}

// Several pools in one message: none of them is named, and no server either.
void name_pool(Notice& notice, const Pool& pool) {
    const bool first = notice.domains.empty();
    if (first || notice.pool != pool.id) notice.pool = first ? pool.id : PoolId{};
    notice.server = notice.pool ? pool.face() : ServerId{};
}

void add_sentence(std::string& text, const std::string& sentence) {
    constexpr std::size_t kEnough = 1000;
    constexpr std::string_view kMore = "; and more";
    if (sentence.empty() || text.find(sentence) != std::string::npos) return;
    if (text.ends_with(kMore)) return;
    if (text.size() > kEnough) {
        text += kMore;
        return;
    }
    text += (text.empty() ? "" : "; ") + sentence;
}

MovedDomain moved(const Domain& domain, News news, const std::string& problem) {
    MovedDomain moved{domain.name, to_string(domain.news_from), to_string(domain.news_to), problem};
    if (news == News::DnsDrift && !problem.empty()) moved.to.clear();
    return moved;
}

std::string drift_of(const Domain& domain, const std::string& problem) {
    const bool deleted = domain.news_to.empty() && problem.empty();
    return std::string{deleted ? kRecordDeleted : kRecordChangedByAnother};
}

// What is known of it after a restart.
std::string problem_of(const Domain& domain) {
    if (domain.news == News::DnsDrift) return domain.record.foreign_why;
    if (domain.news == News::NotServed) return domain.serving.said;
    const bool blocked = domain.news == News::FailoverFailed && domain.record.in_conflict();
    return std::string{blocked ? kBlockedByAnother : std::string_view{}};
}

// Of several pools no server is named.
Notice merged(Notice one, const Notice& other) {
    if (one.pool) one.pools.push_back({one.pool, one.pool_name});
    one.pools.push_back({other.pool, other.pool_name});
    one.pool = {};
    one.server = {};
    one.pool_name.clear();
    one.server_name.clear();
    one.server_address.clear();
    add_sentence(one.reason, other.reason);
    add_sentence(one.detail, other.detail);
    one.domain_count += other.domain_count;
    for (const MovedDomain& each : other.domains)
        if (one.domains.size() < kDomainsPerNotice) one.domains.push_back(each);
    return one;
}

void send(StepContext& context, const Channel& channel, const Notice& notice) {
    quiet::send(context, channel.id, notice, !cannot_wait(notice.type));
}

// What went wrong with all of them alike is said once, in the detail.
void say_once(Notice& notice) {
    const auto same = [&](const MovedDomain& each) { return each.problem == notice.detail; };
    if (!std::ranges::all_of(notice.domains, same)) return;
    for (MovedDomain& each : notice.domains)
        each.problem.clear();
}

}  // namespace

bool is_told_at_once(const Channel& channel) {
    return channel.attention.after_min.count() == 0;
}

bool takes(const Channel& channel, const Fleet& fleet, const Notice& notice) {
    return is_told_at_once(channel) && subscribes(channel, fleet, notice);
}

bool subscribes(const Channel& channel, const Fleet& fleet, const Notice& notice) {
    if (!takes_type(channel, notice.type)) return false;
    // What holds everything holds everybody's pools and servers, and without the controller's own
    // certificate they are all lost.
    const bool of_all =
        notice.type == NoticeType::FailoverHeld || notice.type == NoticeType::CertificateExpiring;
    if (of_all && !notice.pool && !notice.server) return true;
    if (!takes_labels(channel, labelled_by(fleet, notice))) return false;
    if (channel.pools.empty() || takes_pool(channel, notice.pool)) return true;
    // A server's news belongs to every pool it is a member of.
    return !notice.pool && std::ranges::any_of(fleet.pools_of(notice.server), [&](PoolId pool) {
        return takes_pool(channel, pool);
    });
}

DeadlineKey Announcer::deadline_of(const Key& key) {
    return {DeadlineKey::Kind::Digest,
            key.incident.value * 8 + static_cast<std::int64_t>(key.news)};
}

void Announcer::restore(const Fleet& fleet, Deadlines& deadlines, Instant due) {
    for (const Domain* domain : fleet.domains()) {
        if (domain->news != News::None) {
            add({domain->news_incident, domain->news}, domain->id, deadlines, due,
                problem_of(*domain));
        }
        const Publication& record = domain->record;
        const bool unserved = domain->news != News::None && served::awaited(*domain);
        const bool behind = !record.settled() && !record.in_conflict() && !record.refused;
        if (behind || unserved) {
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
        send(context, *channel, notice);
    }
}

void Announcer::gather(StepContext& context, Notice notice) {
    auto& others = notice.type == NoticeType::FailoverHeld ? *held_ : *outages_;
    // What was said of that pool in this step is said before what follows.
    const auto same = [&](const Notice& each) { return each.pool == notice.pool; };
    if (std::ranges::any_of(others, same)) tell_gathered(context, others);
    name_things(notice, context.fleet());  // now: the pool may be gone before the step ends
    others.push_back(std::move(notice));
}

void Announcer::finish(StepContext& context) {
    tell_gathered(context, *outages_);
    tell_gathered(context, *held_);
}

void Announcer::tell_gathered(StepContext& context, std::vector<Notice>& gathered) {
    while (!gathered.empty()) {
        const auto alike = [first = gathered.front()](const Notice& each) {
            return each.type == first.type && each.incident == first.incident;
        };
        std::vector<Notice> notices;
        std::ranges::copy_if(gathered, std::back_inserter(notices), alike);
        std::erase_if(gathered, alike);
        for (const Channel* channel : context.fleet().channels()) {
            std::optional<Notice> all;
            for (const Notice& each : notices) {
                if (!takes(*channel, context.fleet(), each)) continue;
                all = all ? merged(*std::move(all), each) : each;
            }
            if (!all) continue;
            if (all->type == NoticeType::OutageResolved)
                name_outages_left(context.fleet(), *channel, *all);
            send(context, *channel, *all);
        }
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
        send(context, *channel, notice);
    }
}

void Announcer::tell(StepContext& context, DomainId id, News news, const AddressSet& from,
                     const AddressSet& to, const std::string& problem) {
    Domain& domain = context.tx.edit(id);
    // A drift that goes out may be followed by what it keeps from happening.
    while (domain.news != News::None)
        flush(context, Key{domain.news_incident, domain.news});
    domain.news = news;
    // Who else changed it says nothing of where it was moved.
    const bool of_drill = domain.told_epoch == kPractised && news == News::DnsDrift;
    if (news != News::NotServed && !of_drill) {
        const bool there = news == News::FailoverTriggered && domain.record.settled();
        domain.told_epoch = there ? context.fleet().pool(domain.pool)->epoch : kToldOther;
    }
    domain.news_from = from;
    domain.news_to = to;
    // Drifts have no incident of a server; those found together are told together.
    domain.news_incident =
        news == News::DnsDrift ? IncidentId{} : context.fleet().pool(domain.pool)->incident;
    const Instant due = context.now + context.timings.digest_wait;
    add({domain.news_incident, news}, id, context.deadlines, due, problem);
}

void Announcer::add(const Key& key, DomainId domain, Deadlines& deadlines, Instant due,
                    const std::string& problem) {
    Digest& digest = digests_[key];
    if (digest.domains.empty()) deadlines.set(deadline_of(key), due);
    digest.domains[domain] = problem;
}

void Announcer::waits(StepContext& context, DomainId domain, IncidentId incident) {
    done(context, domain);
    auto& waiting = waiting_[incident];
    waiting.insert(std::ranges::upper_bound(waiting, domain), domain);
    waiting_for_[domain] = incident;
}

void Announcer::done(StepContext& context, DomainId domain) {
    const auto incident = waiting_for_.take(domain);
    if (!incident) return;
    auto& waiting = waiting_[*incident];
    waiting.erase(std::ranges::lower_bound(waiting, domain));
    if (!waiting.empty()) return;
    waiting_.erase(*incident);
    flush(context, *incident);
}

void Announcer::due(StepContext& context, std::int64_t digest) {
    flush(context, Key{IncidentId{digest / 8}, static_cast<News>(digest % 8)});
}

void Announcer::flush(StepContext& context, IncidentId incident) {
    // What failed comes last: told before what succeeded, it would look as if that had ended it.
    for (const News news :
         {News::FailoverTriggered, News::ServerRecovered, News::FailoverFailed, News::NotServed}) {
        flush(context, Key{incident, news});
    }
}

void Announcer::forget(StepContext& context, DomainId domain) {
    done(context, domain);
    const Domain* known = context.fleet().domain(domain);
    while (known->news != News::None)
        flush(context, Key{known->news_incident, known->news});
}

void Announcer::flush(StepContext& context, const Key& key) {
    const auto digest = digests_.take(key);
    if (!digest) return;
    context.deadlines.clear(deadline_of(key));
    for (const Channel* channel : context.fleet().channels()) {
        send_digest(context, key, *digest, *channel);
    }
    for (const auto& [id, problem] : digest->domains) {
        Domain& domain = context.tx.edit(id);
        domain.news = News::None;
        domain.news_from = {};
        domain.news_to = {};
        domain.news_incident = {};
        if (key.news == News::FailoverTriggered || key.news == News::FailoverFailed)
            domain.announced_away = true;
        if (key.news == News::ServerRecovered) domain.announced_away = false;
    }
    if (key.news != News::DnsDrift) return;
    for (const auto& [id, problem] : digest->domains)
        conflicts::tell_blocked(context, id);
}

void Announcer::send_digest(StepContext& context, const Key& key, const Digest& digest,
                            const Channel& channel) {
    const Fleet& fleet = context.fleet();
    if (!is_told_at_once(channel) || !takes_type(channel, notice_of(key.news))) return;
    Notice notice;
    notice.type = notice_of(key.news);
    notice.incident = key.incident;
    std::vector<const Domain*> taken;
    for (const auto& [id, problem] : digest.domains) {
        const Domain& domain = *fleet.domain(id);
        if (!takes_domain(channel, fleet, domain)) continue;
        taken.push_back(&domain);
        const Pool& pool = *fleet.pool(domain.pool);
        name_pool(notice, pool);
        if (key.news == News::DnsDrift) {
            add_sentence(notice.reason, drift_of(domain, problem));
        } else {
            add_sentence(notice.reason, pool.why());
            add_sentence(notice.detail, problem);
        }
        if (notice.add(moved(domain, key.news, problem)) && key.news == News::FailoverFailed)
            notice.pending.push_back(domain.name);
    }
    if (notice.domains.empty()) return;
    if (key.news != News::DnsDrift) say_once(notice);
    if (is_move(key.news)) add_sentence(notice.detail, served::summary(taken, context.wall()));
    name_pending(fleet, channel, key.incident, notice);
    name_things(notice, fleet);
    send(context, channel, notice);
}

void Announcer::name_pending(const Fleet& fleet, const Channel& channel, IncidentId incident,
                             Notice& notice) const {
    const auto* waiting = waiting_.find(incident);
    if (waiting == nullptr) return;
    for (const DomainId id : *waiting) {
        if (notice.pending.size() == kDomainsPerNotice) break;
        const Domain& domain = *fleet.domain(id);
        // It is there; whether its name servers follow is another matter.
        if (domain.record.settled() && domain.serving.state != Served::Unasked) continue;
        if (takes_domain(channel, fleet, domain)) notice.pending.push_back(domain.name);
    }
}

PoolId common_pool(const Fleet& fleet, const std::vector<DomainId>& domains) {
    const PoolId first = fleet.domain(domains.front())->pool;
    const bool same =
        std::ranges::all_of(domains, [&](DomainId id) { return fleet.domain(id)->pool == first; });
    return same ? first : PoolId{};
}

}  // namespace understudy
