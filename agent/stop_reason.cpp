#include "agent/stop_reason.h"

#include <utility>

namespace understudy {

StopReason::StopReason(Reactor& reactor, std::string program)
    : reactor_(reactor), program_(std::move(program)) {}

void StopReason::ask(Instant now) {
    if (asked()) return;
    deadline_ = now + kLimit;
    const std::string problem = child_.start(
        reactor_, {program_, "is-system-running"}, [this](const ChildProcess::Exit& end) {
            const bool stopping = first_line(end.output) == "stopping";
            answer_ = stopping ? wire::GoodbyeReason::Shutdown : wire::GoodbyeReason::Restart;
        });
    if (!problem.empty()) answer_ = wire::GoodbyeReason::Restart;
}

std::optional<wire::GoodbyeReason> StopReason::answer(Instant now) {
    if (asked() && !answer_ && now >= deadline_) answer_ = wire::GoodbyeReason::Restart;
    return answer_;
}

}  // namespace understudy
