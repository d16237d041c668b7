#include "tests/simulation/people.h"

#include <algorithm>
#include <array>

#include "tests/simulation/fleet_plan.h"
#include "tests/support/order_words.h"
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
    return AddServer{planned.name,   planned.ipv4, planned.ipv6,
                     planned.labels, "hash",       planned.name};
}
Drawn edit_server(Desk& desk) {
    const ServerId id = any(desk, desk.ledger.servers);
    const auto planned = planned_server(700 + desk.random.below(200), desk.random.chance(0.7));
    EditServer edit;
    edit.server = id;
    edit.ipv4 = planned.ipv4;
    edit.ipv6 = planned.ipv6;
    edit.labels.emplace().emplace("region", "x");
    return edit;
}
Drawn rotate_token(Desk& desk) {
    const ServerId id = any(desk, desk.ledger.servers);
    const std::string prefix = "prefix" + std::to_string(desk.random.below(1'000'000));
    return RotateToken{id, "hash2", prefix, "code" + prefix, desk.random.chance(0.5)};
}
// Nobody knows a code.
Drawn enroll_agent(Desk& desk) {
    const std::string token = "own" + std::to_string(desk.random.below(1'000'000));
    return EnrollAgent{"codeprefix" + std::to_string(desk.random.below(1'000'000)), token, token};
}

// --- pools ---------------------------------------------------------------------------------------

Drawn add_pool(Desk& desk) {
    return AddPool{"extra" + std::to_string(desk.random.below(20)), some_servers(desk),
                   test::drawn_policy(desk.random)};
}
Drawn set_policy(Desk& desk) {
    Policy policy = test::drawn_policy(desk.random);
    if (desk.nonsense) policy.answers = AnswerOrder::LeastLoaded;
    return SetPolicy{any(desk, desk.ledger.pools), policy};
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
Drawn disable_channel(Desk& desk) {
    return DisableChannel{other_channel(desk), "410 Gone"};
}

// --- tokens --------------------------------------------------------------------------------------

Drawn add_token(Desk& desk) {
    Token token;
    token.name = "token" + std::to_string(desk.random.below(10));
    token.prefix = token.name;
    return AddToken{token};
}
Drawn remove_token(Desk&) {
    return RemoveToken{TokenId{999'999}};
}
Drawn token_used(Desk&) {
    return TokenUsed{TokenId{999'999}, "192.0.2.1"};
}

// --- plain orders --------------------------------------------------------------------------------

// One value by lot, by its type. about: the pool of the order, if it has one.
struct Lot {
    Desk& desk;
    std::string_view name;
    PoolId about;

    void draw(ServerId& into) const {
        if (!about) into = any(desk, desk.ledger.servers);
        if (about && desk.random.chance(0.6)) into = member_of(desk, about);
    }
    void draw(PoolId& into) const { into = any(desk, desk.ledger.pools); }
    void draw(DomainId& into) const { into = any(desk, desk.ledger.domains); }
    void draw(ProviderId& into) const { into = provider_of(desk); }
    void draw(ChannelId& into) const { into = other_channel(desk); }
    void draw(IncidentId& into) const { into = any(desk, desk.ledger.incidents); }
    void draw(std::vector<std::string>& into) const { into = some_servers(desk); }
    void draw(bool& into) const { into = force(desk); }
    void draw(std::chrono::seconds& into) const {
        into = std::chrono::seconds{desk.nonsense ? 5 : 10 + desk.random.below(120)};
    }
    void draw(Wish& into) const {
        into = wish(desk);
        if (name == "why" && !desk.nonsense) into.until.reset();
    }
};

PoolId pool_of(const auto& order) {
    if constexpr (requires { order.pool; }) {
        return order.pool;
    } else {
        return {};
    }
}

template <Described Plain>
Drawn draw_plain(Desk& desk) {
    Plain order{};
    each_field<Plain>([&](const auto& field) {
        Lot{desk, field.name, pool_of(order)}.draw(order.*field.member);
    });
    // Nothing is lost by it, so it may reach the channel that is watched.
    if constexpr (std::is_same_v<Plain, TestChannel>) {
        order.channel = any(desk, desk.ledger.channels);
    }
    return order;
}

// --- all of them ---------------------------------------------------------------------------------

struct OrderRow {
    std::string_view name;
    Drawn (*draw)(Desk&);
};
template <typename OrderType>
constexpr OrderRow kRow{Describe<OrderType>::word, draw_plain<OrderType>};
template <>
constexpr OrderRow kRow<AddServer>{"add_server", add_server};
template <>
constexpr OrderRow kRow<EditServer>{"edit_server", edit_server};
template <>
constexpr OrderRow kRow<RotateToken>{"rotate_token", rotate_token};
template <>
constexpr OrderRow kRow<EnrollAgent>{"enroll_agent", enroll_agent};
template <>
constexpr OrderRow kRow<AddPool>{"add_pool", add_pool};
template <>
constexpr OrderRow kRow<SetPolicy>{"set_policy", set_policy};
template <>
constexpr OrderRow kRow<AddDomain>{"add_domain", add_domain};
template <>
constexpr OrderRow kRow<MoveDomains>{"move_domains", move_domains};
template <>
constexpr OrderRow kRow<AdoptDomain>{"adopt_domain", adopt_domain};
template <>
constexpr OrderRow kRow<EnforceDomain>{"enforce_domain", enforce_domain};
template <>
constexpr OrderRow kRow<AddProvider>{"add_provider", add_provider};
template <>
constexpr OrderRow kRow<ReplaceCredential>{"replace_credential", replace_credential};
template <>
constexpr OrderRow kRow<AddChannel>{"add_channel", add_channel};
template <>
constexpr OrderRow kRow<EditChannel>{"edit_channel", edit_channel};
template <>
constexpr OrderRow kRow<DisableChannel>{"disable_channel", disable_channel};
template <>
constexpr OrderRow kRow<AddToken>{"add_token", add_token};
template <>
constexpr OrderRow kRow<RemoveToken>{"remove_token", remove_token};
template <>
constexpr OrderRow kRow<TokenUsed>{"token_used", token_used};

// In the order of OrderAction.
constexpr auto kOrders = []<typename... Orders>(std::type_identity<std::variant<Orders...>>) {
    return std::array{kRow<Orders>...};
}(std::type_identity<OrderAction>{});

}  // namespace

Drawn draw_order(Desk& desk) {
    return kOrders[desk.random.below(std::size(kOrders))].draw(desk);
}

std::string_view name_of(const OrderAction& action) {
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
