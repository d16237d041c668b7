// SeenFleet: the engine as somebody with a scope sees it. Every view, list, event, notification,
// metric and answer of the API is made of it, so that a thing outside of the scope is nowhere to be
// found: not registered, not counted, not named. With a scope of everything it is the engine
// itself. Loop thread only; what it shows is valid until the next step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "controller/api/topics.h"
#include "controller/core/engine.h"
#include "controller/core/engine_view.h"
#include "controller/store/archive.h"

namespace understudy::api {

class SeenFleet {
  public:
    SeenFleet(const Engine& engine, Scope scope);
    ~SeenFleet();

    bool everything() const { return scope_.everything(); }
    const Scope& scope() const { return scope_; }
    const Fleet& fleet() const;
    // The kinds of which something has gone from it, removed or not; they are forgotten then.
    TopicSet take_lost() const;
    // Once in every turn: what it has made is dropped when nobody has asked for some minutes, and
    // made again for who asks.
    void rest(Instant now);
    bool resting() const { return part_ == nullptr; }
    EngineView view(Instant now) const;
    // For what cannot be played in a part of the fleet; nothing of it may be shown as it is.
    const Engine& whole() const { return engine_; }

    // As the engine has them; of things that are in fleet().
    const EngineTimings& timings() const { return engine_.timings(); }
    HealthView health_of(ServerId server, Instant now) const {
        return engine_.health_of(server, now);
    }
    std::span<const Testimony> testimony_of(ServerId server) const {
        return engine_.testimony_of(server);
    }
    ReadinessView readiness_of(PoolId pool, ServerId member, Instant now) const {
        return engine_.readiness_of(pool, member, now);
    }
    std::optional<Machine> machine_of(ServerId server) const { return engine_.machine_of(server); }
    std::optional<ReportedAddress> reported_address(ServerId server, Instant now) const {
        return engine_.reported_address(server, now);
    }
    std::optional<Restraint> restraint_on(PoolId pool, Instant now) const;
    std::string explain(PoolId pool, Instant now) const;
    std::string outlook(PoolId pool, Instant now) const;
    Rehearsal rehearse(const Caller& by, std::vector<OrderAction> orders, Instant now,
                       Engine::Later later = Engine::Later::Unasked) const;

    // What of the past may be read; none: all.
    std::optional<LinesAbout> lines() const;
    std::optional<std::vector<ChannelId>> channels() const;
    // JSON as it may be shown: sentences name things that are not in fleet(). `said`: whoever asked
    // has named these himself; without them he would learn which of his guesses exist.
    std::string unnamed(std::string_view json, const std::set<std::string_view>& said = {}) const;

  private:
    struct Part;
    const Engine& engine_;
    Scope scope_;
    mutable std::unique_ptr<Part> part_;  // as of the whole fleet's version
    mutable TopicSet lost_;
    mutable bool asked_ = false;  // since the last turn
    Instant asked_at_{};
};

}  // namespace understudy::api
