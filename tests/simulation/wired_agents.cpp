#include "tests/simulation/wired_agents.h"

#include <algorithm>
#include <utility>

namespace understudy::simulation {
namespace {

// What was sent in vain is sent again after so long at most.
constexpr Duration kRetransmission{8'000};
constexpr Duration kCrossing{20'000};
constexpr Duration kLag{60'000};
// By then a dead link was found out, and a lost one was replaced: what was sent again, two limits
// of the session, its longest delay.
constexpr Duration kTruth{100'000};

wire::Status status_of(bool failing) {
    if (!failing) return {};
    return {false, {{"check", "fails", ""}}};
}

}  // namespace

WiredAgents::WiredAgents(Schedule& schedule, std::uint64_t seed, Tell tell, AgentProcess::Look look,
                         WiredHub::Probed probed)
    : network_(schedule, seed),
      tell_(std::move(tell)),
      look_(std::move(look)),
      probed_(std::move(probed)) {}

void WiredAgents::add(ServerId server) {
    machines_.emplace_back(network_, server);
    start_soon(troubled(machines_.size() - 1));
}

void WiredAgents::remove(ServerId server) {
    removed_.insert(server);
    if (hub_) hub_->revoke(server);
}

bool WiredAgents::serves(ServerId server) const {
    return std::ranges::any_of(machines_, [&](const Machine& machine) {
        return machine.server == server && machine.up && !machine.check_dead &&
               !machine.service_dead;
    });
}

bool WiredAgents::grey(ServerId server) const {
    return std::ranges::any_of(machines_, [&](const Machine& machine) {
        return machine.server == server && machine.grey;
    });
}

WiredAgents::Machine& WiredAgents::troubled(std::size_t index, Duration time) {
    Machine& machine = machines_[index];
    machine.calm_since = std::max(machine.calm_since, network_.schedule.now() + time);
    return machine;
}

std::string WiredAgents::untrue_link() const {
    if (!hub_ || hub_->suspended()) return {};
    for (const Machine& machine : machines_) {
        const Instant calm = std::max(machine.calm_since, calm_since_);
        if (network_.schedule.now() < calm + kTruth || removed_.contains(machine.server)) continue;
        const bool well = machine.up && machine.reachable && !machine.frozen && !machine.killed;
        if (well == hub_->linked(machine.server)) continue;
        return "server " + std::to_string(machine.server.value) +
               (well ? " could be linked and is not" : " counts as linked and is gone");
    }
    return {};
}

// --- agents come and go --------------------------------------------------------------------------

void WiredAgents::start_soon(Machine& machine) {
    network_.schedule.in(random().between(Duration{100}, Duration{3'000}), [this, &machine] {
        const bool may = machine.up && !machine.frozen && !machine.killed;
        if (may && !machine.process) start(machine);
    });
}

void WiredAgents::start(Machine& machine) {
    std::erase_if(machine.others, [](const auto& other) { return other->finished(); });
    machine.process = std::make_shared<AgentProcess>(machine.route, machine.server,
                                                     status_of(machine.failing), look_);
    machine.process->start();
}

std::shared_ptr<AgentProcess> WiredAgents::set_aside(Machine& machine) {
    machine.others.push_back(std::move(machine.process));
    machine.process.reset();
    return machine.others.back();
}

void WiredAgents::end_all(Machine& machine, bool silently) {
    if (machine.process) set_aside(machine);
    for (const auto& process : std::exchange(machine.others, {})) {
        if (silently) {
            process->vanish();
        } else {
            process->kill();
        }
    }
}

// As systemd does: the next run begins when the last one has ended.
void WiredAgents::restart_after(Machine& machine, const std::shared_ptr<AgentProcess>& old) {
    network_.schedule.in(Duration{200}, [this, &machine, old] {
        if (!old->finished()) return restart_after(machine, old);
        start_soon(machine);
    });
}

void WiredAgents::crash(std::size_t index, bool silently) {
    Machine& machine = troubled(index);
    machine.up = false;
    if (silently) machine.powered = machine.route.agent_machine = false;
    end_all(machine, silently);
}

// Its machine is gone, and nothing ever says so: not even the one that takes its place knows of
// the connection. How long it is unnoticed is up to the controller's pings.
void WiredAgents::half_open(std::size_t index, Duration) {
    Machine& machine = troubled(index);
    for (const auto& one : machine.route.wires)
        if (const auto wire = one.lock()) wire->lose();
    crash(index, true);
}

void WiredAgents::boot(std::size_t index) {
    Machine& machine = troubled(index);
    machine.up = machine.powered = true;
    can_pass(machine);
    start_soon(machine);
}

void WiredAgents::restart_agent(std::size_t index) {
    Machine& machine = troubled(index);
    if (!can_stop(machine)) return;
    const auto old = set_aside(machine);
    old->stop(wire::GoodbyeReason::Restart);
    restart_after(machine, old);
}

void WiredAgents::shut_down(std::size_t index) {
    Machine& machine = troubled(index);
    if (!can_stop(machine)) return;
    set_aside(machine)->stop(wire::GoodbyeReason::Shutdown);
    machine.up = false;
}

void WiredAgents::freeze(std::size_t index) {
    Machine& machine = troubled(index);
    machine.frozen = true;
    machine.asleep = random().chance(0.5);
    if (machine.asleep) machine.route.agent_machine = false;
    if (machine.process) machine.process->freeze();
}

void WiredAgents::thaw(std::size_t index) {
    Machine& machine = troubled(index);
    if (!machine.frozen) return;
    machine.frozen = machine.asleep = false;
    can_pass(machine);
    if (machine.process) {
        machine.process->thaw();
    } else {
        start_soon(machine);
    }
}

void WiredAgents::kill_agent(std::size_t index) {
    Machine& machine = troubled(index);
    machine.killed = true;
    end_all(machine, false);
}

void WiredAgents::fail_check(std::size_t index, bool failing) {
    machines_[index].check_dead = failing;
    report_check(index, failing);
}

void WiredAgents::report_check(std::size_t index, bool failing) {
    Machine& machine = troubled(index);
    machine.failing = failing;
    if (machine.process) machine.process->report(status_of(failing));
}

// --- the network ---------------------------------------------------------------------------------

// One way is as good as none, but the other end does not know.
void WiredAgents::partition(std::size_t index) {
    Machine& machine = troubled(index);
    const auto draw = random().below(10);
    machine.reachable = false;
    machine.route.cut = {{draw != 0 && draw != 1, draw != 2 && draw != 3}};
}

void WiredAgents::reconnect(std::size_t index) {
    Machine& machine = troubled(index);
    machine.reachable = true;
    can_pass(machine);
    if (std::exchange(machine.killed, false)) start_soon(machine);
}

void WiredAgents::can_pass(Machine& machine) {
    machine.route.agent_machine = machine.powered && !machine.asleep;
    if (machine.reachable) machine.route.cut.fill(false);
    network_.schedule.in(random().between(Duration{50}, kRetransmission),
                         [&machine] { machine.route.retry(); });
}

void WiredAgents::close_link(std::size_t index, Duration back_after) {
    Machine& machine = troubled(index, back_after);
    machine.route.refused_until = network_.schedule.now() + back_after;
    if (machine.process && machine.process->wire()) machine.process->wire()->reset();
}

// A second run links while the first still goes on, or says goodbye on a connection that lags.
void WiredAgents::cross_links(std::size_t index) {
    Machine& machine = troubled(index, kCrossing);
    if (!can_stop(machine)) return;
    const auto old = set_aside(machine);
    if (old->wire()) old->wire()->stall(random().between(kCrossing / 20, kCrossing));
    if (random().chance(0.5)) {
        old->stop(wire::GoodbyeReason::Restart);
    } else {
        network_.schedule.in(random().between(kCrossing / 20, kCrossing), [old] { old->kill(); });
    }
    start(machine);
}

// Within one connection TCP repeats nothing: what it has to say comes late, perhaps after a newer
// connection has taken its place.
void WiredAgents::repeat_message(Random& random) {
    const Machine& machine = troubled(random.below(machines_.size()), kLag);
    if (machine.process && machine.process->wire())
        machine.process->wire()->stall(random.between(kLag / 12, kLag));
}

void WiredAgents::slow_down(bool slow) {
    network_.slow = slow;
    calm_since_ = network_.schedule.now();
}

void WiredAgents::heal() {
    slow_down(false);
    for (std::size_t i = 0; i < machines_.size(); ++i) {
        thaw(i);
        fail_check(i, false);
        fail_service(i, false);
        turn_grey(i, false);
        machines_[i].route.refused_until = {};
        reconnect(i);
        boot(i);
    }
}

// --- the controller ------------------------------------------------------------------------------

void WiredAgents::controller_started() {
    calm_since_ = network_.schedule.now();
    hub_ = std::make_shared<WiredHub>(
        network_, removed_, [this](std::vector<Input> inputs) { heard(std::move(inputs)); },
        probed_);
    network_.listener = hub_.get();
    network_.hub_machine = true;
    for (Machine& machine : machines_)
        can_pass(machine);
}

void WiredAgents::controller_crashed() {
    const bool vanishes = random().chance(0.3);
    network_.listener = nullptr;
    network_.hub_machine = !vanishes;
    hub_->end(vanishes);
    hub_.reset();
    untold_.clear();
}

void WiredAgents::controller_suspended() {
    catch_up();
    if (hub_) hub_->suspend();
}

void WiredAgents::controller_resumed() {
    calm_since_ = network_.schedule.now();
    if (hub_) hub_->resume();
}

void WiredAgents::heard(std::vector<Input> inputs) {
    for (const Input& input : inputs) {
        const auto* seen = std::get_if<AgentSeen>(&input);
        if (seen == nullptr) {
            tell_(input, network_.schedule.now());
            continue;
        }
        auto& [at, untold] = untold_[seen->server];
        const auto load = untold.link == seen->link && !seen->load ? untold.load : seen->load;
        at = network_.schedule.now();
        untold = *seen;
        untold.load = load;
    }
}

void WiredAgents::catch_up() {
    if (untold_.empty()) return;
    std::vector<std::pair<Instant, AgentSeen>> all;
    for (const auto& [server, one] : std::exchange(untold_, {}))
        all.push_back(one);
    std::ranges::stable_sort(all, {}, [](const auto& one) { return one.first; });
    for (const auto& [at, seen] : all)
        tell_(seen, at);
}

}  // namespace understudy::simulation
