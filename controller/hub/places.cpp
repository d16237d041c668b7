#include "controller/hub/places.h"

#include <algorithm>

namespace understudy {

bool Places::gives_way(const Address& address, Instant now) const {
    return !address.still.empty() && now - address.still.begin()->first >= limits_.patience;
}

// Among equals whose connection has stood still longest.
const Places::Address* Places::holder_of_most(Instant now) const {
    const Address* most = nullptr;
    for (const auto& [group, address] : addresses_) {
        if (!gives_way(address, now)) continue;
        const bool more =
            most == nullptr || address.count > most->count ||
            (address.count == most->count && *address.still.begin() < *most->still.begin());
        if (more) most = &address;
    }
    return most;
}

bool Places::any_left(Instant now) const {
    return places_.size() < limits_.total || holder_of_most(now) != nullptr;
}

Places::Room Places::free_one_of(const Address& address) {
    const Ticket ticket = address.still.begin()->second;
    void* owner = places_.at(ticket).owner;
    leave(ticket);
    return {true, owner};
}

Places::Room Places::make_room(const Peer& newcomer, Instant now) {
    const auto own = addresses_.find(newcomer.group());
    if (own != addresses_.end() && own->second.count >= limits_.per_address) {
        ++for_want_of_address_;
        return gives_way(own->second, now) ? free_one_of(own->second) : Room{};
    }
    if (places_.size() < limits_.total) return {true, nullptr};
    ++for_want_of_total_;
    const Address* most = holder_of_most(now);
    return most != nullptr ? free_one_of(*most) : Room{};
}

Places::Ticket Places::take(const Peer& peer, void* owner, Instant now) {
    const Ticket ticket = ++last_;
    const Group group = peer.group();
    places_.emplace(ticket, Place{group, owner, now, false});
    Address& address = addresses_[group];
    ++address.count;
    address.still.emplace(now, ticket);
    return ticket;
}

void Places::got_on(Ticket ticket, Instant now) {
    const auto found = places_.find(ticket);
    if (found == places_.end()) return;
    Place& place = found->second;
    Address& address = addresses_.at(place.address);
    address.still.erase({place.still_since, ticket});
    address.still.emplace(now, ticket);
    place.still_since = now;
    place.kept = false;
}

void Places::keep(Ticket ticket) {
    const auto found = places_.find(ticket);
    if (found == places_.end() || std::exchange(found->second.kept, true)) return;
    addresses_.at(found->second.address).still.erase({found->second.still_since, ticket});
}

void Places::leave(Ticket ticket) {
    const auto found = places_.find(ticket);
    if (found == places_.end()) return;
    const auto address = addresses_.find(found->second.address);
    address->second.still.erase({found->second.still_since, ticket});
    if (--address->second.count == 0) addresses_.erase(address);
    places_.erase(found);
}

std::size_t Places::most_of_one_address() const {
    std::size_t most = 0;
    for (const auto& [group, address] : addresses_)
        most = std::max(most, address.count);
    return most;
}

}  // namespace understudy
