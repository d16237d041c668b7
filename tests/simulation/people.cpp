#include "tests/simulation/people.h"

#include <algorithm>
#include <array>

#include "tests/simulation/fleet_plan.h"
#include "tests/support/policy_words.h"

namespace understudy::simulation {
namespace {

using Drawn = std::optional<OrderAction>;

template <typename Id, typename Thing>
Id any(Desk& desk, const std::map<Id, Thing>& things) {
    if (things.empty() || (desk.nonsense && desk.random.chance(0.3))) return Id{999'999};
    auto at = things.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(desk.random.below(things.size())));
    return at->first;
}

Wish wish(Desk& desk) {
    Wish wished;
    wished.why = "because";
    if (desk.random.chance(0.7)) {
        wished.until = desk.wall + desk.random.between(Duration{20'000}, Duration{1'800'000});
    }
    if (desk.nonsense && desk.random.chance(0.5)) wished.until = desk.wall - Duration{5'000};
    return wished;
}

std::vector<std::string> some_servers(Desk& desk) {
    std::vector<std::string> names;
    for (const auto& [id, server] : desk.ledger.servers)
        names.push_back(server.name);
    const std::size_t wanted = 1 + desk.random.below(4);
    for (std::size_t i = 0; i + 1 < names.size(); ++i)
        std::swap(names[i], names[i + desk.random.below(names.size() - i)]);
    if (names.size() > wanted) names.resize(wanted);
    if (desk.nonsense && !names.empty()) names.push_back(desk.random.chance(0.5) ? names[0] : "no");
    return names;
}

ServerId member_of(Desk& desk, PoolId id) {
    const auto pool = desk.ledger.pools.find(id);
    if (pool == desk.ledger.pools.end() || desk.nonsense) return any(desk, desk.ledger.servers);
    return pool->second.members[desk.random.below(pool->second.members.size())];
}

bool force(Desk& desk) {
    return desk.random.chance(0.3);
}

// --- servers -------------------------------------------------------------------------------------

Drawn add_server(Desk& desk) {
    const auto planned = planned_server(400 + desk.random.below(200), desk.random.chance(0.5));
    return AddServer{planned.name, planned.ipv4, planned.ipv6, {}, "hash", planned.name};
}
Drawn remove_server(Desk& desk) {
    return RemoveServer{any(desk, desk.ledger.servers)};
}
Drawn edit_server(Desk& desk) {
    const ServerId id = any(desk, desk.ledger.servers);
    const auto planned = planned_server(700 + desk.random.below(200), desk.random.chance(0.7));
    return EditServer{id, planned.ipv4, planned.ipv6, {{"region", "x"}}};
}
Drawn rotate_token(Desk& desk) {
    const ServerId id = any(desk, desk.ledger.servers);
    return RotateToken{id, "hash2", "prefix" + std::to_string(desk.random.below(1'000'000))};
}
Drawn start_maintenance(Desk& desk) {
    return StartMaintenance{any(desk, desk.ledger.servers), wish(desk), force(desk)};
}
Drawn end_maintenance(Desk& desk) {
    return EndMaintenance{any(desk, desk.ledger.servers)};
}

// --- pools ---------------------------------------------------------------------------------------

Drawn add_pool(Desk& desk) {
    return AddPool{"extra" + std::to_string(desk.random.below(20)), some_servers(desk),
                   test::drawn_policy(desk.random)};
}
Drawn remove_pool(Desk& desk) {
    return RemovePool{any(desk, desk.ledger.pools)};
}
Drawn set_members(Desk& desk) {
    return SetMembers{any(desk, desk.ledger.pools), some_servers(desk), force(desk)};
}
Drawn set_policy(Desk& desk) {
    Policy policy = test::drawn_policy(desk.random);
    if (desk.nonsense) policy.answers = AnswerOrder::LeastLoaded;
    return SetPolicy{any(desk, desk.ledger.pools), policy};
}
Drawn switch_pool(Desk& desk) {
    const PoolId pool = any(desk, desk.ledger.pools);
    const ServerId to = desk.random.chance(0.3) ? ServerId{} : member_of(desk, pool);
    return SwitchPool{pool, to, wish(desk), force(desk)};
}
Drawn failback_pool(Desk& desk) {
    return FailbackPool{any(desk, desk.ledger.pools), force(desk)};
}
Drawn hold_pool(Desk& desk) {
    const PoolId pool = any(desk, desk.ledger.pools);
    const ServerId to = desk.random.chance(0.5) ? ServerId{} : member_of(desk, pool);
    return HoldPool{pool, to, wish(desk), force(desk)};
}
Drawn release_pool(Desk& desk) {
    return ReleasePool{any(desk, desk.ledger.pools)};
}
Drawn observe_pool(Desk& desk) {
    return ObservePool{any(desk, desk.ledger.pools), wish(desk)};
}
Drawn unobserve_pool(Desk& desk) {
    return UnobservePool{any(desk, desk.ledger.pools)};
}

// --- everything ----------------------------------------------------------------------------------

Drawn pause_all(Desk& desk) {
    return PauseAll{wish(desk)};
}
Drawn resume_all(Desk&) {
    return ResumeAll{};
}
Drawn observe_all(Desk& desk) {
    return ObserveAll{wish(desk)};
}
Drawn unobserve_all(Desk&) {
    return UnobserveAll{};
}
Drawn accept_losses(Desk& desk) {
    return AcceptLosses{wish(desk)};
}

// --- domains -------------------------------------------------------------------------------------

Drawn add_domain(Desk& desk) {
    const PoolId id = any(desk, desk.ledger.pools);
    const auto pool = desk.ledger.pools.find(id);
    if (pool == desk.ledger.pools.end() || desk.ledger.domains.empty()) return std::nullopt;
    AddDomain add;
    add.zone_id = zone_id(0);
    add.zone_name = zone_name(0);
    add.name = "new" + std::to_string(desk.random.below(100)) + "." + add.zone_name;
    add.provider = desk.ledger.domains.begin()->second.provider;
    add.pool.name = desk.nonsense ? "no such pool" : pool->second.name;
    const Server& primary = desk.ledger.servers.at(pool->second.primary());
    if (desk.world.records(add.name).empty()) {
        desk.world.add_record({"", add.zone_id, add.name, "A", to_string(primary.ipv4), 300,
                               desk.random.chance(0.5), "keep me"});
    }
    const auto observed = state_of(desk.world, add.name);
    if (!observed) return std::nullopt;
    add.observed = *observed;
    add.with_ipv6 = !observed->addresses.ipv6.empty();
    add.enforce = desk.random.chance(0.5);
    return add;
}
Drawn remove_domain(Desk& desk) {
    return RemoveDomain{any(desk, desk.ledger.domains)};
}
Drawn move_domains(Desk& desk) {
    MoveDomains move;
    const std::size_t count = 1 + desk.random.below(5);
    for (std::size_t i = 0; i < count; ++i) {
        const DomainId id = any(desk, desk.ledger.domains);
        const bool twice = std::ranges::find(move.domains, id) != move.domains.end();
        if (!twice || desk.nonsense) move.domains.push_back(id);
    }
    move.pool = any(desk, desk.ledger.pools);
    move.force = force(desk);
    return move;
}
Drawn ignore_domain(Desk& desk) {
    return IgnoreDomain{any(desk, desk.ledger.domains), Wish{"because", std::nullopt}};
}

std::optional<std::pair<DomainId, RecordState>> seen_domain(Desk& desk) {
    const DomainId id = any(desk, desk.ledger.domains);
    const auto domain = desk.ledger.domains.find(id);
    if (domain == desk.ledger.domains.end()) return std::pair{id, RecordState{}};
    const auto observed = state_of(desk.world, domain->second.name);
    if (!observed) return std::nullopt;
    return std::pair{id, *observed};
}
Drawn adopt_domain(Desk& desk) {
    const auto seen = seen_domain(desk);
    if (!seen) return std::nullopt;
    return AdoptDomain{seen->first, seen->second};
}
Drawn enforce_domain(Desk& desk) {
    const auto seen = seen_domain(desk);
    if (!seen) return std::nullopt;
    return EnforceDomain{seen->first, seen->second, force(desk)};
}

// --- accounts and channels -----------------------------------------------------------------------

ProviderId provider_of(const Desk& desk) {
    return desk.ledger.domains.empty() ? ProviderId{}
                                       : desk.ledger.domains.begin()->second.provider;
}
ChannelId other_channel(Desk& desk) {
    const ChannelId id = any(desk, desk.ledger.channels);
    return id == desk.ledger.watched() ? ChannelId{999'999} : id;
}
Channel some_channel(Desk& desk) {
    Channel channel;
    channel.name = "channel" + std::to_string(desk.random.below(10));
    channel.kind = "webhook";
    channel.settings = "{}";
    if (desk.random.chance(0.5)) channel.types = {NoticeType::ServerDown, NoticeType::ServerUp};
    return channel;
}
Drawn add_provider(Desk& desk) {
    return AddProvider{
        {{}, "second" + std::to_string(desk.random.below(3)), "cloudflare", "{}", "s"}};
}
Drawn remove_provider(Desk& desk) {
    return RemoveProvider{provider_of(desk)};
}
Drawn replace_credential(Desk& desk) {
    return ReplaceCredential{provider_of(desk), "sealed anew"};
}
Drawn add_channel(Desk& desk) {
    return AddChannel{some_channel(desk)};
}
Drawn edit_channel(Desk& desk) {
    Channel channel = some_channel(desk);
    channel.id = other_channel(desk);
    return EditChannel{channel};
}
Drawn remove_channel(Desk& desk) {
    return RemoveChannel{other_channel(desk)};
}
Drawn test_channel(Desk& desk) {
    return TestChannel{any(desk, desk.ledger.channels)};
}
Drawn disable_channel(Desk& desk) {
    return DisableChannel{other_channel(desk), "410 Gone"};
}
Drawn enable_channel(Desk& desk) {
    return EnableChannel{other_channel(desk)};
}

struct OrderRow {
    const char* name;
    Drawn (*draw)(Desk&);
};
// In the order of OrderAction.
constexpr OrderRow kOrders[] = {
    {"add_server", add_server},
    {"edit_server", edit_server},
    {"remove_server", remove_server},
    {"rotate_token", rotate_token},
    {"start_maintenance", start_maintenance},
    {"end_maintenance", end_maintenance},
    {"add_pool", add_pool},
    {"remove_pool", remove_pool},
    {"set_members", set_members},
    {"set_policy", set_policy},
    {"switch_pool", switch_pool},
    {"failback_pool", failback_pool},
    {"hold_pool", hold_pool},
    {"release_pool", release_pool},
    {"observe_pool", observe_pool},
    {"unobserve_pool", unobserve_pool},
    {"pause_all", pause_all},
    {"resume_all", resume_all},
    {"observe_all", observe_all},
    {"unobserve_all", unobserve_all},
    {"accept_losses", accept_losses},
    {"add_domain", add_domain},
    {"move_domains", move_domains},
    {"remove_domain", remove_domain},
    {"adopt_domain", adopt_domain},
    {"enforce_domain", enforce_domain},
    {"ignore_domain", ignore_domain},
    {"add_provider", add_provider},
    {"remove_provider", remove_provider},
    {"replace_credential", replace_credential},
    {"add_channel", add_channel},
    {"edit_channel", edit_channel},
    {"remove_channel", remove_channel},
    {"test_channel", test_channel},
    {"disable_channel", disable_channel},
    {"enable_channel", enable_channel},
};
static_assert(std::size(kOrders) == std::variant_size_v<OrderAction>);

}  // namespace

Drawn draw_order(Desk& desk) {
    return kOrders[desk.random.below(std::size(kOrders))].draw(desk);
}

const char* name_of(const OrderAction& action) {
    return kOrders[action.index()].name;
}

std::optional<RecordState> state_of(const CloudflareWorld& world, const std::string& name) {
    const auto records = world.records(name);
    if (records.empty()) return std::nullopt;
    for (const WorldRecord& record : records) {
        if (record.proxied != records.front().proxied) return std::nullopt;
        if (record.ttl != records.front().ttl) return std::nullopt;
    }
    const std::int64_t ttl = records.front().ttl;
    return RecordState{world.addresses(name), Ttl{ttl == 1 ? 0u : static_cast<std::uint32_t>(ttl)},
                       records.front().proxied};
}

}  // namespace understudy::simulation
