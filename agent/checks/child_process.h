// A child process that never blocks its parent, waited for in the Reactor. Its group ends with it,
// and when it is given up.
// Used by the checks "command" and "systemd_unit" and, at the end, by the agent itself.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "agent/reactor.h"
#include "base/spawn.h"

namespace understudy {

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

    // Empty: it runs, and `done` will be called once. Otherwise what went wrong.
    std::string start(Reactor& reactor, const std::vector<std::string>& arguments, Done done);

    static constexpr std::size_t kOutputLimitBytes = 1024;

  private:
    void exited();

    ChildReaper& reaper_;
    Child child_;  // without pid: not running
    Reactor::Watch process_watch_;
    Reactor::Watch output_watch_;
    Done done_;
};

// The first line of a program's output without what would break a sentence; empty when there is
// none.
std::string first_line(const std::string& output);

}  // namespace understudy
