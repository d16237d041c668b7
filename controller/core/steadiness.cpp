#include "controller/core/steadiness.h"

namespace understudy {
namespace {

int weight(Alarm alarm) {
    switch (alarm) {
        case Alarm::None:
            return 0;
        case Alarm::Error:
            return 1;
        case Alarm::Down:
            return 2;
    }
    return 0;
}

}  // namespace

bool worse(Alarm one, Alarm other) {
    return weight(one) > weight(other);
}

void Steadiness::is(ServerId server, Alarm state, Instant now) {
    const auto known = book_.find(server);
    if (known == book_.end() && state == Alarm::None) return;
    Entry& entry = known == book_.end() ? book_[server] : known->second;
    const bool turned = worse(state, entry.state);
    entry.state = state;
    if (!turned) return;
    ++entry.untold;
    entry.turns.push_back(now);
    if (entry.turns.size() > limits_.turns) entry.turns.pop_front();
}

std::optional<Instant> Steadiness::restless_until(ServerId server, Instant now) const {
    const auto known = book_.find(server);
    if (known == book_.end() || known->second.turns.size() < limits_.turns) return std::nullopt;
    const Instant until = known->second.turns.front() + limits_.window;
    return until > now ? std::optional{until} : std::nullopt;
}

std::size_t Steadiness::untold(ServerId server) const {
    const auto known = book_.find(server);
    return known == book_.end() ? 0 : known->second.untold;
}

void Steadiness::told(ServerId server) {
    const auto known = book_.find(server);
    if (known != book_.end()) known->second.untold = 0;
}

}  // namespace understudy
