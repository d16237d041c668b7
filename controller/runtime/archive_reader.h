// ArchiveReader: a thread that reads the past for the API, over a connection of its own, so that a
// reading that is slow or huge holds up no turn. Readings go in by a bounded queue, what they found
// comes back by a mailbox, and nothing else is shared.
//
// One reading at a time. Looks go before plays, so that a look waits for one play at most. Who has
// gone gives up his place; what is read for him is broken off.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
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
    // `wake` is called on the reader's thread when there is something for carry_on().
    ArchiveReader(std::unique_ptr<Archive> archive, std::function<void()> wake,
                  const ReadingLimits& limits = {});
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
        Length length = Length::Look;
        Reading reading;
    };
    struct Found {
        HttpRequestId client = 0;
        Answer answer;
    };
    struct Kind {
        const char* budget;
        std::size_t limit = 0;
        std::deque<Job> waiting;
        std::uint64_t refused = 0;
    };

    void run();
    std::optional<Job> next();
    void carry_out(Job job);
    Kind& of(Length length) { return length == Length::Look ? looks_ : plays_; }
    std::size_t taken(Length length);

    const std::unique_ptr<Archive> archive_;
    Mailbox<Found> found_;
    std::mutex mutex_;  // for all that follows
    std::condition_variable changed_;
    Kind looks_;
    Kind plays_;
    std::optional<std::pair<HttpRequestId, Length>> under_way_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace understudy
