#include "controller/api/seen_fleet.h"

#include <map>
#include <vector>

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

namespace {

// Event streams of several callers, by the number that each was given.
struct Streams {
    Customers& all;
    std::map<HttpRequestId, std::string> heard;
    std::vector<HttpRequestId> ended;
    HttpRequestId last = 0;

    explicit Streams(Customers& customers) : all(customers) {
        all.stage.api.set_outlet(
            [this](HttpRequestId viewer, std::string_view bytes) { heard[viewer] += bytes; },
            [this](HttpRequestId viewer) { ended.push_back(viewer); });
    }
    HttpRequestId open(ApiRequest request) {
        request.id = ++last;
        all.stage.hand_in(request);
        REQUIRE(all.stage.last->status == 200);
        return last;
    }
    HttpRequestId open(const std::string& secret) {
        ApiRequest request = all.stage.request("GET", "/api/v1/stream");
        request.authorization = "Bearer " + secret;
        return open(request);
    }
    void turn() {
        (void)all.stage.api.time_passed(all.stage.now);
        all.stage.api.turn_ends(all.stage.now);
    }
    // What the viewer hears of it.
    std::string of(HttpRequestId viewer, const Change& change) {
        heard.clear();
        all.stage.api.committed(change);
        all.pass(Viewers::kPause);
        turn();
        return heard[viewer];
    }
};

}  // namespace

TEST_CASE("a stream tells who has a scope of his own things alone") {
    Customers all;
    Streams streams{all};
    const auto acme = streams.open(all.acme("viewer"));
    const auto whole = streams.open(all.token("whole", "viewer"));
    const Fleet& fleet = all.stage.engine.fleet();
    const SaveServer beta{*fleet.server_named("betashield1")};
    CHECK(streams.of(acme, beta).empty());
    CHECK(streams.of(whole, beta).find("betashield1") != std::string::npos);
    const SaveServer own{*fleet.server_named("acmeshield1")};
    CHECK(streams.of(acme, own).find("acmeshield1") != std::string::npos);
    // Not even that something was written down or told elsewhere.
    const auto line_of = [&](const char* server, const char* pool) {
        AppendLog row;
        row.line.server = fleet.server_named(server)->id;
        row.line.pool = fleet.pool_named(pool)->id;
        return row;
    };
    CHECK(streams.of(acme, line_of("betashield1", "betapool")).empty());
    // A pool of his that has to do with somebody else's server: that it changed, and no line.
    const auto mixed = streams.of(acme, line_of("betashield1", "acmepool"));
    CHECK(mixed.find("acmepool") != std::string::npos);
    CHECK(mixed.find("events") == std::string::npos);
    CHECK(mixed.find("beta") == std::string::npos);
    CHECK(streams.of(acme, line_of("acmeshield1", "acmepool")).find("events") != std::string::npos);
    CHECK(streams.of(acme, AppendLog{}).empty());
    const auto delivered = [&](const char* channel) {
        return NotificationDelivered{NotificationId{7}, {}, fleet.channel_named(channel)->id};
    };
    CHECK(streams.of(acme, delivered("betahook")).empty());
    CHECK_FALSE(streams.of(whole, delivered("betahook")).empty());
    CHECK_FALSE(streams.of(acme, delivered("acmehook")).empty());
    CHECK(streams.of(acme, SaveProvider{*fleet.provider_named("main")}).empty());
    CHECK(streams.of(acme, SaveToken{*fleet.token_named("whole")}).empty());
    CHECK(streams.of(whole, SaveToken{*fleet.token_named("whole")}).find("\"tokens\":null") !=
          std::string::npos);
    CHECK(streams.ended.empty());
}

TEST_CASE("a stream ends at once with what it was opened by") {
    Customers all;
    Streams streams{all};
    const auto gone = streams.open(all.token("gone", "viewer"));
    const auto brief = streams.open(all.token("brief", "viewer", R"(,"for":"1h")"));
    const auto stays = streams.open(all.token("stays", "viewer"));
    const std::string secret = all.token("person", "viewer");
    const Answer in = all.stage.post("/api/v1/session", R"({"token":")" + secret + "\"}");
    const std::string set = in.header("Set-Cookie");
    const auto by_page = [&](const char* method, const char* target) {
        ApiRequest request = all.stage.request(method, target);
        request.authorization.clear();
        request.headers = {{"cookie", set.substr(0, set.find(';'))}, {"x-understudy", "page"}};
        return request;
    };
    const auto person = streams.open(by_page("GET", "/api/v1/stream"));
    const auto by_token = streams.open(secret);
    streams.turn();
    CHECK(streams.ended.empty());
    REQUIRE(all.stage.remove("/api/v1/tokens/gone").status() == 204);
    all.stage.api.committed(DeleteToken{});
    CHECK(all.stage.api.next_deadline() <= all.stage.now);
    streams.turn();
    CHECK(streams.ended == std::vector{gone});
    REQUIRE(all.stage.send(by_page("DELETE", "/api/v1/session")).status() == 204);
    streams.turn();
    CHECK(streams.ended == std::vector{gone, person});
    all.pass(Duration{3'599'999});
    streams.turn();
    CHECK(streams.ended.size() == 2);
    CHECK(all.stage.api.next_deadline() <= all.stage.now + Duration{1});
    all.pass(Duration{1});
    streams.turn();
    CHECK(streams.ended == std::vector{gone, person, brief});
    streams.heard.clear();
    all.pass(Viewers::kSilence);
    streams.turn();
    CHECK(streams.heard.size() == 2);
    CHECK(streams.heard.contains(stays));
    CHECK(streams.heard.contains(by_token));
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
