// Event streams of callers with a scope: what they hear, and when they end.
#include <map>
#include <vector>

#include "tests/unit/api/customers.h"

using namespace understudy;
using api_test::Answer;
using api_test::Customers;

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
        return after(viewer, [&] { all.stage.api.committed(change); });
    }
    template <typename Happens>
    std::string after(HttpRequestId viewer, Happens happens) {
        heard.clear();
        happens();
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
    const std::vector<ChannelId> own_channels{fleet.channel_named("acmehook")->id};
    CHECK(streams.of(acme, NotificationRetried{NotificationId{7}}).empty());
    CHECK_FALSE(streams.of(whole, NotificationRetried{NotificationId{7}}).empty());
    CHECK_FALSE(streams.of(acme, NotificationRetried{NotificationId{7}, own_channels}).empty());
    CHECK(streams.of(acme, SaveProvider{*fleet.provider_named("main")}).empty());
    CHECK(streams.of(acme, SaveToken{*fleet.token_named("whole")}).empty());
    CHECK(streams.of(whole, SaveToken{*fleet.token_named("whole")}).find("\"tokens\":null") !=
          std::string::npos);
    CHECK(streams.ended.empty());
}

TEST_CASE("a stream tells nobody when others' servers link, or when others' things are removed") {
    Customers all;
    Streams streams{all};
    const auto acme = streams.open(all.acme("admin"));
    const auto whole = streams.open(all.token("whole", "viewer"));
    const Fleet& fleet = all.stage.engine.fleet();
    const auto server = [&](const char* name) { return fleet.server_named(name)->id; };
    const auto hears = [&](HttpRequestId viewer, const Input& input) {
        return streams.after(viewer, [&] { all.stage.api.heard(input); });
    };
    const AgentLeft theirs{server("betashield1"), 3, Departure::Closed, "gone"};
    CHECK(hears(acme, theirs).empty());
    CHECK(hears(whole, theirs).find("\"pools\":null") != std::string::npos);
    const AgentLeft own{server("acmeshield1"), 1, Departure::Closed, "gone"};
    CHECK(hears(acme, own).find("\"pools\":[\"acmepool\"]") != std::string::npos);
    CHECK(hears(acme, AgentLinked{server("betashield1"), 9, "203.0.113.7:1", true, {}}).empty());

    // By the engine, so that it is gone indeed.
    all.stage.desk.onlooker = &all.stage.api;
    const auto removes = [&](HttpRequestId viewer, const std::string& target) {
        return streams.after(viewer, [&] { REQUIRE(all.stage.remove(target).status() == 204); });
    };
    CHECK(removes(acme, "/api/v1/domains/betashop.example.org").empty());
    CHECK(removes(acme, "/api/v1/pools/betapool").empty());
    CHECK(removes(acme, "/api/v1/servers/betashield1").empty());
    CHECK(removes(acme, "/api/v1/channels/betahook").empty());
    CHECK(removes(acme, "/api/v1/tokens/whole").empty());
    CHECK(removes(acme, "/api/v1/channels/acmehook").find("\"channels\":null") !=
          std::string::npos);
    const auto domain = removes(acme, "/api/v1/domains/shop.example.org");
    for (const char* topic : {"domains", "pools", "servers"})
        CHECK(domain.find("\"" + std::string{topic} + "\":null") != std::string::npos);
    CHECK(removes(acme, "/api/v1/pools/acmepool").find("\"pools\":null") != std::string::npos);
    CHECK(removes(acme, "/api/v1/servers/acmeshield2").find("\"servers\":null") !=
          std::string::npos);
    CHECK(removes(acme, "/api/v1/servers/houseshield").empty());
}

TEST_CASE("a stream tells once what has left somebody's scope and is still there") {
    Customers all;
    Streams streams{all};
    const auto acme = streams.open(all.acme("viewer"));
    all.stage.desk.onlooker = &all.stage.api;
    const auto moved = streams.after(acme, [&] {
        REQUIRE(all.stage
                    .post("/api/v1/domains/move",
                          R"({"domains":["shop.example.org"],"pool":"betapool","force":true})")
                    .status() == 200);
    });
    CHECK(moved.find("\"domains\":null") != std::string::npos);
    CHECK(moved.find("\"servers\":null") == std::string::npos);
    // Not again when something of others goes.
    const auto removed = streams.after(acme, [&] {
        REQUIRE(all.stage.remove("/api/v1/domains/betashop.example.org").status() == 204);
    });
    CHECK(removed.empty());
    const auto sold = streams.after(acme, [&] {
        ApiRequest request = all.stage.request("PATCH", "/api/v1/servers/acmeshield2",
                                               R"({"labels":{"owner":"beta"}})");
        REQUIRE(all.stage.send(request).status() == 200);
    });
    CHECK(sold.find("\"servers\":null") != std::string::npos);
    CHECK(sold.find("\"pools\":null") != std::string::npos);
    CHECK(sold.find("acmeshield2") == std::string::npos);
}

TEST_CASE("a stream tells who has a scope nothing that left it before he asked") {
    Customers all;
    Streams streams{all};
    const std::string secret = all.acme("viewer");
    REQUIRE(all.as(secret, "GET", "/api/v1/domains").status() == 200);
    REQUIRE(all.stage.remove("/api/v1/domains/shop.example.org").status() == 204);
    const auto acme = streams.open(secret);
    const SaveServer beta{*all.stage.engine.fleet().server_named("betashield1")};
    CHECK(streams.of(acme, beta).empty());
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
