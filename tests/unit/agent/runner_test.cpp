// The schedule of checks with time handed in and probes that answer on command.
#include "agent/checks/runner.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace understudy {
namespace {

// Stands for every kind of probe; told apart by the port of a TCP check.
class Puppets {
  public:
    struct State {
        Probe::Report report;                // of the newest
        std::vector<Probe::Report> reports;  // of each, in the order of their starts
        std::vector<Duration> started;       // by the scene's clock
        int starts = 0;
        int ends = 0;
    };
    State& operator[](int port) { return states_[port]; }

    // A command is told apart by its name.
    std::unique_ptr<Probe> make(const CheckKind& kind, Instant now) {
        const auto* command = std::get_if<CommandCheck>(&kind);
        State& state =
            states_[command ? std::stoi(command->arguments[0]) : std::get<TcpCheck>(kind).port];
        state.started.push_back(now.time_since_epoch());
        return std::make_unique<Puppet>(state);
    }

  private:
    class Puppet : public Probe {
      public:
        explicit Puppet(State& state) : state_(state) {}
        ~Puppet() override { ++state_.ends; }
        void start(Reactor&, Report report) override {
            ++state_.starts;
            state_.reports.push_back(report);
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
    // As the agent does: whenever something is due, till then.
    void run_to(
        int ms, const std::function<void()>& meanwhile = [] {}) {
        while (runner.next_deadline() <= Instant{Duration{ms}}) {
            advance_to(static_cast<int>(runner.next_deadline().time_since_epoch().count()));
            meanwhile();
        }
        advance_to(ms);
    }
    void report(int port, bool ok) { puppets[port].report({ok, ok ? "" : "it is broken"}); }
    void result(int port, bool ok) {
        report(port, ok);
        runner.advance(now_, wall_ + now_.time_since_epoch());
    }

    Puppets puppets;
    Reactor reactor;
    CheckRunner runner{
        reactor, [this](const CheckKind& kind, ChildReaper&) { return puppets.make(kind, now_); }};

  private:
    Instant now_{};
    WallTime wall_ = *parse_rfc3339("2026-11-21T00:00:00Z");
};

CheckSettings check(const std::string& name, std::uint16_t port, int rise = 1, int fall = 1) {
    return {name, TcpCheck{"127.0.0.1", port}, Duration{1'000}, Duration{300}, rise, fall};
}

// As when nothing is set, but for its name and kind.
CheckSettings usual(CheckKind kind) {
    CheckSettings settings;
    settings.name = "web";
    settings.kind = std::move(kind);
    return settings;
}

std::vector<int> in_ms(const std::vector<Duration>& times) {
    std::vector<int> out;
    for (const Duration time : times)
        out.push_back(static_cast<int>(time.count()));
    return out;
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

TEST_CASE("check runner: after a first failure it is tried each fast interval until fall decides") {
    Scene scene;
    scene.runner.configure({usual(TcpCheck{"127.0.0.1", 1})});
    bool well = true;
    const auto answer = [&] {
        if (scene.puppets[1].starts > scene.puppets[1].ends) scene.result(1, well);
    };
    scene.run_to(5'000, answer);
    well = false;
    scene.run_to(11'999, answer);
    CHECK(scene.runner.status().ok);
    scene.run_to(12'000, answer);
    REQUIRE_FALSE(scene.runner.status().ok);
    CHECK(scene.runner.status().failing[0].since == "2026-11-21T00:00:12.000Z");
    // Decided: calm again. And so with the successes that bring it up.
    scene.run_to(17'000, answer);
    well = true;
    scene.run_to(22'999, answer);
    CHECK_FALSE(scene.runner.status().ok);
    scene.run_to(23'000, answer);
    CHECK(scene.runner.status().ok);
    scene.run_to(28'000, answer);
    CHECK(in_ms(scene.puppets[1].started) ==
          std::vector{0, 5'000, 10'000, 11'000, 12'000, 17'000, 22'000, 23'000, 28'000});
}

TEST_CASE("check runner: a doubt that proves wrong leaves it calm again") {
    Scene scene;
    scene.runner.configure({usual(TcpCheck{"127.0.0.1", 1})});
    const auto answer = [&] {
        auto& puppet = scene.puppets[1];
        if (puppet.starts > puppet.ends) scene.result(1, puppet.starts != 2);
    };
    scene.run_to(16'000, answer);
    CHECK(in_ms(scene.puppets[1].started) == std::vector{0, 5'000, 6'000, 11'000, 16'000});
}

TEST_CASE("check runner: a healthy service that is slow is tried each interval") {
    Scene scene;
    scene.runner.configure({usual(TcpCheck{"127.0.0.1", 1})});
    for (int ms = 0; ms <= 16'000; ms += 500) {
        scene.run_to(ms);
        if (ms % 5'000 == 1'500) scene.result(1, true);
    }
    CHECK(in_ms(scene.puppets[1].started) == std::vector{0, 5'000, 10'000, 15'000});
    CHECK(scene.runner.status().ok);
}

TEST_CASE("check runner: one that was quick and is slow now is tried twice more, and once only") {
    Scene scene;
    scene.runner.configure({usual(TcpCheck{"127.0.0.1", 1})});
    scene.advance_to(0);
    scene.result(1, true);
    for (int ms = 500; ms <= 11'000; ms += 500) {
        scene.run_to(ms);
        if (ms % 5'000 == 1'500 || ms == 7'500) scene.result(1, true);
    }
    CHECK(in_ms(scene.puppets[1].started) == std::vector{0, 5'000, 6'000, 11'000});
    CHECK(scene.runner.status().ok);
}

TEST_CASE("check runner: three time-outs decide after one time-out and two fast intervals") {
    Scene scene;
    scene.runner.configure({usual(TcpCheck{"127.0.0.1", 1})});
    scene.advance_to(0);
    scene.result(1, true);
    scene.run_to(8'999);
    CHECK(scene.runner.status().ok);
    scene.run_to(9'000);
    REQUIRE_FALSE(scene.runner.status().ok);
    CHECK(scene.runner.status().failing[0].problem == "no result within 2.0 s");
    CHECK(in_ms(scene.puppets[1].started) == std::vector{0, 5'000, 6'000, 7'000});
    CHECK(scene.puppets[1].ends == 4);
}

TEST_CASE("check runner: tries count in the order in which they were begun") {
    Scene scene;
    scene.runner.configure({usual(TcpCheck{"127.0.0.1", 1})});
    scene.advance_to(0);
    scene.result(1, true);
    scene.run_to(5'000);
    scene.run_to(6'000);
    scene.result(1, true);  // the later one; the earlier one still waits
    scene.run_to(7'000);    // and times out now, which the later one outweighs
    scene.run_to(11'000);
    CHECK(in_ms(scene.puppets[1].started) == std::vector{0, 5'000, 6'000, 11'000});
    scene.result(1, true);
    CHECK(scene.runner.status().ok);
}

TEST_CASE("check runner: of one check three tries wait at a time, of a program one") {
    Scene scene;
    CheckSettings patient = usual(TcpCheck{"127.0.0.1", 1});
    patient.interval = patient.timeout = Duration{60'000};
    patient.fall = 100;
    CheckSettings program = usual(CommandCheck{{"2"}});
    program.name = "program";
    scene.runner.configure({patient, program});
    scene.advance_to(0);
    scene.result(1, true);
    scene.result(2, true);
    scene.run_to(65'000);
    CHECK(in_ms(scene.puppets[1].started) == std::vector{0, 60'000, 61'000, 62'000});
    // However long it took, a fast interval passes before it is started again.
    const auto program_starts = in_ms(scene.puppets[2].started);
    CHECK(std::vector(program_starts.begin(), program_starts.begin() + 5) ==
          std::vector{0, 5'000, 8'000, 11'000, 16'000});
    CHECK(scene.runner.status().failing.size() == 1);
}

TEST_CASE("check runner: while it settles each result counts alone") {
    Scene scene;
    CheckSettings web = check("web", 1, 3, 4);
    web.fast_interval = Duration{500};
    scene.runner.configure({web, check("db", 2, 2, 2)});
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
    CHECK(scene.runner.next_deadline() == Instant{Duration{5'000}});  // nothing is in doubt
    scene.runner.set_settling(false);
    CHECK(turn(5'000, false));
    CHECK(scene.runner.next_deadline() == Instant{Duration{5'500}});
    CHECK(turn(5'500, false));
    CHECK(turn(6'000, false));
    CHECK_FALSE(turn(6'500, false));
    CHECK_FALSE(turn(7'500, true));
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
