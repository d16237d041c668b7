// The plan: from a fleet and a document to differences and orders, without an engine.
#include "controller/api/fleet_plan.h"

#include <doctest/doctest.h>

#include "base/json.h"

using namespace understudy;
using namespace understudy::api;

namespace {

struct Desk {
    UndoLog log;
    Fleet fleet{log};
    Locations located;
    Problems problems;
    std::string secrets = "{}";
    std::map<std::string, std::string> sealed;  // by the channel's name
    std::int64_t last_id = 0;

    ServerId add_server(const std::string& name, const std::string& ipv4) {
        Server server;
        server.id = ServerId{++last_id};
        server.name = name;
        server.ipv4 = *parse_ipv4(ipv4);
        server.token_prefix = name;
        fleet.put(server);
        return server.id;
    }
    PoolId add_pool(const std::string& name, std::vector<ServerId> members) {
        Pool pool;
        pool.id = PoolId{++last_id};
        pool.name = name;
        pool.members = std::move(members);
        pool.target = Target{pool.primary()};
        fleet.put(pool);
        return pool.id;
    }
    DomainId add_domain(const std::string& name, PoolId pool) {
        Domain domain;
        domain.id = DomainId{++last_id};
        domain.name = name;
        domain.pool = pool;
        domain.provider = ProviderId{1};
        domain.zone_name = "example.org";
        fleet.put(domain);
        return domain.id;
    }
    Desk() {
        ProviderAccount account;
        account.id = ProviderId{++last_id};
        account.name = "dns";
        fleet.put(account);
        const ServerId web1 = add_server("web1", "203.0.113.10");
        const ServerId web2 = add_server("web2", "203.0.113.20");
        add_domain("www.example.org", add_pool("shop", {web1, web2}));
    }

    FleetPlan plan(const std::string& text) {
        const auto fleet_json = json::Document::parse(text);
        const auto secrets_json = json::Document::parse(secrets);
        REQUIRE(fleet_json.ok());
        problems.clear();
        const FleetReading reading{Policy{}, false, secrets_json->root()};
        const FleetDocument document = read_fleet(fleet_json->root(), reading, problems);
        return plan_fleet(
            {fleet, document, located,
             [this](const Channel& channel) { return Secret{sealed[channel.name]}; },
             [](const std::string&, const std::string&, const Secret&) {
                 return std::optional<Error>{};
             },
             [](const ChannelSetting&) { return Secret{"whsec_" + std::string(32, 'A')}; }});
    }
    // "field: message" of everything wrong, reading and planning.
    std::string wrong(const std::string& text) {
        const FleetPlan made = plan(text);
        std::string out;
        for (const Problems* list : {&std::as_const(problems), &made.problems}) {
            for (const Error& error : *list)
                out += error.field + ": " + error.message + "\n";
        }
        return out;
    }
};

std::string shape(const FleetPlan& plan) {
    std::string out;
    for (const Difference& each : plan.differences) {
        out += each.how == Difference::How::Added     ? "+ "
               : each.how == Difference::How::Changed ? "~ "
                                                      : "- ";
        out += each.kind + " " + each.name;
        for (const FieldChange& field : each.fields)
            out += " " + field.field + " [" + field.from + " -> " + field.to + "]";
        out += "\n";
    }
    return out;
}

template <typename T>
std::vector<std::size_t> places_of(const FleetPlan& plan) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < plan.orders.size(); ++i) {
        if (std::holds_alternative<T>(plan.orders[i].action)) places.push_back(i);
    }
    return places;
}

const std::string kServers =
    R"("servers":[{"name":"web1","ipv4":"203.0.113.10"},{"name":"web2","ipv4":"203.0.113.20"}])";
const std::string kPools = R"("pools":[{"name":"shop","members":["web1","web2"]}])";
const std::string kDomains =
    R"("domains":[{"name":"www.example.org","provider":"dns","pool":"shop"}])";

}  // namespace

TEST_CASE("fleet plan: the fleet as it is needs no order, whole and section by section") {
    Desk desk;
    for (const std::string& text :
         {"{" + kServers + "," + kPools + "," + kDomains + "}", "{" + kServers + "}",
          "{" + kPools + "}", "{" + kDomains + "}", std::string{"{}"}}) {
        const FleetPlan plan = desk.plan(text);
        CAPTURE(text);
        CHECK(desk.problems.empty());
        CHECK(plan.problems.empty());
        CHECK(plan.differences.empty());
        CHECK(plan.orders.empty());
    }
}

TEST_CASE("fleet plan: what a dynamic server followed stays, and it is said") {
    Desk desk;
    const auto text = [](const std::string& more) {
        return R"({"servers":[{"name":"web1","ipv4":"203.0.113.10")" + more +
               R"(},{"name":"web2","ipv4":"203.0.113.20"}]})";
    };
    CHECK(shape(desk.plan(text(R"(,"dynamic":true)"))) == "~ server web1 dynamic [off -> on]\n");
    Server web1 = *desk.fleet.server_named("web1");
    web1.dynamic = true;
    web1.ipv4 = *parse_ipv4("203.0.113.11");
    desk.fleet.put(web1);
    // Nothing was followed: a person has changed it.
    CHECK(shape(desk.plan(text(R"(,"dynamic":true)"))) ==
          "~ server web1 ipv4 [203.0.113.11 -> 203.0.113.10]\n");
    web1.followed_ipv4 = {WallTime{Duration{1}}};
    desk.fleet.put(web1);
    const std::vector<std::string> kept{
        "server 'web1' keeps 203.0.113.11, which followed its agent; the file has 203.0.113.10"};
    for (const std::string more : {R"(,"dynamic":true)", ""}) {
        CAPTURE(more);
        const FleetPlan plan = desk.plan(text(more));
        CHECK(shape(plan).empty());
        CHECK(plan.warnings == kept);
    }
    // The next apply of the same file would take its address, which may be dead by now.
    CHECK(desk.wrong(text(R"(,"dynamic":false)")) ==
          "servers[0]: server 'web1' has followed its agent to 203.0.113.11; the file has "
          "203.0.113.10 and ends following\n");
    const std::string present = R"({"servers":[{"name":"web1","ipv4":"203.0.113.11",
        "dynamic":false},{"name":"web2","ipv4":"203.0.113.20"}]})";
    CHECK(shape(desk.plan(present)) == "~ server web1 dynamic [on -> off]\n");
    // What a file does not say is not ordered.
    web1.followed_ipv4.clear();
    desk.fleet.put(web1);
    CHECK_FALSE(std::get<EditServer>(desk.plan(text("")).orders.at(0).action).dynamic);
}

TEST_CASE("fleet plan: another order in a section changes nothing, of members it does") {
    Desk desk;
    const auto sections = desk.plan(
        R"({"servers":[{"name":"web2","ipv4":"203.0.113.20"},
                       {"name":"web1","ipv4":"203.0.113.10"}]})");
    CHECK(sections.orders.empty());
    const auto members = desk.plan(R"({"pools":[{"name":"shop","members":["web2","web1"]}]})");
    CHECK(shape(members) == "~ pool shop members [web1, web2 -> web2, web1]\n");
    REQUIRE(members.orders.size() == 1);
    CHECK(std::get<SetMembers>(members.orders[0].action).members ==
          std::vector<std::string>{"web2", "web1"});
}

TEST_CASE("fleet plan: a server under another name is refused, and said to be a renaming") {
    Desk desk;
    const std::string renamed = desk.wrong(
        R"({"servers":[{"name":"web1","ipv4":"203.0.113.10"},
                       {"name":"edge2","ipv4":"203.0.113.20"}],
            "pools":[{"name":"shop","members":["web1","edge2"]}]})");
    CHECK(renamed ==
          "servers[1]: 203.0.113.20 belongs to server 'web2', which this file no longer names\n");
}

TEST_CASE("fleet plan: an address is free once an edit before it gave it up") {
    Desk desk;
    const auto plan = desk.plan(
        R"({"servers":[{"name":"web1","ipv4":"203.0.113.20"},{"name":"web2","ipv4":"203.0.113.21"},
                       {"name":"web3","ipv4":"203.0.113.10"}]})");
    CHECK(plan.problems.empty());
    REQUIRE(plan.orders.size() == 3);
    CHECK(plan.orders[0].path == "servers[1]");
    CHECK(plan.orders[1].path == "servers[0]");
    CHECK(std::get<AddServer>(plan.orders[2].action).name == "web3");
    const std::string exchanged = desk.wrong(
        R"({"servers":[{"name":"web1","ipv4":"203.0.113.20"},
                       {"name":"web2","ipv4":"203.0.113.10"}]})");
    CHECK(exchanged.find("servers[0]: 203.0.113.20 belongs to server 'web2'\n") == 0);
}

TEST_CASE("fleet plan: orders come so that each can rely on those before it") {
    Desk desk;
    desk.add_server("old", "203.0.113.90");
    const PoolId spare = desk.add_pool("spare", {ServerId{2}});
    desk.add_domain("gone.example.org", spare);
    Location location;
    location.zone = {"z", "example.org"};
    location.reading = {
        "new.example.org", true, {*parse_address_set("203.0.113.30"), Ttl{300}, false}, {}};
    desk.located.insert_or_assign("new.example.org", location);
    const auto plan = desk.plan(R"({
        "servers":[{"name":"web1","ipv4":"203.0.113.10"},
                   {"name":"web2","ipv4":"203.0.113.20","labels":{"region":"eu"}},
                   {"name":"web3","ipv4":"203.0.113.30"}],
        "policies":{"calm":{"confirm_s":90}},
        "pools":[{"name":"shop","members":["web2","web1"],"policy":"calm"},
                 {"name":"edge","members":["web3"]}],
        "domains":[{"name":"www.example.org","provider":"dns","pool":"edge"},
                   {"name":"new.example.org","provider":"dns","pool":"edge"}]})");
    CHECK(desk.problems.empty());
    REQUIRE(plan.problems.empty());
    REQUIRE(plan.orders.size() == 10);
    CHECK(places_of<EditServer>(plan) == std::vector<std::size_t>{0});
    CHECK(places_of<AddServer>(plan) == std::vector<std::size_t>{1});
    CHECK(places_of<AddPool>(plan) == std::vector<std::size_t>{2});
    CHECK(places_of<SetMembers>(plan) == std::vector<std::size_t>{3});
    CHECK(places_of<SetPolicy>(plan) == std::vector<std::size_t>{4});
    CHECK(places_of<AddDomain>(plan) == std::vector<std::size_t>{5});
    CHECK(places_of<MoveDomains>(plan) == std::vector<std::size_t>{6});
    CHECK(places_of<RemoveDomain>(plan) == std::vector<std::size_t>{7});
    CHECK(places_of<RemovePool>(plan) == std::vector<std::size_t>{8});
    CHECK(places_of<RemoveServer>(plan) == std::vector<std::size_t>{9});
    CHECK(std::get<MoveDomains>(plan.orders[6].action).pool_name == "edge");
    CHECK(plan.orders[6].path == "domains[0]");
    CHECK(shape(plan).find("policy.confirm_s [30 -> 90]") != std::string::npos);
    CHECK(shape(plan).find("~ domain www.example.org pool [shop -> edge]\n") != std::string::npos);
}

TEST_CASE("fleet plan: what is still in use is not removed") {
    Desk desk;
    CHECK(desk.wrong(R"({"servers":[{"name":"web1","ipv4":"203.0.113.10"}]})") ==
          "servers: server 'web2' is not in the file but is a member of pool 'shop'\n");
    CHECK(desk.wrong(R"({"pools":[]})") ==
          "pools: pool 'shop' is not in the file but serves 1 domains\n");
    CHECK(desk.wrong("{\"pools\":[]," + kDomains + "}") ==
          "domains[0].pool: there is no pool 'shop' in this file\n");
}

TEST_CASE("fleet plan: everything wrong is named with its place") {
    Desk desk;
    const std::string found = desk.wrong(R"({
        "servers":[{"name":"web1","ipv4":"203.0.113.1000"},{"name":"web1","ipv4":"203.0.113.11"},
                   {"ipv4":"203.0.113.11","colour":"red"}],
        "pools":[{"name":"shop","members":["web1","web9","web1"],"policy":{"confirm_s":-1}},
                 {"name":"edge","members":[],"policy":"calm"}],
        "domains":[{"name":"a..b","provider":"dns","pool":"shop"},
                   {"name":"b.example.org","provider":"other","pool":"none"}],
        "channels":[{"name":"hook","kind":"webhook","settings":{"url":"https://x/y"}},
                    {"name":"mail","kind":"fax"}]})");
    for (const char* path :
         {"servers[0].ipv4: ", "servers[1].name: ", "servers[2].name: ", "servers[2].colour: ",
          "servers[2].ipv4: ", "pools[0].members[1]: ", "pools[0].members[2]: ",
          "pools[0].policy.confirm_s: ", "pools[1].members: ", "pools[1].policy: ",
          "domains[0].name: ", "domains[1].provider: ", "domains[1].pool: ",
          "channels[0].settings.url: ", "channels[1].kind: "}) {
        CAPTURE(path);
        CHECK(("\n" + found).find(std::string{"\n"} + path) != std::string::npos);
    }
    CHECK(found.find("https://x/y") == std::string::npos);
}

TEST_CASE("fleet plan: a new domain waits for its record, and every unfit record is named") {
    Desk desk;
    const std::string text =
        "{\"domains\":["
        R"({"name":"www.example.org","provider":"dns","pool":"shop"},
                                {"name":"a.example.org","provider":"dns","pool":"shop"},
                                {"name":"b.example.org","provider":"dns","pool":"shop"}]})";
    REQUIRE(desk.plan(text).unread.size() == 2);
    Location location;
    location.zone = {"z", "example.org"};
    location.reading = {
        "a.example.org", true, {*parse_address_set("198.51.100.7"), Ttl{300}, false}, {}};
    desk.located.insert_or_assign("a.example.org", location);
    location.reading.exists = false;
    desk.located.insert_or_assign("b.example.org", location);
    CHECK(desk.wrong(text) ==
          "domains[1]: record 'a.example.org' holds 198.51.100.7, and no server of pool 'shop' has "
          "that\ndomains[2]: record 'b.example.org' does not exist\n");
}

TEST_CASE("fleet plan: a channel keeps its reference, and a new secret behind it is a change") {
    Desk desk;
    const std::string text =
        R"({"channels":[{"name":"hook","kind":"webhook","settings":{"url":{"file":"hook.url"}}}]})";
    CHECK(desk.wrong(text) ==
          "channels[0].settings.url: the content of this reference was not sent\n");
    desk.secrets = R"({"file hook.url":"https://hooks.example.org/T0/secret"})";
    const auto added = desk.plan(text);
    REQUIRE(added.orders.size() == 1);
    const Channel made = std::get<AddChannel>(added.orders[0].action).channel;
    CHECK(made.settings == R"({"origin":"https://hooks.example.org","url":{"file":"hook.url"}})");
    CHECK_FALSE(added.orders[0].generated.empty());
    Channel kept = made;
    kept.id = ChannelId{++desk.last_id};
    desk.fleet.put(kept);
    desk.sealed["hook"] = added.orders[0].to_seal.reveal();
    CHECK(desk.plan(text).differences.empty());

    desk.secrets = R"({"file hook.url":"https://hooks.example.org/T0/other"})";
    const auto changed = desk.plan(text);
    CHECK(shape(changed) == "~ channel hook content of settings.url [(hidden) -> (another)]\n");
    REQUIRE(changed.orders.size() == 1);
    CHECK(std::get<EditChannel>(changed.orders[0].action).channel.id == kept.id);
    CHECK(shape(desk.plan(R"({"channels":[]})")) == "- channel hook\n");
}

TEST_CASE("fleet plan: a pool made for its domains goes with the last, without an order") {
    Desk desk;
    Pool pool = *desk.fleet.pool_named("shop");
    pool.implicit = true;
    desk.fleet.put(pool);
    const auto plan = desk.plan(R"({"pools":[],"domains":[]})");
    CHECK(plan.problems.empty());
    CHECK(shape(plan) == "- pool shop\n- domain www.example.org\n");
    CHECK(plan.orders.size() == 1);
    CHECK(desk.wrong("{" + kPools + R"(,"domains":[]})").find("goes with the last of them") !=
          std::string::npos);
}

namespace {

void narrow(Desk& desk, const std::vector<PoolId>& pools) {
    Channel channel;
    channel.id = ChannelId{++desk.last_id};
    channel.name = "ops";
    channel.kind = "email";
    channel.settings = R"({"to":["ops@example.org"]})";
    channel.pools = pools;
    desk.fleet.put(channel);
}

std::string channels_with(const std::string& pools) {
    return R"("channels":[{"name":"ops","kind":"email","settings":{"to":["ops@example.org"]},)"
           R"("pools":[)" +
           pools + "]}]";
}

}  // namespace

TEST_CASE("fleet plan: a channel lets go of a pool before it is removed") {
    Desk desk;
    narrow(desk, {desk.add_pool("spare", {ServerId{2}})});
    const std::string pools = "{" + kPools;
    CHECK(desk.wrong(pools + "}") ==
          "pools: pool 'spare' is not in the file but a channel is narrowed to it\n");
    CHECK(desk.wrong(pools + "," + channels_with(R"("spare")") + "}") ==
          "channels[0].pools[0]: there is no pool 'spare'\n");
    for (const std::string& channels :
         {channels_with(R"("shop")"), std::string{R"("channels":[])"}}) {
        const auto plan = desk.plan(pools + "," + channels + "}");
        CHECK(plan.problems.empty());
        REQUIRE(plan.orders.size() == 2);
        CHECK(places_of<RemovePool>(plan) == std::vector<std::size_t>{1});
    }
}

TEST_CASE("fleet plan: a pool made for its domains stays while a channel is narrowed to it") {
    Desk desk;
    Pool pool = *desk.fleet.pool_named("shop");
    pool.implicit = true;
    desk.fleet.put(pool);
    narrow(desk, {pool.id});
    CHECK(shape(desk.plan(R"({"domains":[]})")) == "- domain www.example.org\n");
    CHECK(desk.wrong("{" + kPools + R"(,"domains":[]})").empty());
    CHECK(desk.wrong(R"({"pools":[],"domains":[]})") ==
          "pools: pool 'shop' is not in the file but a channel is narrowed to it\n");
    const auto plan = desk.plan(R"({"domains":[],"channels":[]})");
    CHECK(shape(plan) == "- pool shop\n- domain www.example.org\n- channel ops\n");
    CHECK(places_of<RemoveChannel>(plan) == std::vector<std::size_t>{0});
    CHECK(places_of<RemovePool>(plan).empty());
    CHECK(desk.wrong(R"({"domains":[],"servers":[]})").find("is a member of pool 'shop'") !=
          std::string::npos);
}

TEST_CASE("fleet plan: a pool that is gone is not the same as all pools") {
    Desk desk;
    narrow(desk, {PoolId{999}});
    CHECK(shape(desk.plan("{" + channels_with("") + "}")) ==
          "~ channel ops pools [(removed pool 999) -> ]\n");
}
