#include "agent/checks/child_process.h"

#include <utility>

namespace understudy {

ChildProcess::~ChildProcess() {
    if (child_.pid < 0) return;
    child_.kill_group();
    reaper_.adopt(child_.pid);
}

std::string ChildProcess::start(Reactor& reactor, const std::vector<std::string>& arguments,
                                Done done) {
    done_ = std::move(done);
    if (std::string trouble = child_.start(arguments); !trouble.empty()) return trouble;
    const auto read = Reactor::Interest::Read;
    process_watch_ = reactor.watch(child_.process.get(), read, [this] { exited(); });
    output_watch_ = reactor.watch(child_.output.get(), read, [this] {
        if (!child_.read_output(kOutputLimitBytes)) output_watch_ = {};
    });
    return {};
}

void ChildProcess::exited() {
    const auto end = child_.ended();
    if (!end) return;
    child_.kill_group();  // what it left behind ends with it
    reaper_.adopt(std::exchange(child_.pid, -1));
    process_watch_ = {};
    // What it wrote last may still be in the pipe. Who left its group may hold the other end open,
    // so nobody waits for its end.
    if (child_.text.size() < kOutputLimitBytes) child_.read_output(kOutputLimitBytes);
    output_watch_ = {};
    done_({end->code, child_.text});
}

std::string first_line(const std::string& output) {
    std::string line = output.substr(0, output.find('\n'));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
        line.pop_back();
    return line.substr(0, 160);
}

}  // namespace understudy
