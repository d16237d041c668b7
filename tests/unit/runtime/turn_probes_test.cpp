// A turn with probes: servers of which something was heard are probed after the commit, and what
// was found is stepped in the turn it came in.
#include "controller/runtime/turn.h"
#include "tests/unit/runtime/scripted_hub.h"
#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const ServerId kSiteServer{11};

Snapshot one_site() {
    Snapshot saved;
    Server server;
    server.id = kSiteServer;
    server.name = "web1";
    server.ipv4 = *parse_ipv4("192.0.2.1");
    Pool pool;
    pool.id = PoolId{21};
    pool.members = {kSiteServer};
    pool.target = Target{kSiteServer};
    Domain domain;
    domain.id = DomainId{41};
    domain.pool = pool.id;
    domain.name = "www.example.org";
    saved.servers = {server};
    saved.pools = {pool};
    saved.domains = {domain};
    saved.last_id = 1'000;
    return saved;
}

struct Probing {
    Probing()
        : engine(EngineTimings{}, Policy{}, one_site(), now, WallTime{}),
          dispatcher(store, "test", engine.fleet(), drivers, Outlets{outbound, outbound}, Random{1},
                     World::quiet_limits()),
          plan(engine.fleet()),
          probes(plan, engine.fleet(), prober, found, Random{2}, without_readiness()),
          turn(TurnParts{store,
                         engine,
                         dispatcher,
                         hub,
                         desk,
                         answers,
                         state,
                         {},
                         {},
                         {},
                         {},
                         &plan,
                         &probes},
               TurnSettings{}) {}

    // Until when the loop may wait.
    Instant run() {
        const auto until = turn.run(now, wall);
        REQUIRE(until.ok());
        return *until;
    }
    void run_for(Duration span) {
        for (const Instant end = now + span; now < end; now += Duration{500})
            run();
    }

    Instant now = kStart;
    WallTime wall = kWallStart;
    StoreInMemory store{"test"};
    Engine engine;
    ScriptedDrivers drivers;
    RecordingOutbound outbound;
    Dispatcher dispatcher;
    ScriptedHub hub;
    Desk desk;
    Mailbox<TransferDone> answers{{}};
    RecordingOutbound prober;
    Mailbox<TransferDone> found{{}};
    CurrentPlan plan;
    Probes probes;
    ControllerState state;
    Turn turn;
};

}  // namespace

TEST_CASE("a turn begins the probes that are due and wakes up for them") {
    Probing scene;
    for (int turns = 0; turns < 20 && scene.prober.submitted.empty(); ++turns) {
        const Instant until = scene.run();
        CHECK(until <= std::max(scene.now, scene.probes.next_deadline()));
        scene.now = until;
    }
    REQUIRE(scene.prober.submitted.size() == 1);
    scene.found.post({scene.prober.take().id, ServiceAnswer{Verdict::Serves, "https 443: 200"}});
    const auto steps = scene.state.steps;
    scene.run();
    CHECK(scene.state.steps == steps + 1);
    CHECK(scene.state.probes_serving == 1);
    CHECK(scene.state.probes_in_flight == 0);
}

TEST_CASE("a lost link has its server probed at once, and not before it is written") {
    Probing scene;
    scene.run_for(Duration{5'000});
    scene.hub.arrivals.inputs.push_back(AgentLinked{kSiteServer, 1, "192.0.2.1:1", true, {}});
    scene.run();
    const auto before = scene.prober.submitted.size();
    scene.hub.arrivals.inputs.push_back(AgentLeft{kSiteServer, 1, Departure::Closed, "closed"});
    scene.run();
    CHECK(scene.prober.submitted.size() == before + 1);
}
