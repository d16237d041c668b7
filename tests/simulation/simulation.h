// One simulated fleet: the production engine, dispatcher and Cloudflare operations on a virtual
// clock, under seeded faults; in some seeds the production agent and its link as well. The
// invariants (invariants.h) are checked at every step; then everything is healed and must converge.
// The same seed gives the same run.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/simulation/agents.h"
#include "tests/simulation/cloudflare_world.h"
#include "tests/simulation/controller_box.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/fleet_plan.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/observers.h"
#include "tests/simulation/own_check.h"
#include "tests/simulation/people.h"
#include "tests/simulation/scenario_text.h"
#include "tests/simulation/sweeps.h"
#include "tests/simulation/wired_agents.h"
#include "tests/simulation/wired_eyes.h"

namespace understudy::simulation {

struct Report {
    std::string failure;  // "name_of_invariant: sentence"; empty: sound
    std::uint64_t fingerprint = 0;
    std::uint64_t events = 0;  // everything that happened, heartbeats that were told included
    std::size_t faults = 0, moves = 0, crashes = 0, writes = 0, orders = 0, refusals = 0;
    Duration virtual_time{0};
};

// What was measured on the way. Of moves only those that the controller made by itself.
struct Switches {
    std::size_t struck = 0;      // servers that a failure hit while they served as primaries
    std::vector<Duration> took;  // from the failure to the record that was changed
    std::size_t moves = 0;       // away from home, or from one stand-by to another
    std::size_t needless = 0;    // of these, from a server that served its visitors
    std::size_t unready = 0;     // of these, to a member that could not take over every domain
};

class Simulation : private Surroundings, private Drivers {
  public:
    explicit Simulation(std::uint64_t seed);
    // The same fleet under other faults.
    Simulation(std::uint64_t seed, FleetPlan plan, std::vector<Fault> faults);
    ~Simulation() override;

    // Writes down what happens, for a person to read and for the scenarios to repeat.
    void tell_story(ScenarioText::Teller teller) {
        story_.emplace(std::move(teller), schedule_, ledger_);
    }
    Report run();

    const Switches& switches() const { return switches_; }
    const std::vector<Fault>& faults() const { return faults_; }
    const FleetPlan& plan() const { return plan_; }

  private:
    // building.cpp
    void build_fleet();
    void add_domains();
    void start_controller();

    // simulation.cpp
    std::unique_ptr<Agents> make_agents();
    void tell(const Input& input, Instant at);
    void deliver(const Input& input, Instant at);
    void order(OrderAction action);
    void batch(std::vector<OrderAction> actions);
    void plan_faults();
    void beat_round();
    bool step_done();
    void fail(const std::string& what);
    void note(const std::string& line) {
        if (story_) story_->line(line);
    }
    void hears(const Input& input) override {
        if (story_) story_->tell(input);
        if (eyes_) eyes_->hears(input);
    }
    bool reaches(const std::string& address);
    void mix(std::uint64_t value) {
        report_.fingerprint = (report_.fingerprint ^ value) * 0x100000001b3u;
    }

    // fault_actions.cpp
    void carry_out(const Fault& fault);
    // Whom a fault strikes, and for how long.
    struct Struck {
        std::size_t who;
        Duration length;
    };
    Struck struck(Random& random) const;
    // Then, unless everything heals before.
    template <typename Action>
    void later(std::size_t who, Duration length, Action action) {
        schedule_.in(length, [this, who, action] {
            if (!healing_) action(who);
        });
    }
    bool agent_fault(FaultKind kind, Random& random);
    bool service_fault(FaultKind kind, Random& random);
    bool partition_fault(FaultKind kind, Random& random);
    bool controller_fault(FaultKind kind, Random& random);
    bool provider_fault(FaultKind kind, Random& random);
    void person(FaultKind kind, Random& random);
    void give_drawn_order(std::uint64_t seed, bool nonsense);
    void partition(Random& random, std::size_t count);
    void probe_fault(FaultKind kind, Random& random);
    void freeze_service(std::size_t who, Duration length);
    void turn_grey(std::size_t who, Duration length);
    void check_itself(std::size_t who, Instant until, OwnCheck::Look look);
    void vanish_hosting(Random& random);
    void expire_standby(Random& random);
    std::optional<std::size_t> index_of(ServerId server) const;
    void strike(ServerId server);
    void suspend(Duration length);
    void resume(Instant since);
    void foreign_edit(Random& random);

    // transfers.cpp
    void carry(TransferId id, const Transfer& transfer) override;
    void carry_notification(TransferId id, const HttpRequest& request);
    void carry_request(TransferId id, const HttpRequest& request);
    void arrive(TransferId id, const HttpRequest& request, bool stale, FaultKind mood,
                Duration way);
    void answer(TransferId id, TransferAnswer answer, Duration after);
    bool on(FaultKind kind);
    void ask_witnesses() override;
    void ask_observers(ServerId server) override {
        if (observers_) observers_->ask(server);
        if (eyes_) eyes_->ask(server);
    }
    Result<std::shared_ptr<const Provider>> provider(const ProviderAccount& account) override;
    Result<std::shared_ptr<const ChannelDriver>> channel(const Channel& channel) override;

    static bool settles_a_conflict(const std::string& type);
    void committed(const std::vector<Change>& changes, Instant at) override;
    void replied(const Reply& reply) override;
    void crashed() override;
    bool wakes() override;
    void check_write(const std::string& name, const std::vector<WorldRecord>& before);
    void check_moment();
    void measure_decision(const std::vector<Change>& changes);
    void measure_move(const Pool& before, const Pool& after);
    void measure_write(const std::string& name);

    // convergence.cpp
    void heal();
    void heal_on();
    std::string not_converged();
    std::string domain_not_converged(const Domain& domain);

    std::uint64_t seed_;
    FleetPlan plan_;
    std::vector<Fault> faults_;
    Random random_;
    Schedule schedule_;
    test::StoreInMemory store_;
    CloudflareWorld world_;
    WiredAgents* wired_ = nullptr;  // agents_, if these are production code
    std::unique_ptr<Agents> agents_;
    std::optional<Observers> observers_;
    Ledger ledger_;
    Sweeps sweeps_;
    std::unique_ptr<WiredEyes> eyes_;  // of the present life, where siblings are production code
    std::unique_ptr<ControllerBox> controller_;
    std::unique_ptr<ControllerBox> dead_controller_;
    std::size_t life_ = 0;  // answers to an earlier life of the controller are lost
    bool ready_ = false;    // the fleet is built
    bool healing_ = false;
    bool suspended_ = false;
    std::deque<Input> unheard_;
    std::deque<TransferDone> unread_;
    std::map<FaultKind, Instant> weather_;  // until when it lasts
    std::size_t conversations_ = 0;         // requests on their way, or not answered yet
    std::map<TransferId, std::set<std::string>> writing_;
    std::multiset<std::string> busy_;
    std::set<std::uint64_t> given_;  // orders that have no answer yet
    std::uint64_t last_request_ = 0;
    std::vector<std::uint64_t> at_worst_;  // orders that wait for the next move, by seed
    std::map<std::string, std::vector<WorldRecord>> unbound_;
    std::set<std::string> foreign_;  // names somebody else has written and nobody has settled
    std::size_t strangers_ = 0;
    std::set<std::string> muddled_;  // names that a request of long ago reached after a newer one
    bool late_ = false;              // the request that is applied now is such a one
    Instant last_step_{};
    Instant last_check_{};
    Switches switches_;
    std::map<ServerId, Instant> struck_;
    std::optional<ScenarioText> story_;
    Report report_;
};

}  // namespace understudy::simulation
