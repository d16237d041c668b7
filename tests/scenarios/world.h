// ScenarioWorld: the production engine and a store under a clock that only the script moves.
// Commands are lines of text; what follows from them comes back as trace lines.
//
// Linked agents beat every 10 s while time advances, and providers confirm at once, unless the
// script says otherwise, so that a scenario names only what it is about.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/core/engine.h"
#include "controller/store/memory_store.h"

namespace understudy::scenarios {

class World {
  public:
    World();

    // One command line; returns the trace it caused. See README.md beside this file for the
    // commands.
    std::vector<std::string> run(const std::string& line);

  private:
    using Words = std::vector<std::string>;

    void start_engine();
    // Midnight of 2026-01-01 when the scenario begins.
    WallTime wall() const {
        return WallTime{std::chrono::seconds{1'767'225'600}} + (now_ - kStart) + clock_step_;
    }
    void apply(const Event& event);
    void commit_and_trace(const Decision& decision);
    void trace(const Change& change);
    void note(std::string text) { trace_.push_back(std::move(text)); }
    void settle_records();
    void advance(Duration by);
    void step_to(Instant at);

    void add_server(const Words& words);
    void add_domain(const Words& words);
    void add_channel(const Words& words);
    void link(const Words& words, bool ok);
    void leave(const Words& words);
    void report(const Words& words);
    void set_policy(const Words& words);
    void set_timing(const Words& words);
    void record_event(const Words& words);
    void domain_order(const Words& words);
    void show(const Words& words);
    void order(OrderAction action);

    ServerId server(const std::string& name) const;
    DomainId domain(const std::string& name) const;
    const Domain& domain_row(const std::string& name) const;

    MemoryStore store_;
    EngineTimings timings_;
    Policy policy_;
    std::unique_ptr<Engine> engine_;
    static constexpr Instant kStart{Duration{1'000'000}};
    Instant now_ = kStart;
    Duration clock_step_{0};               // what the wall clock was stepped by
    std::map<std::string, LinkId> links_;  // server -> its live link
    std::set<std::string> frozen_;         // linked, but silent
    LinkId last_link_ = 0;
    bool provider_auto_ = true;
    std::vector<std::string> trace_;
};

}  // namespace understudy::scenarios
