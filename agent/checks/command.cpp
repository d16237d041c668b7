#include "agent/checks/command.h"

#include <utility>

namespace understudy {
namespace {

// Programs that cannot be killed (they hang in the kernel, usually on a dead file system) must not
// pile up.
constexpr std::size_t kUnkillableLimit = 4;

Outcome judge(const std::string& program, const ChildProcess::Exit& end) {
    if (end.code == 0) return {true, {}};
    std::string problem = program +
                          (end.code > 128 ? " was ended by signal " : " gave exit code ") +
                          std::to_string(end.code > 128 ? end.code - 128 : end.code);
    const std::string said = first_line(end.output);
    if (!said.empty()) problem += ": " + said;
    return {false, problem};
}

}  // namespace

void CommandProbe::start(Reactor& reactor, Report report) {
    if (reaper_.pending() >= kUnkillableLimit) {
        return report({false, "earlier programs hang and cannot be killed"});
    }
    const std::string& program = settings_.arguments.front();
    const std::string problem = child_.start(
        reactor, settings_.arguments,
        [program, report](const ChildProcess::Exit& end) { report(judge(program, end)); });
    if (!problem.empty()) report({false, problem});
}

}  // namespace understudy
