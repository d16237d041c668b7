#include "tests/simulation/model_agents.h"

#include <algorithm>

namespace understudy::simulation {
namespace {

constexpr Duration kBeat{10'000};
constexpr std::size_t kRemembered = 64;

}  // namespace

void ModelAgents::add(ServerId server) {
    Agent agent;
    agent.server = server;
    agents_.push_back(agent);
    link_soon(agents_.size() - 1);
}

void ModelAgents::remove(ServerId server) {
    for (Agent& agent : agents_)
        if (agent.server == server) agent.removed = true;
}

bool ModelAgents::serves(ServerId server) const {
    return std::ranges::any_of(agents_, [&](const Agent& agent) {
        return agent.server == server && agent.up && !agent.check_dead && !agent.service_dead;
    });
}

bool ModelAgents::grey(ServerId server) const {
    return std::ranges::any_of(
        agents_, [&](const Agent& agent) { return agent.server == server && agent.grey; });
}

bool ModelAgents::linked(ServerId server) const {
    return std::ranges::any_of(agents_, [&](const Agent& agent) {
        return agent.server == server && agent.link != 0 && can_speak(agent);
    });
}

Duration ModelAgents::latency() {
    return slow_ ? random_.between(Duration{500}, Duration{9'000})
                 : random_.between(Duration{1}, Duration{200});
}

void ModelAgents::send(const Input& input, Duration after) {
    said_.push_back(input);
    if (said_.size() > kRemembered) said_.pop_front();
    schedule_.in(after, [this, input, life = life_] {
        if (life == life_) tell_(input, schedule_.now());
    });
}

void ModelAgents::link_soon(std::size_t index) {
    schedule_.in(random_.between(Duration{100}, Duration{3'000}), [this, index] {
        if (agents_[index].link == 0) link(index);
    });
}

void ModelAgents::link(std::size_t index) {
    Agent& agent = agents_[index];
    if (!can_speak(agent)) return;
    agent.link = ++last_link_;
    agent.beats_from =
        schedule_.now() + Duration{static_cast<Duration::rep>(agent.link * 37 % 997)};
    agent.beats_told = 0;
    next_beat_ = std::min(next_beat_, schedule_.now());
    agent.load = static_cast<double>(random_.below(100)) / 100;
    send(AgentLinked{agent.server, agent.link, "sim", !agent.failing,
                     agent.failing ? "check: fails" : ""},
         Duration{0});
}

Instant ModelAgents::beat_at(const Agent& agent, std::int64_t beat) const {
    const auto jitter = (agent.link * 7'919 + static_cast<std::uint64_t>(beat) * 104'729) % 200;
    return agent.beats_from + beat * kBeat + Duration{static_cast<Duration::rep>(jitter)};
}

void ModelAgents::tell_beats(Instant not_before) {
    const Instant now = schedule_.now();
    if (now < next_beat_) return;
    std::vector<std::pair<Instant, std::size_t>> due;
    next_beat_ = kNever;
    for (std::size_t i = 0; i < agents_.size(); ++i) {
        Agent& agent = agents_[i];
        if (agent.link == 0 || !can_speak(agent)) continue;
        std::int64_t last = (now - agent.beats_from) / kBeat;
        if (last > 0 && beat_at(agent, last) > now) --last;
        if (last > agent.beats_told) {
            agent.beats_told = last;
            due.emplace_back(std::max(beat_at(agent, last), not_before), i);
        }
        next_beat_ = std::min(next_beat_, beat_at(agent, agent.beats_told + 1));
    }
    std::ranges::sort(due);
    for (const auto& [at, index] : due) {
        const Agent& agent = agents_[index];
        if (agent.link != 0) tell_(AgentSeen{agent.server, agent.link, agent.load}, at);
    }
}

// What it said so far has arrived; from now on it says nothing.
void ModelAgents::hush() {
    catch_up();
}

void ModelAgents::drop(std::size_t index, Departure how, Duration after) {
    Agent& agent = agents_[index];
    if (agent.link == 0) return;
    const AgentLeft left{agent.server, agent.link, how, ""};
    agent.link = 0;
    send(left, after);
}

void ModelAgents::crash(std::size_t index, bool silently) {
    hush();
    agents_[index].up = false;
    const Duration unnoticed = random_.between(Duration{15'000}, Duration{30'000});
    drop(index, silently ? Departure::Silent : Departure::Closed, silently ? unnoticed : latency());
}

void ModelAgents::half_open(std::size_t index, Duration unnoticed) {
    hush();
    agents_[index].up = false;
    drop(index, Departure::Silent, unnoticed);
}

void ModelAgents::boot(std::size_t index) {
    agents_[index].up = true;
    if (agents_[index].link == 0) link_soon(index);
}

void ModelAgents::partition(std::size_t index) {
    hush();
    agents_[index].reachable = false;
    drop(index, Departure::Silent, random_.between(Duration{15'000}, Duration{30'000}));
}

void ModelAgents::reconnect(std::size_t index) {
    agents_[index].reachable = true;
    if (agents_[index].link == 0) link_soon(index);
}

void ModelAgents::freeze(std::size_t index) {
    hush();
    agents_[index].frozen = true;
}

void ModelAgents::thaw(std::size_t index) {
    Agent& agent = agents_[index];
    if (!agent.frozen) return;
    agent.frozen = false;
    agent.beats_told = std::max<std::int64_t>(0, (schedule_.now() - agent.beats_from) / kBeat);
    next_beat_ = std::min(next_beat_, schedule_.now());
    if (agent.link == 0) return link_soon(index);
    // What changed meanwhile it says first.
    tell_(AgentReported{agent.server, agent.link, !agent.failing,
                        agent.failing ? "check: fails" : ""},
          schedule_.now());
}

void ModelAgents::fail_check(std::size_t index, bool failing) {
    agents_[index].check_dead = failing;
    report_check(index, failing);
}

void ModelAgents::report_check(std::size_t index, bool failing) {
    Agent& agent = agents_[index];
    if (agent.failing == failing) return;
    agent.failing = failing;
    if (agent.link != 0 && can_speak(agent)) {
        tell_(AgentReported{agent.server, agent.link, !failing, failing ? "check: fails" : ""},
              schedule_.now());
    }
}

void ModelAgents::fail_service(std::size_t index, bool dead) {
    agents_[index].service_dead = dead;
}

void ModelAgents::turn_grey(std::size_t index, bool grey) {
    agents_[index].grey = grey;
}

void ModelAgents::kill_agent(std::size_t index) {
    hush();
    agents_[index].reachable = false;
    drop(index, Departure::Closed, latency());
}

void ModelAgents::restart_agent(std::size_t index) {
    if (!can_speak(agents_[index])) return;
    hush();
    drop(index, Departure::Restart, Duration{1});
    link_soon(index);
}

void ModelAgents::shut_down(std::size_t index) {
    if (!can_speak(agents_[index])) return;
    hush();
    drop(index, Departure::Shutdown, Duration{1});
    agents_[index].up = false;
}

void ModelAgents::cross_links(std::size_t index) {
    Agent& agent = agents_[index];
    if (agent.link == 0 || !can_speak(agent)) return;
    hush();
    const AgentLeft left{agent.server, agent.link, Departure::Closed, "replaced"};
    agent.link = 0;
    link(index);
    send(left, random_.between(Duration{1}, Duration{20'000}));
}

void ModelAgents::close_link(std::size_t index, Duration back_after) {
    hush();
    drop(index, Departure::Closed, latency());
    schedule_.in(back_after, [this, index] {
        if (agents_[index].link == 0) link(index);
    });
}

// Of links that are over only: within one link TCP repeats nothing.
void ModelAgents::repeat_message(Random& random) {
    if (said_.empty()) return;
    const Input input = said_[random.below(said_.size())];
    const auto over = [&](ServerId server, LinkId link) {
        return std::ranges::none_of(agents_, [&](const Agent& agent) {
            return agent.server == server && agent.link <= link;
        });
    };
    const auto* linked = std::get_if<AgentLinked>(&input);
    const auto* left = std::get_if<AgentLeft>(&input);
    if ((linked != nullptr && over(linked->server, linked->link)) ||
        (left != nullptr && over(left->server, left->link))) {
        tell_(input, schedule_.now());
    }
}

void ModelAgents::heal() {
    slow_ = false;
    for (std::size_t i = 0; i < agents_.size(); ++i) {
        thaw(i);
        agents_[i].up = agents_[i].reachable = true;
        fail_check(i, false);
        fail_service(i, false);
        turn_grey(i, false);
        if (agents_[i].link == 0) link_soon(i);
    }
}

void ModelAgents::controller_started() {
    ++life_;
    said_.clear();
    for (std::size_t i = 0; i < agents_.size(); ++i) {
        agents_[i].link = 0;
        if (can_speak(agents_[i])) link_soon(i);
    }
}

}  // namespace understudy::simulation
