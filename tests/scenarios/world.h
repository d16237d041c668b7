// ScenarioWorld: the production engine and a store under a clock that only the script moves.
// Commands are lines of text; what follows from them comes back as trace lines.
//
// Linked agents beat every 10 s while time advances, and providers confirm at once, unless the
// script says otherwise, so that a scenario names only what it is about.
//
// world.cpp moves the clock and plays agents and providers, world_probes.cpp observers;
// world_fleet.cpp registers things, world_orders.cpp gives people's orders, world_trace.cpp puts
// what happened into words.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/core/engine.h"
#include "tests/support/store_in_memory.h"

namespace understudy::scenarios {

class World {
  public:
    World();

    // One command line; returns the trace it caused. See README.md beside this file for the
    // commands.
    std::vector<std::string> run(const std::string& line);

  private:
    using Words = std::vector<std::string>;
    using Command = void (World::*)(const Words&);
    using Commands = std::map<std::string, Command>;
    class OrderLine;

    static const Commands& agent_commands();  // and those of providers and of the clock
    static const Commands& fleet_commands();

    void start_engine();
    // Midnight of 2026-01-01 when the scenario begins.
    WallTime wall() const {
        return WallTime{std::chrono::seconds{1'767'225'600}} + (now_ - kStart) + clock_step_;
    }
    void apply(const Input& input);
    void commit_and_trace(const Decision& decision);
    void settle_records();
    void answer_for_witnesses();
    void step_to(Instant at);

    void run_one(const Words& words);
    void give_batch(const Words& words);
    void rehearse(const Words& words);
    void order(OrderAction action);  // given at once, or with the batch that is being read
    std::optional<OrderAction> plain_order(const Words& words) const;

    // --- agents, providers, the clock ---
    void advance(const Words& words);
    void link_all(const Words& words);
    void link_failing(const Words& words);
    void link(const Words& words, bool ok);
    void leave(const Words& words);
    void answer_replaced(const Words& words);
    void rotate_token(const Words& words);
    void enroll(const Words& words);
    void report(const Words& words);
    void set_load(const Words& words);
    void freeze(const Words& words);
    void thaw(const Words& words);
    void stall(const Words& words);
    void step_clock(const Words& words);
    void restart(const Words& words);
    void set_provider(const Words& words);
    void set_witnesses(const Words& words);
    void probe(const Words& words);
    void sweep(const Words& words);
    void say_probes(ServerId server);
    void report_address(const Words& words);
    void say_proof(const Words& words);
    void trace_proof(const AskProof& asked);
    void say_served(const Words& words);
    void set_default_policy(const Words& words);
    void set_timing(const Words& words);
    void set_guards(const Words& words);
    void confirm(const Words& words);
    void refuse(const Words& words);
    void observe_record(const Words& words);
    void see_certificate(const Words& words);
    void see_own_certificate(const Words& words);

    // --- what is registered ---
    void add_server(const Words& words);
    void edit_server(const Words& words);
    void add_domain(const Words& words);
    AddressSet usual_content(const AddDomain& add) const;
    void add_channel(const Words& words);
    void add_pool(const Words& words);
    void set_policy(const Words& words);
    void move_domains(const Words& words);
    void adopt(const Words& words);
    void enforce(const Words& words);
    void replace_credential(const Words& words);

    // --- words ---
    void note(std::string text) { trace_.push_back(std::move(text)); }
    void trace(const Change& change);
    void trace_log(const LogLine& line);
    void trace_notice(const Enqueue& entry);
    void show(const Words& words);
    void show_incidents(const Words& words);
    void show_outlook(const Words& words);
    void show_what_if(const Words& words);
    void show_pool(const Pool& pool);

    ServerId server(const std::string& name) const;
    PoolId pool(const std::string& name) const;
    DomainId domain(const std::string& name) const;
    ProviderId provider(const std::string& name) const;
    ChannelId channel(const std::string& name) const;
    IncidentId incident(const std::string& thing) const;  // by what is broken
    const Domain& domain_row(const std::string& name) const;

    test::StoreInMemory store_;
    EngineTimings timings_;
    Policy policy_;
    std::unique_ptr<Engine> engine_;
    static constexpr Instant kStart{Duration{1'000'000}};
    Instant now_ = kStart;
    Duration clock_step_{0};                  // what the wall clock was stepped by
    std::map<std::string, LinkId> links_;     // server -> its live link
    std::map<std::string, LinkId> replaced_;  // the link before it
    std::set<std::string> frozen_;            // linked, but silent
    std::map<std::string, double> loads_;     // what agents report, from the next beat
    LinkId last_link_ = 0;
    bool provider_auto_ = true;
    std::vector<ServiceProbed> probes_;  // what observers say, with every beat until they stop
    std::map<std::string, std::uint64_t> proofs_;  // server -> the newest question about it
    int witnesses_ = 0;                            // so many answer
    bool witness_asked_ = false;                   // an answer is due at the next stop of the clock
    std::optional<std::vector<OrderAction>> batch_;  // orders of the batch that is being read
    std::vector<std::string> trace_;
};

}  // namespace understudy::scenarios
