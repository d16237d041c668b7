#include "controller/runtime/outbound/program_worker.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>

using namespace understudy;

namespace {

// Waits for what the worker posts, for as long as it takes.
class ProgramStage {
  public:
    ProgramAnswer run(const std::string& script, Duration timeout = Duration{60'000},
                      const std::string& input = {}) {
        submit(1, script, timeout, input);
        return wait_for(1);
    }
    void submit(TransferId id, const std::string& script, Duration timeout = Duration{60'000},
                const std::string& input = {}) {
        worker.submit(id, ProgramRequest{{{"/bin/sh", "-c", script}, timeout}, input});
    }
    ProgramAnswer wait_for(TransferId id) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] {
            for (const TransferDone& done : answers_.take_all())
                seen_.insert_or_assign(done.id, std::get<ProgramAnswer>(done.answer));
            return seen_.contains(id);
        });
        return seen_.extract(id).mapped();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<TransferId, ProgramAnswer> seen_;
    Mailbox<TransferDone> answers_{[this] {
        const std::scoped_lock lock{mutex_};
        changed_.notify_all();
    }};

  public:
    ProgramWorker worker{answers_};
};

std::string content(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

bool alive(pid_t pid) {
    const std::string state = content("/proc/" + std::to_string(pid) + "/stat");
    const auto after_name = state.rfind(") ");
    return after_name != std::string::npos && state[after_name + 2] != 'Z';
}

}  // namespace

TEST_CASE("a program reads the notification, and its exit code and output are told") {
    ProgramStage stage;
    const std::string large(300'000, 'x');  // more than a pipe holds
    const ProgramAnswer answer = stage.run("wc -c; exit 3", Duration{60'000}, large);
    CHECK(answer.trouble.empty());
    CHECK(answer.code == 3);
    CHECK_FALSE(answer.timed_out);
    CHECK(answer.output == "300000\n");
    CHECK(stage.run("exit 0").code == 0);
    CHECK(stage.run("kill -TERM $$").code == 128 + SIGTERM);
}

TEST_CASE("a program is given no other descriptor") {
    ProgramStage stage;
    const int open = ::dup(STDERR_FILENO);  // not closed by exec
    REQUIRE(open > STDERR_FILENO);
    CHECK(stage.run("test ! -e /proc/self/fd/" + std::to_string(open)).code == 0);
    ::close(open);
}

TEST_CASE("of a program's output only the beginning is kept, and the rest does not block it") {
    ProgramStage stage;
    const ProgramAnswer answer = stage.run("yes | head -c 1000000; echo >&2");
    CHECK(answer.code == 0);
    CHECK(answer.output.size() == 4'096);
}

TEST_CASE("a program that hangs is killed with its group, and delays no other") {
    ProgramStage stage;
    stage.submit(2, "sleep 1000 & echo $!; wait", Duration{300});
    CHECK(stage.run("echo quick").output == "quick\n");
    const ProgramAnswer hung = stage.wait_for(2);
    CHECK(hung.timed_out);
    const pid_t child = std::stoi(hung.output);
    while (alive(child)) {
    }  // killed already; the kernel takes its time
}

TEST_CASE("what a program leaves in the background ends with it") {
    ProgramStage stage;
    const ProgramAnswer answer = stage.run("sleep 1000 & echo $!");
    CHECK(answer.code == 0);
    const pid_t child = std::stoi(answer.output);
    while (alive(child)) {
    }
}

TEST_CASE("a program that cannot be started is told as that") {
    ProgramStage stage;
    stage.worker.submit(7, ProgramRequest{{{"/nonexistent/program"}}, {}});
    CHECK(stage.wait_for(7).trouble ==
          "cannot start /nonexistent/program: No such file or directory");
}

TEST_CASE("more programs than run at once all get their turn") {
    ProgramStage stage;
    for (TransferId id = 1; id <= 20; ++id)
        stage.submit(id, "echo " + std::to_string(id));
    for (TransferId id = 1; id <= 20; ++id)
        CHECK(stage.wait_for(id).output == std::to_string(id) + "\n");
}

TEST_CASE("a stop lets programs end while there is patience, and then kills them") {
    ProgramStage patient;
    patient.submit(1, "echo done");
    CHECK(patient.worker.stop(Duration{60'000}));
    CHECK(patient.wait_for(1).output == "done\n");
    ProgramStage hurried;
    hurried.submit(1, "sleep 1000");
    CHECK_FALSE(hurried.worker.stop(Duration{0}));
}
