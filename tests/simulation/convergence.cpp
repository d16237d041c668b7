// Everything is healed; then desired, confirmed and served must become one, and everything must
// have been told.
#include <algorithm>

#include "base/ensure.h"
#include "tests/simulation/people.h"
#include "tests/simulation/simulation.h"

namespace understudy::simulation {
namespace {

constexpr Duration kHealing{24 * 3'600'000};

AddressSet addresses_of(const Ledger& ledger, const std::vector<ServerId>& servers,
                        bool with_ipv6) {
    AddressSet set;
    for (const ServerId id : servers) {
        const Server& server = ledger.servers.at(id);
        set.ipv4.push_back(server.ipv4);
        if (with_ipv6 && server.ipv6) set.ipv6.push_back(*server.ipv6);
    }
    set.normalise();
    return set;
}

// What the policy publishes when everybody is healthy, if it says so exactly.
std::vector<ServerId> home_of(const Pool& pool) {
    if (pool.policy.mode == PoolMode::Failover) return {pool.members.front()};
    std::vector<ServerId> all = pool.members;
    const std::size_t most = pool.policy.max_answers;
    if (most == 0 || most >= all.size()) return all;
    // Whose load is least changes all the time: whoever is published, so many they must be.
    if (pool.policy.answers == AnswerOrder::LeastLoaded)
        return pool.target.servers.size() == most ? pool.target.servers : all;
    all.resize(most);
    return all;
}

std::string count_not_told(const std::string& name, const DomainBook& book) {
    for (const char* type :
         {"failover_triggered", "server_recovered", "failover_failed", "dns_drift"}) {
        const auto line = book.lines.find(type);
        const auto notice = book.notices.find(type);
        const int lines = line == book.lines.end() ? 0 : line->second;
        const int notices = notice == book.notices.end() ? 0 : notice->second;
        if (lines == notices) continue;
        return std::string{type} + " of " + name + ": " + std::to_string(lines) + " events, " +
               std::to_string(notices) + " notices";
    }
    return {};
}

}  // namespace

void Simulation::heal() {
    healing_ = true;
    note("# trouble is over");
    weather_.clear();
    at_worst_.clear();
    schedule_.drift_wall(0);
    ledger_.clock_stepped(schedule_.now());
    controller_->crash_at(CrashPoint::None);
    controller_->fail_commits(0);
    if (suspended_) resume(schedule_.now());
    agents_->heal();
    if (observers_ && plan_.awake > Duration{0}) observers_->wake(kHealing);
    if (observers_) observers_->heal();
    sweeps_.heal();
    // When everybody is linked again, and the controller runs.
    schedule_.in(Duration{100'000}, [this] {
        agents_->heal();
        for (auto& action : first_orders_of_healing(ledger_))
            order(std::move(action));
    });
}

// A person looks after what automation leaves to people.
void Simulation::heal_on() {
    for (const auto& [id, domain] : ledger_.domains) {
        if (!domain.record.in_conflict() && !domain.ignored) continue;
        // Two flags on one name: its owner makes them one.
        if (!state_of(world_, domain.name)) world_.unify(domain.name, domain.proxied);
    }
    for (auto& action : first_orders_of_healing(ledger_))
        if (!std::holds_alternative<ReleasePool>(action)) order(std::move(action));
    for (auto& action : later_orders_of_healing(ledger_, world_))
        order(std::move(action));
}

std::string Simulation::domain_not_converged(const Domain& domain) {
    const Pool& pool = ledger_.pools.at(domain.pool);
    const Publication& record = domain.record;
    if (domain.ignored) return domain.name + " is still ignored";
    if (record.in_conflict()) return domain.name + " is still in conflict";
    if (!record.settled()) return domain.name + " is not settled";
    const AddressSet wanted = addresses_of(ledger_, home_of(pool), domain.with_ipv6);
    if (record.confirmed != record.desired) return domain.name + ": confirmed is not desired";
    if (record.desired != wanted) {
        return domain.name + " wants " + to_string(record.desired) + ", not " + to_string(wanted);
    }
    const AddressSet served = world_.addresses(domain.name);
    if (served != wanted) {
        return domain.name + " serves " + to_string(served) + ", not " + to_string(wanted);
    }
    const auto state = state_of(world_, domain.name);
    if (state && !state->proxied && state->ttl != record.desired_ttl) {
        return domain.name + " is served with a TTL of " + to_string(state->ttl) + ", not " +
               to_string(record.desired_ttl);
    }
    if (domain.news != News::None) return "something about " + domain.name + " was never told";
    if (domain.told_epoch == kPractised) return domain.name + " is still marked by a drill";
    if (domain.announced_away) return "people were never told that " + domain.name + " is back";
    return count_not_told(domain.name, ledger_.domain_books.at(domain.name));
}

std::string Simulation::not_converged() {
    if (!controller_->alive()) return "the controller does not run";
    for (const auto& [id, domain] : ledger_.domains) {
        if (auto missing = domain_not_converged(domain); !missing.empty()) return missing;
    }
    for (const auto& [id, server] : ledger_.servers) {
        if (server.alarm != Alarm::None) return server.name + " is still alarmed";
        if (ledger_.server_books[id].last_told != Alarm::None)
            return "a server_down of " + server.name + " was not answered by a server_up";
        if (ledger_.server_books[id].last_heard != Alarm::None)
            return "people last heard that " + server.name + " is down";
    }
    for (const auto& [id, pool] : ledger_.pools) {
        if (pool.outage) return "pool " + pool.name + " is still in outage";
        if (pool.drill) return "a drill of pool " + pool.name + " is still under way";
        if (left_by_a_drill(pool)) return "pool " + pool.name + " is still switched by a drill";
    }
    const auto pending = store_.archive().outbox({{}, {}, NotificationState::Pending, {}, 10});
    const auto dead = store_.archive().outbox({{}, {}, NotificationState::Dead, {}, 10});
    ensure(pending.ok() && dead.ok());
    if (!pending->empty()) return "the outbox is not empty";
    if (!dead->empty()) return "notifications were given up";
    return {};
}

}  // namespace understudy::simulation
