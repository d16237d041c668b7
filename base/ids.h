// Strong ids: a server's id cannot be handed over where a pool's is wanted.
//
// The engine draws all of them from one counter that never goes back, so no id is ever used twice,
// not even of different kinds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace understudy {

template <typename Tag>
struct Id {
    std::int64_t value = 0;  // 0: none

    explicit operator bool() const { return value != 0; }
    friend auto operator<=>(const Id&, const Id&) = default;
};

using ServerId = Id<struct ServerTag>;
using PoolId = Id<struct PoolTag>;
using DomainId = Id<struct DomainTag>;
using ProviderId = Id<struct ProviderTag>;
using ChannelId = Id<struct ChannelTag>;
using TokenId = Id<struct TokenTag>;
using IncidentId = Id<struct IncidentTag>;
using DrillId = Id<struct DrillTag>;
using EventId = Id<struct EventTag>;
using NotificationId = Id<struct NotificationTag>;

template <typename Tag>
std::string to_string(Id<Tag> id) {
    return std::to_string(id.value);
}

}  // namespace understudy

template <typename Tag>
struct std::hash<understudy::Id<Tag>> {
    std::size_t operator()(understudy::Id<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
