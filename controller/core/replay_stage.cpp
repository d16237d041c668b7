#include "controller/core/replay_stage.h"

#include <algorithm>
#include <unordered_map>

#include "controller/core/flapping.h"
#include "controller/core/fleet.h"
#include "controller/core/testimony.h"

namespace understudy::replay {
namespace {

bool makes_link(Sight sight) {
    return sight == Sight::Linked || sight == Sight::LinkedFailing;
}

void take(ServerState& state, Sight sight) {
    state.known = true;
    switch (sight) {
        case Sight::Linked:
        case Sight::Passing:
            state = {true, true, false, false};
            return;
        case Sight::LinkedFailing:
        case Sight::Failing:
            state = {true, true, true, false};
            return;
        case Sight::Unseen:
            state.linked = state.silent = true;
            return;
        case Sight::SeenAgain:
            state.linked = true;
            state.silent = false;
            return;
        case Sight::Closed:
        case Sight::Silent:
        case Sight::Restart:
        case Sight::Shutdown:
        case Sight::Replaced:
        case Sight::ControllerStarted:
            state = {true, false, false, false};
            return;
        case Sight::Serves:
        case Sight::Dead:
        case Sight::NoWord:
            return;
    }
}

// A controller that started just before does not know yet who is there: that start is played too.
WallTime beginning(std::span<const Sighting> sightings, const Settings& settings) {
    WallTime begins = settings.since;
    for (const Sighting& each : sightings) {
        if (each.at >= settings.since) break;
        const bool fresh = settings.since - each.at <= settings.timings.warm_up;
        if (each.sight == Sight::ControllerStarted && fresh) begins = each.at;
    }
    return begins;
}

std::map<ServerId, ServerState> states_at(std::span<const Sighting> before) {
    std::map<ServerId, ServerState> states;
    for (const Sighting& each : before) {
        if (is_of_an_observer(each.sight)) continue;
        if (each.sight != Sight::ControllerStarted) {
            take(states[each.server], each.sight);
            continue;
        }
        for (auto& [server, state] : states)
            take(state, each.sight);
    }
    return states;
}

Sayings said_at(std::span<const Sighting> before) {
    Sayings said;
    for (const Sighting& each : before) {
        if (each.sight == Sight::ControllerStarted) said.clear();
        if (is_of_an_observer(each.sight)) said[{each.server, each.observer}] = each.sight;
    }
    return said;
}

// Of a server without a word from before: its first one says how it stood. Without any it has
// not changed since it was last written about.
class Guesses {
  public:
    explicit Guesses(std::span<const Sighting> played) {
        for (const Sighting& each : played) {
            if (is_of_an_observer(each.sight)) continue;
            started_ = started_ || each.sight == Sight::ControllerStarted;
            first_.try_emplace(each.server, First{each.sight, started_});
        }
    }

    ServerState of(const Server& server) const {
        const auto known = first_.find(server.id);
        if (known == first_.end())
            return {server.ever_seen, server.ever_seen && !started_, false, false};
        const First& first = known->second;
        if (first.after_a_start || makes_link(first.sight)) return {};
        return {true, true, first.sight == Sight::Passing, false};
    }

  private:
    struct First {
        Sight sight;
        bool after_a_start;
    };
    std::unordered_map<ServerId, First> first_;
    bool started_ = false;  // the controller, at any time
};

Duration shortest_timeout(const Snapshot& fleet, ServerId server, const Settings& settings) {
    Duration shortest = settings.default_policy.health_timeout_s;
    for (const Pool& pool : fleet.pools) {
        if (std::ranges::find(pool.members, server) == pool.members.end()) continue;
        shortest = std::min<Duration>(shortest, pool.policy.health_timeout_s);
    }
    return shortest;
}

// Puts the beginning of each silence where it must have been: a health timeout before somebody
// noticed, or before it ended unnoticed.
class Silences {
  public:
    Silences(const Snapshot& fleet, const Settings& settings, Stage& stage)
        : fleet_(fleet), settings_(settings), stage_(stage), now_(stage.begins) {
        for (const auto& [server, state] : stage.servers)
            last_[server] = {stage.begins, state.silent};
    }

    void add(const Sighting& each) {
        now_ = std::max(now_, each.at);  // the wall clock may have been stepped back
        if (is_of_an_observer(each.sight)) {
            stage_.happenings.push_back({now_, each.server, each.sight, each.observer});
            return;
        }
        auto& [last, silent] = last_.try_emplace(each.server, stage_.begins, false).first->second;
        if (each.sight == Sight::Unseen || (each.sight == Sight::SeenAgain && !silent)) {
            const WallTime began = now_ - length(each) - Duration{1};
            if (!silent) stage_.happenings.push_back({std::max(began, last), each.server, {}, {}});
        }
        silent = each.sight == Sight::Unseen;
        last = now_;
        if (!silent) stage_.happenings.push_back({now_, each.server, each.sight, {}});
    }

  private:
    Duration length(const Sighting& each) const {
        if (each.sight == Sight::Unseen) return settings_.default_policy.health_timeout_s;
        return shortest_timeout(fleet_, each.server, settings_) + Duration{1};
    }

    const Snapshot& fleet_;
    const Settings& settings_;
    Stage& stage_;
    WallTime now_;
    std::map<ServerId, std::pair<WallTime, bool>> last_;
};

Duration longest_waits(const Policy& policy) {
    return policy.confirm_s + policy.health_timeout_s + kCalibrated +
           std::max<Duration>(policy.failback_after_s, flapping::kMemory);
}

// All waits of the engine, one after another.
Duration settle_time(const Snapshot& fleet, const Settings& settings) {
    Duration longest = longest_waits(settings.default_policy);
    for (const Pool& pool : fleet.pools)
        longest = std::max(longest, longest_waits(pool.policy));
    for (const auto& [pool, policy] : settings.policies)
        longest = std::max(longest, longest_waits(policy));
    const EngineTimings& timings = settings.timings;
    return longest + flapping::kMemory + timings.guards.change_window + timings.warm_up +
           timings.restart_grace + timings.maintenance_interval;
}

Target home_of(const Pool& pool) {
    if (!pool.active_active()) return Target{pool.primary()};
    const std::size_t most =
        pool.policy.max_answers == 0 ? pool.members.size() : pool.policy.max_answers;
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, pool.members.size()));
    return Target{std::vector<ServerId>(pool.members.begin(), pool.members.begin() + count)};
}

Pool at_home(Pool pool, const Settings& settings) {
    const auto other = settings.policies.find(pool.id);
    if (other != settings.policies.end()) pool.policy = other->second;
    pool.hold.reset();
    pool.preferred.reset();
    pool.dry_run.reset();
    pool.drill.reset();  // nor is one played: whoever practised did so once
    pool.policy.drill_every_days = 0;
    pool.drill_next = {};
    pool.target = pool.would = home_of(pool);
    pool.outage = false;
    pool.incident = {};
    pool.reason.clear();
    pool.failovers.clear();
    pool.changes = {};
    return pool;
}

Domain at_home(Domain domain, const Fleet& fleet) {
    const Pool& pool = *fleet.pool(domain.pool);
    Publication record;
    record.desired = fleet.addresses_of(pool, pool.target, domain.with_ipv6);
    record.desired_ttl = domain.normal_ttl;
    record.confirmed = record.desired;
    domain.record = std::move(record);
    domain.ignored.reset();
    domain.announced_away = false;
    domain.news = News::None;
    return domain;
}

}  // namespace

bool is_of_an_observer(Sight sight) {
    return sight == Sight::Serves || sight == Sight::Dead || sight == Sight::NoWord;
}

Stage set_stage(const Snapshot& fleet, std::span<const Sighting> sightings,
                const Settings& settings) {
    Stage stage;
    stage.begins = beginning(sightings, settings);
    const auto first = std::ranges::find_if(
        sightings, [&](const Sighting& each) { return each.at >= stage.begins; });
    const auto played = sightings.subspan(static_cast<std::size_t>(first - sightings.begin()));
    const auto before = sightings.first(sightings.size() - played.size());
    stage.servers = states_at(before);
    stage.said = said_at(before);
    const Guesses guesses{played};
    for (const Server& server : fleet.servers)
        stage.servers.try_emplace(server.id, guesses.of(server));
    Silences silences{fleet, settings, stage};
    for (const Sighting& each : played)
        silences.add(each);
    std::ranges::stable_sort(stage.happenings, {}, &Happening::at);
    stage.settle = settle_time(fleet, settings);
    return stage;
}

Snapshot at_home(const Snapshot& fleet, const Stage& stage, const Settings& settings) {
    Snapshot start;
    UndoLog log;
    Fleet things{log};
    for (Server server : fleet.servers) {
        server.ever_seen = stage.servers.at(server.id).known;
        server.maintenance.reset();
        server.alarm = Alarm::None;
        server.incident = {};
        things.put(server);
        start.servers.push_back(std::move(server));
    }
    for (const Pool& pool : fleet.pools) {
        start.pools.push_back(at_home(pool, settings));
        things.put(start.pools.back());
    }
    for (const Domain& domain : fleet.domains)
        start.domains.push_back(at_home(domain, things));
    start.providers = fleet.providers;
    start.last_id = fleet.last_id;
    return start;
}

}  // namespace understudy::replay
