// A process killed at any instant: what was reported as committed is there, and no half of
// anything.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>

#include "tests/contract/store/houses.h"
#include "tests/contract/store/sample.h"

namespace understudy::test {
namespace {

constexpr std::int64_t kLinesPerCommit = 200;

// Commit number n (from 1): lines n*1000 .. n*1000+199 and the server renamed to "n".
std::vector<Change> numbered_commit(std::int64_t number) {
    std::vector<Change> changes;
    for (std::int64_t index = 0; index < kLinesPerCommit; ++index) {
        changes.push_back(AppendLog{sample_line(number * 1000 + index)});
    }
    changes.push_back(SaveServer{sample_server(1, std::to_string(number))});
    return changes;
}

// The kernel kills this process after so many microseconds.
void kill_myself_in(long microseconds) {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGKILL;
    timer_t timer{};
    itimerspec when{};
    when.it_value.tv_nsec = microseconds * 1000 + 1;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) _exit(4);
    if (timer_settime(timer, 0, &when, nullptr) != 0) _exit(5);
}

// The child: commits for ever and reports each commit by one byte once it has returned.
[[noreturn]] void commit_until_killed(const std::string& path, int report, long microseconds) {
    auto store = SqliteStore::open(path);
    if (!store) _exit(1);
    for (std::int64_t number = 1;; ++number) {
        if (!(*store)->commit(numbered_commit(number), kDay0)) _exit(2);
        if (write(report, "x", 1) != 1) _exit(3);
        if (number == 3) kill_myself_in(microseconds);
    }
}

// Runs a child that is killed some time after its third commit; answers how many it reported.
std::int64_t run_until_killed(const std::string& path, long microseconds) {
    std::array<int, 2> pipe_ends{};
    REQUIRE(pipe(pipe_ends.data()) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        close(pipe_ends[0]);
        commit_until_killed(path, pipe_ends[1], microseconds);
    }
    close(pipe_ends[1]);
    std::int64_t reported = 0;
    std::array<char, 64> bytes{};
    while (true) {
        const ssize_t got = read(pipe_ends[0], bytes.data(), bytes.size());
        if (got <= 0) break;
        reported += got;
    }
    close(pipe_ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
    return reported;
}

std::int64_t count_lines(Archive& archive) {
    std::int64_t count = 0;
    HistoryQuery query;
    query.ascending = true;
    query.limit = kMaxQueryRows;
    while (true) {
        const auto rows = archive.history(query);
        REQUIRE(rows.ok());
        if (rows->empty()) return count;
        count += static_cast<std::int64_t>(rows->size());
        query.after = rows->back().line.id;
    }
}

TEST_CASE("a killed process leaves whole commits, and all that it reported") {
    // A commit takes a millisecond or two: the kills fall between and inside commits.
    for (long extra = 0; extra < 6000; extra += 500) {
        CAPTURE(extra);
        const TemporaryFolder folder;
        const std::string path = folder / "store.db";
        const std::int64_t reported = run_until_killed(path, extra);
        CHECK(reported >= 3);
        auto store = SqliteStore::open(path);
        if (!store) FAIL(store.error().text());
        const std::int64_t lines = count_lines((*store)->archive());
        CHECK(lines % kLinesPerCommit == 0);
        const std::int64_t commits = lines / kLinesPerCommit;
        CHECK(commits >= reported);
        CHECK(commits <= reported + 1);  // one may have been done and not yet reported
        const Snapshot saved = must_load(**store);
        REQUIRE(saved.servers.size() == 1);
        CHECK(saved.servers.front().name == std::to_string(commits));
        CHECK(saved.last_id == commits * 1000 + kLinesPerCommit - 1);
    }
}

}  // namespace
}  // namespace understudy::test
