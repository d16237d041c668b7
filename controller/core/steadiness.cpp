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
    if (state == Alarm::None && !book_.contains(server)) return;
    Entry& entry = book_[server];
    const bool turned = worse(state, entry.state);
    entry.state = state;
    if (!turned) return;
    ++entry.untold;
    entry.turns.push_back(now);
    if (entry.turns.size() > limits_.turns) entry.turns.pop_front();
}

std::optional<Instant> Steadiness::restless_until(ServerId server, Instant now) const {
    const Entry* known = book_.find(server);
    if (known == nullptr || known->turns.size() < limits_.turns) return std::nullopt;
    const Instant until = known->turns.front() + limits_.window;
    return until > now ? std::optional{until} : std::nullopt;
}

std::size_t Steadiness::untold(ServerId server) const {
    const Entry* known = book_.find(server);
    return known == nullptr ? 0 : known->untold;
}

void Steadiness::told(ServerId server) {
    if (Entry* known = book_.edit(server)) known->untold = 0;
}

}  // namespace understudy
