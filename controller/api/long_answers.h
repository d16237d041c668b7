// LongAnswers: answers that go through the whole fleet. The loop gives them some milliseconds of
// each turn, and steps come in between: what is looked at later may have changed or be gone. In a
// small fleet they are through at once. Loop thread only; belongs to the Api.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

#include "controller/api/call.h"
#include "controller/core/work.h"

namespace understudy::api {

class LongAnswers {
  public:
    // Waiting or under way.
    static constexpr std::size_t kMost = 128;
    // Besides, of those that have a line of their own. While both lines wait they take turns.
    static constexpr std::size_t kMostFirst = 16;
    // Under way, in turns: what is soon done does not wait long for what is not. Each may hold some
    // megabytes.
    static constexpr std::size_t kAtOnce = 4;
    // In one turn, of all of them.
    static constexpr std::size_t kWork = 3'000;

    // Does a part of it; the answer, once that was the last.
    using Slice = std::function<std::optional<ApiResponse>(const Moment& at, Work& work)>;
    void begin(const Call& call, Slice slice) { begin(call, std::move(slice), others_); }
    // What watches the controller does not wait behind what people look up.
    void begin_first(const Call& call, Slice slice) { begin(call, std::move(slice), first_); }
    // Nobody waits for that answer any more.
    void give_up(HttpRequestId client);
    // Once in every turn, after its requests. True: there is more to do.
    bool go_on(Instant now);
    Budget budget() const { return {"long_answers", others_.jobs.size(), kMost, refused_}; }

  private:
    struct Job {
        HttpRequestId client = 0;
        Slice slice;
        Api::Respond respond;
        Moment begun;
    };
    struct Line {
        std::size_t most = 0;
        std::deque<Job> jobs{};
    };
    void begin(const Call& call, Slice slice, Line& line);
    bool answered(const Job& job, Instant now);
    Line& next_line();

    Line first_{kMostFirst};
    Line others_{kMost};
    bool firsts_turn_ = false;
    std::uint64_t refused_ = 0;
    Work work_{kWork};  // left in this turn
};

}  // namespace understudy::api
