// Every kind of change: what was committed is what is loaded, also after closing and opening again.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/contract/store/houses.h"
#include "tests/contract/store/sample.h"

namespace understudy::test {
namespace {

const PoolId kPool{3};
const ProviderId kProvider{4};

TEST_CASE_TEMPLATE("a new store is empty and has a name that stays", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    const Snapshot saved = must_load(house.store());
    CHECK(saved.servers.empty());
    CHECK(saved.domains.empty());
    CHECK(saved.last_id == 0);
    const auto name = house.store().instance();
    REQUIRE(name.ok());
    CHECK_FALSE(name->empty());
    house.reopen();
    CHECK(*house.store().instance() == *name);
}

TEST_CASE_TEMPLATE("every field of the fleet comes back", House, MemoryHouse, SqliteHouse) {
    House house;
    const Domain domain = sample_domain(5, "www.example.org", kPool, kProvider);
    const Channel channel = sample_channel(6, "ops");
    auto changes = small_fleet();
    changes.push_back(SaveDomain{domain});
    changes.push_back(SaveChannel{channel});
    Incident incident;
    incident.id.value = 7;
    incident.severity = Severity::Critical;
    incident.since = incident.waits_since = kDay0;
    incident.acknowledged = Override{"ops", "on my way", kDay0, std::nullopt};
    incident.escalated = {channel.id};
    incident.owed = {channel.id, ChannelId{9}};
    changes.push_back(SaveIncident{incident});
    must_commit(house.store(), changes);
    house.reopen();
    const Snapshot saved = must_load(house.store());
    const std::vector<ServerId> members{ServerId{1}, ServerId{2}};
    CHECK(saved.servers ==
          std::vector<Server>{sample_server(1, "shield-1"), sample_server(2, "shield-2")});
    CHECK(saved.pools == std::vector<Pool>{sample_pool(3, "eu", members)});
    CHECK(saved.providers == std::vector<ProviderAccount>{sample_provider(4, "cf")});
    CHECK(saved.domains == std::vector<Domain>{domain});
    CHECK(saved.channels == std::vector<Channel>{channel});
    CHECK(saved.incidents == std::vector<Incident>{incident});
    CHECK(saved.last_id == 7);
    must_commit(house.store(), {DeleteIncident{incident.id}});
    CHECK(must_load(house.store()).incidents.empty());
}

TEST_CASE_TEMPLATE("values of a fresh thing come back as they are", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Server server;
    server.id.value = 1;
    server.name = "plain";
    server.ipv4 = *parse_ipv4("192.0.2.1");
    Pool pool;
    pool.id.value = 2;
    pool.name = "alone";
    pool.members = {server.id};
    Channel channel;
    channel.id.value = 3;
    channel.name = "all";
    channel.disabled = true;
    must_commit(house.store(), {SaveServer{server}, SavePool{pool}, SaveChannel{channel}});
    house.reopen();
    const Snapshot saved = must_load(house.store());
    CHECK(saved.servers == std::vector<Server>{server});
    CHECK(saved.pools == std::vector<Pool>{pool});
    CHECK(saved.channels == std::vector<Channel>{channel});
}

TEST_CASE_TEMPLATE("saving again replaces the content", House, MemoryHouse, SqliteHouse) {
    House house;
    auto changes = small_fleet();
    changes.push_back(SaveDomain{sample_domain(5, "www.example.org", kPool, kProvider)});
    must_commit(house.store(), changes);
    Domain domain = sample_domain(5, "renamed.example.org", kPool, kProvider);
    domain.record = Publication{};
    domain.news = News::None;
    Pool pool = sample_pool(3, "europe", {ServerId{2}});
    Server server = sample_server(1, "shield-one");
    server.ipv6.reset();
    must_commit(house.store(), {SaveDomain{domain}, SavePool{pool}, SaveServer{server}});
    house.reopen();
    const Snapshot saved = must_load(house.store());
    CHECK(saved.domains == std::vector<Domain>{domain});
    CHECK(saved.pools == std::vector<Pool>{pool});
    CHECK(saved.servers.front() == server);
    CHECK(saved.servers.size() == 2);
}

TEST_CASE_TEMPLATE("rows may come before what they refer to", House, MemoryHouse, SqliteHouse) {
    House house;
    auto changes = small_fleet();
    changes.push_back(SaveDomain{sample_domain(5, "www.example.org", kPool, kProvider)});
    std::reverse(changes.begin(), changes.end());
    must_commit(house.store(), changes);
    CHECK(must_load(house.store()).domains.size() == 1);
}

TEST_CASE_TEMPLATE("what is deleted is gone, and no id comes back", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    auto changes = small_fleet();
    changes.push_back(SaveDomain{sample_domain(5, "www.example.org", kPool, kProvider)});
    changes.push_back(SaveChannel{sample_channel(6, "ops")});
    must_commit(house.store(), changes);
    must_commit(house.store(), {DeleteDomain{DomainId{5}}, DeletePool{kPool},
                                DeleteServer{ServerId{1}}, DeleteServer{ServerId{2}},
                                DeleteProvider{kProvider}, DeleteChannel{ChannelId{6}}});
    house.reopen();
    const Snapshot saved = must_load(house.store());
    CHECK(saved.servers.empty());
    CHECK(saved.pools.empty());
    CHECK(saved.domains.empty());
    CHECK(saved.providers.empty());
    CHECK(saved.channels.empty());
    CHECK(saved.last_id == 6);
    must_commit(house.store(), {SaveProvider{sample_provider(7, "cf")}});
    CHECK(must_load(house.store()).last_id == 7);
}

TEST_CASE_TEMPLATE("ids of every kind count as used", House, MemoryHouse, SqliteHouse) {
    House house;
    LogLine line = sample_line(20);
    line.incident.value = 21;
    must_commit(house.store(), {AppendLog{line}});
    CHECK(must_load(house.store()).last_id == 21);
    Enqueue message = sample_enqueue(22, 1);
    message.notice.incident.value = 23;
    must_commit(house.store(), {message});
    CHECK(must_load(house.store()).last_id == 23);
    Server server = sample_server(24, "a");
    server.incident.value = 25;
    must_commit(house.store(), {SaveServer{server}});
    CHECK(must_load(house.store()).last_id == 25);
    Pool pool = sample_pool(26, "p", {});
    pool.incident.value = 27;
    must_commit(house.store(), {SavePool{pool}});
    CHECK(must_load(house.store()).last_id == 27);
    must_commit(house.store(), {PruneHistory{}, AppendLog{sample_line(3)}}, kDay0);
    CHECK(must_load(house.store()).last_id == 27);
}

TEST_CASE_TEMPLATE("a commit that fails leaves nothing behind", House, MemoryHouse, SqliteHouse) {
    House house;
    must_commit(house.store(), small_fleet());
    Server taken = sample_server(9, "shield-1");
    const std::vector<Change> changes{
        SaveServer{sample_server(1, "renamed")},
        SavePool{sample_pool(3, "eu", {ServerId{2}})},
        AppendLog{sample_line(30)},
        sample_enqueue(31, 6),
        SaveChannel{sample_channel(32, "ops")},
        SaveDomain{sample_domain(33, "a.example.org", kPool, kProvider)},
        DeleteProvider{ProviderId{99}},
        SaveServer{sample_server(34, "shield-2")}};
    const auto done = house.store().commit(changes, kDay0);
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == Errc::Conflict);
    house.reopen();
    const Snapshot saved = must_load(house.store());
    CHECK(saved.servers.front().name == "shield-1");
    CHECK(saved.pools.front().members.size() == 2);
    CHECK(saved.channels.empty());
    CHECK(saved.domains.empty());
    CHECK(saved.last_id == 4);
    CHECK(history_ids(house.archive()).empty());
    CHECK(outbox_ids(house.archive()).empty());
    must_commit(house.store(), {SaveServer{sample_server(1, "renamed")}});
    CHECK(must_load(house.store()).servers.front().name == "renamed");
}

TEST_CASE_TEMPLATE("names are taken once", House, MemoryHouse, SqliteHouse) {
    House house;
    auto changes = small_fleet();
    changes.push_back(SaveDomain{sample_domain(5, "www.example.org", kPool, kProvider)});
    changes.push_back(SaveChannel{sample_channel(6, "ops")});
    must_commit(house.store(), changes);
    const std::vector<Change> twins{
        SaveServer{sample_server(10, "shield-1")}, SavePool{sample_pool(10, "eu", {})},
        SaveProvider{sample_provider(10, "cf")},
        SaveDomain{sample_domain(10, "www.example.org", kPool, kProvider)},
        SaveChannel{sample_channel(10, "ops")}};
    for (const Change& twin : twins) {
        CAPTURE(twin.index());
        const auto done = house.store().commit(std::span{&twin, 1}, kDay0);
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().code == Errc::Conflict);
    }
}

TEST_CASE_TEMPLATE("references must hold at the end of a commit", House, MemoryHouse, SqliteHouse) {
    House house;
    auto changes = small_fleet();
    changes.push_back(SaveDomain{sample_domain(5, "www.example.org", kPool, kProvider)});
    must_commit(house.store(), changes);
    const std::vector<Change> wrong{
        DeleteServer{ServerId{2}}, DeletePool{kPool}, DeleteProvider{kProvider},
        SavePool{sample_pool(3, "eu", {ServerId{77}})},
        SaveDomain{sample_domain(6, "b.example.org", PoolId{77}, kProvider)}};
    for (const Change& change : wrong) {
        CAPTURE(change.index());
        const auto done = house.store().commit(std::span{&change, 1}, kDay0);
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().code == Errc::Conflict);
    }
    CHECK(must_load(house.store()).pools.front().members.size() == 2);
}

TEST_CASE_TEMPLATE("nothing to commit is done", House, MemoryHouse, SqliteHouse) {
    House house;
    must_commit(house.store(), {});
    CHECK(must_load(house.store()).last_id == 0);
}

TEST_CASE_TEMPLATE("every field of a token comes back, and a revoked one does not", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    Token token;
    token.id = TokenId{7};
    token.name = "acme";
    token.hash = "aa";
    token.prefix = "abcdefgh";
    token.role = Role::Operator;
    token.scope.pools = {PoolId{3}, PoolId{4}};
    token.scope.labels = {{"owner", "acme"}};
    token.sources = {*parse_network("203.0.113.0/24"), *parse_network("2001:db8::1")};
    token.expires = kDay0 + Duration{86'400'000};
    token.made_by = "admin token 'ops'";
    token.made = kDay0;
    token.used = kDay0 + Duration{3'600'000};
    token.used_from = "203.0.113.9";
    Token plain;
    plain.id = TokenId{8};
    plain.name = "plain";
    plain.prefix = "ijklmnop";
    must_commit(house.store(), {SaveToken{token}, SaveToken{plain}});
    house.reopen();
    CHECK(must_load(house.store()).tokens == std::vector<Token>{token, plain});
    CHECK(must_load(house.store()).last_id == 8);
    plain.scope.pools.emplace();  // none, which is not "whichever"
    must_commit(house.store(), {SaveToken{plain}, DeleteToken{token.id}});
    CHECK(must_load(house.store()).tokens == std::vector<Token>{plain});
}

TEST_CASE_TEMPLATE("a commit that fails on its way leaves nothing", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    must_commit(house.store(), small_fleet());
    Pool broken = sample_pool(50, "us", {ServerId{51}});
    for (const std::size_t after : {0u, 1u, 2u}) {
        CAPTURE(after);
        std::vector<Change> changes{SaveServer{sample_server(1, "x")}, AppendLog{sample_line(40)}};
        changes.insert(changes.begin() + static_cast<std::ptrdiff_t>(after), SavePool{broken});
        const auto done = house.store().commit(changes, kDay0);
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().code == Errc::Conflict);
        CHECK(must_load(house.store()).servers.front().name == "shield-1");
        CHECK(must_load(house.store()).last_id == 4);
        CHECK(history_ids(house.archive()).empty());
    }
    must_commit(house.store(), {SaveServer{sample_server(1, "x")}});
}

}  // namespace
}  // namespace understudy::test
