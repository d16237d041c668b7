// A turn on a bench: the real engine, dispatcher and desk between a scripted hub and a store in
// memory.
#pragma once

#include "controller/runtime/turn.h"
#include "tests/unit/runtime/scripted_hub.h"
#include "tests/unit/runtime/world.h"

namespace understudy::test {

inline AddServer some_server(const std::string& name) {
    AddServer order;
    order.name = name;
    order.ipv4 = *parse_ipv4("192.0.2.1");
    order.token_hash = std::string(64, 'a');
    order.token_prefix = name;
    return order;
}

inline EngineTimings timings_for(const DispatcherLimits& limits) {
    EngineTimings timings;
    timings.guards.witnesses = !limits.witnesses.empty();
    return timings;
}

struct Bench {
    explicit Bench(const TurnSettings& settings = {},
                   const DispatcherLimits& limits = World::quiet_limits())
        : engine(timings_for(limits), Policy{}, Snapshot{}, now, WallTime{}),
          dispatcher(store, "test", engine.fleet(), drivers, Outlets{outbound, outbound}, Random{1},
                     limits),
          turn(TurnParts{store, engine, dispatcher, hub, desk, answers, state,
                         [this](const ApiRequest& request, Instant, WallTime) {
                             requests.push_back(request.path);
                             if (on_request) on_request();
                         },
                         [this](Duration pause) { pauses.push_back(pause); },
                         [this](Instant) { return answering; },
                         [this](HttpRequestId client) {
                             CHECK_FALSE(requests.empty());
                             gone.push_back(client);
                         }},
               settings) {}

    Result<Instant> run() { return turn.run(now, wall); }
    void give(OrderAction action) {
        desk.give(own_caller("tester"), std::move(action), {},
                  [this](const Result<OrderDone>& done) {
                      answered.push_back(done);
                      logged_at_answer = store.archive().history(HistoryQuery{})->size();
                  });
    }

    void give_batch(std::vector<OrderAction> actions) {
        desk.give_batch(
            own_caller("tester"), std::move(actions),
            [this](const Result<OrderDone>& done, const auto&) { answered.push_back(done); });
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
    ControllerState state;
    std::vector<std::string> requests;
    std::function<void()> on_request;
    bool answering = false;
    std::vector<HttpRequestId> gone;  // with requests before them
    std::vector<Duration> pauses;
    std::vector<Result<OrderDone>> answered;
    std::size_t logged_at_answer = 0;
    Turn turn;
};

}  // namespace understudy::test
