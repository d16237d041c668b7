#include "controller/api/long_answers.h"

#include <algorithm>
#include <utility>

namespace understudy::api {
namespace {

constexpr std::chrono::seconds kAskAgainAfter{2};

Error too_many(std::size_t most) {
    return throttled("so many answers about the whole fleet are waiting or under way already: " +
                         std::to_string(most),
                     "try again in a moment", kAskAgainAfter);
}

}  // namespace

void LongAnswers::begin(const Call& call, Slice slice, Line& line) {
    if (line.jobs.size() == line.most) {
        ++refused_;
        return call.refuse(too_many(line.most));
    }
    Job job{call.request.id, std::move(slice), call.respond, {call.now, call.wall}};
    const bool waits = !line.jobs.empty() || !work_.left();
    if (waits || !answered(job, call.now)) line.jobs.push_back(std::move(job));
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
    for (Line* line : {&first_, &others_})
        std::erase_if(line->jobs, [&](const Job& job) { return job.client == client; });
}

LongAnswers::Line& LongAnswers::next_line() {
    if (others_.jobs.empty()) return first_;
    if (first_.jobs.empty()) return others_;
    firsts_turn_ = !firsts_turn_;
    return firsts_turn_ ? first_ : others_;
}

bool LongAnswers::go_on(Instant now) {
    const auto any = [this] { return !first_.jobs.empty() || !others_.jobs.empty(); };
    while (work_.left() && any()) {
        auto& jobs = next_line().jobs;
        Job job = std::move(jobs.front());
        jobs.pop_front();
        if (answered(job, now)) continue;
        const auto place = static_cast<std::ptrdiff_t>(std::min(jobs.size(), kAtOnce - 1));
        jobs.insert(jobs.begin() + place, std::move(job));
    }
    work_ = Work{kWork};
    return any();
}

}  // namespace understudy::api
