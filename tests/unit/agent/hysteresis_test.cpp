#include "agent/checks/hysteresis.h"

#include <doctest/doctest.h>

#include <string>

#include "base/random.h"

namespace understudy {
namespace {

// The states after each result: "+" a success, "-" a failure; "U" up, "d" down.
std::string states(int rise, int fall, const std::string& results) {
    Hysteresis hysteresis{rise, fall};
    std::string out;
    for (const char result : results) {
        const bool was_up = hysteresis.up();
        const bool changed = hysteresis.add(result == '+');
        CHECK(changed == (hysteresis.up() != was_up));
        out += hysteresis.up() ? 'U' : 'd';
    }
    return out;
}

}  // namespace

TEST_CASE("hysteresis: the first result decides alone") {
    CHECK(states(3, 3, "-") == "d");
    CHECK(states(3, 3, "+") == "U");
    Hysteresis hysteresis{2, 3};
    CHECK_FALSE(hysteresis.decided());
    CHECK(hysteresis.up());
    hysteresis.add(false);
    CHECK(hysteresis.decided());
}

TEST_CASE("hysteresis: fall failures take it down, rise successes bring it up") {
    CHECK(states(2, 3, "+---") == "UUUd");
    CHECK(states(2, 3, "-++") == "ddU");
    CHECK(states(1, 1, "+-+-+") == "UdUdU");
    CHECK(states(3, 1, "+-+++-") == "UdddUd");
}

TEST_CASE("hysteresis: failures add up only in a row") {
    CHECK(states(1, 3, "+--+--+--") == "UUUUUUUUU");
    CHECK(states(3, 1, "-++-++-") == "ddddddd");
}

TEST_CASE("hysteresis: in doubt until fall or rise has decided, and never with enough under way") {
    // In doubt after each result ("?" or "."), with so many results still to come.
    const auto doubts = [](int rise, int fall, const std::string& results, int open,
                           bool late = false) {
        Hysteresis hysteresis{rise, fall};
        std::string out;
        for (const char result : results) {
            hysteresis.add(result == '+');
            out += hysteresis.undecided(open, late) ? '?' : '.';
        }
        return out;
    };
    CHECK_FALSE(Hysteresis(2, 3).undecided(1, true));  // the first one decides alone
    CHECK(doubts(2, 3, "+--+---", 0) == ".??.??.");
    CHECK(doubts(2, 3, "-+-++", 0) == ".?.?.");
    CHECK(doubts(1, 1, "+-+-", 0) == "....");
    // What is under way may be enough, and is no doubt itself, unless it is late.
    CHECK(doubts(2, 3, "+--", 1, true) == "??.");
    CHECK(doubts(2, 3, "+--", 2, true) == "?..");
    CHECK(doubts(2, 3, "+--", 1) == ".?.");
    CHECK(doubts(2, 3, "+--", 2) == "...");
    CHECK(doubts(2, 5, "+----", 2) == ".??..");
    CHECK(doubts(2, 3, "+", 3) == ".");
    CHECK(doubts(3, 3, "-+", 1) == ".?");
    CHECK(doubts(3, 3, "-+", 2) == "..");
    CHECK(doubts(2, 1, "+", 1) == ".");
}

TEST_CASE("hysteresis: agrees with two counters for any results") {
    Random random{7};
    for (int run = 0; run < 200; ++run) {
        const int rise = 1 + static_cast<int>(random.below(4));
        const int fall = 1 + static_cast<int>(random.below(4));
        Hysteresis hysteresis{rise, fall};
        bool up = true;
        int good = 0;
        int bad = 0;
        for (int i = 0; i < 60; ++i) {
            const bool ok = random.chance(0.5);
            good = ok ? good + 1 : 0;
            bad = ok ? 0 : bad + 1;
            if (i == 0) up = ok;
            if (up && bad >= fall) up = false;
            if (!up && good >= rise) up = true;
            hysteresis.add(ok);
            REQUIRE(hysteresis.up() == up);
        }
    }
}

}  // namespace understudy
