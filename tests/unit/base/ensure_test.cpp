#include "base/ensure.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace {

// How a child that runs ensure(condition) ends.
int status_of_ensure(bool condition) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        ensure(condition);
        _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return status;
}

}  // namespace

TEST_CASE("ensure: a broken invariant ends the process, in every build") {
    const int status = status_of_ensure(false);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("ensure: a kept invariant does nothing") {
    const int status = status_of_ensure(true);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
