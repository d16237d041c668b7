// RandomOrders: every order that people can give, with seeded random and often nonsensical
// contents. For engine_random_test.cpp.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/support/order_words.h"
#include "tests/unit/core/engine_harness.h"

namespace understudy {

inline const char* const kRandomAddresses[] = {"192.0.2.1", "192.0.2.2",    "192.0.2.3",
                                               "192.0.2.4", "198.51.100.7", "192.0.2.1, 192.0.2.2",
                                               "nothing"};

class RandomOrders {
  public:
    RandomOrders(Random& random, EngineHarness& world) : random_(random), world_(world) {}

    // Nobody removes or disables this one.
    void keep(ChannelId channel) { kept_ = channel; }

    OrderAction any() {
        switch (random_.below(4)) {
            case 0:
                return about_registered_things();
            case 1:
                return about_domains_and_pools();
            default:
                return plain();
        }
    }

    OrderAction add_server() {
        AddServer add;
        add.name = random_.chance(0.1) ? "server" : unique("s");
        add.ipv4 = *parse_ipv4(kRandomAddresses[random_.below(4)]);
        if (random_.chance(0.3)) add.ipv6 = parse_ipv6("2001:db8::1");
        add.token_prefix = unique("token");
        add.dynamic = random_.chance(0.5);
        if (world_.fleet().servers().size() >= 5) add.name = "";  // enough of them
        return add;
    }

    OrderAction add_domain() {
        AddDomain add;
        add.name = unique("d") + ".example.org";
        add.provider = any_of<ProviderId>(world_.fleet().providers());
        if (world_.fleet().providers().empty()) add.provider = world_.provider();
        add.zone_name = world_.fleet().domains().size() < 12 ? "example.org" : "full.example";
        if (random_.chance(0.3) && !world_.fleet().pools().empty()) {
            add.pool.name =
                world_.fleet().pools()[random_.below(world_.fleet().pools().size())]->name;
        }
        for (std::uint64_t i = random_.below(4); i < 4; ++i)
            add.pool.members.push_back(any_server());
        add.pool.policy = any_policy();
        add.with_ipv6 = random_.chance(0.3);
        add.observed = any_state();
        add.exists = random_.chance(0.9);
        add.enforce = random_.chance(0.8);
        return add;
    }

    ServerId any_server() { return any_of<ServerId>(world_.fleet().servers()); }
    DomainId any_domain() { return any_of<DomainId>(world_.fleet().domains()); }
    PoolId any_pool() { return any_of<PoolId>(world_.fleet().pools()); }

    RecordState any_state() {
        AddressSet addresses = *parse_address_set(kRandomAddresses[random_.below(7)]);
        if (random_.chance(0.1)) addresses.ipv6.push_back(*parse_ipv6("2001:db8::1"));
        return {addresses, Ttl{random_.chance(0.5) ? 300u : 0u}, random_.chance(0.3)};
    }

  private:
    template <typename Id, typename Things>
    Id any_of(const Things& things) {
        if (things.empty() || random_.chance(0.1)) {
            const std::int64_t nonsense[] = {0, -1, 3, 999'999, INT64_MAX};
            return Id{random_.chance(0.5) ? nonsense[random_.below(5)]
                                          : static_cast<std::int64_t>(random_.below(200))};
        }
        return things[random_.below(things.size())]->id;
    }

    std::string unique(const std::string& word) { return word + std::to_string(++number_); }

    Wish any_wish() {
        Wish wish;
        if (random_.chance(0.7)) wish.until = world_.wall() + Duration{random_.below(1'000'000)};
        if (random_.chance(0.1)) wish.until = world_.wall() - Duration{random_.below(10'000)};
        return wish;
    }

    Policy any_policy() {
        Policy policy = world_.policy;
        policy.reaction = random_.chance(0.2) ? Reaction::Maintenance : Reaction::Prompt;
        policy.failback = static_cast<Failback>(random_.below(3));
        policy.health_timeout_s = std::chrono::seconds{random_.chance(0.2) ? 30 : 120};
        if (random_.chance(0.3)) policy.fallback_ipv4 = parse_ipv4("203.0.113.1");
        if (random_.chance(0.1)) policy.fallback_ipv6 = parse_ipv6("2001:db8::9");
        if (random_.chance(0.3)) policy.mode = PoolMode::ActiveActive;
        if (random_.chance(0.2)) policy.max_answers = static_cast<std::uint32_t>(random_.below(3));
        if (random_.chance(0.2)) policy.answers = AnswerOrder::LeastLoaded;
        return policy;
    }

    std::vector<std::string> any_members() {
        std::vector<std::string> names;
        for (const Server* server : world_.fleet().servers())
            if (random_.chance(0.6)) names.push_back(server->name);
        if (random_.chance(0.05)) names.push_back("nobody");
        if (random_.chance(0.05) && !names.empty()) names.push_back(names.front());
        if (random_.chance(0.5)) std::ranges::reverse(names);
        return names;
    }

    OrderAction about_registered_things() {
        switch (random_.below(7)) {
            case 0:
                return add_server();
            case 1:
                return RotateToken{any_server(), "hash", unique("token")};
            case 2:
                return AddProvider{{{}, unique("p"), "cloudflare", "{}", ""}};
            case 3:
                return ReplaceCredential{any_of<ProviderId>(world_.fleet().providers()),
                                         unique("sealed")};
            case 4:
                return add_channel();
            case 5:
                return DisableChannel{other_channel(), "gone"};
            default:
                return edit_server();
        }
    }

    OrderAction edit_server() {
        EditServer edit;
        edit.server = any_server();
        edit.ipv4 = *parse_ipv4(kRandomAddresses[random_.below(5)]);
        edit.ipv6.emplace();
        if (random_.chance(0.3)) edit.ipv6 = parse_ipv6("2001:db8::1");
        if (random_.chance(0.7)) edit.dynamic = random_.chance(0.7);
        return edit;
    }

    OrderAction add_channel() {
        Channel channel;
        channel.name = unique("c");
        if (random_.chance(0.5)) channel.pools = {any_pool()};
        if (random_.chance(0.2)) channel.types = {NoticeType::FailoverTriggered};
        if (random_.chance(0.2)) channel.attention.severity = Severity::Critical;
        if (random_.chance(0.2)) channel.attention.remind_every_s = std::chrono::seconds{600};
        if (random_.chance(0.2))
            channel.attention.quiet_hours = {*parse_quiet_hours("daily 00:00-00:20 UTC")};
        if (random_.chance(0.3)) channel.attention.after_min = std::chrono::minutes{3};
        if (random_.chance(0.2)) channel.labels = {{"region", "eu"}};
        return AddChannel{channel};
    }

    ChannelId other_channel() {
        const ChannelId id = any_of<ChannelId>(world_.fleet().channels());
        return id == kept_ ? ChannelId{} : id;
    }

    OrderAction about_domains_and_pools() {
        switch (random_.below(7)) {
            case 0:
            case 1:
                return add_domain();
            case 2:
                return AdoptDomain{any_domain(), any_state()};
            case 3:
                return EnforceDomain{any_domain(), any_state()};
            case 4:
                return AddPool{unique("pool"), any_members(), any_policy()};
            case 5:
                return SetPolicy{any_pool(), any_policy()};
            default: {
                MoveDomains move{{any_domain()}, any_pool(), random_.chance(0.3)};
                while (random_.chance(0.4))
                    move.domains.push_back(any_domain());
                return move;
            }
        }
    }

    // One of the plain orders, its values by lot.
    OrderAction plain() {
        std::vector<OrderAction> all;
        test::each_plain_order(
            [&]<typename Plain>(std::type_identity<Plain>) { all.emplace_back(Plain{}); });
        // What ends things comes more often, or soon everything would stand still.
        for (const OrderAction& often : {OrderAction{SwitchPool{}}, OrderAction{EndMaintenance{}},
                                         OrderAction{ReleasePool{}}, OrderAction{FailbackPool{}}})
            all.insert(all.end(), 2, often);
        OrderAction order = all[random_.below(all.size())];
        // Of these there is less to see while everything stands still.
        if (std::holds_alternative<PauseAll>(order) && random_.chance(0.7)) return ResumeAll{};
        if (std::holds_alternative<StartDryRunOfAll>(order) && random_.chance(0.7))
            return EndDryRunOfAll{};
        std::visit([&](auto& chosen) { fill(chosen); }, order);
        return order;
    }

    void fill(auto& order) {
        using Plain = std::remove_reference_t<decltype(order)>;
        if constexpr (Described<Plain>) {
            each_field<Plain>([&](const auto& field) {
                draw(order.*field.member);
                // It has no end, and with one it is refused.
                if constexpr (requires { (order.*field.member).until; }) {
                    if (field.name == "why" && random_.chance(0.9))
                        (order.*field.member).until.reset();
                }
                // Beside a pool it is a choice.
                if constexpr (requires { order.pool; } &&
                              std::is_same_v<decltype(order.*field.member), ServerId&>) {
                    if (random_.chance(0.3)) order.*field.member = {};
                }
            });
        }
    }
    void draw(ServerId& into) { into = any_server(); }
    void draw(PoolId& into) { into = any_pool(); }
    void draw(DomainId& into) { into = any_domain(); }
    void draw(ProviderId& into) { into = any_of<ProviderId>(world_.fleet().providers()); }
    void draw(ChannelId& into) { into = other_channel(); }
    void draw(IncidentId& into) { into = any_of<IncidentId>(world_.fleet().incidents()); }
    void draw(Wish& into) { into = any_wish(); }
    void draw(std::chrono::seconds& into) {
        into = std::chrono::seconds{5 + static_cast<std::int64_t>(random_.below(120))};
    }
    void draw(bool& into) { into = random_.chance(0.3); }
    void draw(std::vector<std::string>& into) { into = any_members(); }

    Random& random_;
    EngineHarness& world_;
    ChannelId kept_;
    int number_ = 0;
};

}  // namespace understudy
