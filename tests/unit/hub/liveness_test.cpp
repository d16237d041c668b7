#include "controller/hub/liveness.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

constexpr Instant kAlive{Duration{1'000'000}};
constexpr Duration kInterval{10'000};

Instant at(int seconds) {
    return kAlive + Duration{seconds * 1000};
}

// Sweeps every second, as the hub does, and says at which second a link was found.
struct Watch {
    LinkLiveness liveness;
    int pinged_at = -1, silent_at = -1, pings = 0;

    void run(int from_s, int to_s) {
        for (int s = from_s; s <= to_s; ++s) {
            const LinkLiveness::Findings found = liveness.sweep(at(s));
            pings += static_cast<int>(found.ping.size());
            if (!found.ping.empty() && pinged_at < 0) pinged_at = s;
            if (!found.silent.empty() && silent_at < 0) silent_at = s;
        }
    }
};

int owner_a, owner_b;

}  // namespace

TEST_CASE("liveness: a silent peer is pinged once after 15 s and silent after 25 s") {
    Watch watch;
    watch.liveness.add(&owner_a, kInterval, at(0));
    watch.run(1, 24);
    CHECK(watch.pinged_at == 15);
    CHECK(watch.pings == 1);
    CHECK(watch.silent_at == -1);
    watch.run(25, 30);
    CHECK(watch.silent_at == 25);
}

TEST_CASE("liveness: whoever is heard starts again, also for the ping") {
    Watch watch;
    const LinkLiveness::Slot slot = watch.liveness.add(&owner_a, kInterval, at(0));
    watch.run(1, 20);
    watch.liveness.seen(slot, at(20));
    watch.run(21, 44);
    CHECK(watch.pings == 2);
    CHECK(watch.silent_at == -1);
    watch.run(45, 45);
    CHECK(watch.silent_at == 45);
}

TEST_CASE("liveness: limits and sweeps scale with the interval") {
    LinkLiveness liveness;
    liveness.add(&owner_a, Duration{200}, kAlive);
    CHECK(liveness.next_sweep() == kAlive + Duration{20});
    Instant now = kAlive;
    bool silent = false;
    while (!silent) {
        now += Duration{20};
        silent = !liveness.sweep(now).silent.empty();
    }
    CHECK(now == kAlive + Duration{500});
}

TEST_CASE("liveness: links with different intervals live side by side") {
    LinkLiveness liveness;
    liveness.add(&owner_a, Duration{10'000}, kAlive);
    liveness.add(&owner_b, Duration{1'000}, kAlive);
    CHECK(liveness.next_sweep() == kAlive + Duration{100});
    LinkLiveness::Findings found;
    for (Instant now = kAlive; now <= kAlive + Duration{2'500}; now += Duration{100}) {
        found = liveness.sweep(now);
    }
    CHECK(found.silent == std::vector<void*>{&owner_b});
    CHECK(found.ping.empty());
}

TEST_CASE("liveness: a removed link is not found, its slot is used again") {
    Watch watch;
    const LinkLiveness::Slot first = watch.liveness.add(&owner_a, kInterval, at(0));
    watch.liveness.remove(first);
    CHECK(watch.liveness.size() == 0);
    CHECK(watch.liveness.next_sweep() == kNever);
    const LinkLiveness::Slot second = watch.liveness.add(&owner_b, kInterval, at(10));
    CHECK(second == first);
    watch.run(11, 34);
    CHECK(watch.silent_at == -1);
    watch.run(35, 35);
    CHECK(watch.silent_at == 35);
}

TEST_CASE("liveness: time in which we slept counts for nobody") {
    Watch watch;
    watch.liveness.add(&owner_a, kInterval, at(0));
    watch.run(1, 5);
    watch.run(65, 83);  // nothing was read for a minute; 6 s of silence by then
    CHECK(watch.pinged_at == 74);
    CHECK(watch.silent_at == -1);
    watch.run(84, 84);
    CHECK(watch.silent_at == 84);
}
