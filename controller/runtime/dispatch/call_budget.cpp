#include "controller/runtime/dispatch/call_budget.h"

#include <algorithm>

namespace understudy {
namespace {

// One conversation reads, writes and reads back, perhaps over two pages.
constexpr int kCallsOfConversation = 4;
constexpr Duration kUnknownWindow{60'000};

}  // namespace

void CallBudget::configure(const Capabilities& capabilities, int reserved_calls) {
    calls_per_window_ = capabilities.calls_per_window;
    window_ = capabilities.window;
    reserved_ = reserved_calls;
}

void CallBudget::called(Instant now) {
    if (calls_per_window_ > 0) calls_.push_back(now);
    if (calls_left_) --*calls_left_;
}

// Without a word about the window's end it may have just begun.
void CallBudget::told_calls_left(const CallsLeft& left, Instant now) {
    calls_left_ = left.calls;
    const Duration whole = std::max(window_, kUnknownWindow);
    told_until_ = now + (left.renewed_in ? Duration{*left.renewed_in} : whole);
}

void CallBudget::blocked(Instant until) {
    blocked_until_ = std::max(blocked_until_, until);
}

int CallBudget::calls_kept(Urgency urgency) const {
    int kept = kCallsOfConversation;
    if (urgency != Urgency::Failover) kept = std::max(kept, reserved_);
    // A small window must not be all reserve.
    return calls_per_window_ > 0 ? std::min(kept, calls_per_window_ / 2) : kept;
}

void CallBudget::forget(Instant now) {
    while (!calls_.empty() && now - calls_.front() >= window_)
        calls_.pop_front();
    if (calls_left_ && now >= told_until_) calls_left_.reset();
}

// A failover may begin with what is kept for one conversation; nobody else's calls may come out of
// what is kept.
Instant CallBudget::opens_at(Urgency urgency, Instant now, int calls) {
    forget(now);
    Instant opens = std::max(now, blocked_until_);
    const int needed = calls_kept(urgency) + (urgency == Urgency::Failover ? 0 : calls);
    if (calls_left_ && *calls_left_ - promised_ < needed) opens = std::max(opens, told_until_);
    if (calls_per_window_ > 0) {
        const auto used = static_cast<int>(calls_.size());
        const int too_many = used + promised_ - (calls_per_window_ - needed);
        if (too_many > 0 && used > 0) {
            const auto last = static_cast<std::size_t>(std::min(too_many, used) - 1);
            opens = std::max(opens, calls_[last] + window_);
        }
    }
    return opens;
}

std::optional<int> CallBudget::calls_free(Urgency urgency, Instant now) {
    forget(now);
    if (now < blocked_until_) return 0;
    std::optional<int> free;
    if (calls_left_) free = *calls_left_;
    if (calls_per_window_ > 0) {
        const int ours = calls_per_window_ - static_cast<int>(calls_.size());
        free = std::min(free.value_or(ours), ours);
    }
    const int kept = urgency == Urgency::Failover ? 0 : calls_kept(urgency);
    if (free) *free = std::max(0, *free - promised_ - kept);
    return free;
}

Duration CallBudget::wait_for(int calls, Instant now) {
    const auto free = calls_free(Urgency::Patient, now);
    const Instant opens = opens_at(Urgency::Patient, now);
    if (!free || (opens <= now && calls <= *free)) return Duration{0};
    const int in_a_window = calls_per_window_ - calls_kept(Urgency::Patient);
    if (in_a_window <= 0) return opens - now;
    // What is free now is used up first; then each window lets as many through.
    const int later = opens > now ? calls - 1 : calls - *free - 1;
    const Duration first = opens > now ? opens - now : window_;
    return first + (later / in_a_window) * window_;
}

}  // namespace understudy
