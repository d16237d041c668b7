// Mailbox<T>: the only thing threads share. Any thread posts; one thread takes all that is
// there.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace understudy {

template <typename T>
class Mailbox {
  public:
    // `wake` is called by the posting thread, outside the lock, when the box was empty.
    explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

    void post(T item) {
        bool was_empty = false;
        {
            const std::scoped_lock lock{mutex_};
            was_empty = items_.empty();
            items_.push_back(std::move(item));
        }
        if (was_empty && wake_) wake_();
    }

    std::vector<T> take_all() {
        const std::scoped_lock lock{mutex_};
        return std::exchange(items_, {});
    }

  private:
    std::mutex mutex_;
    std::vector<T> items_;
    std::function<void()> wake_;
};

}  // namespace understudy
