#include "agent/stop_reason.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <utility>

namespace understudy {
namespace {

constexpr Duration kLookPeriod{50};

// One job a line: its number, the unit, the kind, the state.
wire::GoodbyeReason reason_in(const std::string& jobs, const std::string& unit) {
    std::istringstream lines{jobs};
    std::string number;
    std::string name;
    std::string kind;
    std::string state;
    while (lines >> number >> name >> kind >> state) {
        if (name == unit && kind == "stop") return wire::GoodbyeReason::Shutdown;
    }
    return wire::GoodbyeReason::Restart;
}

}  // namespace

StopReason::StopReason(Reactor& reactor, std::string program, std::string unit,
                       std::string no_logins)
    : reactor_(reactor),
      program_(std::move(program)),
      unit_(std::move(unit)),
      no_logins_(std::move(no_logins)) {}

void StopReason::ask(Instant now) {
    if (asked()) return;
    deadline_ = now + kLimit;
    std::string problem = "no unit";
    if (!unit_.empty()) {
        problem = child_.start(
            reactor_, {program_, "list-jobs", "--plain", "--no-legend", "--no-pager", "--", unit_},
            [this](const ChildProcess::Exit& end) {
                if (end.code == 0) answer_ = reason_in(end.output, unit_);
                unanswered_ = end.code != 0;
            });
    }
    if (!problem.empty()) answer_ = wire::GoodbyeReason::Restart;
}

std::optional<wire::GoodbyeReason> StopReason::answer(Instant now) {
    if (!asked() || answer_) return answer_;
    const bool late = now >= deadline_;
    std::error_code error;
    if ((unanswered_ || late) && std::filesystem::exists(no_logins_, error)) {
        answer_ = wire::GoodbyeReason::Shutdown;
    } else if (late) {
        answer_ = wire::GoodbyeReason::Restart;
    }
    next_look_ = now + kLookPeriod;
    return answer_;
}

Instant StopReason::deadline() const {
    if (answer_ || !asked()) return kNever;
    return unanswered_ ? std::min(deadline_, next_look_) : deadline_;
}

// Such as "0::/system.slice/understudy-agent.service".
std::string unit_of(std::string_view cgroups) {
    constexpr std::string_view kKind = ".service";
    while (!cgroups.empty()) {
        const auto line = cgroups.substr(0, cgroups.find('\n'));
        cgroups.remove_prefix(std::min(cgroups.size(), line.size() + 1));
        if (line.ends_with(kKind)) return std::string{line.substr(line.rfind('/') + 1)};
    }
    return {};
}

}  // namespace understudy
