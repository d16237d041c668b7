#include "controller/runtime/served/zone_servers.h"

#include <algorithm>

#include "base/ip_address.h"

namespace understudy {
namespace {

constexpr Duration kKept{10 * 60'000};
// What could not be found is looked for again with the next round of whoever needs it.
constexpr Duration kMissingKept{500};
// A name server whose address was not found, because that look-up failed.
constexpr Duration kPartlyKept{5'000};
constexpr std::size_t kServersPerZone = 13;
constexpr std::size_t kAddressesPerFamily = 2;
constexpr std::size_t kZonesKept = 10'000;

// A zone names whom it likes: nobody may have this machine ask its own network.
template <typename Address>
void take(const std::vector<Address>& found, bool any, ZoneServer& server) {
    std::size_t taken = 0;
    for (const Address& address : found) {
        const std::string_view reason = any ? std::string_view{} : unreachable_reason(address);
        if (!reason.empty()) server.left_out = reason;
        if (!reason.empty() || taken == kAddressesPerFamily) continue;
        server.addresses.push_back(to_string(address));
        ++taken;
    }
}

}  // namespace

const ZoneServers::Zone* ZoneServers::of(const std::string& zone, Instant now) {
    const auto known = zones_.find(zone);
    if (known != zones_.end() && now < known->second.good_until) return &known->second;
    if (looking_.contains(zone)) return nullptr;
    looking_[zone].open = 1;
    waiting_.push_back({zone, 0, NameQuestion::Type::Ns});
    return nullptr;
}

void ZoneServers::start(std::size_t room) {
    for (; room > 0 && !waiting_.empty(); --room) {
        const Asked next = std::move(waiting_.back());
        waiting_.pop_back();
        ask(next.zone, next.server, next.type);
    }
}

void ZoneServers::ask(const std::string& zone, std::size_t server, NameQuestion::Type type) {
    NameQuestion question;
    const bool of_zone = type == NameQuestion::Type::Ns;
    question.name = of_zone ? zone : looking_.at(zone).servers.at(server).name;
    question.type = type;
    question.server = limits_.resolver;
    question.port = limits_.resolver_port;
    question.recurse = true;
    const TransferId id = ids_.next();
    asked_.emplace(id, Asked{zone, server, type});
    names_.submit(id, std::move(question));
}

bool ZoneServers::finished(const TransferDone& done, Instant now, std::string& found) {
    const auto entry = asked_.find(done.id);
    if (entry == asked_.end()) return false;
    const Asked asked = std::move(entry->second);
    asked_.erase(entry);
    Looking& looking = looking_.at(asked.zone);
    heard(asked, looking, std::get<NameAnswer>(done.answer));
    if (--looking.open > 0) return true;
    found = asked.zone;
    close(asked.zone, looking, now);
    return true;
}

void ZoneServers::heard(const Asked& asked, Looking& looking, const NameAnswer& answer) {
    if (!answer.answered && looking.problem.empty())
        looking.problem = "the resolver " + answer.problem;
    if (asked.type != NameQuestion::Type::Ns) {
        if (!answer.answered) looking.unheard.insert(asked.server);
        ZoneServer& server = looking.servers.at(asked.server);
        take(answer.addresses.ipv4, limits_.allow_private_addresses, server);
        take(answer.addresses.ipv6, limits_.allow_private_addresses, server);
        return;
    }
    std::vector<std::string> names = answer.names;
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (names.size() > kServersPerZone) names.resize(kServersPerZone);
    for (std::string& name : names) {
        const std::size_t server = looking.servers.size();
        looking.servers.push_back({std::move(name), {}});
        waiting_.push_back({asked.zone, server, NameQuestion::Type::A});
        waiting_.push_back({asked.zone, server, NameQuestion::Type::Aaaa});
        looking.open += 2;
    }
}

bool ZoneServers::lacks_one(const Looking& looking) {
    return std::ranges::any_of(looking.unheard, [&](std::size_t server) {
        return looking.servers[server].addresses.empty();
    });
}

// The one that would be looked up again first makes way.
ZoneServers::Zone& ZoneServers::make_room(const std::string& name) {
    if (const auto known = zones_.find(name); known != zones_.end()) {
        ages_.erase({known->second.good_until, name});
    } else if (zones_.size() >= kZonesKept) {
        zones_.erase(ages_.begin()->second);
        ages_.erase(ages_.begin());
    }
    return zones_[name];
}

// One that has no address is kept: that it cannot be asked is to be told.
void ZoneServers::close(const std::string& name, Looking& looking, Instant now) {
    const bool partly = lacks_one(looking);
    Zone& zone = make_room(name);
    zone.servers = std::move(looking.servers);
    const bool any = std::ranges::any_of(
        zone.servers, [](const ZoneServer& each) { return !each.addresses.empty(); });
    zone.problem = looking.problem.empty() ? "no name servers of " + name + " were found"
                                           : "its name servers were not found: " + looking.problem;
    const auto left_out = std::ranges::find_if(
        zone.servers, [](const ZoneServer& each) { return !each.left_out.empty(); });
    if (left_out != zone.servers.end())
        zone.problem = "its name servers are not asked: " + left_out->left_out + " address";
    if (any) zone.problem.clear();
    if (!any) zone.servers.clear();
    const Duration kept = partly ? kPartlyKept : kKept;
    zone.good_until = now + (any ? kept : kMissingKept);
    ages_.emplace(zone.good_until, name);
    looking_.erase(name);
}

}  // namespace understudy
