// EngineHarness: the engine with a store and a clock that the test moves. After every step the
// decision is committed, every invariant is checked, and memory is compared with the store.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "controller/core/engine.h"
#include "controller/core/invariants.h"
#include "tests/support/store_in_memory.h"

namespace understudy {

class EngineHarness {
  public:
    EngineHarness() { restart(); }

    void restart() {
        engine_ = std::make_unique<Engine>(timings, policy, saved(), now, wall());
        pass_time();
    }

    Decision step(const Input& input) {
        Decision decision = engine_->step(now, input);
        REQUIRE(store.commit(decision.changes, {}).ok());
        invariants::check_all(fleet());
        // A row that is wrong stays so: in a long run it is found a little later.
        if (++steps_ <= kEachCompared || steps_ % kThenEvery == 0) check_same_as_store();
        for (const Change& change : decision.changes) {
            if (const auto* entry = std::get_if<Enqueue>(&change)) told.push_back(*entry);
            if (const auto* log = std::get_if<AppendLog>(&change)) lines.push_back(log->line);
        }
        return decision;
    }

    Result<OrderDone> order(OrderAction action) {
        auto decision = step(Order{{7, "ops"}, std::move(action)});
        REQUIRE(decision.replies.size() == 1);
        CHECK(decision.replies.front().request == 7);
        return decision.replies.front().result;
    }

    // Moves the clock; every deadline on the way is run at its own time, with the agents silent.
    void advance(Duration by) {
        const Instant end = now + by;
        while (engine_->next_deadline() <= end) {
            now = std::max(now, engine_->next_deadline());
            pass_time();
            REQUIRE(engine_->next_deadline() > now);
        }
        now = end;
    }

    // Days after 1970, so that the hours before it are times as well.
    WallTime wall() const {
        return WallTime{now.time_since_epoch() + std::chrono::hours{240} + clock_step};
    }
    Decision pass_time() { return step(TimePassed{wall()}); }

    const Fleet& fleet() const { return engine_->fleet(); }
    Engine& engine() { return *engine_; }

    // --- a small fleet ---

    ServerId add_server(const std::string& name, const std::string& address) {
        AddServer add;
        add.name = name;
        add.ipv4 = *parse_ipv4(address);
        add.token_prefix = name;
        add.token_hash = "hash";
        return ServerId{order(add)->id};
    }

    ProviderId provider() {
        if (const auto* known = fleet().provider_named("dns")) return known->id;
        return ProviderId{order(AddProvider{{{}, "dns", "cloudflare", "{}", "sealed"}})->id};
    }

    AddDomain domain_order(const std::string& name, const std::vector<ServerId>& members) {
        AddDomain add;
        add.name = name;
        add.provider = provider();
        add.zone_id = "zone";
        add.zone_name = "example.org";
        add.pool.members = members;
        add.pool.policy = policy;
        add.observed = {make_address_set(fleet().server(members.front())->ipv4, {}), Ttl{300},
                        false};
        return add;
    }

    DomainId add_domain(const std::string& name, const std::vector<ServerId>& members) {
        return DomainId{order(domain_order(name, members))->id};
    }

    ChannelId add_channel(const std::string& name) {
        Channel channel;
        channel.name = name;
        channel.kind = "webhook";
        channel.settings = "{}";
        return ChannelId{order(AddChannel{channel})->id};
    }

    void link(ServerId server, bool ok = true) {
        step(AgentLinked{server, ++last_link, "", ok, ok ? "" : "haproxy: refused"});
        links_[server] = last_link;
    }
    void leave(ServerId server, Departure how = Departure::Closed) {
        step(AgentLeft{server, links_[server], how, ""});
    }
    void seen(ServerId server) { step(AgentSeen{server, links_[server], {}}); }

    // The provider confirms what is desired now.
    void confirm(DomainId id) {
        const Domain& row = *fleet().domain(id);
        step(RecordConfirmed{
            id, row.record.generation, {row.record.desired, row.record.desired_ttl, row.proxied}});
    }
    void observe(DomainId id, const std::string& addresses) {
        step(RecordObserved{id,
                            fleet().domain(id)->record.generation,
                            {*parse_address_set(addresses), Ttl{300}, false}});
    }

    std::size_t times_told(NoticeType type) const {
        std::size_t count = 0;
        for (const Enqueue& entry : told)
            count += entry.notice.type == type ? 1 : 0;
        return count;
    }

    test::StoreInMemory store;
    EngineTimings timings;
    Policy policy;
    Instant now{Duration{1'000'000}};
    Duration clock_step{0};  // what the wall clock was stepped by
    LinkId last_link = 0;
    std::vector<Enqueue> told;
    std::vector<LogLine> lines;

  private:
    Snapshot saved() {
        auto snapshot = store.load();
        REQUIRE(snapshot.ok());
        return std::move(snapshot).value();
    }

    template <typename Thing>
    static void check_same(const std::vector<const Thing*>& in_memory,
                           const std::vector<Thing>& in_store) {
        REQUIRE(in_memory.size() == in_store.size());
        for (std::size_t i = 0; i < in_store.size(); ++i)
            CHECK(*in_memory[i] == in_store[i]);
    }

    void check_same_as_store() {
        const Snapshot rows = saved();
        check_same(fleet().servers(), rows.servers);
        check_same(fleet().pools(), rows.pools);
        check_same(fleet().domains(), rows.domains);
        check_same(fleet().providers(), rows.providers);
        check_same(fleet().channels(), rows.channels);
        check_same(fleet().incidents(), rows.incidents);
        CHECK(fleet().controls() == rows.controls);
    }

    static constexpr int kEachCompared = 100, kThenEvery = 10;

    std::unique_ptr<Engine> engine_;
    std::map<ServerId, LinkId> links_;
    int steps_ = 0;
};

}  // namespace understudy
