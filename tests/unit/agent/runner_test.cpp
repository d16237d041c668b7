// The schedule of checks with time handed in and probes that answer on command.
#include "agent/checks/runner.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace understudy {
namespace {

// Stands for every kind of probe; told apart by the port of a TCP check.
class Puppets {
  public:
    struct State {
        Probe::Report report;
        int starts = 0;
        int ends = 0;
    };
    State& operator[](int port) { return states_[port]; }

    std::unique_ptr<Probe> make(const CheckKind& kind) {
        return std::make_unique<Puppet>(states_[std::get<TcpCheck>(kind).port]);
    }

  private:
    class Puppet : public Probe {
      public:
        explicit Puppet(State& state) : state_(state) {}
        ~Puppet() override { ++state_.ends; }
        void start(Reactor&, Report report) override {
            ++state_.starts;
            state_.report = std::move(report);
        }

      private:
        State& state_;
    };
    std::map<int, State> states_;
};

class Scene {
  public:
    void advance_to(int ms) {
        now_ = Instant{Duration{ms}};
        runner.advance(now_, wall_ + Duration{ms});
    }
    void report(int port, bool ok) { puppets[port].report({ok, ok ? "" : "it is broken"}); }
    void result(int port, bool ok) {
        report(port, ok);
        runner.advance(now_, wall_ + now_.time_since_epoch());
    }

    Puppets puppets;
    Reactor reactor;
    CheckRunner runner{reactor,
                       [this](const CheckKind& kind, ChildReaper&) { return puppets.make(kind); }};

  private:
    Instant now_{};
    WallTime wall_ = *parse_rfc3339("2026-11-21T00:00:00Z");
};

CheckSettings check(const std::string& name, std::uint16_t port, int rise = 1, int fall = 1) {
    return {name, TcpCheck{"127.0.0.1", port}, Duration{1'000}, Duration{300}, rise, fall};
}

}  // namespace

TEST_CASE("check runner: each check runs at its own interval") {
    Scene scene;
    CheckSettings slow = check("slow", 2);
    slow.interval = Duration{2'500};
    scene.runner.configure({check("quick", 1), slow});
    for (int ms = 0; ms <= 5'000; ms += 100) {
        scene.advance_to(ms);
        for (const int port : {1, 2}) {
            if (scene.puppets[port].starts > scene.puppets[port].ends) scene.result(port, true);
        }
    }
    CHECK(scene.puppets[1].starts == 6);
    CHECK(scene.puppets[2].starts == 3);
    CHECK(scene.runner.status().ok);
}

TEST_CASE("check runner: a check that hangs is ended at its deadline and delays no other") {
    Scene scene;
    scene.runner.configure({check("hangs", 1), check("fine", 2)});
    scene.advance_to(0);
    CHECK(scene.runner.next_deadline() == Instant{Duration{300}});
    scene.result(2, true);
    CHECK_FALSE(scene.runner.all_decided());
    scene.advance_to(299);
    CHECK(scene.runner.status().ok);
    scene.advance_to(300);
    CHECK(scene.runner.all_decided());
    REQUIRE(scene.runner.status().failing.size() == 1);
    CHECK(scene.runner.status().failing[0] ==
          wire::FailingCheck{"hangs", "no result within 300 ms", "2026-11-21T00:00:00.300Z"});
    CHECK(scene.puppets[1].ends == 1);
    scene.report(1, true);  // too late
    scene.advance_to(999);
    CHECK_FALSE(scene.runner.status().ok);
    scene.advance_to(1'000);
    CHECK(scene.puppets[1].starts == 2);
    CHECK(scene.puppets[2].starts == 2);
}

TEST_CASE("check runner: rise and fall, and the problem that took it down stays") {
    Scene scene;
    scene.runner.configure({check("web", 1, 2, 2)});
    const auto turn = [&](int ms, bool ok) {
        scene.advance_to(ms);
        scene.result(1, ok);
        return scene.runner.status().ok;
    };
    CHECK(turn(0, true));
    CHECK(turn(1'000, false));
    CHECK_FALSE(turn(2'000, false));
    const auto status = scene.runner.status();
    CHECK(status.failing[0].since == "2026-11-21T00:00:02.000Z");
    scene.advance_to(3'000);
    scene.puppets[1].report({false, "another wording"});
    scene.advance_to(3'001);
    CHECK(scene.runner.status() == status);
    CHECK_FALSE(turn(4'001, true));
    CHECK(turn(5'001, true));
}

TEST_CASE("check runner: while it settles each result counts alone") {
    Scene scene;
    scene.runner.configure({check("web", 1, 3, 4), check("db", 2, 2, 2)});
    scene.runner.set_settling(true);
    CHECK(scene.runner.patience() == Duration{5'000});
    const auto turn = [&](int ms, bool ok) {
        scene.advance_to(ms);
        scene.result(1, ok);
        scene.result(2, true);
        return scene.runner.status().ok;
    };
    CHECK_FALSE(turn(0, false));
    const auto first = scene.runner.status();
    CHECK_FALSE(turn(1'000, false));
    CHECK(scene.runner.status() == first);
    CHECK(turn(2'000, true));
    CHECK_FALSE(turn(3'000, false));
    CHECK(turn(4'000, true));
    scene.runner.set_settling(false);
    CHECK(turn(5'000, false));
    CHECK(turn(6'000, false));
    CHECK(turn(7'000, false));
    CHECK_FALSE(turn(8'000, false));
    CHECK_FALSE(turn(9'000, true));
}

TEST_CASE("check runner: after a suspend every check runs once, not once per missed turn") {
    Scene scene;
    scene.runner.configure({check("web", 1)});
    scene.advance_to(0);
    scene.result(1, true);
    scene.advance_to(3'600'000);
    CHECK(scene.puppets[1].starts == 2);
    scene.result(1, true);
    scene.advance_to(3'600'100);
    CHECK(scene.puppets[1].starts == 2);
}

TEST_CASE("check runner: a reload keeps the state of what did not change and ends what went") {
    Scene scene;
    scene.runner.configure({check("kept", 1), check("gone", 2), check("changed", 3)});
    scene.advance_to(0);
    scene.result(1, false);
    scene.result(2, false);
    scene.result(3, false);
    CHECK(scene.runner.status().failing.size() == 3);
    scene.advance_to(1'000);
    CHECK(scene.puppets[2].ends == 1);
    CheckSettings changed = check("changed", 3);
    changed.fall = 5;
    scene.runner.configure({check("kept", 1), changed});
    CHECK(scene.puppets[2].ends == 2);
    CHECK(scene.puppets[3].ends == 2);
    REQUIRE(scene.runner.status().failing.size() == 1);
    CHECK(scene.runner.status().failing[0].name == "kept");
    scene.advance_to(1'001);
    CHECK(scene.puppets[1].starts == 2);
    CHECK(scene.puppets[3].starts == 3);
}

TEST_CASE("check runner: without checks all is well and nothing is due") {
    Scene scene;
    CHECK(scene.runner.status().ok);
    CHECK(scene.runner.all_decided());
    CHECK(scene.runner.patience() == Duration{0});
    CHECK(scene.runner.next_deadline() == kNever);
}

}  // namespace understudy
