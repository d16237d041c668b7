#include "controller/core/replay.h"

#include <algorithm>
#include <memory>
#include <set>

#include "controller/core/replay_stage.h"

namespace understudy::replay {
namespace {

template <typename Thing>
std::vector<Thing> copies(const std::vector<const Thing*>& things) {
    std::vector<Thing> out;
    out.reserve(things.size());
    for (const Thing* thing : things)
        out.push_back(*thing);
    return out;
}

std::optional<Departure> departure_of(Sight sight) {
    switch (sight) {
        case Sight::Closed:
            return Departure::Closed;
        case Sight::Silent:
            return Departure::Silent;
        case Sight::Restart:
            return Departure::Restart;
        case Sight::Shutdown:
            return Departure::Shutdown;
        case Sight::Replaced:
            return Departure::Replaced;
        default:
            return std::nullopt;
    }
}

EngineTimings timings_of(const Settings& settings) {
    EngineTimings timings = settings.timings;
    timings.guards.witnesses = false;
    return timings;
}

// Often enough that nobody who is linked is ever unseen for a health timeout.
Duration beat_of(const Snapshot& fleet, const Policy& default_policy) {
    Duration shortest = default_policy.health_timeout_s;
    for (const Pool& pool : fleet.pools)
        shortest = std::min<Duration>(shortest, pool.policy.health_timeout_s);
    return shortest > Duration{2000} ? shortest - Duration{1000} : shortest / 2;
}

// Who is heard at present, and by which link.
struct Heard {
    LinkId link = 0;
    bool linked = false;
    bool silent = false;
};

class Player {
  public:
    Player(const Snapshot& fleet, const Stage& stage, const Settings& settings)
        : settings_(settings),
          timings_(timings_of(settings)),
          settle_(stage.settle),
          wall_(stage.begins - stage.settle),
          last_id_(fleet.last_id) {
        Snapshot start = at_home(fleet, stage, settings);
        beat_ = beat_of(start, settings.default_policy);
        for (const Server& server : start.servers)
            servers_.insert(server.id);
        start_engine(std::move(start));
        enter(stage);
    }

    void play(const Happening& happening) {
        wait_until(happening.at);
        if (happening.sight == Sight::ControllerStarted) {
            heard_.clear();
            said_.clear();
            start_engine(snapshot_of(engine_->fleet()));
        } else if (servers_.contains(happening.server)) {
            feed(happening);
        }
    }

    // Plays what time alone brings. Once all has come to rest nothing more can come of it: the rest
    // of a long wait is left out, and the engine only hears what time it is.
    void wait_until(WallTime wall) {
        const Duration wait = wall - wall_;
        const Instant end = now_ + std::min(wait, settle_);
        while (!spent() && std::min(next_beat_, engine_->next_deadline()) < end) {
            const Instant next = std::max(now_, std::min(next_beat_, engine_->next_deadline()));
            wall_ += next - now_;
            now_ = next;
            if (next_beat_ <= next) {
                beat();
            } else {
                step(TimePassed{wall_});
            }
        }
        if (spent()) return;
        now_ = end;
        wall_ = wall;
        if (wait > settle_) step(TimePassed{wall_});
    }

    bool spent() const {
        return steps_ >= settings_.most_steps || (settings_.given_up && settings_.given_up());
    }
    WallTime wall() const { return wall_; }
    std::vector<Move> take_moves() { return std::move(moves_); }

  private:
    void start_engine(Snapshot saved) {
        saved.last_id = last_id_;
        steps_ += saved.pools.size() + saved.domains.size();
        engine_ = std::make_unique<Engine>(timings_, settings_.default_policy, std::move(saved),
                                           now_, wall_);
        next_beat_ = now_ + beat_;
        step(TimePassed{wall_});
    }

    // Who was down already said goodbye: that is no loss to be doubted.
    void enter(const Stage& stage) {
        for (const auto& [server, state] : stage.servers) {
            if (!state.known || !servers_.contains(server)) continue;
            feed({wall_, server, state.failing ? Sight::LinkedFailing : Sight::Linked});
            if (!state.linked) feed({wall_, server, Sight::Shutdown});
            if (state.silent) feed({wall_, server, std::nullopt});
        }
        for (const auto& [about, sight] : stage.said) {
            if (servers_.contains(about.first)) hear(about.first, about.second, sight);
        }
    }

    void feed(const Happening& happening) {
        const ServerId server = happening.server;
        if (happening.sight && is_of_an_observer(*happening.sight))
            return hear(server, happening.observer, *happening.sight);
        feed_link(happening);
        // Who lost its link, or was heard again, is probed at once.
        for (const auto& [about, sight] : said_)
            if (about.first == server) say(about, sight);
    }

    // One that is first heard calling it dead had reached it before.
    void hear(ServerId server, const Observer& observer, Sight sight) {
        if (observer.by && !servers_.contains(observer.by)) return;
        const auto [said, first] = said_.try_emplace({server, observer}, Sight::Serves);
        if (first && sight == Sight::Dead) say(said->first, Sight::Serves);
        said->second = sight;
        say(said->first, sight);
    }

    void say(const std::pair<ServerId, Observer>& about, Sight sight) {
        const Verdict verdict = sight == Sight::Serves ? Verdict::Serves
                                : sight == Sight::Dead ? Verdict::Dead
                                                       : Verdict::Nothing;
        const auto& [server, observer] = about;
        step(ServiceProbed{server, observer.by, observer.service, verdict, "", Duration{0},
                           2 * beat_});
    }

    void feed_link(const Happening& happening) {
        const ServerId server = happening.server;
        Heard& heard = heard_[server];
        if (!happening.sight) {  // its last word
            if (heard.linked) step(AgentSeen{server, heard.link});
            heard.silent = true;
            return;
        }
        const Sight sight = *happening.sight;
        if (sight == Sight::Linked || sight == Sight::LinkedFailing) {
            heard = {++last_link_, true, false};
            const bool ok = sight == Sight::Linked;
            return step(AgentLinked{server, heard.link, "", ok, ok ? "" : "a check failed"});
        }
        if (!std::exchange(heard.silent, false) && heard.linked)
            step(AgentSeen{server, heard.link});
        if (const auto how = departure_of(sight)) {
            heard.linked = false;
            step(AgentLeft{server, heard.link, *how, ""});
        } else if (sight == Sight::SeenAgain) {
            step(AgentSeen{server, heard.link});
        } else {
            const bool ok = sight == Sight::Passing;
            step(AgentReported{server, heard.link, ok, ok ? "" : "a check failed"});
        }
    }

    void beat() {
        next_beat_ = now_ + beat_;
        for (const auto& [server, heard] : heard_) {
            if (heard.linked && !heard.silent) step(AgentSeen{server, heard.link});
        }
        for (const auto& [about, sight] : said_)
            say(about, sight);
    }

    void step(const Input& input) {
        const Decision decision = engine_->step(now_, input);
        ++steps_;
        for (const Change& change : decision.changes)
            note(change);
        for (const Change& change : decision.changes) {
            const auto* saved = std::get_if<SaveDomain>(&change);
            if (saved != nullptr && !saved->domain.record.settled()) confirm(saved->domain);
        }
    }

    void confirm(const Domain& domain) {
        const Publication& record = domain.record;
        step(RecordConfirmed{
            domain.id, record.generation, {record.desired, record.desired_ttl, domain.proxied}});
    }

    void note(const Change& change) {
        if (const auto* sighting = std::get_if<AppendSighting>(&change)) {
            last_id_ = std::max(last_id_, sighting->id.value);
        }
        const auto* log = std::get_if<AppendLog>(&change);
        if (log == nullptr) return;
        const LogLine& line = log->line;
        last_id_ = std::max(last_id_, line.id.value);
        const bool away = line.type == EventType::FailoverDecided;
        if (wall_ < settings_.since || (!away && line.type != EventType::FailbackDecided)) return;
        moves_.push_back({wall_, line.pool, away, line.from, line.to, line.reason});
    }

    const Settings& settings_;
    EngineTimings timings_;
    Duration settle_;
    Duration beat_{0};
    WallTime wall_;
    // Not zero: the time before it is a time as well.
    Instant now_{std::chrono::hours{24}};
    Instant next_beat_ = kNever;
    std::unique_ptr<Engine> engine_;
    std::set<ServerId> servers_;
    std::map<ServerId, Heard> heard_;
    Sayings said_;
    LinkId last_link_ = 0;
    std::int64_t last_id_;
    std::size_t steps_ = 0;
    std::vector<Move> moves_;
};

}  // namespace

Snapshot snapshot_of(const Fleet& fleet) {
    Snapshot snapshot;
    snapshot.servers = copies(fleet.servers());
    snapshot.pools = copies(fleet.pools());
    snapshot.domains = copies(fleet.domains());
    snapshot.providers = copies(fleet.providers());
    return snapshot;
}

Story run(const Snapshot& fleet, std::span<const Sighting> sightings, const Settings& settings) {
    const Stage stage = set_stage(fleet, sightings, settings);
    Player player{fleet, stage, settings};
    player.wait_until(stage.begins);
    for (const Happening& happening : stage.happenings) {
        if (player.spent() || happening.at > settings.until) break;
        player.play(happening);
    }
    player.wait_until(std::max(settings.until, player.wall()));
    return {player.take_moves(), player.wall(), player.spent()};
}

}  // namespace understudy::replay
