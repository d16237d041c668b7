#include "controller/runtime/archive_reader.h"

#include <tuple>

namespace understudy {
namespace {

constexpr std::chrono::seconds kTryAgainAfter{2};

}  // namespace

ArchiveReader::ArchiveReader(std::unique_ptr<Archive> for_looks, std::unique_ptr<Archive> for_plays,
                             std::function<void()> wake, const ReadingLimits& limits)
    : found_(std::move(wake)),
      looks_{"readings", limits.looks, std::move(for_looks)},
      plays_{"replays", limits.plays, std::move(for_plays)} {
    for (Line* line : {&looks_, &plays_})
        line->thread = std::thread{[this, line] { run(*line); }};
}

ArchiveReader::~ArchiveReader() {
    stop();
}

std::optional<Error> ArchiveReader::full(Length length) {
    const std::scoped_lock lock{mutex_};
    Line& line = of(length);
    if (line.taken() < line.limit) return std::nullopt;
    ++line.refused;
    return throttled("so many " + std::string{line.budget} +
                         " are waiting or under way already: " + std::to_string(line.limit),
                     "try again in a moment", kTryAgainAfter);
}

void ArchiveReader::read(HttpRequestId client, Length length, Reading reading) {
    {
        const std::scoped_lock lock{mutex_};
        if (stopping_) return;
        of(length).waiting.push_back(Job{client, std::move(reading)});
    }
    changed_.notify_all();
}

void ArchiveReader::give_up(HttpRequestId client) {
    const std::scoped_lock lock{mutex_};
    for (Line* line : {&looks_, &plays_}) {
        std::erase_if(line->waiting, [&](const Job& job) { return job.client == client; });
        if (line->under_way == client) line->archive->interrupt();
    }
}

void ArchiveReader::carry_on() {
    for (const Answer& answer : found_.take_all())
        answer();
}

void ArchiveReader::stop() {
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
        for (Line* line : {&looks_, &plays_})
            line->archive->interrupt();
    }
    changed_.notify_all();
    for (Line* line : {&looks_, &plays_}) {
        if (line->thread.joinable()) line->thread.join();
    }
}

std::vector<Budget> ArchiveReader::budgets() {
    const std::scoped_lock lock{mutex_};
    std::vector<Budget> budgets;
    for (const Line* line : {&looks_, &plays_})
        budgets.push_back({line->budget, line->taken(), line->limit, line->refused});
    return budgets;
}

void ArchiveReader::run(Line& line) {
    while (const auto job = next(line))
        carry_out(line, *job);
}

std::optional<ArchiveReader::Job> ArchiveReader::next(Line& line) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return stopping_ || !line.waiting.empty(); });
    if (stopping_) return std::nullopt;
    Job job = std::move(line.waiting.front());
    line.waiting.pop_front();
    line.under_way = job.client;
    line.archive->resume();  // under the lock: nobody but this one's client can have meant it
    return job;
}

void ArchiveReader::carry_out(Line& line, const Job& job) {
    Archive& archive = *line.archive;
    std::ignore = archive.begin();  // what is wrong is said by the first query
    Answer answer = job.reading(archive);
    archive.end();
    {
        // Before the answer is out: who has it may ask again at once.
        const std::scoped_lock lock{mutex_};
        line.under_way.reset();
    }
    if (!archive.interrupted()) found_.post(std::move(answer));
}

}  // namespace understudy
