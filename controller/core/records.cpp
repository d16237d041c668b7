#include "controller/core/records.h"

#include <algorithm>

#include "controller/core/announcer.h"
#include "controller/core/conflicts.h"
#include "controller/core/drills.h"
#include "controller/core/served.h"
#include "controller/core/situation.h"

namespace understudy::records {
namespace {

constexpr std::chrono::seconds kLongWait{60};

Ttl ttl_for(const Domain& domain, const Pool& pool) {
    const std::uint32_t lowered = pool.policy.failover_ttl_s;
    if (!pool.failed_over()) return domain.normal_ttl;
    if (domain.normal_ttl.automatic() || domain.normal_ttl.seconds > lowered) return Ttl{lowered};
    return domain.normal_ttl;
}

void remember_attempt(Publication& record) {
    if (record.settled() || record.desired == record.confirmed) return;
    if (std::ranges::find(record.attempted, record.desired) != record.attempted.end()) return;
    record.attempted.push_back(record.desired);
}

// Whether that content is the one wanted when everybody is healthy.
bool is_home(const Fleet& fleet, const Pool& pool, const Domain& domain,
             const AddressSet& content) {
    // The outage page may have a member's address.
    if (pool.target.is_fallback()) return false;
    if (!pool.active_active()) {
        return content == fleet.addresses_of(pool, Target{pool.primary()}, domain.with_ipv6);
    }
    return !pool.failed_over() &&
           content == fleet.addresses_of(pool, pool.target, domain.with_ipv6);
}

bool expected(const Publication& record, const AddressSet& content) {
    return content == record.desired || content == record.confirmed ||
           std::ranges::find(record.attempted, content) != record.attempted.end();
}

// What people will believe once the waiting news has gone out.
bool told_away(const Domain& domain) {
    switch (domain.news) {
        case News::FailoverFailed:
        case News::FailoverTriggered:
            return true;
        case News::ServerRecovered:
            return false;
        case News::DnsDrift:
        case News::NotServed:  // it did move, whichever way
        case News::None:
            break;
    }
    return domain.announced_away;
}

void tell_move(StepContext& context, DomainId id, News news, const AddressSet& from,
               const AddressSet& to) {
    const Domain& domain = *context.fleet().domain(id);
    const Pool& pool = *context.fleet().pool(domain.pool);
    LogLine line = line_of(domain, pool, event_type_of(news));
    line.from = to_string(from);
    line.to = to_string(to);
    line.reason = pool.why();
    line.detail = from == to ? "nothing had to be moved" : "confirmed by the provider";
    context.tx.log(std::move(line));
    context.announcer.tell(context, id, news, from, to);
}

AddressSet at_primary(const Fleet& fleet, const Pool& pool, const Domain& domain) {
    return fleet.addresses_of(pool, Target{pool.primary()}, domain.with_ipv6);
}

// The provider shows something of ours: log it as the move it is, and tell people.
void announce_move(StepContext& context, DomainId id, const AddressSet& from,
                   const AddressSet& to) {
    const Domain& domain = *context.fleet().domain(id);
    const Pool& pool = *context.fleet().pool(domain.pool);
    const bool practised = domain.told_epoch == kPractised;
    if (is_home(context.fleet(), pool, domain, to)) {
        if (practised) context.tx.edit(id).told_epoch = kToldOther;
        if (told_away(domain)) tell_move(context, id, News::ServerRecovered, from, to);
        return;
    }
    if (drills::silent(pool)) return;
    if (practised) {
        // What a drill wrote is confirmed late. Where it is wanted to be it is there in earnest,
        // though nothing moves any more.
        if (to != domain.record.desired) return;
        const AddressSet known = at_primary(context.fleet(), pool, domain);
        return tell_move(context, id, News::FailoverTriggered, known, to);
    }
    if (from == to || domain.told_epoch == pool.epoch) return;
    tell_move(context, id, News::FailoverTriggered, from, to);
}

// A drill moves it.
void mark_practised(Domain& domain, const Pool& pool) {
    if (drills::silent(pool) && !told_away(domain)) domain.told_epoch = kPractised;
}

// A person says what it holds: nothing that a drill did is left to be told.
void forget_practice(Domain& domain) {
    if (domain.told_epoch == kPractised) domain.told_epoch = kToldOther;
}

// What people know as moved away is back on the primary without a write of ours, by adoption.
void announce_if_home(StepContext& context, DomainId id) {
    const Domain& domain = *context.fleet().domain(id);
    if (!domain.record.settled() || domain.record.in_conflict()) return;
    if (context.fleet().pool(domain.pool)->failed_over()) return;
    announce_move(context, id, domain.record.confirmed, domain.record.confirmed);
}

// The record was seen with `observed`, and that is one of ours: settle on it.
void settle(StepContext& context, DomainId id, std::int64_t generation,
            const RecordState& observed) {
    Domain& domain = context.tx.edit(id);
    Publication& record = domain.record;
    const served::Former former{record.confirmed, record.attempted};
    const AddressSet before = record.confirmed;
    record.confirmed = observed.addresses;
    record.confirmed_generation = generation;
    record.refused = false;
    domain.proxied = observed.proxied;
    if (observed.ttl != domain.normal_ttl) domain.lowered_ttl = observed.ttl;
    if (record.settled()) {
        record.attempted.clear();
        context.deadlines.clear({DeadlineKey::Kind::Throttled, id.value});
    }
    announce_move(context, id, before, observed.addresses);
    served::on_confirmed(context, id, former, observed.ttl);
    if (record.settled() && !served::awaited(domain)) context.announcer.done(context, id);
}

// Whether a record may have that TTL from us: as it was found, or as it was last lowered - by the
// present policy, or as the service made it when the policy was another one.
bool written_by_us(const Domain& domain, const Pool& pool, Ttl ttl) {
    return ttl == domain.normal_ttl || ttl == domain.lowered_ttl ||
           ttl == Ttl{pool.policy.failover_ttl_s};
}

// Its owner gave the record at home another TTL: that is the one to restore. Never one of ours: a
// late reading may still show that.
void follow_ttl(StepContext& context, DomainId id, const RecordState& observed) {
    const Domain& known = *context.fleet().domain(id);
    const Pool& pool = *context.fleet().pool(known.pool);
    if (!known.record.settled() || pool.failed_over() || observed.proxied) return;
    if (written_by_us(known, pool, observed.ttl)) return;
    Domain& domain = context.tx.edit(id);
    domain.normal_ttl = observed.ttl;
    domain.record.desired_ttl = observed.ttl;
    domain.serving.shown_ttl = observed.ttl;
}

void aim(StepContext& context, const Domain& known, const Pool& pool, const AddressSet& wanted) {
    if (known.ignored || known.adopted(pool)) return;
    const DomainId id = known.id;
    const Ttl ttl = ttl_for(known, pool);
    ensure(!wanted.empty());
    if (wanted == known.record.desired && ttl == known.record.desired_ttl) {
        announce_if_home(context, id);
        return;
    }

    Domain& domain = context.tx.edit(id);
    remember_attempt(domain.record);
    domain.record.desired = wanted;
    domain.record.desired_ttl = ttl;
    domain.record.adopted_epoch = -1;
    ++domain.record.generation;
    mark_practised(domain, pool);
    if (domain.record.in_conflict()) {
        // People who know that it does not follow need not hear of each step of its pool.
        if (wanted == domain.record.confirmed) domain.record.refused = false;
        conflicts::tell_blocked(context, id);
        return;
    }
    domain.record.refused = false;
    context.announcer.waits(context, id, pool.incident);
}

void tell_refused(StepContext& context, DomainId id, const std::string& why, std::string detail) {
    Domain& domain = context.tx.edit(id);
    domain.record.refused = true;
    LogLine line = line_of(domain, *context.fleet().pool(domain.pool), EventType::FailoverFailed);
    line.from = to_string(domain.record.confirmed);
    line.to = to_string(domain.record.desired);
    line.reason = why;
    line.detail = std::move(detail);
    context.tx.log(std::move(line));
    context.announcer.tell(context, id, News::FailoverFailed, domain.record.confirmed,
                           domain.record.desired, why);
    context.announcer.done(context, id);
}

bool may_be_refused(const Publication& record) {
    return !record.refused && !record.settled() && !record.in_conflict();
}

}  // namespace

void aim(StepContext& context, DomainId id) {
    const Domain& known = *context.fleet().domain(id);
    const Pool& pool = *context.fleet().pool(known.pool);
    if (in_dry_run(context.fleet(), pool)) return;
    aim(context, known, pool, context.fleet().addresses_of(pool, pool.target, known.with_ipv6));
}

void aim_all(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    if (in_dry_run(context.fleet(), pool)) return;
    const AddressSet both = context.fleet().addresses_of(pool, pool.target, true);
    const AddressSet ipv4_only = context.fleet().addresses_of(pool, pool.target, false);
    // A copy: aiming may flush digests, which touches other domains but no membership.
    const std::vector<DomainId> domains = context.fleet().domains_of(id);
    for (const DomainId domain : domains) {
        const Domain& known = *context.fleet().domain(domain);
        aim(context, known, pool, known.with_ipv6 ? both : ipv4_only);
    }
}

void tell_away(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    bool all = true;
    const std::vector<DomainId> domains = context.fleet().domains_of(id);
    for (const DomainId each : domains) {
        const Domain& domain = *context.fleet().domain(each);
        if (domain.ignored || domain.adopted(pool)) continue;
        // The others are told when they are confirmed, whatever they hold now.
        const bool there = domain.record.settled() && !domain.record.in_conflict();
        all = all && there && !served::awaited(domain);
        if (!there) continue;
        announce_move(context, each, at_primary(context.fleet(), pool, domain),
                      domain.record.confirmed);
    }
    if (all) context.announcer.flush(context, pool.incident);
}

void on_confirmed(StepContext& context, const RecordConfirmed& input) {
    const Domain* domain = context.fleet().domain(input.domain);
    if (domain == nullptr || input.generation <= domain->record.confirmed_generation) return;
    if (input.generation > domain->record.generation) return;
    if (domain->record.in_conflict())
        conflicts::clear(context, input.domain, input.observed.addresses);
    settle(context, input.domain, input.generation, input.observed);
}

void on_refused(StepContext& context, const RecordRefused& input) {
    const Domain* known = context.fleet().domain(input.domain);
    if (known == nullptr || input.generation != known->record.generation) return;
    if (!may_be_refused(known->record)) return;
    const bool throttled = input.error.code == Errc::Throttled;
    const bool final = input.error.code != Errc::Transient && !throttled;
    const bool long_wait = input.error.retry_after.value_or(std::chrono::seconds{0}) >= kLongWait;
    // Where nothing is tried for long, the third refusal would come too late for people. Who is in
    // trouble has said so in words of its own, and these are told.
    const bool out_for_long = long_wait && !throttled;
    if (final || out_for_long || input.attempts >= context.timings.refusals_before_alarm) {
        const std::string attempts =
            input.attempts == 1 ? "1 attempt" : std::to_string(input.attempts) + " attempts";
        return tell_refused(context, input.domain, input.error.text(),
                            attempts + "; trying goes on");
    }
    // Cloudflare locks out for five minutes.
    if (!long_wait) return;
    context.deadlines.set({DeadlineKey::Kind::Throttled, input.domain.value},
                          context.now + kLongWait);
}

void still_throttled(StepContext& context, DomainId id) {
    const Domain* domain = context.fleet().domain(id);
    if (domain == nullptr || !may_be_refused(domain->record)) return;
    tell_refused(context, id, "The provider takes no calls at present: too many were made",
                 "it has said when to try again; trying goes on");
}

void on_observed(StepContext& context, const RecordObserved& input) {
    const Domain* domain = context.fleet().domain(input.domain);
    // A reading that was asked for under another desired state says nothing about this one.
    if (domain == nullptr || input.generation != domain->record.generation) return;
    if (domain->ignored) return;
    const Publication& record = domain->record;
    const AddressSet& observed = input.observed.addresses;

    const bool known = record.settled() ? observed == record.confirmed : expected(record, observed);
    if (!known || !input.problem.empty()) {
        const bool told = record.foreign == observed && record.foreign_why == input.problem;
        if (!told) conflicts::enter(context, input);
        return;
    }
    if (record.in_conflict()) conflicts::clear(context, input.domain, observed);
    follow_ttl(context, input.domain, input.observed);
    if (domain->proxied != input.observed.proxied) {
        context.tx.edit(input.domain).proxied = input.observed.proxied;
    }
}

void adopt(StepContext& context, DomainId id, const RecordState& observed) {
    Domain& domain = context.tx.edit(id);
    Publication& record = domain.record;
    domain.ignored.reset();
    record.foreign.reset();
    record.foreign_why.clear();
    record.attempted.clear();
    record.refused = false;
    if (!observed.addresses.ipv6.empty()) domain.with_ipv6 = true;  // both move from now on
    record.confirmed = observed.addresses;
    record.desired = observed.addresses;
    record.desired_ttl = observed.ttl;
    record.confirmed_generation = ++record.generation;
    served::forget(domain, observed.ttl);
    const Pool& pool = *context.fleet().pool(domain.pool);
    const bool ours =
        record.desired == context.fleet().addresses_of(pool, pool.target, domain.with_ipv6);
    record.adopted_epoch = ours ? -1 : pool.epoch;
    forget_practice(domain);
    domain.proxied = observed.proxied;
    if (!pool.failed_over() && !written_by_us(domain, pool, observed.ttl)) {
        domain.normal_ttl = observed.ttl;
    }
    announce_if_home(context, id);
    context.announcer.done(context, id);
}

void ignore(StepContext& context, DomainId id, const Override& forced) {
    Domain& domain = context.tx.edit(id);
    Publication& record = domain.record;
    domain.ignored = forced;
    record.foreign.reset();
    record.foreign_why.clear();
    record.attempted.clear();
    record.refused = false;
    AddressSet kept = record.confirmed;
    if (!domain.with_ipv6) kept.ipv6.clear();
    if (!kept.empty()) record.desired = kept;
    record.adopted_epoch = -1;
    record.confirmed_generation = ++record.generation;
    forget_practice(domain);
    served::forget(domain, domain.serving.shown_ttl);
    context.announcer.done(context, id);
}

void enforce(StepContext& context, DomainId id, const RecordState& observed) {
    Domain& domain = context.tx.edit(id);
    const Pool& pool = *context.fleet().pool(domain.pool);
    Publication& record = domain.record;
    domain.ignored.reset();
    remember_attempt(record);
    record.foreign.reset();
    record.foreign_why.clear();
    record.refused = false;
    record.confirmed = observed.addresses;
    record.desired = context.fleet().addresses_of(pool, pool.target, domain.with_ipv6);
    record.desired_ttl = ttl_for(domain, pool);
    record.adopted_epoch = -1;
    ++record.generation;
    mark_practised(domain, pool);
    context.announcer.waits(context, id, pool.incident);
}

}  // namespace understudy::records
