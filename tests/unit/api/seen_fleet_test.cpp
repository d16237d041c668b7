#include "controller/api/seen_fleet.h"

#include "base/undo_log.h"
#include "controller/core/within.h"
#include "tests/unit/api/customers.h"

using namespace understudy;
using api_test::Answer;
using api_test::Customers;

namespace {

// Names that begin so are the other's, and so is what is nobody's but the agency's.
void tells_nothing_of_others(const Answer& answer) {
    for (const char* name : {"betashield", "betapool", "betashop", "betahook", "houseshield",
                             "househook", "203.0.113.2", "203.0.113.31", "\"beta"}) {
        CAPTURE(name);
        CHECK(answer.response.body.find(name) == std::string::npos);
    }
}

}  // namespace

TEST_CASE("no answer tells a customer of another, be it in a list, a sentence or a count") {
    Customers all;
    const std::string secret = all.acme("admin");
    for (const char* name : {"betashield1", "betashield2", "acmeshield1"})
        all.leaves(name);
    all.stage.now += Duration{200'000};
    all.stage.desk.now = all.stage.now;
    all.happens(TimePassed{all.stage.wall});
    for (const char* target :
         {"/metrics", "/api/v1/status", "/api/v1/servers", "/api/v1/pools", "/api/v1/controls",
          "/api/v1/domains", "/api/v1/domains/shop.example.org/explain", "/api/v1/what-if?all=true",
          "/api/v1/what-if?pool=acmepool", "/api/v1/channels", "/api/v1/tokens", "/api/v1/fleet",
          "/api/v1/events", "/api/v1/notifications", "/api/v1/servers/acmeshield1",
          "/api/v1/pools/acmepool", "/api/v1/incidents", "/api/v1/status-page"}) {
        CAPTURE(target);
        const Answer answer = all.as(secret, "GET", target);
        CHECK(answer.status() == 200);
        tells_nothing_of_others(answer);
    }
    REQUIRE(all.stage.add_provider("betaprovider"));
    all.stage.desk.means = AccountMeans{{}, 7};
    const std::string metrics = all.as(secret, "GET", "/metrics").response.body;
    CHECK(metrics.find("understudy_provider_calls_left{provider=\"main\"} 7\n") !=
          std::string::npos);
    CHECK(metrics.find("betaprovider") == std::string::npos);
    const Answer status = all.as(secret, "GET", "/api/v1/status");
    CHECK(status["servers"]["total"].integer() == 2);
    CHECK(status["domains"]["total"].integer() == 1);
    CHECK(status["channels"].integer() == 1);
    const Answer events = all.as(secret, "GET", "/api/v1/events");
    CHECK(events["items"].size() > 0);
    const Answer played =
        all.as(secret, "POST", "/api/v1/replay", R"({"since":"1h","policy":{"confirm_s":1}})");
    tells_nothing_of_others(played);
    const Answer rehearsed =
        all.as(secret, "POST", "/api/v1/rehearse", R"({"order":"release","pool":"acmepool"})");
    tells_nothing_of_others(rehearsed);
    CHECK(all.as(secret, "POST", "/api/v1/rehearse", R"({"order":"resume"})").status() == 409);
    CHECK(all.as(secret, "GET", "/api/v1/what-if?server=betashield1").status() == 422);
    CHECK(all.as(secret, "GET", "/api/v1/what-if?label=owner:beta").status() == 422);
    CHECK(all.as(secret, "GET", "/api/v1/events?server=betashield1").status() == 422);
}

// Whoever looks while drills are away sees his own, whichever way he asks.
TEST_CASE("a customer's drills are away, and another's: he sees and orders his alone") {
    Customers all;
    const std::string acme = all.acme("operator");
    for (const char* pool : {"acmepool", "betapool"}) {
        const std::string path = std::string{"/api/v1/pools/"} + pool;
        all.stage.patch(path + "/policy", R"({"probe":"off","failback":"manual"})");
        CAPTURE(pool);
        REQUIRE(all.stage.post(path + "/drill", "{}").status() == 200);
    }
    const auto drill_of = [&](const char* pool) {
        return to_string(all.stage.engine.fleet().pool_named(pool)->drill->id);
    };
    for (const char* target :
         {"/metrics", "/api/v1/status", "/api/v1/servers", "/api/v1/pools", "/api/v1/domains",
          "/api/v1/domains/shop.example.org/explain", "/api/v1/what-if?all=true",
          "/api/v1/channels", "/api/v1/fleet", "/api/v1/events", "/api/v1/incidents",
          "/api/v1/status-page", "/api/v1/drills", "/api/v1/drills?pool=acmepool"}) {
        CAPTURE(target);
        const Answer answer = all.as(acme, "GET", target);
        CHECK(answer.status() == 200);
        tells_nothing_of_others(answer);
    }
    CHECK(all.as(acme, "GET", "/api/v1/drills")["items"].size() == 1);
    CHECK(all.stage.get("/api/v1/drills")["items"].size() == 2);
    CHECK(all.as(acme, "GET", "/api/v1/drills/" + drill_of("acmepool")).status() == 200);
    CHECK(all.as(acme, "GET", "/api/v1/drills/" + drill_of("betapool")).status() == 404);
    CHECK(all.as(acme, "GET", "/api/v1/drills?pool=betapool").status() == 422);
    tells_nothing_of_others(all.as(acme, "POST", "/api/v1/replay",
                                   R"({"since":"1h","policy":{"drill_every_days":1}})"));
    tells_nothing_of_others(
        all.as(acme, "POST", "/api/v1/rehearse",
               R"({"method":"POST","path":"/api/v1/pools/acmepool/drill/end"})"));
    CHECK(all.as(acme, "POST", "/api/v1/pools/betapool/drill/end", "{}").status() == 404);
    CHECK(all.as(acme, "POST", "/api/v1/pools/acmepool/drill/end", "{}").status() == 200);
    // A page after the other.
    const Answer first = all.stage.get("/api/v1/drills?limit=1");
    REQUIRE(first["items"].size() == 1);
    CHECK(first["items"][std::size_t{0}]["pool"].string() == "betapool");
    const Answer second = all.stage.get("/api/v1/drills?limit=1&cursor=" + first.text("next"));
    CHECK(second["items"][std::size_t{0}]["pool"].string() == "acmepool");
    CHECK(second["next"].is_null());
}

TEST_CASE("of a server that is gone a customer's drills tell no name") {
    Customers all;
    const Fleet& fleet = all.stage.engine.fleet();
    Drill row;
    row.id = DrillId{900};
    row.pool = fleet.pool_named("acmepool")->id;
    row.pool_name = "acmepool";
    row.from = fleet.server_named("acmeshield1")->id;
    row.from_name = "acmeshield1";
    row.to = ServerId{901};
    row.to_name = "lentshield";
    row.phase = DrillPhase::Ended;
    row.result = DrillResult::Failed;
    row.reason = "stand-by 'lentshield' was not healthy while it served";
    REQUIRE(all.stage.store.commit(std::vector<Change>{SaveDrill{row}}, all.stage.wall).ok());
    const std::string viewer = all.acme("viewer");
    for (const char* target : {"/api/v1/drills", "/api/v1/drills/900"}) {
        CAPTURE(target);
        const std::string all_of_it = all.stage.get(target).response.body;
        CHECK(all_of_it.find("stand-by 'lentshield' was") != std::string::npos);
        const std::string seen = all.as(viewer, "GET", target).response.body;
        CHECK(seen.find("lentshield") == std::string::npos);
        CHECK(seen.find("stand-by '(another)' was") != std::string::npos);
        CHECK(seen.find("acmeshield1") != std::string::npos);
    }
}

TEST_CASE("a refusal is the same for what is another's and for what nobody has") {
    Customers all;
    const std::string acme = all.acme("admin");
    const auto said_of = [&](const std::string& pool) {
        std::string all_said;
        const auto add = [&](const Answer& answer) {
            CHECK(answer.status() >= 400);
            std::string body = answer.response.body;
            for (auto at = body.find(pool); at != std::string::npos; at = body.find(pool))
                body.replace(at, pool.size(), "it");
            all_said += body + "\n";
        };
        add(all.as(acme, "GET", "/api/v1/pools/" + pool));
        add(all.as(acme, "GET", "/api/v1/events?pool=" + pool));
        add(all.as(acme, "GET", "/api/v1/what-if?pool=" + pool));
        add(all.as(acme, "PUT", "/api/v1/pools/" + pool + "/hold", "{}"));
        add(all.as(acme, "POST", "/api/v1/rehearse",
                   R"({"order":"release","pool":")" + pool + "\"}"));
        add(all.as(acme, "POST", "/api/v1/tokens",
                   R"({"name":"t","role":"viewer","pools":[")" + pool + "\"]}"));
        return all_said;
    };
    CHECK(said_of("betapool") == said_of("nopool"));
}

TEST_CASE("of what is broken a customer sees his part, and speaks for what is all his") {
    Customers all;
    const std::string acme = all.acme("operator");
    all.leaves("betashield1");
    all.leaves("acmeshield1");
    const Fleet& fleet = all.stage.engine.fleet();
    const std::string own = to_string(fleet.server_named("acmeshield1")->incident);
    const std::string foreign = to_string(fleet.server_named("betashield1")->incident);
    REQUIRE(own != foreign);
    const Answer listed = all.as(acme, "GET", "/api/v1/incidents");
    REQUIRE(listed["items"].size() == 1);
    CHECK(listed["items"][std::size_t{0}]["servers"][std::size_t{0}].string() == "acmeshield1");
    tells_nothing_of_others(listed);
    CHECK(all.stage.get("/api/v1/incidents")["items"].size() == 2);
    CHECK(all.as(acme, "GET", "/api/v1/incidents/" + own).status() == 200);
    CHECK(all.as(acme, "GET", "/api/v1/incidents/" + foreign).status() == 404);
    const auto acknowledge = [&](const std::string& incident) {
        return all.as(acme, "POST", "/api/v1/incidents/" + incident + "/acknowledge", "{}")
            .status();
    };
    CHECK(acknowledge(foreign) == 404);
    CHECK(acknowledge(own) == 200);
    // One that others have a part in he sees his part of, and leaves alone.
    Server shared = *fleet.server_named("betashield1");
    shared.incident = fleet.server_named("acmeshield1")->incident;
    UndoLog log;
    Fleet both{log};
    for (const Server* server : fleet.servers())
        both.put(*server);
    for (const Pool* pool : fleet.pools())
        both.put(*pool);
    both.put(shared);
    const Caller caller{"operator token 'acme-operator'", Role::Operator,
                        Scope{std::nullopt, {{"owner", "acme"}}}};
    const auto refused = within::refuses(both, caller, Acknowledge{shared.incident});
    REQUIRE(refused.has_value());
    CHECK(refused->message.find("more than the scope") != std::string::npos);
}

TEST_CASE("what an event says of a record, a former pool or an order names nobody else's") {
    Customers all;
    const std::string acme = all.acme("viewer");
    const auto members = [&](const char* names) {
        return all.stage
            .put("/api/v1/pools/acmepool/members",
                 std::string{R"({"members":[)"} + names + R"(],"force":true})")
            .status();
    };
    REQUIRE(all.stage
                .post("/api/v1/domains/move",
                      R"({"domains":["betashop.example.org"],"pool":"acmepool","force":true})")
                .status() == 200);
    REQUIRE(members(R"("betashield1","acmeshield1")") == 200);
    REQUIRE(members(R"("acmeshield1","acmeshield2")") == 200);
    REQUIRE(all.stage
                .put("/api/v1/pools/betapool/members",
                     R"({"members":["betashield1","acmeshield2"],"force":true})")
                .status() == 200);
    const Answer events = all.as(acme, "GET", "/api/v1/events?limit=100");
    REQUIRE(events.status() == 200);
    CHECK(events.response.body.find("domain_moved") != std::string::npos);
    CHECK(events.response.body.find("pool_members_set") != std::string::npos);
    CHECK(events.response.body.find("(another)") != std::string::npos);
    for (const char* name : {"betashield", "betapool", "betahook", "houseshield"}) {
        CAPTURE(name);
        CHECK(events.response.body.find(name) == std::string::npos);
    }
    // What is everybody's word is not taken for a name behind the audit of another event.
    CHECK(events.response.body.find("\"type\":\"(another)") == std::string::npos);
}

TEST_CASE("a part of the fleet that nobody asked for is dropped, and made again for who asks") {
    Customers all;
    api::SeenFleet part{all.stage.engine, Scope{std::nullopt, {{"owner", "acme"}}}};
    CHECK(part.resting());
    const Instant start{Duration{1'000'000}};
    CHECK(part.fleet().servers().size() == 2);
    part.rest(start);
    part.rest(start + std::chrono::minutes{4});
    CHECK_FALSE(part.resting());
    CHECK(part.fleet().servers().size() == 2);
    part.rest(start + std::chrono::minutes{8});
    CHECK_FALSE(part.resting());
    part.rest(start + std::chrono::minutes{13});
    CHECK(part.resting());
    CHECK(part.fleet().servers().size() == 2);
    CHECK_FALSE(part.resting());
}

TEST_CASE("a guest sees the page for others, and nobody's servers, addresses or names on it") {
    Customers all;
    const std::string guest = all.acme("guest");
    all.leaves("acmeshield1");
    const Answer page = all.as(guest, "GET", "/api/v1/status-page");
    REQUIRE(page.status() == 200);
    CHECK(page["now"]["domains"].size() == 1);
    CHECK(page["now"]["domains"][std::size_t{0}]["name"].string() == "shop.example.org");
    CHECK(page["now"]["domain_count"].integer() == 1);
    tells_nothing_of_others(page);
    for (const char* hidden : {"acmeshield", "203.0.113", "token", "cloudflare"}) {
        CAPTURE(hidden);
        CHECK(page.response.body.find(hidden) == std::string::npos);
    }
    CHECK(all.as(guest, "GET", "/api/v1/session").text("role") == "guest");
    for (const char* target : {"/api/v1/domains", "/api/v1/events", "/api/v1/stream", "/metrics"}) {
        CAPTURE(target);
        CHECK(all.as(guest, "GET", target).status() == 403);
    }
}

TEST_CASE("a guest learns how many drills of his went well, and when the last did") {
    Customers all;
    const Fleet& fleet = all.stage.engine.fleet();
    std::vector<Change> drills;
    const auto drill = [&](const char* pool, DrillPhase phase, DrillResult result, int at_s) {
        Drill row;
        row.id = DrillId{static_cast<std::int64_t>(drills.size()) + 1};
        row.pool = fleet.pool_named(pool)->id;
        row.to_name = "acmeshield2";
        row.phase = phase;
        row.result = result;
        if (phase == DrillPhase::Ended) row.ended = WallTime{Duration{at_s * 1'000}};
        drills.emplace_back(SaveDrill{row});
    };
    const std::string guest = all.acme("guest");
    const Answer none = all.as(guest, "GET", "/api/v1/status-page");
    CHECK(none["drills"].text() == R"({"passed":0,"failed":0,"last_good":null})");
    drill("acmepool", DrillPhase::Ended, DrillResult::Passed, 1);
    drill("acmepool", DrillPhase::Ended, DrillResult::Passed, 2);
    drill("betapool", DrillPhase::Ended, DrillResult::Passed, 3);
    drill("acmepool", DrillPhase::Ended, DrillResult::Failed, 4);
    drill("acmepool", DrillPhase::Ended, DrillResult::Aborted, 5);
    drill("acmepool", DrillPhase::Home, DrillResult::Failed, 0);
    REQUIRE(all.stage.store.commit(drills, all.stage.wall).ok());
    const Answer page = all.as(guest, "GET", "/api/v1/status-page");
    CHECK(page["drills"].text() ==
          R"({"passed":2,"failed":1,"last_good":"1970-01-01T00:00:02.000Z"})");
    CHECK(page.response.body.find("acmeshield") == std::string::npos);
}

TEST_CASE("what is done within a scope is done to nobody else") {
    Customers all;
    const std::string acme = all.acme("admin");
    const auto put = [&](const char* target, const char* body) {
        return all.as(acme, "PUT", target, body).status();
    };
    CHECK(put("/api/v1/pools/acmepool/hold", "{}") == 200);
    CHECK(put("/api/v1/pools/acmepool/members", R"({"members":["acmeshield1","betashield1"]})") ==
          422);
    CHECK(all.as(acme, "PATCH", "/api/v1/servers/acmeshield1", R"({"labels":{"owner":"beta"}})")
              .status() == 409);
    const auto channel = [&](const std::string& name, const std::string& rest) {
        return all
            .as(acme, "POST", "/api/v1/channels",
                R"({"name":")" + name + R"(","kind":"webhook","url":"https://a.example.org/")" +
                    rest + "}")
            .status();
    };
    CHECK(channel("wide", "") == 409);
    CHECK(channel("theirs", R"(,"labels":{"owner":"beta"})") == 409);
    CHECK(channel("mine", R"(,"labels":{"owner":"acme"})") == 201);
    // A server that serves the other as well is seen, and left alone.
    REQUIRE(all.stage
                .put("/api/v1/pools/betapool/members",
                     R"({"members":["betashield1","acmeshield2"],"force":true})")
                .status() == 200);
    CHECK(all.as(acme, "GET", "/api/v1/servers/acmeshield2").status() == 200);
    CHECK(put("/api/v1/servers/acmeshield2/maintenance", R"({"force":true})") == 409);
    CHECK(put("/api/v1/servers/acmeshield1/maintenance", R"({"force":true})") == 200);
}
