#include "tests/simulation/ledger.h"

#include <algorithm>
#include <utility>

#include "controller/core/selection.h"

namespace understudy::simulation {
namespace {

constexpr Duration kMaintenance{301'000};
// Somewhat less than the shortest health timeout.
constexpr Duration kGap{59'000};

Alarm alarm_told(const std::string& type, Alarm before) {
    if (type == "server_down") return Alarm::Down;
    if (type == "server_error") return Alarm::Error;
    if (type == "server_up") return Alarm::None;
    return before;
}

}  // namespace

void Ledger::controller_started(Instant now) {
    started = now;
    stalled_until = {};
    witness_answered = {};
    for (auto& [id, book] : server_books)
        book.told = {}, book.said = {}, book.readied = {};
    doubts = false;
}

// --- what the controller was told ----------------------------------------------------------------

void Ledger::link(const AgentLinked& input, Instant now) {
    ServerBook& book = server_books[input.server];
    Told& told = book.told;
    if (input.link <= told.link) return;
    told.link = input.link;
    if (told.linked) return report(book, input.ok, now);
    told.linked = true;
    told.last_seen = now;
    told.ok = input.ok;
    if (input.ok) {
        ++book.recoveries;
        told.down_since.reset();
        told.healthy_since = now;
    } else if (!told.down_since) {
        told.down_since = now;
    }
}

// Back from a long silence is a recovery too.
void Ledger::hear(ServerBook& book, Instant now) {
    Told& told = book.told;
    if (told.last_seen && now - *told.last_seen > kGap) {
        ++book.recoveries;
        if (told.healthy_since) told.healthy_since = now;
    }
    told.last_seen = now;
}

void Ledger::report(ServerBook& book, bool ok, Instant now) {
    hear(book, now);
    Told& told = book.told;
    if (ok == told.ok) return;
    told.ok = ok;
    if (ok) {
        ++book.recoveries;
        told.down_since.reset();
        told.healthy_since = now;
    } else {
        told.down_since = now;
        told.healthy_since.reset();
    }
}

void Ledger::leave(const AgentLeft& input, Instant now) {
    Told& told = server_books[input.server].told;
    if (input.link != told.link || !told.linked) return;
    told.linked = false;
    told.departure = input.how;
    told.left_at = now;
    if (!told.down_since) told.down_since = now;
    told.healthy_since.reset();
}

// Alive after it was called dead is a recovery too.
void Ledger::hear(const ServiceProbed& input, Instant now) {
    ServerBook& book = server_books[input.server];
    Said& said = book.said[{input.by, input.service}];
    if (said.verdict == Verdict::Dead && input.verdict != Verdict::Dead) {
        ++book.recoveries;
        // Silence may bring nobody back.
        if (input.verdict == Verdict::Nothing) return;
        said.ceased = now;
    }
    const bool served = said.verdict == Verdict::Serves;
    if (served && input.verdict != Verdict::Serves)
        said.serving_until = std::min(said.serving_until, now);
    said.verdict = input.verdict;
    said.until = now + input.valid_for;
    if (input.verdict != Verdict::Serves) return;
    said.serving_at = now - input.took;
    said.serving_until = said.until;
}

// What the engine takes over whole, or nothing: it has doubts of its own about what was not reached
// or comes from where somebody is doubted.
void Ledger::hear(const ReadinessFound& input, Instant now) {
    auto& known = server_books[input.server].readied;
    if (!input.trouble.empty()) return;
    const auto before = std::exchange(known, {});
    if (!input.reached || doubts) return;
    for (const PoolReadiness& pool : input.pools) {
        if (pool.asked == 0 || pool.unknown > 0) continue;
        const auto same = before.find(pool.pool);
        const bool stays = same != before.end() && same->second.unready == pool.unready;
        known[pool.pool] = {pool.unready, stays ? same->second.since : now};
    }
}

void Ledger::told(const Input& input, Instant now, const EngineTimings& timings) {
    if (const auto* linked = std::get_if<AgentLinked>(&input)) link(*linked, now);
    if (const auto* left = std::get_if<AgentLeft>(&input)) leave(*left, now);
    if (const auto* probed = std::get_if<ServiceProbed>(&input)) hear(*probed, now);
    if (const auto* found = std::get_if<ReadinessFound>(&input)) hear(*found, now);
    if (const auto* stalled = std::get_if<Stalled>(&input); stalled != nullptr)
        stalled_until = std::max(stalled_until, now + timings.stall_grace);
    const auto* witnesses = std::get_if<WitnessesAnswered>(&input);
    if (witnesses != nullptr && witnesses->answered > 0) witness_answered = now;
    if (const auto* seen = std::get_if<AgentSeen>(&input)) {
        ServerBook& book = server_books[seen->server];
        if (!book.told.linked || book.told.link != seen->link) return;
        hear(book, now);
    }
    if (const auto* report_event = std::get_if<AgentReported>(&input)) {
        ServerBook& book = server_books[report_event->server];
        if (!book.told.linked || book.told.link != report_event->link) return;
        report(book, report_event->ok, now);
    }
}

// --- what was committed --------------------------------------------------------------------------

void Ledger::apply(const AppendLog& change, WallTime wall) {
    const LogLine& line = change.line;
    if (line.server) {
        Alarm& told = server_books[line.server].last_told;
        told = alarm_told(line.type, told);
    }
    // Who was called dead by one that counts no more may be healthy again.
    if (line.type == EventType::ObserverDoubted || line.type == EventType::ObserverTrusted) {
        doubts = true;
        for (auto& [id, book] : server_books)
            ++book.recoveries;
    }
    if (line.pool) {
        PoolBook& book = pool_books[line.pool];
        if (line.type == "outage_started") book.outage_told = true;
        if (line.type == "outage_resolved") book.outage_told = false;
        const bool decided = line.type == "failover_decided" || line.type == "failback_decided";
        if (decided) ++moves;
        const bool practised = line.reason == reason_of(Cause::Drill);
        if (decided && line.who.empty() && !practised) book.automatic.push_back(wall);
        if (line.type == "drill_started") practise(line.pool);
    }
    const auto domain = domains.find(line.domain);
    if (domain == domains.end()) return;
    DomainBook& book = domain_books[domain->second.name];
    ++book.lines[line.type];
    if (line.type == "failover_triggered" || line.type == "failover_failed") book.told_away = true;
    if (line.type == "server_recovered") {
        book.told_away = false;
        if (!book.practised) ++book.recovered;
    }
}

void Ledger::apply(const Enqueue& change) {
    messages["msg_sim_" + to_string(change.id)] = {change.channel, change.notice.type,
                                                   change.notice.server};
    if (change.channel != watched()) return;
    for (const MovedDomain& moved : change.notice.domains)
        ++domain_books[moved.name].notices[to_text(change.notice.type)];
}

void Ledger::delivered(const std::string& message) {
    const auto row = messages.find(message);
    if (row == messages.end() || row->second.channel != watched()) return;
    const Message& told = row->second;
    const auto book = server_books.find(told.server);
    if (book == server_books.end()) return;
    book->second.last_heard = alarm_told(to_text(told.type), book->second.last_heard);
}

void Ledger::committed(const std::vector<Change>& changes, Instant now, WallTime wall) {
    for (const Change& change : changes) {
        if (const auto* server = std::get_if<SaveServer>(&change)) {
            const auto before = servers.find(server->server.id);
            const bool was_away = before != servers.end() && before->second.maintenance;
            // At another address nothing is proven.
            const bool moved =
                before != servers.end() && before->second.addresses() != server->server.addresses();
            if (moved) server_books[server->server.id].readied.clear();
            if (was_away && !server->server.maintenance)
                server_books[server->server.id].eligible_since = now;
            servers.insert_or_assign(server->server.id, server->server);
        } else if (const auto* pool = std::get_if<SavePool>(&change)) {
            pools.insert_or_assign(pool->pool.id, pool->pool);
            pool_books[pool->pool.id].changed_at = now;
        } else if (const auto* domain = std::get_if<SaveDomain>(&change)) {
            const auto known = domains.find(domain->domain.id);
            DomainBook& book = domain_books[domain->domain.name];
            if (known == domains.end() ||
                known->second.record.generation != domain->domain.record.generation ||
                (known->second.record.in_conflict() && !domain->domain.record.in_conflict())) {
                book.desired_at = now;
            }
            book.wanted.insert(to_string(domain->domain.record.desired));
            domains.insert_or_assign(domain->domain.id, domain->domain);
            domain_named[domain->domain.name] = domain->domain.id;
        } else if (const auto* channel = std::get_if<SaveChannel>(&change)) {
            channels.insert_or_assign(channel->channel.id, channel->channel);
        } else if (const auto* incident = std::get_if<SaveIncident>(&change)) {
            incidents.insert_or_assign(incident->incident.id, incident->incident);
        } else if (const auto* over = std::get_if<DeleteIncident>(&change)) {
            incidents.erase(over->id);
        } else if (const auto* saved = std::get_if<SaveControls>(&change)) {
            controls = saved->controls;
        } else if (const auto* line = std::get_if<AppendLog>(&change)) {
            apply(*line, wall);
        } else if (const auto* entry = std::get_if<Enqueue>(&change)) {
            apply(*entry);
        } else if (const auto* gone = std::get_if<DeleteServer>(&change)) {
            servers.erase(gone->id);
            server_books.erase(gone->id);
        } else if (const auto* no_pool = std::get_if<DeletePool>(&change)) {
            pools.erase(no_pool->id);
        } else if (const auto* no_channel = std::get_if<DeleteChannel>(&change)) {
            channels.erase(no_channel->id);
        } else if (const auto* no_domain = std::get_if<DeleteDomain>(&change)) {
            const auto known = domains.find(no_domain->id);
            if (known == domains.end()) continue;
            unbound_at[known->second.name] = now;
            domain_named.erase(known->second.name);
            domain_books.erase(known->second.name);
            domains.erase(known);
        }
    }
    end_practice();
}

// What counts by the wall clock begins anew; what waited for a time of day is noticed by the
// maintenance loop at the latest.
void Ledger::clock_stepped(Instant now) {
    for (auto& [id, book] : pool_books) {
        book.automatic.clear();
        book.excused_until = std::max(book.excused_until, now + kMaintenance);
    }
}

// Its deadlines begin to run out only now.
void Ledger::resumed(Instant now) {
    for (auto& [id, book] : pool_books)
        book.excused_until = std::max(book.excused_until, now);
}

// A drill moves it as a person would.
void Ledger::practise(PoolId pool) {
    for (const auto& [id, domain] : domains) {
        if (domain.pool != pool) continue;
        domain_books[domain.name].practised = true;
        practised_.insert(id);
    }
}

// It is over for what is at home, and of which nobody is told any more.
void Ledger::end_practice() {
    std::erase_if(practised_, [this](DomainId id) {
        const auto known = domains.find(id);
        if (known == domains.end()) return true;
        const Domain& domain = known->second;
        const Pool& pool = pools.at(domain.pool);
        DomainBook& book = domain_books[domain.name];
        const bool home = !pool.drill && !pool.failed_over() && domain.record.settled();
        book.practised = !home || book.told_away;
        return !book.practised;
    });
}

// What people do may move any pool; which exactly is the engine's business, not the ledger's.
void Ledger::steered(const OrderAction& action) {
    for (auto& [name, book] : domain_books)
        book.steered = true;
    const bool forgets =
        std::holds_alternative<ReleasePool>(action) || std::holds_alternative<FailbackPool>(action);
    if (!forgets) return;
    for (auto& [id, book] : pool_books)
        book.automatic.clear();
}

ChannelId Ledger::watched() const {
    for (const auto& [id, channel] : channels)
        if (channel.name == kWatchedChannel) return id;
    return {};
}

}  // namespace understudy::simulation
