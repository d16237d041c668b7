#include "tests/simulation/simulation.h"

#include <algorithm>

#include "tests/simulation/invariants.h"
#include "tests/simulation/model_agents.h"
#include "tests/simulation/wired_agents.h"

namespace understudy::simulation {
namespace {

// Shorter than the shortest health timeout (60 s) by more than a heartbeat.
constexpr Duration kBeatRound{45'000};
constexpr Duration kCheckInterval{1'000};
constexpr Duration kHealSlice{600'000};
constexpr Duration kHealBound{8 * 3'600'000};
// After convergence it must stay so: two maintenance loops.
constexpr Duration kQuiet{660'000};

}  // namespace

Simulation::Simulation(std::uint64_t seed) : Simulation(seed, draw_fleet(seed), {}) {
    faults_ = draw_faults(seed, plan_.troubled, plan_.faults_per_hour);
}

Simulation::Simulation(std::uint64_t seed, FleetPlan plan, std::vector<Fault> faults)
    : seed_(seed),
      plan_(std::move(plan)),
      faults_(std::move(faults)),
      random_(seed ^ 0x73696du),
      store_("sim", Retention{std::chrono::hours{24}, std::chrono::hours{1}}),
      agents_(make_agents()),
      sweeps_(schedule_, seed ^ 0x737765u, *agents_, ledger_,
              [this](const Input& input, Instant at) { tell(input, at); }) {
    world_.after_write = [this](const std::string& name, const std::vector<WorldRecord>& before) {
        check_write(name, before);
    };
}

Simulation::~Simulation() = default;

std::unique_ptr<Agents> Simulation::make_agents() {
    const auto tell_this = [this](const Input& input, Instant at) { tell(input, at); };
    const std::uint64_t seed = seed_ ^ 0x6167u;
    if (plan_.wired) {
        auto wired = std::make_unique<WiredAgents>(
            schedule_, seed, tell_this,
            [this](const std::string& address) { return reaches(address); },
            [this](ServerId by, const wire::Probed& answer) {
                if (eyes_ && !suspended_) eyes_->answered(by, answer);
            });
        wired_ = wired.get();
        return wired;
    }
    return std::make_unique<ModelAgents>(schedule_, seed, tell_this);
}

// Of one that is grey: whether one of three requests succeeds.
bool Simulation::reaches(const std::string& address) {
    return std::ranges::any_of(ledger_.servers, [&](const auto& entry) {
        if (to_string(entry.second.ipv4) != address || !agents_->serves(entry.first)) return false;
        return !agents_->grey(entry.first) || !random_.chance(1.0 / 8);
    });
}

Report Simulation::run() {
    const auto between = [this] { return step_done(); };
    if (plan_.observed) {
        observers_.emplace(
            schedule_, seed_ ^ 0x6f62u, *agents_,
            [this](const Input& input, Instant at) { tell(input, at); },
            plan_.wired ? 0 : Observers::kSiblings);
        observers_->begin();
    }
    build_fleet();
    beat_round();
    schedule_.run_until(schedule_.now() + Duration{200'000}, between);
    plan_faults();
    schedule_.run_until(schedule_.now() + plan_.troubled, between);
    heal();
    const Instant bound = schedule_.now() + kHealBound;
    std::string missing = "nothing was looked at";
    while (report_.failure.empty() && !missing.empty() && schedule_.now() < bound) {
        schedule_.run_until(schedule_.now() + kHealSlice, between);
        missing = not_converged();
        if (!missing.empty()) heal_on();
    }
    if (missing.empty()) {
        schedule_.run_until(schedule_.now() + kQuiet, between);
        missing = not_converged();
    }
    if (!missing.empty()) fail("it_converges: " + missing);
    report_.events = schedule_.done() + ledger_.steps;
    report_.moves = ledger_.moves;
    report_.writes = world_.writes();
    report_.faults = faults_.size();
    report_.virtual_time = schedule_.now() - Schedule::kStart;
    mix(world_.writes());
    mix(report_.events);
    return report_;
}

void Simulation::plan_faults() {
    for (const Fault& fault : faults_) {
        schedule_.in(fault.at, [this, &fault] {
            if (!healing_) carry_out(fault);
        });
    }
}

void Simulation::beat_round() {
    schedule_.in(kBeatRound, [this] {
        if (!suspended_) agents_->catch_up();
        beat_round();
    });
}

// --- what the controller hears -------------------------------------------------------------------

void Simulation::tell(const Input& input, Instant at) {
    if (controller_ == nullptr || !controller_->alive()) return;
    const bool beat = std::holds_alternative<AgentSeen>(input);
    if (suspended_) {
        if (!beat) unheard_.push_back(input);
        return;
    }
    if (!beat) agents_->catch_up();
    deliver(input, at);
}

void Simulation::deliver(const Input& input, Instant at) {
    if (!controller_->alive()) return;
    last_step_ = std::max(last_step_, at);
    ledger_.told(input, last_step_, plan_.timings);
    ++ledger_.steps;
    controller_->turn(input, last_step_);
}

bool Simulation::wakes() {
    if (suspended_) return false;
    agents_->catch_up();
    last_step_ = schedule_.now();
    return true;
}

void Simulation::order(OrderAction action) {
    if (!controller_->alive() || suspended_) return;
    const std::uint64_t request = ++last_request_;
    ++report_.orders;
    ledger_.steered(action);
    given_.insert(request);
    agents_->catch_up();
    deliver(Order{{request, "sim"}, std::move(action)}, schedule_.now());
}

void Simulation::batch(std::vector<OrderAction> actions) {
    deliver(OrderBatch{{++last_request_, "sim"}, std::move(actions)}, schedule_.now());
}

// --- what it decided -----------------------------------------------------------------------------

// By a person's order, even when the controller dies before it answers.
bool Simulation::settles_a_conflict(const std::string& type) {
    return type == "domain_adopted" || type == "domain_enforced" || type == "domain_added";
}

void Simulation::committed(const std::vector<Change>& changes, Instant at) {
    const WallTime wall = schedule_.wall_at(at);
    mix(changes.size());
    mix(static_cast<std::uint64_t>(at.time_since_epoch().count()));
    const invariants::Commit commit{ledger_, changes, wall, plan_.timings, at};
    if (auto broken = invariants::first_broken(invariants::of_commits(), commit)) fail(*broken);
    measure_decision(changes);
    const std::size_t moves = ledger_.moves;
    for (const Change& change : changes) {
        const auto* server = std::get_if<SaveServer>(&change);
        if (server != nullptr && !ledger_.servers.contains(server->server.id))
            agents_->add(server->server.id);
        if (const auto* gone = std::get_if<DeleteServer>(&change)) agents_->remove(gone->id);
        const auto* line = std::get_if<AppendLog>(&change);
        if (line != nullptr && settles_a_conflict(line->line.type))
            foreign_.erase(line->line.domain_name);
        if (line != nullptr && story_) {
            const LogLine& said = line->line;
            note("    " + said.type + " " + said.server_name + said.pool_name + " " +
                 said.domain_name + " " + said.from + " -> " + said.to + ": " + said.reason);
        }
    }
    if (observers_) observers_->committed(changes);
    if (eyes_) eyes_->committed(changes);
    sweeps_.committed(changes);
    ledger_.committed(changes, at, wall);
    if (ledger_.moves == moves) return;
    for (const std::uint64_t seed : std::exchange(at_worst_, {})) {
        schedule_.in(Duration{static_cast<Duration::rep>(seed % 900)},
                     [this, seed] { give_drawn_order(seed, seed % 5 == 0); });
    }
}

void Simulation::replied(const Reply& reply) {
    if (given_.erase(reply.request) == 0) {
        if (!ready_ && !reply.result) fail("building the fleet: " + reply.result.error().text());
        if (ready_) fail("every_order_is_answered_once: another answer came");
        return;
    }
    mix(reply.result.ok() ? 1 : 2);
    if (!reply.result) ++report_.refusals;
    if (story_) note(reply.result ? "    done" : "    refused: " + reply.result.error().text());
}

void Simulation::crashed() {
    ++report_.crashes;
    note("# the controller dies");
    writing_.clear();
    busy_.clear();
    given_.clear();
    unheard_.clear();
    unread_.clear();
    ++life_;
    agents_->controller_crashed();
    // Agents notice one by one; the process is started again after a while.
    schedule_.in(random_.between(Duration{500}, Duration{90'000}), [this] { start_controller(); });
}

// --- checks --------------------------------------------------------------------------------------

void Simulation::fail(const std::string& what) {
    if (!report_.failure.empty()) return;
    report_.failure = what + " (at " + to_rfc3339(schedule_.wall()) + ")";
    note("# broken: " + report_.failure);
}

bool Simulation::step_done() {
    if (schedule_.now() - last_check_ >= kCheckInterval) check_moment();
    return report_.failure.empty();
}

void Simulation::check_write(const std::string& name, const std::vector<WorldRecord>& before) {
    const auto after = world_.records(name);
    measure_write(name);
    if (late_) muddled_.insert(name);
    const bool muddled = muddled_.contains(name);
    const invariants::Applied write{ledger_, name, before, after, muddled, foreign_.contains(name)};
    if (auto broken = invariants::first_broken(invariants::of_writes(), write)) fail(*broken);
    if (story_) note("# " + name + " holds " + to_string(world_.addresses(name)));
    mix(std::hash<std::string>{}(name));
    const auto book = ledger_.domain_books.find(name);
    const std::string holds = to_string(world_.addresses(name));
    if (book != ledger_.domain_books.end() && book->second.wanted.contains(holds) && !late_)
        muddled_.erase(name);
}

void Simulation::check_moment() {
    last_check_ = schedule_.now();
    for (const auto& [name, before] : unbound_) {
        const auto now = world_.records(name);
        if (now.size() != before.size() || now.front().content != before.front().content)
            fail("never_touches_an_unbound_record: " + name + " changed");
    }
    if (!controller_->alive() || suspended_) return;
    if (const auto untrue = agents_->untrue_link(); !untrue.empty())
        fail("links_tell_the_truth: " + untrue);
    const auto claimed = [this](PoolId pool) {
        std::set<std::string> kinds;
        for (const Restraint& one : controller_->engine().restraints(schedule_.now()))
            if (!one.pool || one.pool == pool) kinds.insert(one.kind);
        return kinds;
    };
    const invariants::Moment moment{
        ledger_, world_, schedule_.now(), plan_.timings, plan_.default_policy.health_timeout_s,
        claimed};
    if (auto broken = invariants::first_broken(invariants::of_moments(), moment)) fail(*broken);
}

}  // namespace understudy::simulation
