// GET and POST /api/v1/fleet over the real engine and store.
#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Outcome;
using api_test::Stage;

namespace {

struct FleetStage : Stage {
    ProviderId provider = add_provider();
    FleetStage() { holds("203.0.113.10"); }

    void holds(const std::string& text) {
        desk.answers.insert_or_assign(provider,
                                      Outcome{location_of("www.example.org", addresses(text))});
    }
    api_test::Answer send_fleet(const std::string& fleet, const std::string& more = {}) {
        return post("/api/v1/fleet", "{\"fleet\":" + fleet + more + "}");
    }
    // Tried first: a trial has the same refusals and the same changes, and changes nothing.
    api_test::Answer apply(const std::string& fleet, const std::string& more = {}) {
        const std::size_t rows = store.archive().history(HistoryQuery{})->size();
        const auto tried = send_fleet(fleet, more + R"(,"dry_run":true)");
        CHECK(store.archive().history(HistoryQuery{})->size() == rows);
        auto done = send_fleet(fleet, more);
        CHECK(tried.status() == done.status());
        CHECK(tried.errors() == done.errors());
        CHECK(changes_of(tried) == changes_of(done));
        return done;
    }

    static std::string changes_of(const api_test::Answer& answer) {
        std::string out;
        answer["changes"].each([&](json::Value change) {
            out += change["change"].text() + " " + change["kind"].text() + " " +
                   change["name"].text() + " " + change["fields"].text() + "\n";
        });
        return out;
    }
};

const std::string kShop = R"({
    "servers":[{"name":"web1","ipv4":"203.0.113.10"},
               {"name":"web2","ipv4":"203.0.113.20","labels":{"region":"eu"}}],
    "policies":{"calm":{"confirm_s":90,"failback_after_s":"vm"}},
    "pools":[{"name":"shop","members":["web1","web2"],"policy":"calm"}],
    "domains":[{"name":"WWW.example.org","provider":"main","pool":"shop"}],
    "channels":[{"name":"ops","kind":"email","settings":{"to":["ops@example.org"]},
                 "types":["server_down"],"pools":["shop"]},
                {"name":"hook","kind":"webhook","settings":{"url":{"env":"HOOK"}}}]})";
const std::string kSecrets = R"(,"secrets":{"env HOOK":"https://hooks.example.org/T0/secret"})";

}  // namespace

TEST_CASE("a fleet is applied as one batch, and again it is nothing") {
    FleetStage stage;
    const auto applied = stage.apply(kShop, kSecrets);
    REQUIRE(applied.status() == 200);
    CHECK(applied["applied"].boolean() == true);
    CHECK(applied["changes"].size() == 6);
    REQUIRE(applied["tokens"].size() == 2);
    CHECK(applied["tokens"][0]["server"].string() == "web1");
    CHECK(applied["tokens"][0]["token"].string()->starts_with("usa_"));
    REQUIRE(applied["secrets"].size() == 1);
    CHECK(applied["secrets"][0]["secret"].string()->starts_with("whsec_"));
    CHECK(applied.response.body.find("T0/secret") == std::string::npos);
    CHECK(stage.desk.orders_by.back() == "admin token 'ops'");
    const Server* web1 = stage.engine.fleet().server_named("web1");
    REQUIRE(web1 != nullptr);
    CHECK(token_matches(*applied["tokens"][0]["token"].string(), web1->token_hash));
    const auto enrolment = applied["tokens"][0]["enrolment"];
    CHECK(token_hash(*enrolment["code"].string()) == web1->code_hash);
    CHECK(enrolment["until"].string() == to_rfc3339(web1->code_until));
    CHECK(enrolment["controller"].is_null());
    CHECK(stage.engine.fleet().pool_named("shop")->policy.confirm_s.count() == 90);
    CHECK(stage.engine.fleet().domain_named("www.example.org") != nullptr);

    const auto orders = stage.desk.orders_by.size();
    const auto again = stage.apply(kShop, kSecrets);
    CHECK(again.status() == 200);
    CHECK(again["applied"].boolean() == false);
    CHECK(again["changes"].size() == 0);
    CHECK(again["tokens"].size() == 0);
    CHECK(stage.desk.orders_by.size() == orders);
}

TEST_CASE("what is exported is nothing to change, and shows no secret") {
    FleetStage stage;
    REQUIRE(stage.apply(kShop, kSecrets).status() == 200);
    REQUIRE(stage
                .post("/api/v1/channels",
                      R"({"name":"plain","kind":"webhook","url":"https://hooks.example.org/p/q"})")
                .status() == 201);
    const auto exported = stage.get("/api/v1/fleet");
    REQUIRE(exported.status() == 200);
    CHECK(exported.response.body.find("T0/secret") == std::string::npos);
    CHECK(exported.response.body.find("p/q") == std::string::npos);
    CHECK(exported["channels"][1]["settings"].text() == R"({"url":{"env":"HOOK"}})");
    const auto back = stage.apply(exported.response.body, kSecrets);
    CAPTURE(back.response.body);
    CHECK(back.status() == 200);
    CHECK(back["changes"].size() == 0);
}

TEST_CASE("a dry run shows the same and changes nothing") {
    FleetStage stage;
    const auto dry = stage.send_fleet(kShop, kSecrets + R"(,"dry_run":true)");
    CHECK(dry.status() == 200);
    CHECK(dry["dry_run"].boolean() == true);
    CHECK(dry["applied"].boolean() == false);
    CHECK(dry["changes"].size() == 6);
    CHECK(dry["tokens"].size() == 0);
    CHECK(stage.engine.fleet().servers().empty());
}

TEST_CASE("one bad item and nothing is applied") {
    FleetStage stage;
    const auto refused = stage.apply(
        R"({"servers":[{"name":"web1","ipv4":"203.0.113.10"},{"name":"web2","ipv4":"10.0.0.1"}],
            "pools":[{"name":"shop","members":["web1","web3"]}]})");
    CHECK(refused.status() == 422);
    REQUIRE(refused["errors"].size() == 2);
    CHECK(refused["errors"][0]["field"].string() == "servers[1].ipv4");
    CHECK(refused["errors"][1]["field"].string() == "pools[0].members[1]");
    CHECK(stage.engine.fleet().servers().empty());
    CHECK(stage.desk.provider.asked.empty());
}

TEST_CASE("an order that the engine refuses is told of its item, and undoes the others") {
    FleetStage stage;
    // It holds an address of the pool, but not the one that the pool would publish now.
    stage.holds("203.0.113.20");
    const auto refused = stage.apply(kShop, kSecrets);
    CHECK(refused.status() == 409);
    CHECK(refused.text("field") == "domains[0]");
    CHECK(refused.text("detail").starts_with("record 'www.example.org' holds 203.0.113.20"));
    CHECK(stage.engine.fleet().servers().empty());
    CHECK(stage.engine.fleet().channels().empty());
}

TEST_CASE("the records of new domains are read first; the answer waits for all of them") {
    FleetStage stage;
    stage.desk.hold_answers = true;
    stage.begin(stage.request("POST", "/api/v1/fleet", "{\"fleet\":" + kShop + kSecrets + "}"));
    CHECK(stage.times_answered == 0);
    CHECK(stage.desk.provider.asked == std::vector<std::string>{"zones www.example.org"});
    stage.desk.release();
    CHECK(stage.finish().status() == 200);

    stage.desk.hold_answers = false;
    stage.desk.answers.insert_or_assign(stage.provider, transient("no answer"));
    const auto later = stage.apply(
        R"({"domains":[{"name":"www.example.org","provider":"main","pool":"shop"},
                       {"name":"b.example.org","provider":"main","pool":"shop"}]})");
    CHECK(later.status() == 503);
    CHECK(later.text("field") == "domains[1]");
}

TEST_CASE("a removed domain leaves its record alone; sections that are not there are left alone") {
    FleetStage stage;
    REQUIRE(stage.apply(kShop, kSecrets).status() == 200);
    const auto asked = stage.desk.provider.asked.size();
    const auto removed = stage.apply(R"({"domains":[]})");
    CHECK(removed.status() == 200);
    REQUIRE(removed["changes"].size() == 1);
    CHECK(removed["changes"][0]["change"].string() == "removed");
    CHECK(stage.engine.fleet().domains().empty());
    CHECK(stage.engine.fleet().servers().size() == 2);
    CHECK(stage.desk.provider.asked.size() == asked);
}

TEST_CASE("the body is longer than others may be, but not without end") {
    FleetStage stage;
    std::string servers;
    for (int i = 0; i < 5'000; ++i) {
        servers += (i == 0 ? "" : ",") + std::string{R"({"name":"s)"} + std::to_string(i) +
                   R"(","ipv4":"203.)" + std::to_string(i / 250) + "." + std::to_string(i % 250) +
                   R"(.1","labels":{"note":"long enough to be beyond the others' limit"}})";
    }
    CHECK(stage.send_fleet("{\"servers\":[" + servers + "]}", R"(,"dry_run":true)").status() ==
          200);
    CHECK(stage.send_fleet("\"" + std::string(18u << 20, 'x') + "\"").status() == 413);
}

namespace {

// A shop with so many domains of one zone, from the second on beside www.
std::string shop_with(int domains) {
    std::string list;
    for (int i = 0; i < domains; ++i) {
        list += (i == 0 ? "" : ",") + std::string{R"({"name":"d)"} + std::to_string(i) +
                R"(.example.org","provider":"main","pool":"shop"})";
    }
    return R"({"servers":[{"name":"web1","ipv4":"203.0.113.10"}],
               "pools":[{"name":"shop","members":["web1"]}],"domains":[)" +
           list + "]}";
}

}  // namespace

TEST_CASE("the zones of all domains are found at once, and each zone is read once") {
    FleetStage stage;
    CHECK(stage.send_fleet(shop_with(300)).status() == 200);
    CHECK(stage.engine.fleet().domains().size() == 300);
    REQUIRE(stage.desk.provider.asked.size() == 2);
    CHECK(stage.desk.provider.asked[0].starts_with("zones d0.example.org"));
    CHECK(stage.desk.provider.asked[1].starts_with("read example.org d0.example.org"));
    // The zones are known for a while.
    CHECK(stage.send_fleet(shop_with(301)).status() == 200);
    REQUIRE(stage.desk.provider.asked.size() == 3);
    CHECK(stage.desk.provider.asked[2] == "read example.org d300.example.org");
}

TEST_CASE("reading that takes long is told of, goes on, and is not begun again") {
    FleetStage stage;
    stage.desk.hold_answers = true;
    stage.desk.wait = Duration{90'000};
    const auto asked = stage.request("POST", "/api/v1/fleet", "{\"fleet\":" + shop_with(3) + "}");
    stage.begin(asked);
    stage.api.time_passed(stage.now + Duration{4'900});
    CHECK(stage.times_answered == 0);
    stage.api.time_passed(stage.now + Duration{5'100});
    const auto told = stage.finish();
    CHECK(told.status() == 202);
    CHECK(told["wanted"].integer() == 3);
    CHECK(told["read"].integer() == 0);
    CHECK(told["estimate_s"].integer() == 90);
    CHECK(told.header("Retry-After") == "2");
    CHECK(stage.engine.fleet().servers().empty());
    CHECK(stage.get("/api/v1/fleet/reading")["wanted"].integer() == 3);

    stage.desk.hold_answers = false;
    stage.desk.release();
    CHECK(stage.get("/api/v1/fleet/reading")["wanted"].integer() == 0);
    const auto calls = stage.desk.provider.asked.size();
    // Whatever is wrong with one of them is read again when it has been corrected; the others not.
    CHECK(stage.send(asked).status() == 200);
    CHECK(stage.desk.provider.asked.size() == calls);
    CHECK(stage.engine.fleet().domains().size() == 3);
}

TEST_CASE("nobody asks any more: reading ends, what was read is kept for a while") {
    FleetStage stage;
    stage.desk.hold_answers = true;
    const auto asked = stage.request("POST", "/api/v1/fleet", "{\"fleet\":" + shop_with(3) + "}");
    stage.begin(asked);
    stage.api.time_passed(stage.now + Duration{5'100});
    CHECK(stage.finish().status() == 202);
    stage.api.time_passed(stage.now + Duration{121'000});
    const auto calls = stage.desk.provider.asked.size();
    stage.desk.release();  // the zones come too late for anybody
    CHECK(stage.desk.provider.asked.size() == calls);
    stage.desk.hold_answers = false;
    CHECK(stage.send(asked).status() == 200);
    CHECK(stage.desk.provider.asked.size() == calls + 2);
}

TEST_CASE("a record that does not fit is read again once it is corrected") {
    FleetStage stage;
    stage.holds("198.51.100.7");
    CHECK(stage.apply(shop_with(2)).status() == 422);
    stage.holds("203.0.113.10");
    CHECK(stage.apply(shop_with(2)).status() == 200);
}

TEST_CASE("what the engine refuses is refused by a trial as well, and all of it is told") {
    FleetStage stage;
    REQUIRE(stage
                .apply(R"({"servers":[{"name":"web1","ipv4":"203.0.113.10"},
                                       {"name":"web3","ipv4":"203.0.113.30"}],
        "pools":[{"name":"p","members":["web1"]},{"name":"q","members":["web1"]}],
        "domains":[{"name":"www.example.org","provider":"main","pool":"p"},
                   {"name":"shop.example.org","provider":"main","pool":"q"}]})")
                .status() == 200);
    stage.link("web1");
    // web3 was never seen: a pool of it alone would leave its domain without a server.
    const auto refused = stage.apply(R"({"pools":[{"name":"p","members":["web3"]},
                                                  {"name":"q","members":["web3"]}]})");
    CHECK(refused.status() == 409);
    CHECK(refused["errors"].size() == 2);
    CHECK(refused["errors"][0]["field"].string()->starts_with("pools[0]"));
    CHECK(refused["errors"][1]["field"].string()->starts_with("pools[1]"));

    // That web1 is still a member only follows from what is refused.
    const auto cause = stage.apply(
        R"({"servers":[{"name":"web3","ipv4":"203.0.113.30"}],
            "pools":[{"name":"p","members":["web3"]},{"name":"q","members":["web3"]}]})");
    CHECK(cause.status() == 409);
    CHECK(cause["errors"].size() == 2);
}
