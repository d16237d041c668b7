// Who watches the controller is called while the turn turns and writes, and by nothing else; where
// it is called stays a secret.
#include "controller/runtime/alive_calls.h"

#include "controller/runtime/turn.h"
#include "tests/unit/runtime/scripted_hub.h"
#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

constexpr char kWatcher[] = "https://hc.example.org/ping/5f0c2a8e-token";

struct Watched {
    explicit Watched(const std::string& url = kWatcher) : calls(watcher, Secret{url}) {}

    Result<Instant> run() { return turn.run(now, wall); }
    void pass(Duration span) {
        now += span;
        wall += span;
    }
    void answer(TransferAnswer how) {
        answers.post({watcher.take().id, std::move(how)});
        REQUIRE(run().ok());
    }

    Instant now = kStart;
    WallTime wall = kWallStart;
    StoreInMemory store{"test"};
    Engine engine{EngineTimings{}, Policy{}, Snapshot{}, kStart, WallTime{}};
    ScriptedDrivers drivers;
    RecordingOutbound outbound;
    Dispatcher dispatcher{store,
                          "test",
                          engine.fleet(),
                          drivers,
                          Outlets{outbound, outbound},
                          Random{1},
                          World::quiet_limits()};
    ScriptedHub hub;
    Desk desk;
    Mailbox<TransferDone> answers{{}};
    ControllerState state;
    RecordingOutbound watcher;
    AliveCalls calls;
    Turn turn{TurnParts{store,
                        engine,
                        dispatcher,
                        hub,
                        desk,
                        answers,
                        state,
                        {},
                        [](Duration) {},
                        {},
                        {},
                        nullptr,
                        nullptr,
                        nullptr,
                        &calls},
              TurnSettings{}};
};

HttpAnswer status(int code) {
    HttpResponse response;
    response.status = code;
    return response;
}

}  // namespace

TEST_CASE("the watcher is called in the first turn and once a minute from then on") {
    Watched scene;
    REQUIRE(scene.run().ok());
    REQUIRE(scene.watcher.submitted.size() == 1);
    const HttpRequest request = scene.watcher.submitted[0].http();
    CHECK(request.method == "GET");
    CHECK(request.url == kWatcher);
    CHECK(request.timeout <= Duration{10'000});
    scene.answer(status(200));
    CHECK(scene.state.alive_watched);
    CHECK(scene.state.alive_answered == 1);
    CHECK(scene.state.alive_last == scene.wall);

    scene.pass(Duration{59'999});
    REQUIRE(scene.run().ok());
    CHECK(scene.watcher.submitted.empty());
    CHECK(scene.calls.next_deadline() == scene.now + Duration{1});
    scene.pass(Duration{1});
    REQUIRE(scene.run().ok());
    CHECK(scene.watcher.submitted.size() == 1);
}

TEST_CASE("a turn wakes up for the watcher") {
    Watched scene;
    REQUIRE(scene.run().ok());
    scene.answer(status(204));
    scene.pass(Duration{59'500});
    const auto until = scene.run();
    REQUIRE(until.ok());
    CHECK(*until <= scene.now + Duration{500});
}

TEST_CASE("who cannot write calls nobody") {
    Watched scene;
    REQUIRE(scene.run().ok());
    scene.answer(status(200));
    scene.pass(Duration{60'000});
    scene.store.fail_next_commit(Error{Errc::Corrupt, "malformed", {}, {}, {}});
    CHECK_FALSE(scene.run().ok());
    CHECK(scene.watcher.submitted.empty());
}

TEST_CASE("one call at a time: a minute without an answer begins no second one") {
    Watched scene;
    REQUIRE(scene.run().ok());
    scene.pass(Duration{60'000});
    REQUIRE(scene.run().ok());
    CHECK(scene.watcher.submitted.size() == 1);
    scene.answer(HttpAnswer{TransportFailure{true, "timed out"}});
    CHECK(scene.watcher.submitted.size() == 1);  // that of the second minute
    CHECK(scene.state.alive_failed == 1);
}

TEST_CASE("whatever is no success counts as a failure, a redirect too") {
    for (const int code : {301, 404, 500}) {
        CAPTURE(code);
        Watched scene;
        REQUIRE(scene.run().ok());
        scene.answer(status(code));
        CHECK(scene.state.alive_failed == 1);
        CHECK(scene.state.alive_answered == 0);
        CHECK(scene.state.alive_last == WallTime{});
    }
}

TEST_CASE("after a reload the next turn calls, and an answer of before does not count") {
    Watched scene;
    REQUIRE(scene.run().ok());
    scene.calls.set_url(Secret{"https://other.example.org/x"});
    REQUIRE(scene.run().ok());
    REQUIRE(scene.watcher.submitted.size() == 2);
    scene.answer(status(500));
    CHECK(scene.state.alive_failed == 0);
    CHECK(scene.watcher.submitted[0].http().url == "https://other.example.org/x");
    scene.answer(status(200));
    CHECK(scene.state.alive_answered == 1);
    scene.calls.set_url({});
    scene.pass(Duration{60'000});
    REQUIRE(scene.run().ok());
    CHECK(scene.watcher.submitted.empty());
    CHECK_FALSE(scene.state.alive_watched);
}

TEST_CASE("without a URL nobody is called") {
    Watched scene{""};
    REQUIRE(scene.run().ok());
    CHECK(scene.watcher.submitted.empty());
    CHECK(scene.calls.next_deadline() == kNever);
}
