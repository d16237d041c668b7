#include "controller/api/long_answers.h"

#include <algorithm>
#include <utility>

namespace understudy::api {
namespace {

constexpr std::chrono::seconds kAskAgainAfter{2};

Error too_many() {
    Error error;
    error.code = Errc::Throttled;
    error.message = "so many answers about the whole fleet are waiting or under way already: " +
                    std::to_string(LongAnswers::kMost);
    error.remedy = "try again in a moment";
    error.retry_after = kAskAgainAfter;
    return error;
}

}  // namespace

void LongAnswers::begin(const Call& call, Slice slice) {
    if (waiting_.size() == kMost) {
        ++refused_;
        return call.refuse(too_many());
    }
    Job job{call.request.id, std::move(slice), call.respond, {call.now, call.wall}};
    const bool waits = !waiting_.empty() || !work_.left();
    if (waits || !answered(job, call.now)) waiting_.push_back(std::move(job));
}

// Whatever it is, it takes something.
bool LongAnswers::answered(const Job& job, Instant now) {
    work_.spend(1);
    auto answer = job.slice({now, job.begun.wall + (now - job.begun.now)}, work_);
    if (!answer) return false;
    job.respond(*std::move(answer));
    return true;
}

void LongAnswers::give_up(HttpRequestId client) {
    std::erase_if(waiting_, [&](const Job& job) { return job.client == client; });
}

bool LongAnswers::go_on(Instant now) {
    while (work_.left() && !waiting_.empty()) {
        Job job = std::move(waiting_.front());
        waiting_.pop_front();
        if (answered(job, now)) continue;
        const auto place = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kAtOnce - 1));
        waiting_.insert(waiting_.begin() + place, std::move(job));
    }
    work_ = Work{kWork};
    return !waiting_.empty();
}

}  // namespace understudy::api
