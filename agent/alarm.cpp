#include "agent/alarm.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "base/ensure.h"

namespace understudy {

Alarm::Alarm(Reactor& reactor)
    : timer_(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {
    ensure(timer_.get() >= 0);
    watch_ = reactor.watch(timer_.get(), Reactor::Interest::Read, [this] {
        clear();
        at_ = kNever;
    });
}

void Alarm::set(Instant at) {
    if (at == at_) return;
    at_ = at;
    itimerspec spec{};
    if (at != kNever) {
        // All zeroes would disarm it.
        const auto ms = std::max<Duration::rep>(at.time_since_epoch().count(), 1);
        spec.it_value.tv_sec = static_cast<time_t>(ms / 1000);
        spec.it_value.tv_nsec = static_cast<long>(ms % 1000) * 1'000'000;
    }
    ensure(timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr) == 0);
}

void Alarm::clear() const {
    std::uint64_t expirations = 0;
    [[maybe_unused]] const auto size = read(timer_.get(), &expirations, sizeof expirations);
}

}  // namespace understudy
