#include "controller/core/within.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "controller/core/orders/parts.h"
#include "controller/core/troubles.h"

namespace understudy::within {
namespace {

bool named(const Scope& scope, PoolId pool) {
    return !scope.pools || std::ranges::find(*scope.pools, pool) != scope.pools->end();
}

bool among(const std::vector<PoolId>& inner, const std::vector<PoolId>& outer) {
    return std::ranges::all_of(
        inner, [&](PoolId pool) { return std::ranges::find(outer, pool) != outer.end(); });
}

bool among(const std::map<std::string, std::string>& outer,
           const std::map<std::string, std::string>& inner) {
    return std::ranges::all_of(outer, [&](const auto& label) {
        const auto own = inner.find(label.first);
        return own != inner.end() && own->second == label.second;
    });
}

// --- orders --------------------------------------------------------------------------------------

using Refusal = std::optional<Error>;

class Reach {
  public:
    Reach(const Fleet& fleet, const Caller& by) : fleet_(fleet), by_(by) {}

    Refusal of(ServerId id) const {
        const Server* server = fleet_.server(id);
        if (server == nullptr || !is(fleet_, by_.scope, *server))
            return orders::unknown("server", id.value);
        if (alone(fleet_, by_.scope, *server)) return std::nullopt;
        return rejected("server '" + server->name + "' serves more than the scope of " + by_.who,
                        "ask whoever runs the controller to do it");
    }
    Refusal of(PoolId id) const { return thing("pool", fleet_.pool(id), id.value); }
    Refusal of(DomainId id) const { return thing("domain", fleet_.domain(id), id.value); }
    Refusal of(IncidentId id) const {
        std::size_t own = 0, others = 0;
        count_troubles(id, fleet_.servers(), own, others);
        count_troubles(id, fleet_.pools(), own, others);
        count_troubles(id, fleet_.domains(), own, others);
        if (own == 0) return orders::unknown("incident", id.value);
        if (others == 0) return std::nullopt;
        return more_than_scope("incident " + to_string(id));
    }
    Refusal of(ChannelId id) const { return thing("channel", fleet_.channel(id), id.value); }
    template <typename IdType>
    Refusal of(const std::vector<IdType>& ids) const {
        for (const IdType id : ids)
            if (auto refusal = of(id)) return refusal;
        return std::nullopt;
    }
    Refusal of_members(const std::vector<std::string>& names) const {
        for (const std::string& name : names) {
            const Server* server = fleet_.server_named(name);
            if (server == nullptr || !is(fleet_, by_.scope, *server))
                return not_found("there is no server '" + name + "'");
        }
        return std::nullopt;
    }
    // What it would hear of, and that it runs nothing here.
    Refusal of(const Channel& channel, const std::vector<std::string>& more) const {
        const bool within = more.empty() && is(fleet_, by_.scope, channel);
        if (within && channel.kind != "program") return std::nullopt;
        return within ? more_than_scope("a channel that runs a program here")
                      : rejected("the channel would hear of more than the scope of " + by_.who,
                                 "narrow it: " + words_of(by_.scope));
    }
    Error more_than_scope(const std::string& what) const {
        return rejected(what + " is about more than the scope of " + by_.who,
                        "use a token without a scope");
    }
    const Fleet& fleet() const { return fleet_; }
    const Scope& scope() const { return by_.scope; }

  private:
    template <typename Things>
    void count_troubles(IncidentId id, const Things& things, std::size_t& own,
                        std::size_t& others) const {
        for (const auto* each : things) {
            if (each->incident != id || !troubles::of(fleet_, each->id.value)) continue;
            ++(is(fleet_, by_.scope, *each) ? own : others);
        }
    }
    template <typename Thing>
    Refusal thing(const char* kind, const Thing* found, std::int64_t id) const {
        if (found != nullptr && is(fleet_, by_.scope, *found)) return std::nullopt;
        return orders::unknown(kind, id);
    }
    std::string words_of(const Scope& scope) const {
        std::string words;
        for (const PoolId id : scope.pools.value_or(std::vector<PoolId>{}))
            if (const Pool* pool = fleet_.pool(id))
                words += (words.empty() ? "pools " : ", ") + pool->name;
        for (const auto& [key, label] : scope.labels)
            words += std::string{words.empty() ? "" : ", "} + "label " + key + "=" + label;
        return words;
    }

    const Fleet& fleet_;
    const Caller& by_;
};

Refusal refusal(const Reach& reach, const EditServer& order) {
    if (auto refused = reach.of(order.server)) return refused;
    if (!order.labels || among(reach.scope().labels, *order.labels)) return std::nullopt;
    return reach.more_than_scope("to take a server out of it");
}
Refusal refusal(const Reach& reach, const SetMembers& order) {
    if (auto refused = reach.of(order.pool)) return refused;
    return reach.of_members(order.members);
}
Refusal refusal(const Reach& reach, const MoveDomains& order) {
    if (!order.pool_name.empty()) return reach.more_than_scope("a new pool");
    if (auto refused = reach.of(order.pool)) return refused;
    return reach.of(order.domains);
}
Refusal refusal(const Reach& reach, const AddChannel& order) {
    return reach.of(order.channel, order.pool_names);
}
Refusal refusal(const Reach& reach, const EditChannel& order) {
    if (auto refused = reach.of(order.channel.id)) return refused;
    return reach.of(order.channel, order.pool_names);
}
// The rest is about the one thing that it names, or about more.
template <typename OrderType>
Refusal refusal(const Reach& reach, const OrderType& order) {
    if constexpr (requires { reach.of(order.server); }) {
        return reach.of(order.server);
    } else if constexpr (requires { PoolId{order.pool}; }) {
        return reach.of(order.pool);
    } else if constexpr (requires { DomainId{order.domain}; }) {
        return reach.of(order.domain);
    } else if constexpr (requires { ChannelId{order.channel}; }) {
        return reach.of(order.channel);
    } else {
        return reach.more_than_scope("this");
    }
}
// He speaks for all that is broken in it, so all of it is his.
Refusal refusal(const Reach& reach, const Acknowledge& order) {
    return reach.of(order.incident);
}
// Its own rules (orders/access.cpp).
Refusal refusal(const Reach&, const AddToken&) {
    return std::nullopt;
}
Refusal refusal(const Reach&, const RemoveToken&) {
    return std::nullopt;
}

// --- names in sentences --------------------------------------------------------------------------

bool in_name(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || c == '.' || c == '-' || c == '_' || c == '+' || c == '*';
}

std::string_view without_dots(std::string_view word) {
    while (word.ends_with('.'))
        word.remove_suffix(1);
    return word;
}

bool foreign(const Fleet& fleet, const Scope& scope, std::string_view name) {
    bool any = false, own = false;
    const auto look = [&](const auto* thing) {
        if (thing == nullptr) return;
        any = true;
        own = own || is(fleet, scope, *thing);
    };
    look(fleet.server_named(name));
    look(fleet.pool_named(name));
    look(fleet.domain_named(name));
    look(fleet.channel_named(name));
    return any && !own;
}

}  // namespace

bool carries(const Server& server, const std::map<std::string, std::string>& labels) {
    return among(labels, server.labels);
}

bool is(const Fleet& fleet, const Scope& scope, const Pool& pool) {
    if (!named(scope, pool.id)) return false;
    if (scope.labels.empty()) return true;
    return !pool.members.empty() && std::ranges::all_of(pool.members, [&](ServerId id) {
        return carries(*fleet.server(id), scope.labels);
    });
}

bool is(const Fleet& fleet, const Scope& scope, const Server& server) {
    if (!carries(server, scope.labels)) return false;
    if (!scope.pools) return true;
    return std::ranges::any_of(fleet.pools_of(server.id),
                               [&](PoolId id) { return is(fleet, scope, *fleet.pool(id)); });
}

bool is(const Fleet& fleet, const Scope& scope, const Domain& domain) {
    return is(fleet, scope, *fleet.pool(domain.pool));
}

bool is(const Fleet&, const Scope& scope, const Channel& channel) {
    return narrower(heard_by(channel), scope);
}

bool alone(const Fleet& fleet, const Scope& scope, const Server& server) {
    return is(fleet, scope, server) &&
           std::ranges::all_of(fleet.pools_of(server.id),
                               [&](PoolId id) { return is(fleet, scope, *fleet.pool(id)); });
}

bool narrower(const Scope& inner, const Scope& outer) {
    if (outer.pools && (!inner.pools || !among(*inner.pools, *outer.pools))) return false;
    return among(outer.labels, inner.labels);
}

std::optional<Error> refuses(const Fleet& fleet, const Caller& by, const OrderAction& action) {
    if (by.scope.everything()) return std::nullopt;
    const Reach reach{fleet, by};
    return std::visit([&](const auto& order) { return refusal(reach, order); }, action);
}

std::string unnamed(const Fleet& fleet, const Scope& scope, std::string_view text,
                    const std::set<std::string_view>& shown) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::ranges::find_if_not(text, in_name);
        const auto length = static_cast<std::size_t>(end - text.begin());
        if (length == 0) {
            // In JSON a letter behind a backslash is of no name.
            const std::size_t taken = text.starts_with('\\') && text.size() > 1 ? 2 : 1;
            out += text.substr(0, taken);
            text.remove_prefix(taken);
            continue;
        }
        const std::string_view word = text.substr(0, length);
        const std::string_view name = without_dots(word);
        const bool hidden = !name.empty() && !shown.contains(name) && foreign(fleet, scope, name);
        out += hidden ? std::string_view{kMask} : name;
        out += word.substr(name.size());
        text.remove_prefix(length);
    }
    return out;
}

std::set<std::string_view> names_in(std::string_view text) {
    std::set<std::string_view> names;
    while (!text.empty()) {
        const auto begin = std::ranges::find_if(text, in_name);
        text.remove_prefix(static_cast<std::size_t>(begin - text.begin()));
        const auto end = std::ranges::find_if_not(text, in_name);
        const auto length = static_cast<std::size_t>(end - text.begin());
        if (const auto name = without_dots(text.substr(0, length)); !name.empty())
            names.insert(name);
        text.remove_prefix(length);
    }
    return names;
}

Scope heard_by(const Channel& channel) {
    Scope scope;
    if (!channel.pools.empty()) scope.pools = channel.pools;
    scope.labels = channel.labels;
    return scope;
}

}  // namespace understudy::within
