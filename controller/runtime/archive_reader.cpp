#include "controller/runtime/archive_reader.h"

#include <algorithm>
#include <tuple>

namespace understudy {
namespace {

constexpr std::chrono::seconds kTryAgainAfter{2};

}  // namespace

ArchiveReader::ArchiveReader(std::unique_ptr<Archive> archive, std::function<void()> wake,
                             const ReadingLimits& limits)
    : archive_(std::move(archive)),
      found_(std::move(wake)),
      looks_{"readings", limits.looks, {}, 0},
      plays_{"replays", limits.plays, {}, 0},
      thread_([this] { run(); }) {}

ArchiveReader::~ArchiveReader() {
    stop();
}

std::size_t ArchiveReader::taken(Length length) {
    return of(length).waiting.size() + (under_way_ && under_way_->second == length ? 1u : 0u);
}

std::optional<Error> ArchiveReader::full(Length length) {
    const std::scoped_lock lock{mutex_};
    Kind& kind = of(length);
    if (taken(length) < kind.limit) return std::nullopt;
    ++kind.refused;
    Error error;
    error.code = Errc::Throttled;
    error.message = "so many " + std::string{kind.budget} +
                    " are waiting or under way already: " + std::to_string(kind.limit);
    error.remedy = "try again in a moment";
    error.retry_after = kTryAgainAfter;
    return error;
}

void ArchiveReader::read(HttpRequestId client, Length length, Reading reading) {
    {
        const std::scoped_lock lock{mutex_};
        of(length).waiting.push_back(Job{client, length, std::move(reading)});
    }
    changed_.notify_one();
}

void ArchiveReader::give_up(HttpRequestId client) {
    const std::scoped_lock lock{mutex_};
    for (Kind* kind : {&looks_, &plays_})
        std::erase_if(kind->waiting, [&](const Job& job) { return job.client == client; });
    if (under_way_ && under_way_->first == client) archive_->interrupt();
}

void ArchiveReader::carry_on() {
    for (const Found& found : found_.take_all())
        found.answer();
}

void ArchiveReader::stop() {
    if (!thread_.joinable()) return;
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
        archive_->interrupt();
    }
    changed_.notify_one();
    thread_.join();
}

std::vector<Budget> ArchiveReader::budgets() {
    const std::scoped_lock lock{mutex_};
    std::vector<Budget> budgets;
    for (const Length length : {Length::Look, Length::Play}) {
        const Kind& kind = of(length);
        budgets.push_back({kind.budget, taken(length), kind.limit, kind.refused});
    }
    return budgets;
}

void ArchiveReader::run() {
    while (auto job = next())
        carry_out(std::move(*job));
}

std::optional<ArchiveReader::Job> ArchiveReader::next() {
    std::unique_lock lock{mutex_};
    under_way_.reset();
    changed_.wait(lock,
                  [&] { return stopping_ || !looks_.waiting.empty() || !plays_.waiting.empty(); });
    if (stopping_) return std::nullopt;
    Kind& kind = looks_.waiting.empty() ? plays_ : looks_;
    Job job = std::move(kind.waiting.front());
    kind.waiting.pop_front();
    under_way_.emplace(job.client, job.length);
    archive_->resume();  // under the lock: nobody but this one's client can have meant it
    return job;
}

void ArchiveReader::carry_out(Job job) {
    std::ignore = archive_->begin();  // what is wrong is said by the first query
    Answer answer = job.reading(*archive_);
    archive_->end();
    if (!archive_->interrupted()) found_.post(Found{job.client, std::move(answer)});
}

}  // namespace understudy
