// ArchiveReader: two threads that read the past for the API, each over a connection of its own, so
// that a reading that is slow or huge holds up no turn, and a play no look. Readings go in by
// bounded queues, what they found comes back by a mailbox, and nothing else is shared.
//
// One look and one play at a time, each kind in the order it came. Who has gone gives up his place;
// what is read for him is broken off.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/mailbox.h"
#include "controller/api/api.h"

namespace understudy {

// Waiting or under way.
struct ReadingLimits {
    std::size_t looks = 128;  // one address has at most 64 requests under way
    std::size_t plays = 2;    // each holds a copy of the fleet
};

class ArchiveReader final : public ArchiveDesk {
  public:
    // `wake` is called on a reading thread when there is something for carry_on().
    ArchiveReader(std::unique_ptr<Archive> for_looks, std::unique_ptr<Archive> for_plays,
                  std::function<void()> wake, const ReadingLimits& limits = {});
    ~ArchiveReader() override;  // stop()

    // Loop thread.
    std::optional<Error> full(Length length) override;
    void read(HttpRequestId client, Length length, Reading reading) override;
    void give_up(HttpRequestId client);
    // Answers whoever has been read for.
    void carry_on();
    // Breaks off what is under way, drops what waits, and takes nothing new. Blocks for some
    // milliseconds.
    void stop();
    std::vector<Budget> budgets();

  private:
    struct Job {
        HttpRequestId client = 0;
        Reading reading;
    };
    // One kind of reading, and its thread.
    struct Line {
        const char* budget;
        std::size_t limit = 0;
        std::unique_ptr<Archive> archive;
        std::deque<Job> waiting = {};
        std::optional<HttpRequestId> under_way = {};
        std::uint64_t refused = 0;
        std::thread thread = {};

        std::size_t taken() const { return waiting.size() + (under_way ? 1u : 0u); }
    };

    void run(Line& line);
    std::optional<Job> next(Line& line);
    void carry_out(Line& line, const Job& job);
    Line& of(Length length) { return length == Length::Look ? looks_ : plays_; }

    Mailbox<Answer> found_;
    std::mutex mutex_;  // for all that follows
    std::condition_variable changed_;
    Line looks_;
    Line plays_;
    bool stopping_ = false;
};

}  // namespace understudy
