// Repeats: orders that are sent again because their answer was lost. An Idempotency-Key
// (draft-ietf-httpapi-idempotency-key-header) says of two requests that they are one: the second
// gets the answer of the first and does nothing. Loop thread only; belongs to the Api.
//
// Kept in memory, for a day and within limits, for each caller apart: after a restart a repeat is
// an order of its own. Only what was done is kept: of a refusal nothing came, so the repeat is
// judged anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "controller/hub/hub.h"

namespace understudy::api {

class Repeats : public std::enable_shared_from_this<Repeats> {
  public:
    static constexpr Duration kKept{24 * 3'600'000};
    // Of one caller; the oldest are forgotten before their time.
    static constexpr std::size_t kMostOfOneCaller = 1'000;
    static constexpr std::size_t kBytesOfOneCaller = 4u << 20;
    static constexpr std::size_t kLongestKey = 255;

    // The first of its key. Its answer is told to it; given up without one (nobody waits for it any
    // more), the key is free again.
    class Work;
    // What the request is answered at once (a repeat, or a wrong one), or the work that begins.
    std::variant<ApiResponse, std::shared_ptr<Work>> begin(const std::string& caller,
                                                           const ApiRequest& request, Instant now);
    // What is older than a day goes, be it asked for or not: there are secrets among the answers.
    // Costs what goes.
    void time_passed(Instant now);
    Budget budget() const;
    std::size_t callers() const { return callers_.size(); }  // with keys that are kept

  private:
    using Number = std::uint64_t;  // of a key, in the order of time
    struct Kept {
        Number number = 0;
        std::size_t request = 0;            // a hash of it
        std::optional<ApiResponse> answer;  // none: it is in work
        std::size_t bytes = 0;
        const Work* work = nullptr;
    };
    struct Caller {
        std::map<std::string, Kept> kept;
        std::set<Number> by_age;
        std::size_t bytes = 0;
    };
    struct Place {
        Instant since{};
        std::string caller, key;
    };
    void forget(Number number);
    void forget_early(const Caller& caller);  // his oldest
    void end(const Work& work, const ApiResponse* answer);

    std::map<std::string, Caller> callers_;  // none without keys
    std::map<Number, Place> by_age_;         // all keys
    Number last_ = 0;
    std::uint64_t forgotten_early_ = 0;
};

class Repeats::Work {
  public:
    // It may outlive the Api: whoever carries it out holds it.
    Work(std::weak_ptr<Repeats> repeats, std::string caller, std::string key)
        : repeats_(std::move(repeats)), caller_(std::move(caller)), key_(std::move(key)) {}
    ~Work() { end(nullptr); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    void answered(const ApiResponse& answer) { end(&answer); }

  private:
    friend class Repeats;
    void end(const ApiResponse* answer) {
        if (const auto repeats = repeats_.lock()) repeats->end(*this, answer);
    }
    std::weak_ptr<Repeats> repeats_;
    std::string caller_, key_;
};

}  // namespace understudy::api
