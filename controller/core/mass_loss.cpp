#include "controller/core/mass_loss.h"

#include <iterator>

namespace understudy {

MassLoss::Turn MassLoss::vanished(ServerId server, Instant now, int expected) {
    while (!recent_.empty() && recent_.begin()->first + limits_.mass_loss_window < now)
        recent_.erase(recent_.begin());
    if (since_.emplace(server, now).second) recent_.emplace(now, server);
    if (doubted_ || accepted_) return Turn::None;
    doubted_ = too_many(static_cast<int>(recent_.size()), expected);
    if (doubted_) began_ = recent_.begin()->first;
    return doubted_ ? Turn::Began : Turn::None;
}

MassLoss::Turn MassLoss::back(ServerId server, int expected) {
    const auto at = since_.find(server);
    if (at == since_.end()) return Turn::None;
    recent_.erase({at->second, server});
    since_.erase(at);
    if (too_many(missing(), expected)) return Turn::None;
    const bool was_accepted = std::exchange(accepted_, false);
    return std::exchange(doubted_, false) || was_accepted ? Turn::Ended : Turn::None;
}

MassLoss::Turn MassLoss::accept() {
    accepted_ = true;
    return std::exchange(doubted_, false) ? Turn::Ended : Turn::None;
}

bool MassLoss::would_doubt(std::span<const ServerId> servers, Instant now, int expected) const {
    if (doubted_ || accepted_) return false;
    int count = 0;
    for (const auto& [at, server] : recent_)
        count += at + limits_.mass_loss_window >= now ? 1 : 0;
    for (const ServerId server : servers)
        count += is_missing(server) ? 0 : 1;
    return too_many(count, expected);
}

Instant MassLoss::settles_at() const {
    // No share is more than all of them: there is nothing to wait for.
    if (doubted_ || accepted_ || limits_.mass_loss_percent >= 100 ||
        recent_.size() < static_cast<std::size_t>(limits_.mass_loss_servers))
        return {};
    const Instant latest = recent_.rbegin()->first;
    const Instant first = std::prev(recent_.end(), limits_.mass_loss_servers)->first;
    return latest - first <= limits_.mass_loss_spread ? latest + limits_.mass_loss_spread
                                                      : Instant{};
}

std::vector<ServerId> MassLoss::lost_together() const {
    std::vector<ServerId> servers;
    for (const auto& [since, server] : missing_servers())
        if (since >= began_) servers.push_back(server);
    return servers;
}

std::set<std::pair<Instant, ServerId>> MassLoss::missing_servers() const {
    std::set<std::pair<Instant, ServerId>> servers;
    for (const auto& [server, since] : since_)
        servers.emplace(since, server);
    return servers;
}

}  // namespace understudy
