// Places: how many connections of one kind there may be, in all and from one address, and who gives
// way when there is no place left. Used by both listeners: for the API all connections have one,
// for agents those between accept and hello. Pure.
//
// Whoever has stood still longest gives way to a newcomer, so that connections that only stand
// there are in nobody's way: of the newcomer's own address when that one's places are taken, else
// of the address that holds most. Who has not stood still for `patience` stays, or a storm of
// newcomers would end every handshake before it is done; the newcomer is then refused (its own
// address is full) or waits in the kernel (all are taken).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "controller/hub/peer.h"

namespace understudy {

struct PlaceLimits {
    std::size_t total = 512;
    std::size_t per_address = 64;
    Duration patience{250};
};

class Places {
  public:
    using Ticket = std::uint64_t;
    static constexpr Ticket kNone = 0;

    explicit Places(const PlaceLimits& limits) : limits_(limits) {}

    // False: nobody could be admitted now, from wherever he comes.
    bool any_left(Instant now) const;

    struct Room {
        bool admitted = false;
        void* gives_way = nullptr;  // this owner's place is gone already; its connection must go
    };
    Room make_room(const Peer& newcomer, Instant now);
    // After make_room() has admitted it.
    Ticket take(const Peer& peer, void* owner, Instant now);

    void got_on(Ticket ticket, Instant now);  // stands still from now on
    void keep(Ticket ticket);                 // does not give way until it got on again
    void leave(Ticket ticket);                // kNone and those that gave way are fine

    const PlaceLimits& limits() const { return limits_; }
    std::size_t taken() const { return places_.size(); }
    std::size_t most_of_one_address() const;
    // Newcomers refused and connections that gave way, by what had run out.
    std::uint64_t for_want_of_address() const { return for_want_of_address_; }
    std::uint64_t for_want_of_total() const { return for_want_of_total_; }

  private:
    using Group = std::array<std::uint8_t, 16>;
    struct Place {
        Group address{};
        void* owner = nullptr;
        Instant still_since{};
        bool kept = false;
    };
    struct Address {
        std::size_t count = 0;
        std::set<std::pair<Instant, Ticket>> still;  // those that may give way, longest first
    };
    bool gives_way(const Address& address, Instant now) const;
    const Address* holder_of_most(Instant now) const;
    Room free_one_of(const Address& address);

    PlaceLimits limits_;
    Ticket last_ = kNone;
    std::unordered_map<Ticket, Place> places_;
    std::map<Group, Address> addresses_;
    std::uint64_t for_want_of_address_ = 0, for_want_of_total_ = 0;
};

}  // namespace understudy
