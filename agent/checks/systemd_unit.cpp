#include "agent/checks/systemd_unit.h"

#include <utility>

namespace understudy {

// `is-active` prints the state and ends with 0 only for "active" and "reloading" (systemctl(1)).
void SystemdUnitProbe::start(Reactor& reactor, Report report) {
    const auto done = [unit = settings_.unit, report](const ChildProcess::Exit& end) {
        if (end.code == 0) return report({true, {}});
        const std::string said = first_line(end.output);
        const bool is_state = !said.empty() && said.find(' ') == std::string::npos;
        report({false, is_state ? "unit " + unit + " is " + said
                                : "cannot learn the state of unit " + unit + ": " + said});
    };
    const std::string problem =
        child_.start(reactor, {program_, "is-active", "--", settings_.unit}, done);
    if (!problem.empty()) report({false, problem});
}

}  // namespace understudy
