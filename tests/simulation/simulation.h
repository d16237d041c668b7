// One simulated fleet: the production engine, dispatcher and Cloudflare operations on a virtual
// clock, under seeded faults. Safety is checked at every step; then everything is healed and must
// converge. The same seed gives the same run.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/simulation/agents.h"
#include "tests/simulation/cloudflare_world.h"
#include "tests/simulation/controller_box.h"

namespace understudy::simulation {

struct Report {
    std::string failure;  // empty: sound
    std::uint64_t fingerprint = 0;
    std::size_t steps = 0, switches = 0, crashes = 0, writes = 0;
};

class Simulation : private Surroundings, private Drivers {
  public:
    explicit Simulation(std::uint64_t seed);
    ~Simulation() override;
    Report run();

  private:
    void build_fleet();
    void start_controller();
    void order(OrderAction action);
    void tell(const Event& event);
    void set_fault_timer();
    void one_fault();
    void heal();

    void carry(TransferId id, const Transfer& transfer) override;
    void carry_http(TransferId id, const HttpRequest& request, std::size_t life);
    void answer(TransferId id, TransferAnswer answer, Duration after, std::size_t life);
    void committed(const std::vector<Change>& changes) override;
    void crashed() override;
    Result<std::shared_ptr<const Provider>> provider(const ProviderAccount& account) override;
    Result<std::shared_ptr<const ChannelDriver>> channel(const Channel& channel) override;

    void check_write(const std::string& name);
    void check_step();
    void check_converged();
    void fail(const std::string& what);
    void mix(std::uint64_t value) {
        report_.fingerprint = (report_.fingerprint ^ value) * 0x100000001b3u;
    }

    std::uint64_t seed_;
    Random random_;
    Schedule schedule_;
    MemoryStore store_;
    CloudflareWorld world_;
    Agents agents_;
    Policy policy_;
    std::unique_ptr<ControllerBox> controller_;
    std::unique_ptr<ControllerBox> dead_controller_;
    std::size_t life_ = 0;  // answers to an earlier life of the controller are lost
    bool healing_ = false;
    double trouble_ = 0.1;  // chance of a provider fault per request
    std::size_t requests_in_flight_ = 0;

    std::vector<std::string> names_;
    std::map<std::string, std::vector<WorldRecord>> unbound_;
    std::map<std::string, std::set<std::string>> allowed_;  // contents the pool may ever publish
    std::map<std::string, std::set<std::string>> wanted_;   // contents committed as desired
    std::set<std::string> foreign_;  // names a stranger has written and nobody has settled
    std::set<std::int64_t> enqueued_;
    std::map<std::string, std::string> delivered_last_;
    std::set<std::string> delivered_;
    std::map<std::int64_t, int> down_balance_;
    Report report_;
};

}  // namespace understudy::simulation
