// Talk: a stretch of a conversation with a provider, written as straight-line code. A coroutine
// that awaits ask(question) for the answer to it, other Talks for what they return, and
// time_of_day().
//
//   Talk<Result<int>> count(const Account& account) {
//       const HttpAnswer answer = co_await ask(account.get("/count"));
//       ...
//       co_return number;
//   }
//
// Sans-I/O: nothing runs before an operation made of it (service.h) is started, and between two
// calls of that one nothing runs either. Whoever destroys a Talk destroys everything it holds,
// wherever it waits. What is given to a coroutine by reference, `this` included, must outlive the
// operation: give the rest by value. Loop thread only.
//
// Choose by `?:` or `&&` before an await, not within its expression: g++ 12 destroys temporaries of
// the branch that was not taken.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "base/ensure.h"
#include "providers/provider.h"

namespace understudy {

// Between the innermost coroutine, which asks, and the operation, which is carried elsewhere.
struct TalkLine {
    std::coroutine_handle<> waiting;  // for the answer
    Step question = Finished{};
    std::optional<StepAnswer> answer;
    WallTime now{};
};

struct TalkPromise {
    // Whoever awaits it goes on when it has returned.
    struct End {
        bool await_ready() const noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> me) const noexcept {
            const auto next = me.promise().caller;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    End final_suspend() const noexcept { return {}; }
    void unhandled_exception() const noexcept { std::terminate(); }

    TalkLine* line = nullptr;
    std::coroutine_handle<> caller;
};

template <typename T>
class [[nodiscard]] Talk {
  public:
    struct promise_type : TalkPromise {
        Talk get_return_object() {
            return Talk{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        void return_value(T value) { result.emplace(std::move(value)); }
        std::optional<T> result;
    };

    Talk(Talk&& other) noexcept : me_(std::exchange(other.me_, nullptr)) {}
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;
    Talk& operator=(Talk&&) = delete;
    ~Talk() {
        if (me_) me_.destroy();
    }

    // For the operation: runs until the first question, or to the end.
    void begin(TalkLine& line) {
        me_.promise().line = &line;
        me_.resume();
    }
    bool done() const { return me_.done(); }
    T take() {
        ensure(me_.promise().result.has_value());
        return *std::move(me_.promise().result);
    }

    // For another Talk: runs this one to its end.
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        me_.promise().line = caller.promise().line;
        me_.promise().caller = caller;
        return me_;
    }
    T await_resume() { return take(); }

  private:
    explicit Talk(std::coroutine_handle<promise_type> me) : me_(me) {}
    std::coroutine_handle<promise_type> me_;
};

template <typename Asked, typename Answer>
class AskAwaiter {
  public:
    explicit AskAwaiter(Asked question) : question_(std::move(question)) {}
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> me) {
        line_ = me.promise().line;
        line_->waiting = me;
        line_->question = std::move(question_);
    }
    Answer await_resume() {
        auto answer = std::exchange(line_->answer, std::nullopt);
        return std::get<Answer>(*std::move(answer));
    }

  private:
    Asked question_;
    TalkLine* line_ = nullptr;
};
inline AskAwaiter<HttpRequest, HttpAnswer> ask(HttpRequest request) {
    return AskAwaiter<HttpRequest, HttpAnswer>{std::move(request)};
}
inline AskAwaiter<DnsExchange, DnsAnswer> ask(DnsExchange exchange) {
    return AskAwaiter<DnsExchange, DnsAnswer>{std::move(exchange)};
}

// For requests that are signed with it: now, and after every answer that of its arrival.
class TimeAwaiter {
  public:
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    bool await_suspend(std::coroutine_handle<Promise> me) noexcept {
        now_ = me.promise().line->now;
        return false;
    }
    WallTime await_resume() const noexcept { return now_; }

  private:
    WallTime now_{};
};
inline TimeAwaiter time_of_day() {
    return {};
}

}  // namespace understudy
