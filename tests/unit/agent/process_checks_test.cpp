// The checks command and systemd_unit, and the children behind them, against real processes.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "agent/checks/command.h"
#include "agent/checks/systemd_unit.h"
#include "agent/stop_reason.h"
#include "tests/unit/agent/check_scene.h"

namespace understudy {
namespace {

Outcome run(std::vector<std::string> arguments) {
    ChildReaper reaper;
    Trial trial{std::make_unique<CommandProbe>(CommandCheck{std::move(arguments)}, reaper)};
    return trial.outcome();
}

Outcome shell(const std::string& script) {
    return run({"/bin/sh", "-c", script});
}

// A program of our own, for what asks systemctl.
class Script {
  public:
    explicit Script(const std::string& body) {
        std::string directory = "/tmp/understudy-script-XXXXXX";
        REQUIRE(mkdtemp(directory.data()) != nullptr);
        directory_ = directory;
        std::ofstream{path()} << "#!/bin/sh\n" << body << "\n";
        chmod(path().c_str(), 0755);
    }
    ~Script() { std::filesystem::remove_all(directory_); }
    std::string path() const { return directory_ + "/script"; }

  private:
    std::string directory_;
};

Outcome unit(const std::string& systemctl) {
    const Script script{systemctl};
    ChildReaper reaper;
    Trial trial{std::make_unique<SystemdUnitProbe>(SystemdUnitCheck{"haproxy.service"}, reaper,
                                                   script.path())};
    return trial.outcome();
}

bool alive(pid_t pid) {
    return kill(pid, 0) == 0;
}

pid_t read_pid(const std::string& file) {
    pid_t pid = 0;
    std::ifstream{file} >> pid;
    REQUIRE(pid > 0);
    return pid;
}

// A grandchild is init's when its parent is gone; it may stay a zombie where nobody reaps.
bool runs(pid_t pid) {
    std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
    std::string number;
    std::string name;
    std::string state;
    return stat >> number >> name >> state && state != "Z" && state != "X";
}

}  // namespace

TEST_CASE("command check: the exit code decides, the first line explains") {
    CHECK(run({"/bin/true"}).ok);
    CHECK(run({"/bin/false"}).problem == "/bin/false gave exit code 1");
    CHECK(shell("echo 'no space left'; echo more; exit 3").problem ==
          "/bin/sh gave exit code 3: no space left");
    CHECK(shell("echo problem >&2; exit 1").problem == "/bin/sh gave exit code 1: problem");
    CHECK(shell("kill -9 $$").problem == "/bin/sh was ended by signal 9");
    CHECK(run({"/nonexistent/program"}).problem ==
          "cannot start /nonexistent/program: No such file or directory");
}

TEST_CASE("command check: arguments are passed as they are, without a shell") {
    CHECK(run({"/usr/bin/test", "a b;$HOME", "=", "a b;$HOME"}).ok);
}

TEST_CASE("command check: much output neither blocks the program nor is kept") {
    const Outcome outcome =
        shell("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; exit 1");
    CHECK(outcome.problem == "/bin/sh gave exit code 1: 0123456789");
}

TEST_CASE("command check: a child that a program leaves behind ends with the run") {
    const Script leaves{"sleep 1000 & echo $! > $0.child; exit 0"};
    ChildReaper reaper;
    Trial trial{std::make_unique<CommandProbe>(CommandCheck{{leaves.path()}}, reaper)};
    CHECK(trial.outcome().ok);
    const pid_t child = read_pid(leaves.path() + ".child");
    Reactor idle;
    CHECK(serve_until(idle, [&] { return !runs(child); }));
    CHECK(reaper.pending() == 0);
}

TEST_CASE("command check: nobody waits for a child that has left the program's group") {
    CHECK(shell("setsid sleep 5 & exit 0").ok);
}

TEST_CASE("command check: the program gets a clean environment") {
    setenv("NOTIFY_SOCKET", "/run/notify", 1);
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials", 1);
    setenv("UNDERSTUDY_TEST_KEPT", "yes", 1);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    CHECK(
        shell(
            "test -z \"$NOTIFY_SOCKET$CREDENTIALS_DIRECTORY\" && test $UNDERSTUDY_TEST_KEPT = yes")
            .ok);
    CHECK(shell("grep -q '^SigBlk:.*0000$' /proc/self/status").ok);
    CHECK(shell("test \"$(cat)\" = ''").ok);
    sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("UNDERSTUDY_TEST_KEPT");
}

TEST_CASE("command check: giving up kills the program with its children and leaves no zombie") {
    const Script note{
        "sleep 1000 & echo $! > $0.child; echo $$ > $0.self; mv $0.self $0.ready; wait"};
    ChildReaper reaper;
    Trial trial{std::make_unique<CommandProbe>(CommandCheck{{note.path()}}, reaper)};
    Reactor idle;
    REQUIRE(serve_until(idle, [&] { return std::filesystem::exists(note.path() + ".ready"); }));
    const pid_t self = read_pid(note.path() + ".ready");
    const pid_t child = read_pid(note.path() + ".child");
    CHECK(alive(self));
    trial.give_up();
    CHECK(serve_until(idle, [&] {
        reaper.collect();
        return reaper.pending() == 0 && !alive(self);
    }));
    CHECK(serve_until(idle, [&] { return !runs(child); }));
}

TEST_CASE("systemd_unit check: takes systemctl's word") {
    CHECK(unit("test \"$*\" = 'is-active -- haproxy.service' && echo active").ok);
    CHECK(unit("echo failed; exit 3").problem == "unit haproxy.service is failed");
    CHECK(unit("echo 'Failed to connect to bus'; exit 1").problem ==
          "cannot learn the state of unit haproxy.service: Failed to connect to bus");
}

constexpr char kUnit[] = "understudy-agent.service";

TEST_CASE("stop reason: it is for good only when systemd stops the unit and will not start it") {
    const auto reason_of = [](const std::string& body) {
        const Script script{body};
        Reactor reactor;
        StopReason reason{reactor, script.path(), kUnit};
        const Instant asked = BootClock::now();
        reason.ask(asked);
        CHECK(serve_until(reactor, [&] { return reason.answer(asked).has_value(); }));
        return *reason.answer(asked);
    };
    CHECK(reason_of("test $1 = list-jobs && echo 93 $6 stop running") ==
          wire::GoodbyeReason::Shutdown);
    CHECK(reason_of("echo 93 haproxy.service restart running; echo 94 $6 stop waiting") ==
          wire::GoodbyeReason::Shutdown);
    CHECK(reason_of("echo 93 $6 restart running") == wire::GoodbyeReason::Restart);
    CHECK(reason_of("echo 93 haproxy.service stop running") == wire::GoodbyeReason::Restart);
    CHECK(reason_of("echo No jobs running.") == wire::GoodbyeReason::Restart);
}

TEST_CASE("stop reason: without systemctl, or without its answer, it is a restart") {
    Reactor reactor;
    const Instant now{Duration{5'000}};
    StopReason none{reactor, "/nonexistent/systemctl", kUnit};
    CHECK(none.answer(now) == std::nullopt);
    none.ask(now);
    CHECK(none.answer(now) == wire::GoodbyeReason::Restart);

    const Script hangs{"exec sleep 1000"};
    StopReason slow{reactor, hangs.path(), kUnit};
    slow.ask(now);
    CHECK(slow.deadline() == now + StopReason::kLimit);
    CHECK(slow.answer(now + StopReason::kLimit - Duration{1}) == std::nullopt);
    CHECK(slow.answer(now + StopReason::kLimit) == wire::GoodbyeReason::Restart);

    // The machine goes down, and D-Bus went first.
    StopReason last{reactor, hangs.path(), kUnit, hangs.path()};
    last.ask(now);
    CHECK(last.answer(now + StopReason::kLimit) == wire::GoodbyeReason::Shutdown);
    const Script refused{"echo 'Failed to connect to bus'; exit 1"};
    StopReason told{reactor, refused.path(), kUnit, refused.path()};
    told.ask(now);
    CHECK(serve_until(reactor, [&] { return told.answer(now).has_value(); }));
    CHECK(told.answer(now) == wire::GoodbyeReason::Shutdown);

    // It goes on, and D-Bus refuses all the same: it is looked again for a while.
    StopReason alone{reactor, refused.path(), kUnit, "/nonexistent/nologin"};
    alone.ask(now);
    CHECK(serve_until(reactor, [&] {
        (void)alone.answer(now);
        return alone.deadline() < now + StopReason::kLimit;
    }));
    CHECK(alone.answer(now + StopReason::kLimit - Duration{1}) == std::nullopt);
    CHECK(alone.answer(now + StopReason::kLimit) == wire::GoodbyeReason::Restart);

    const Script lies{"echo 93 $6 stop running"};
    StopReason no_service{reactor, lies.path(), ""};
    no_service.ask(now);
    CHECK(no_service.answer(now) == wire::GoodbyeReason::Restart);
}

TEST_CASE("stop reason: systemd's name for this process") {
    CHECK(unit_of("0::/system.slice/understudy-agent.service\n") == kUnit);
    CHECK(unit_of("9:pids:/\n1:name=systemd:/system.slice/understudy-agent.service\n0::/\n") ==
          kUnit);
    CHECK(unit_of("0::/user.slice/user-0.slice/session-1.scope\n").empty());
    CHECK(unit_of("").empty());
}

}  // namespace understudy
