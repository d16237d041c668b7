#include "tests/simulation/agents.h"

namespace understudy::simulation {

void Agents::add(ServerId server) {
    agents_.push_back({server});
    link_soon(agents_.size() - 1);
}

void Agents::link_soon(std::size_t index) {
    schedule_.in(random_.between(Duration{100}, Duration{3'000}), [this, index] { link(index); });
}

void Agents::link(std::size_t index) {
    Agent& agent = agents_[index];
    if (!agent.up || !agent.reachable) return;
    agent.link = ++last_link_;
    const AgentLinked linked{agent.server, agent.link, "sim", !agent.failing,
                             agent.failing ? "check: fails" : ""};
    tell_(linked);
    if (random_.chance(0.05)) tell_(linked);
    beat(index, agent.link);
}

void Agents::beat(std::size_t index, LinkId link) {
    schedule_.in(Duration{10'000} + latency(), [this, index, link] {
        const Agent& agent = agents_[index];
        if (agent.link != link || !agent.up || !agent.reachable) return;
        tell_(AgentSeen{agent.server, link});
        beat(index, link);
    });
}

void Agents::drop(std::size_t index, Departure how, Duration after) {
    Agent& agent = agents_[index];
    if (agent.link == 0) return;
    const AgentLeft left{agent.server, agent.link, how, ""};
    agent.link = 0;
    schedule_.in(after, [this, left] { tell_(left); });
}

void Agents::crash(std::size_t index, bool silently) {
    agents_[index].up = false;
    if (silently) {
        drop(index, Departure::Silent, random_.between(Duration{15'000}, Duration{30'000}));
    } else {
        drop(index, Departure::Closed, latency());
    }
}

void Agents::boot(std::size_t index) {
    agents_[index].up = true;
    if (agents_[index].link == 0) link_soon(index);
}

void Agents::partition(std::size_t index) {
    agents_[index].reachable = false;
    drop(index, Departure::Silent, random_.between(Duration{15'000}, Duration{30'000}));
}

void Agents::reconnect(std::size_t index) {
    agents_[index].reachable = true;
    if (agents_[index].link == 0) link_soon(index);
}

void Agents::fail_check(std::size_t index, bool failing) {
    Agent& agent = agents_[index];
    agent.failing = failing;
    if (agent.link != 0 && up(index)) {
        tell_(AgentReported{agent.server, agent.link, !failing, failing ? "check: fails" : ""});
    }
}

void Agents::restart_agent(std::size_t index) {
    if (!up(index)) return;
    drop(index, Departure::Restart, Duration{1});
    link_soon(index);
}

void Agents::controller_started() {
    for (std::size_t i = 0; i < agents_.size(); ++i) {
        agents_[i].link = 0;
        if (up(i)) link_soon(i);
    }
}

}  // namespace understudy::simulation
