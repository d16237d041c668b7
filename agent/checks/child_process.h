// A child process that never blocks its parent: started with posix_spawn() in a process group of
// its own, waited for through a pidfd in the Reactor. Its group ends with it, and when it is given
// up.
// Used by the checks "command" and "systemd_unit" and, at the end, by the agent itself.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "agent/reactor.h"

namespace understudy {

// Collects what killed children leave behind. A child that hangs in the kernel cannot be reaped at
// once, and nobody may wait for it.
class ChildReaper {
  public:
    void adopt(pid_t pid);
    void collect();
    std::size_t pending() const { return pids_.size(); }

  private:
    std::vector<pid_t> pids_;
};

class ChildProcess {
  public:
    struct Exit {
        int code = 0;        // exit code; 128 + signal when a signal ended it
        std::string output;  // the beginning of what it wrote to stdout and stderr
    };
    using Done = std::function<void(const Exit&)>;

    explicit ChildProcess(ChildReaper& reaper) : reaper_(reaper) {}
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();  // kills the group when it still runs

    // Empty: it runs, and `done` will be called once. Otherwise what went wrong. The program gets
    // an empty stdin, a clean signal mask and the environment of the agent without its systemd
    // variables.
    std::string start(Reactor& reactor, const std::vector<std::string>& arguments, Done done);

    static constexpr std::size_t kOutputLimitBytes = 1024;

  private:
    int spawn(std::vector<std::string> arguments, int output);
    void read_output();
    void exited();

    ChildReaper& reaper_;
    pid_t pid_ = -1;  // -1: not running
    Descriptor process_;
    Descriptor output_;
    Reactor::Watch process_watch_;
    Reactor::Watch output_watch_;
    std::string text_;
    Done done_;
};

// The first line of a program's output without what would break a sentence; empty when there is
// none.
std::string first_line(const std::string& output);

}  // namespace understudy
