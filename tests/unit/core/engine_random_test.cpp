// The engine under seeded random events and orders, nonsense among them, in any order and with
// restarts in between. At every step: nothing aborts, everything commits, memory equals the store
// (engine_harness.h), what people were told makes sense, and no target moves without a reason. In
// the end the world heals, and everything must settle.
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "base/random.h"
#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

const char* const kAddresses[] = {"192.0.2.1", "192.0.2.2",    "192.0.2.3",
                                  "192.0.2.4", "198.51.100.7", "192.0.2.1, 192.0.2.2",
                                  "nothing"};

class RandomRun {
  public:
    explicit RandomRun(std::uint64_t seed) : random_(seed) {
        world_.policy.confirm_s = seconds{random_.below(3) * 20};
        world_.policy.failback_after_s = seconds{random_.below(3) * 40};
        world_.add_channel("everything");
        everything_ = world_.fleet().channel_named("everything")->id;
        for (int i = 0; i < 4; ++i)
            one_order(0);
        for (int i = 0; i < 6; ++i)
            one_order(2);
    }

    void trouble(int steps) {
        for (int i = 0; i < steps; ++i) {
            one_thing();
            check();
        }
    }

    void heal_and_check() {
        for (const Server* server : world_.fleet().servers())
            report(server->id, true);
        for (int i = 0; i < 400; ++i) {
            pass(Duration{10'000});
            for (const Server* server : world_.fleet().servers())
                send(AgentSeen{server->id, links_[server->id]});
            answer_everything();
            check();
        }
        for (const Domain* domain : world_.fleet().domains()) {
            CHECK(domain->record.settled());
            CHECK(domain->news == News::None);
            const Pool& pool = *world_.fleet().pool(domain->pool);
            CHECK_FALSE(pool.outage);
            if (pool.policy.failback != Failback::Auto) continue;
            CHECK_FALSE(pool.failed_over());
            // Unless a person adopted something else, it is home, and people know.
            const AddressSet home =
                world_.fleet().addresses_of(pool, Target{pool.primary()}, domain->with_ipv6);
            if (domain->record.confirmed == home) CHECK_FALSE(domain->announced_away);
        }
        for (const Server* server : world_.fleet().servers())
            CHECK(server->alarm == Alarm::None);
    }

  private:
    // --- chances ---

    template <typename Id, typename Things>
    Id any_of(const Things& things) {
        if (things.empty() || random_.chance(0.1)) {
            const std::int64_t nonsense[] = {0, -1, 3, 999'999, INT64_MAX};
            return Id{random_.chance(0.5) ? nonsense[random_.below(5)]
                                          : static_cast<std::int64_t>(random_.below(200))};
        }
        return things[random_.below(things.size())]->id;
    }
    ServerId any_server() { return any_of<ServerId>(world_.fleet().servers()); }
    DomainId any_domain() { return any_of<DomainId>(world_.fleet().domains()); }
    RecordState any_state() {
        AddressSet addresses = *parse_address_set(kAddresses[random_.below(7)]);
        if (random_.chance(0.1)) addresses.ipv6.push_back(*parse_ipv6("2001:db8::1"));
        return {addresses, Ttl{random_.chance(0.5) ? 300u : 0u}, random_.chance(0.3)};
    }

    // --- events ---

    void send(const Event& event) {
        const auto before = targets();
        const std::size_t told = world_.told.size();
        const bool automatic = !std::holds_alternative<Order>(event);
        const bool held = world_.now < held_until_;
        world_.step(event);
        for (std::size_t i = told; i < world_.told.size(); ++i)
            hear(world_.told[i]);
        if (!automatic) return;
        for (const Pool* pool : world_.fleet().pools()) {
            const auto old = before.find(pool->id);
            if (old == before.end() || old->second == pool->target) continue;
            CHECK_FALSE(held);
            check_move(*pool, old->second);
        }
    }

    std::map<PoolId, Target> targets() {
        std::map<PoolId, Target> out;
        for (const Pool* pool : world_.fleet().pools())
            out[pool->id] = pool->target;
        return out;
    }

    bool fit(ServerId server, const Pool& pool) {
        const auto view = world_.engine().health_of(server, world_.now);
        return view.health == Health::Online && *view.last_seen_ago <= pool.policy.health_timeout_s;
    }

    // Rules 4 to 6, said once more and independently of selection.h.
    void check_move(const Pool& pool, const Target& from) {
        if (pool.target.is_fallback()) {
            for (const ServerId member : pool.members)
                CHECK_FALSE(fit(member, pool));
            return;
        }
        CHECK(fit(pool.target.servers.front(), pool));
        if (pool.target.has(pool.primary()) || from.is_fallback()) return;
        CHECK_FALSE(fit(from.servers.front(), pool));
        CHECK(world_.fleet().server(from.servers.front())->ever_seen);
    }

    // Every deadline is kept at its time; one that comes again at once would hang the loop.
    void pass(Duration by) {
        const Instant end = world_.now + by;
        while (world_.engine().next_deadline() <= end) {
            world_.now = std::max(world_.now, world_.engine().next_deadline());
            send(TimePassed{world_.wall()});
            REQUIRE(world_.engine().next_deadline() > world_.now);
        }
        world_.now = end;
    }

    void report(ServerId server, bool ok) {
        const bool known = world_.fleet().server(server) != nullptr;
        if (known) links_[server] = ++world_.last_link;
        send(AgentLinked{server, known ? world_.last_link : 1, "peer", ok, ok ? "" : "x: y"});
        if (known) send(AgentReported{server, links_[server], ok, ok ? "" : "x: y"});
    }

    LinkId link_of(ServerId server) {
        return random_.chance(0.1) ? random_.below(50) : links_[server];
    }

    void one_thing() {
        const ServerId server = any_server();
        const auto how = static_cast<Departure>(random_.below(5));
        switch (random_.below(12)) {
            case 0:
                return report(server, random_.chance(0.8));
            case 1:
                return send(AgentSeen{server, link_of(server)});
            case 2:
                return send(AgentReported{server, link_of(server), random_.chance(0.6), "a"});
            case 3:
                return send(AgentLeft{server, link_of(server), how, ""});
            case 4:
                return pass(Duration{random_.below(5'000)});
            case 5:
                return pass(Duration{random_.below(200'000)});
            case 6:
                return random_.chance(0.1) ? stall() : send(TimePassed{world_.wall()});
            case 7:
                return one_answer();
            case 8:
                return answer_everything();
            case 9:
                return send(CertificateSeen{any_domain(), server, "2027-01-01T00:00:00Z",
                                            static_cast<int>(random_.below(30))});
            case 10:
                return random_.chance(0.1) ? restart() : one_answer();
            default:
                return one_order(random_.below(18));
        }
    }

    void stall() {
        world_.now += Duration{random_.below(60'000)};
        send(Stalled{Duration{5'000}});
        held_until_ = world_.now + world_.timings.stall_grace;
    }

    void restart() {
        links_.clear();
        held_until_ = {};
        world_.restart();
    }

    // A provider's answer: to a domain or a generation that may be long gone.
    void one_answer() {
        const DomainId id = any_domain();
        const Domain* row = world_.fleet().domain(id);
        std::int64_t generation = row == nullptr ? 1 : row->record.generation;
        if (random_.chance(0.2)) generation += static_cast<std::int64_t>(random_.below(4)) - 2;
        const Error error = random_.chance(0.5) ? rejected("no") : transient("503");
        const int attempts = static_cast<int>(random_.below(6));
        switch (random_.below(3)) {
            case 0:
                return send(RecordConfirmed{id, generation, any_state()});
            case 1:
                return send(RecordRefused{id, generation, error, attempts});
            default:
                return send(RecordObserved{id, generation, any_state()});
        }
    }

    // Confirms what is behind, and lets a person enforce what is in conflict.
    void answer_everything() {
        for (const Domain* row : world_.fleet().domains()) {
            if (row->record.in_conflict()) give(EnforceDomain{row->id, any_state()});
        }
        const auto due = world_.store.due({}, 1000);
        REQUIRE(due.ok());
        for (const RecordBehind& behind : due->records)
            send(RecordConfirmed{
                behind.domain, behind.generation, {behind.desired, behind.desired_ttl, false}});
    }

    // --- orders ---

    void give(OrderAction action) { send(Order{{1, "ops"}, std::move(action)}); }

    void one_order(std::uint64_t kind) {
        switch (kind) {
            case 0:
            case 1:
                return add_server();
            case 2:
            case 3:
            case 4:
                return add_domain();
            case 5:
                return give(RemoveServer{any_server()});
            case 6:
                return give(RotateToken{any_server(), "hash", unique("token")});
            case 7:
                return give(RemoveDomain{any_domain()});
            case 8:
                return give(AdoptDomain{any_domain(), any_state()});
            case 9:
                return give(EnforceDomain{any_domain(), any_state()});
            case 10:
                return give(FailbackPool{any_of<PoolId>(world_.fleet().pools())});
            case 11:
                return give(AddProvider{{{}, unique("p"), "cloudflare", "{}", ""}});
            case 12:
                return give(RemoveProvider{any_of<ProviderId>(world_.fleet().providers())});
            case 13:
                return add_channel();
            case 14:
                return random_.chance(0.5) ? give(RemoveChannel{other_channel()})
                                           : give(DisableChannel{other_channel(), "gone"});
            case 15:
                return give(EnableChannel{other_channel()});
            case 16:
                return give(ReplaceCredential{any_of<ProviderId>(world_.fleet().providers()),
                                              unique("sealed")});
            default:
                return give(TestChannel{any_of<ChannelId>(world_.fleet().channels())});
        }
    }

    std::string unique(const std::string& word) { return word + std::to_string(++number_); }

    void add_server() {
        if (world_.fleet().servers().size() >= 5) return;
        AddServer add;
        add.name = random_.chance(0.1) ? "server" : unique("s");
        add.ipv4 = *parse_ipv4(kAddresses[random_.below(4)]);
        if (random_.chance(0.3)) add.ipv6 = parse_ipv6("2001:db8::1");
        add.token_prefix = unique("token");
        give(add);
    }

    void add_domain() {
        if (world_.fleet().domains().size() >= 12) return;
        AddDomain add;
        add.name = unique("d") + ".example.org";
        add.provider = any_of<ProviderId>(world_.fleet().providers());
        if (world_.fleet().providers().empty()) add.provider = world_.provider();
        add.zone_name = "example.org";
        for (std::uint64_t i = random_.below(4); i < 4; ++i)
            add.pool.members.push_back(any_server());
        add.pool.policy = world_.policy;
        add.pool.policy->reaction = random_.chance(0.2) ? Reaction::Maintenance : Reaction::Prompt;
        add.pool.policy->failback = static_cast<Failback>(random_.below(3));
        add.pool.policy->health_timeout_s = seconds{random_.chance(0.2) ? 30 : 120};
        if (random_.chance(0.3)) add.pool.policy->fallback_ipv4 = parse_ipv4("203.0.113.1");
        if (random_.chance(0.1)) add.pool.policy->fallback_ipv6 = parse_ipv6("2001:db8::9");
        add.with_ipv6 = random_.chance(0.3);
        add.observed = any_state();
        add.exists = random_.chance(0.9);
        add.enforce = random_.chance(0.8);
        give(add);
    }

    void add_channel() {
        Channel channel;
        channel.name = unique("c");
        if (random_.chance(0.5)) channel.pools = {any_of<PoolId>(world_.fleet().pools())};
        if (random_.chance(0.2)) channel.types = {NoticeType::FailoverTriggered};
        if (random_.chance(0.2)) channel.labels = {{"region", "eu"}};
        give(AddChannel{channel});
    }

    ChannelId other_channel() {
        const ChannelId id = any_of<ChannelId>(world_.fleet().channels());
        return id == everything_ ? ChannelId{} : id;
    }

    // --- what people were told ---

    void hear(const Enqueue& entry) {
        if (entry.channel != everything_) return;
        const Notice& notice = entry.notice;
        const auto away = [&](bool now_away) {
            for (const MovedDomain& domain : notice.domains)
                now_away ? (void)away_.insert(domain.name) : (void)away_.erase(domain.name);
        };
        switch (notice.type) {
            case NoticeType::ServerDown:
            case NoticeType::ServerError:
                alarmed_.insert(notice.server);
                break;
            case NoticeType::ServerUp:
                CHECK(alarmed_.erase(notice.server) == 1);
                break;
            case NoticeType::OutageStarted:
                CHECK(outages_.insert(notice.pool).second);
                break;
            case NoticeType::OutageResolved:
                CHECK(outages_.erase(notice.pool) == 1);
                break;
            case NoticeType::FailoverTriggered:
            case NoticeType::FailoverFailed:
                away(true);
                break;
            case NoticeType::ServerRecovered:
                for (const MovedDomain& domain : notice.domains) {
                    CAPTURE(domain.name);
                    CHECK(away_.contains(domain.name));
                }
                away(false);
                break;
            default:
                break;
        }
    }

    void check() {
        for (const Server* server : world_.fleet().servers())
            CHECK((server->alarm != Alarm::None) == alarmed_.contains(server->id));
        for (const Pool* pool : world_.fleet().pools())
            CHECK(pool->outage == outages_.contains(pool->id));
        for (const Domain* domain : world_.fleet().domains())
            CHECK(domain->announced_away == away_.contains(domain->name));
    }

    Random random_;
    EngineHarness world_;
    ChannelId everything_;
    std::map<ServerId, LinkId> links_;
    std::set<ServerId> alarmed_;
    std::set<PoolId> outages_;
    std::set<std::string> away_;
    Instant held_until_{};
    int number_ = 0;
};

}  // namespace

TEST_CASE("engine: random events neither break it nor what it tells") {
    const char* more = std::getenv("UNDERSTUDY_SEEDS");  // a longer hunt than the usual one
    const std::uint64_t seeds = more == nullptr ? 30 : std::strtoull(more, nullptr, 10);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CAPTURE(seed);
        RandomRun run{seed};
        run.trouble(1500);
        run.heal_and_check();
    }
}

}  // namespace understudy
