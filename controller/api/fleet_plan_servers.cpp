// Servers of a fleet document: added, edited, removed. A server is known by its name.
#include <algorithm>
#include <map>

#include "controller/api/fleet_planning.h"

namespace understudy::api {
namespace {

using ServerItem = FleetDocument::ServerItem;

std::string address_text(const std::optional<Ipv6>& address) {
    return address ? to_string(*address) : "";
}

// Who has an address while the orders are carried out one by one.
class Holders {
  public:
    explicit Holders(const Fleet& fleet) {
        for (const Server* server : fleet.servers()) {
            ipv4_.emplace(server->ipv4, server->name);
            if (server->ipv6) ipv6_.emplace(*server->ipv6, server->name);
        }
    }
    // The address and its holder when somebody else has it; both empty otherwise.
    std::pair<std::string, std::string> in_the_way_of(const ServerItem& item) const {
        const auto v4 = ipv4_.find(*item.ipv4);
        if (v4 != ipv4_.end() && v4->second != item.name) {
            return {to_string(v4->first), v4->second};
        }
        if (!item.ipv6) return {};
        const auto v6 = ipv6_.find(*item.ipv6);
        if (v6 == ipv6_.end() || v6->second == item.name) return {};
        return {to_string(v6->first), v6->second};
    }
    void take(const ServerItem& item) {
        ipv4_[*item.ipv4] = item.name;
        if (item.ipv6) ipv6_[*item.ipv6] = item.name;
    }
    void leave(const Server& server) {
        ipv4_.erase(server.ipv4);
        if (server.ipv6) ipv6_.erase(*server.ipv6);
    }

  private:
    std::map<Ipv4, std::string> ipv4_;
    std::map<Ipv6, std::string> ipv6_;
};

// Of a dynamic server the file has the addresses it began with: what was followed since stays, and
// it is said where the file has another.
void keep_followed(Planning& planning, std::vector<ServerItem>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        ServerItem& item = items[i];
        const Server* known = planning.in.fleet.server_named(item.name);
        if (known == nullptr || !known->dynamic || !item.ipv4) continue;
        const auto before = make_address_set(item.ipv4, item.ipv6);
        if (!known->followed_ipv4.empty()) item.ipv4 = known->ipv4;
        if (!known->followed_ipv6.empty() && item.ipv6 && known->ipv6) item.ipv6 = known->ipv6;
        const auto after = make_address_set(item.ipv4, item.ipv6);
        if (before == after) continue;
        if (!item.dynamic.value_or(true)) {
            // The next apply would take the file's address, which may be dead by now.
            planning.complain(item_path("servers", i),
                              "server '" + known->name + "' has followed its agent to " +
                                  to_string(after) + "; the file has " + to_string(before) +
                                  " and ends following",
                              "write the address that it has now ('understudyctl export')");
            continue;
        }
        planning.plan.warnings.push_back("server '" + known->name + "' keeps " + to_string(after) +
                                         ", which followed its agent; the file has " +
                                         to_string(before));
    }
}

const char* dynamic_text(bool dynamic) {
    return dynamic ? "on" : "off";
}

bool same(const Server& server, const ServerItem& item) {
    return server.ipv4 == *item.ipv4 && server.ipv6 == item.ipv6 && server.labels == item.labels &&
           server.dynamic == item.dynamic.value_or(server.dynamic);
}

// What is the same, or not said, is not in it: it may change before this is carried out.
EditServer edit_of(const Server& known, const ServerItem& item) {
    EditServer edit;
    edit.server = known.id;
    if (known.ipv4 != *item.ipv4) edit.ipv4 = item.ipv4;
    if (known.ipv6 != item.ipv6) edit.ipv6 = item.ipv6;
    if (known.labels != item.labels) edit.labels = item.labels;
    edit.dynamic = item.dynamic;
    return edit;
}

std::vector<FieldChange> fields_of(const Server& before, const ServerItem& after) {
    return only_real({{"ipv4", to_string(before.ipv4), to_string(*after.ipv4)},
                      {"ipv6", address_text(before.ipv6), address_text(after.ipv6)},
                      {"labels", text_of(before.labels), text_of(after.labels)},
                      {"dynamic", dynamic_text(before.dynamic),
                       dynamic_text(after.dynamic.value_or(before.dynamic))}});
}

// True when no two servers of the document share an address.
bool check_addresses(Planning& planning, const std::vector<ServerItem>& items) {
    std::map<std::string, std::size_t> seen;
    bool sound = true;
    const auto check = [&](std::size_t i, const char* field, const std::string& address) {
        const auto [first, fresh] = seen.emplace(address, i);
        if (fresh) return;
        sound = false;
        planning.complain(item_path("servers", i) + "." + field,
                          address + " is the address of " + item_path("servers", first->second) +
                              " ('" + items[first->second].name + "') as well",
                          "each server needs an address of its own");
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        sound = sound && items[i].ipv4 && !items[i].name.empty();
        if (items[i].ipv4) check(i, "ipv4", to_string(*items[i].ipv4));
        if (items[i].ipv6) check(i, "ipv6", to_string(*items[i].ipv6));
    }
    return sound;
}

void complain_of_holder(Planning& planning, std::size_t index,
                        const std::pair<std::string, std::string>& held) {
    const bool goes = !planning.end.servers.contains(held.second);
    planning.complain(item_path("servers", index),
                      held.first + " belongs to server '" + held.second + "'" +
                          (goes ? ", which this file no longer names" : ""),
                      goes ? "a server cannot be renamed: keep its name, or remove it in one apply "
                             "and add the new one in the next"
                           : "addresses cannot be exchanged at once: use a third one in between");
}

// Orders the edits so that an address is free when it is taken.
void plan_edits(Planning& planning, const std::vector<ServerItem>& items, Holders& holders) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Server* known = planning.in.fleet.server_named(items[i].name);
        if (known == nullptr || same(*known, items[i])) continue;
        planning.differ(Difference::How::Changed, "server", known->name,
                        fields_of(*known, items[i]));
        open.push_back(i);
    }
    for (bool progress = true; progress && !open.empty();) {
        progress =
            std::erase_if(open, [&](std::size_t i) {
                const ServerItem& item = items[i];
                if (!holders.in_the_way_of(item).second.empty()) return false;
                const Server& known = *planning.in.fleet.server_named(item.name);
                holders.leave(known);
                holders.take(item);
                planning.phases.servers.push_back({edit_of(known, item), item_path("servers", i)});
                return true;
            }) > 0;
    }
    for (const std::size_t i : open)
        complain_of_holder(planning, i, holders.in_the_way_of(items[i]));
}

void plan_additions(Planning& planning, const std::vector<ServerItem>& items, Holders& holders) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ServerItem& item = items[i];
        if (planning.in.fleet.server_named(item.name) != nullptr) continue;
        planning.differ(Difference::How::Added, "server", item.name,
                        only_real({{"ipv4", "", to_string(*item.ipv4)},
                                   {"ipv6", "", address_text(item.ipv6)},
                                   {"labels", "", text_of(item.labels)},
                                   {"dynamic", "", item.dynamic.value_or(false) ? "on" : ""}}));
        const auto held = holders.in_the_way_of(item);
        if (!held.second.empty()) {
            complain_of_holder(planning, i, held);
            continue;
        }
        holders.take(item);
        planning.phases.servers.push_back({AddServer{item.name,
                                                     *item.ipv4,
                                                     item.ipv6,
                                                     item.labels,
                                                     {},
                                                     {},
                                                     item.dynamic.value_or(false)},
                                           item_path("servers", i)});
    }
}

// With pools in the document a member that goes is found there; without, here.
const Pool* pool_that_keeps(const Planning& planning, const Server& server) {
    if (planning.in.document.pools) return nullptr;
    for (const PoolId id : planning.in.fleet.pools_of(server.id)) {
        const Pool* pool = planning.in.fleet.pool(id);
        if (!ends_by_itself(planning, *pool)) return pool;
    }
    return nullptr;
}

void plan_removals(Planning& planning) {
    for (const Server* server : planning.in.fleet.servers()) {
        if (planning.end.servers.contains(server->name)) continue;
        planning.differ(Difference::How::Removed, "server", server->name);
        if (const Pool* pool = pool_that_keeps(planning, *server)) {
            planning.complain("servers",
                              "server '" + server->name +
                                  "' is not in the file but is a member of "
                                  "pool '" +
                                  pool->name + "'",
                              "name it, or give the pools in the file as well");
        }
        planning.phases.gone_servers.push_back({RemoveServer{server->id}, "servers"});
    }
}

}  // namespace

void plan_servers(Planning& planning) {
    if (!planning.in.document.servers) return;
    auto items = *planning.in.document.servers;
    keep_followed(planning, items);
    if (check_addresses(planning, items)) {
        Holders holders{planning.in.fleet};
        plan_edits(planning, items, holders);  // first: they may free an address
        plan_additions(planning, items, holders);
    }
    plan_removals(planning);
}

}  // namespace understudy::api
