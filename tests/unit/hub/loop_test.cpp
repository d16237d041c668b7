#include "controller/hub/loop.h"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <thread>

using namespace understudy;

namespace {

constexpr std::chrono::seconds kRescue{5};  // a loop that would sleep for ever is woken after this

// How long run_once() takes on a loop without any socket. The first turns belong to what
// libwebsockets does at its start.
Duration time_of_turns(Duration wait) {
    auto made = Loop::make({.tls = false, .catch_signals = false});
    REQUIRE(made.ok());
    Loop& loop = **made;
    std::promise<void> returned;
    std::thread rescuer{[&loop, done = returned.get_future()] {
        Duration patience = kRescue;
        while (done.wait_for(patience) == std::future_status::timeout) {
            loop.wake();
            patience = Duration{1};
        }
    }};
    const Instant start = BootClock::now();
    for (int turn = 0; turn < 20; ++turn)
        loop.run_once(BootClock::now() + wait);
    const Duration spent = BootClock::now() - start;
    returned.set_value();
    rescuer.join();
    return spent;
}

}  // namespace

TEST_CASE("loop: a deadline that has come ends the turn, sockets or not") {
    for (const int wait_ms : {-1000, 0, 1, 20}) {
        CAPTURE(wait_ms);
        CHECK(time_of_turns(Duration{wait_ms}) < kRescue);
    }
}

TEST_CASE("loop: wake() ends a turn without a deadline") {
    auto made = Loop::make({.tls = false, .catch_signals = false});
    REQUIRE(made.ok());
    std::thread other{[&loop = **made] { loop.wake(); }};
    (*made)->run_once(kNever);
    other.join();
}
