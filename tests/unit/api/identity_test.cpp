// Sessions and a proxy's word, as requests show them.
#include "controller/api/identity.h"

#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Answer;
using api_test::Stage;

namespace {

constexpr char kProxy[] = "10.0.0.5:40000";
constexpr char kElsewhere[] = "203.0.113.99:40000";

ApiSettings with_proxy() {
    ApiSettings settings = Stage::default_settings();
    settings.web.proxy = TrustedProxy{"x-user",
                                      "x-groups",
                                      {*parse_network("10.0.0.5")},
                                      {{"sre", Role::Admin},
                                       {"acme", Role::Operator, std::vector<std::string>{"acme"}},
                                       {"*", Role::Viewer}}};
    return settings;
}

ApiRequest of_person(const Stage& stage, const std::string& peer, const std::string& user,
                     const std::string& groups) {
    ApiRequest request = stage.request("GET", "/api/v1/session");
    request.authorization.clear();
    request.peer = peer;
    request.headers = {{"x-user", user}, {"x-groups", groups}};
    return request;
}

// With a cookie as a browser has it; none: the answer had none.
std::string cookie_of(const Answer& answer) {
    const std::string set = answer.header("Set-Cookie");
    return set.substr(0, set.find(';'));
}

ApiRequest by_page(const Stage& stage, const std::string& method, const std::string& target,
                   const std::string& cookie, std::string body = {}) {
    ApiRequest request = stage.request(method, target, std::move(body));
    request.authorization.clear();
    request.host = "u.example.org";
    request.headers = {{"cookie", cookie}, {"x-understudy", "page"}};
    return request;
}

Answer log_in(Stage& stage, const std::string& token) {
    ApiRequest request =
        stage.request("POST", "/api/v1/session", R"({"token":")" + token + R"("})");
    request.authorization.clear();
    return stage.send(request);
}

}  // namespace

TEST_CASE("proxy: its word is a role and a scope, by the first grant that fits") {
    Stage stage{with_proxy()};
    const auto asked = [&](const std::string& groups) {
        return stage.send(of_person(stage, kProxy, "alice", groups)).text("role");
    };
    CHECK(asked("sre") == "admin");
    CHECK(asked("acme, sre") == "admin");
    CHECK(asked("dev,acme") == "operator");
    CHECK(asked("dev") == "viewer");
    CHECK(asked("") == "viewer");
    CHECK(asked("srex,xsre,SRE") == "viewer");
    const auto alice = stage.send(of_person(stage, kProxy, "alice", "sre"));
    CHECK(alice.text("name") == "alice");
    CHECK(alice["scope"].is_null());
    CHECK(alice["until"].is_null());
    // A pool that is not there is nobody's: the scope is not everything.
    CHECK(stage.send(of_person(stage, kProxy, "bob", "acme"))["scope"]["pools"].size() == 0);
}

TEST_CASE("proxy: from another place its headers are refused, whatever else is shown") {
    Stage stage{with_proxy()};
    ApiRequest request = of_person(stage, kElsewhere, "alice", "sre");
    CHECK(stage.send(request).status() == 401);
    CHECK(stage.last->counts_as_guess);
    request.headers = {{"x-groups", "sre"}};
    CHECK(stage.send(request).status() == 401);
    request.headers = {{"x-user", ""}};
    CHECK(stage.send(request).status() == 401);
    request.authorization = "Bearer " + stage.token.reveal();
    CHECK(stage.send(request).status() == 401);
    request.local = LocalPeer{"root", true};
    request.peer = "local:root";
    CHECK(stage.send(request).status() == 401);
    request.headers.clear();
    CHECK(stage.send(request).status() == 200);
}

TEST_CASE("proxy: it names somebody, and what he orders comes from our page") {
    Stage stage{with_proxy()};
    CHECK(stage.send(of_person(stage, kProxy, "", "sre")).status() == 403);
    CHECK(stage.send(of_person(stage, kProxy, std::string(129, 'x'), "sre")).status() == 403);
    CHECK(stage.send(of_person(stage, kProxy, "\xff", "sre")).status() == 403);
    CHECK(stage.send(of_person(stage, kProxy, std::string(128, 'x'), "sre")).status() == 200);

    ApiRequest order = of_person(stage, kProxy, "alice", "sre");
    order.method = "POST";
    order.path = "/api/v1/servers";
    order.body = R"({"name":"w","ipv4":"203.0.113.1"})";
    order.content_type = "application/json";
    CHECK(stage.send(order).status() == 403);
    order.headers.emplace_back("x-understudy", "page");
    order.headers.emplace_back("origin", "https://evil.example");
    CHECK(stage.send(order).status() == 403);
    order.headers.pop_back();
    CHECK(stage.send(order).status() == 201);
    CHECK(stage.desk.orders_by.back() == "admin user 'alice'");
    // Before its body is read too.
    order.headers.pop_back();
    CHECK(std::holds_alternative<ApiResponse>(stage.api.body_allowed(order)));
}

TEST_CASE("proxy: whom it vouches for makes tokens of at most 90 days, and is told so") {
    Stage stage{with_proxy()};
    const auto made = [&](const std::string& rest) {
        ApiRequest order = of_person(stage, kProxy, "alice", "sre");
        order.method = "POST";
        order.path = "/api/v1/tokens";
        order.body = R"({"name":"t)" + std::to_string(stage.desk.orders_by.size()) +
                     R"(","role":"viewer")" + rest + "}";
        order.content_type = "application/json";
        order.headers.emplace_back("x-understudy", "page");
        return stage.send(order);
    };
    const auto last = to_rfc3339(stage.wall + std::chrono::hours{24 * 90});
    const Answer without = made("");
    REQUIRE(without.status() == 201);
    CHECK(without["token"]["expires"].string() == last);
    CHECK(without.text("note").find("90 days") != std::string::npos);
    CHECK(made(R"(,"for":"90d")")["token"]["expires"].string() == last);
    CHECK(made(R"(,"for":"1d")").status() == 201);
    const Answer longer = made(R"(,"for":"91d")");
    CHECK(longer.status() == 409);
    CHECK(longer.errors().find("expires") == 0);
    CHECK(longer.response.body.find("at most 90 days") != std::string::npos);
    // Whose token can be revoked makes them for as long as that counts.
    const Answer own = stage.post("/api/v1/tokens", R"({"name":"own","role":"viewer"})");
    CHECK(own["token"]["expires"].is_null());
    CHECK(own["note"].is_null());
}

TEST_CASE("proxy: an answer that is kept is of the scope that it was made for") {
    ApiSettings settings = with_proxy();
    settings.web.proxy->grants = {{"all", Role::Operator},
                                  {"acme", Role::Operator, std::vector<std::string>{"acme"}}};
    Stage stage{settings};
    stage.add_servers();
    REQUIRE(stage.post("/api/v1/pools", R"({"name":"house","members":["web1"]})").status() == 201);
    const auto hold = [&](const std::string& groups) {
        ApiRequest order = of_person(stage, kProxy, "alice", groups);
        order.method = "PUT";
        order.path = "/api/v1/pools/house/hold";
        order.idempotency_key = "one";
        order.headers.emplace_back("x-understudy", "page");
        return stage.send(order).status();
    };
    CHECK(hold("all") == 200);
    CHECK(hold("all") == 200);
    CHECK(hold("acme") == 404);
}

TEST_CASE("proxy: without the section its headers are nothing") {
    Stage stage;
    CHECK(stage.send(of_person(stage, kProxy, "alice", "sre")).status() == 401);
}

TEST_CASE("proxy: what it sends on from this machine is nobody of this machine") {
    ApiSettings settings = with_proxy();
    settings.web.proxy->addresses = {*parse_network("127.0.0.1")};
    settings.web.proxy->grants.pop_back();
    Stage stage{settings};
    const auto metrics = [&](const std::string& groups) {
        ApiRequest request = of_person(stage, "127.0.0.1:40000", "alice", groups);
        request.path = "/metrics";
        return stage.send(request).status();
    };
    CHECK(metrics("sre") == 200);
    CHECK(metrics("others") == 403);
    ApiRequest nobody = stage.request("GET", "/metrics");
    nobody.authorization.clear();
    nobody.peer = "127.0.0.1:40000";
    CHECK(stage.send(nobody).status() == 401);
    nobody.peer = "127.0.0.2:40000";
    CHECK(stage.send(nobody).status() == 200);
}

TEST_CASE("session: a token becomes a cookie that stands for it") {
    Stage stage;
    const Answer begun = log_in(stage, stage.token.reveal());
    REQUIRE(begun.status() == 200);
    CHECK(begun.text("name") == "ops");
    CHECK(begun.text("role") == "admin");
    CHECK(begun.text("until") == to_rfc3339(stage.wall + std::chrono::hours{12}));
    const std::string cookie = cookie_of(begun);
    CHECK(begun.response.body.find("uss_") == std::string::npos);
    CHECK(stage.send(by_page(stage, "GET", "/api/v1/session", cookie)).text("name") == "ops");
    const auto order =
        by_page(stage, "POST", "/api/v1/servers", cookie, R"({"name":"w","ipv4":"203.0.113.1"})");
    CHECK(stage.send(order).status() == 201);
    CHECK(stage.desk.orders_by.back() == "admin token 'ops'");

    const auto out = stage.send(by_page(stage, "DELETE", "/api/v1/session", cookie));
    CHECK(out.status() == 204);
    CHECK(out.header("Set-Cookie").ends_with("Max-Age=0"));
    CHECK(stage.send(by_page(stage, "GET", "/api/v1/session", cookie)).status() == 401);
}

TEST_CASE("session: what is used stays, what is not ends, and so does what is old") {
    Stage stage;
    const std::string cookie = cookie_of(log_in(stage, stage.token.reveal()));
    const auto asked = [&] {
        stage.api.time_passed(stage.now);
        return stage.send(by_page(stage, "GET", "/api/v1/session", cookie)).status();
    };
    for (int i = 0; i < 15; ++i) {
        stage.now += std::chrono::hours{11};
        CHECK(asked() == 200);
    }
    stage.now += std::chrono::hours{4};  // 169 h after the log-in
    CHECK(asked() == 401);
    const std::string next = cookie_of(log_in(stage, stage.token.reveal()));
    stage.now += std::chrono::hours{12};
    stage.api.time_passed(stage.now);
    CHECK(stage.send(by_page(stage, "GET", "/api/v1/session", next)).status() == 401);
}

TEST_CASE("session: an order needs our page, a forged cookie is nobody's") {
    Stage stage;
    const std::string cookie = cookie_of(log_in(stage, stage.token.reveal()));
    auto order = by_page(stage, "DELETE", "/api/v1/controls/pause", cookie);
    order.headers.pop_back();
    CHECK(stage.send(order).status() == 403);
    CHECK(stage.last->counts_as_guess);
    order.headers.emplace_back("x-understudy", "page");
    order.headers.emplace_back("origin", "https://u.example.org.evil.example");
    CHECK(stage.send(order).status() == 403);
    order.headers.back().second = "https://u.example.org";
    CHECK(stage.send(order).status() != 403);
    for (const std::string& forged :
         {cookie + "x", "understudy_session=" + stage.token.reveal(), cookie + "; " + cookie}) {
        const auto answer = stage.send(by_page(stage, "GET", "/api/v1/status", forged));
        CHECK(answer.status() == 401);
        CHECK(answer.header("WWW-Authenticate") == "Bearer realm=\"understudy\"");
    }
    const auto metrics = stage.get("/metrics").response.body;
    CHECK(metrics.find("understudy_api_refused_callers_total{what=\"page\"} 2\n") !=
          std::string::npos);
    CHECK(metrics.find("understudy_api_refused_callers_total{what=\"cookie\"} 3\n") !=
          std::string::npos);
    CHECK(metrics.find("understudy_sessions 1\n") != std::string::npos);
}

TEST_CASE("session: logging in takes a token, from no other site's page") {
    Stage stage;
    CHECK(log_in(stage, "usk_wrong").status() == 401);
    CHECK(log_in(stage, "").status() == 422);
    ApiRequest request =
        stage.request("POST", "/api/v1/session", R"({"token":")" + stage.token.reveal() + R"("})");
    request.authorization.clear();
    request.headers = {{"origin", "https://evil.example"}};
    const auto foreign = stage.send(request);
    CHECK(foreign.status() == 403);
    CHECK(foreign.header("Set-Cookie").empty());
    // Nobody may send much before he has said who he is.
    const auto allowed = stage.api.body_allowed(request);
    REQUIRE(std::holds_alternative<std::size_t>(allowed));
    CHECK(std::get<std::size_t>(allowed) == 4096);
}
