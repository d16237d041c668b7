// When a notification is tried again. Sooner than other webhook senders at first, because an alert
// that is hours late misleads; then patiently for three days, so that an outage of the receiver
// over a weekend loses nothing.
#include <array>

#include "notify/channel.h"

namespace understudy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<Duration, 10> kFirstDelays{seconds{0},  seconds{5},  seconds{30}, minutes{2},
                                                minutes{10}, minutes{30}, hours{1},    hours{2},
                                                hours{4},    hours{8}};
constexpr Duration kLaterDelay = hours{12};
constexpr Duration kHorizon = hours{72};

}  // namespace

std::optional<Duration> retry_delay(int attempts) {
    Duration since_first{0};
    Duration delay{0};
    for (std::size_t index = 0; index <= static_cast<std::size_t>(attempts < 0 ? 0 : attempts);
         ++index) {
        delay = index < kFirstDelays.size() ? kFirstDelays[index] : kLaterDelay;
        since_first += delay;
        if (since_first > kHorizon) return std::nullopt;
    }
    return delay;
}

}  // namespace understudy
