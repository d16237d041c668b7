// Conversation: an Operation written as a chain of questions, each with what to do with its answer.
//
// Base of every provider's operations. Pure and single-use: between two calls it holds nothing but
// the continuation, so a parser cannot be handed the answer to somebody else's question.
#pragma once

#include <functional>
#include <utility>

#include "providers/provider.h"

namespace understudy {

class Conversation : public Operation {
  public:
    using Next = std::function<Step(const HttpAnswer&)>;

    Step resume(const HttpAnswer& answer) final {
        ensure(next_ != nullptr);  // resumed before start() or after the result
        return std::exchange(next_, nullptr)(answer);
    }

    // Public for the parts that lead a stretch of the conversation (paging through records).
    Step ask(HttpRequest request, Next next) {
        next_ = std::move(next);
        return request;
    }

  private:
    Next next_;
};

inline Step finished(Outcome outcome) {
    return Result<Outcome>{std::move(outcome)};
}

inline Step failed(Error error) {
    return Result<Outcome>{std::move(error)};
}

}  // namespace understudy
