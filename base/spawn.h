// Programs that their parent does not wait for: posix_spawn() with a process group of its own, a
// clean signal mask, and the environment without what only systemd and its service share. One
// thread; nothing blocks. Used by the agent's checks and by the controller's program worker.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"

namespace understudy {

struct Child {
    pid_t pid = -1;
    Descriptor process;  // can be read once it has ended: pidfd_open(2)
    Descriptor output;   // its stdout and stderr
    std::string text;    // the beginning of what it wrote

    // The first argument is the program's path; `input` is what it reads, -1: nothing. Empty: it
    // runs. Otherwise what went wrong; `pid` is set all the same where it only cannot be watched.
    std::string start(std::vector<std::string> arguments, int input = -1);
    void kill_group() const;
    // The pipe is read to its end, so that the child does not block; only so many bytes are kept.
    // False: nothing more will come.
    bool read_output(std::size_t limit_bytes);

    struct End {
        int code = 0;  // exit code; 128 + signal when a signal ended it
        bool by_itself = false;
    };
    // None: it runs. It is not collected by this: until it is, nobody else's group can have its
    // number, and what it left behind can be killed.
    std::optional<End> ended() const;
};

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

}  // namespace understudy
