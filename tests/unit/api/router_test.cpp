#include "controller/api/router.h"

#include <set>
#include <string>
#include <utility>

#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

TEST_CASE("a path takes its placeholders, and only whole segments") {
    const auto match = api::match("POST", "/api/v1/domains/www.example.org/adopt");
    REQUIRE(match.route != nullptr);
    REQUIRE(match.captures.size() == 1);
    CHECK(match.captures[0].name == "domain");
    CHECK(match.captures[0].value == "www.example.org");
    for (const char* path : {"/api/v1/domains/", "/api/v1/domains/a/", "/api/v1/domains/a/adopt/b",
                             "/api/v1//domains", "api/v1/domains", "", "/api/v1/domainsx"}) {
        CAPTURE(path);
        CHECK(api::match("GET", path).allowed.empty());
    }
}

TEST_CASE("dry runs are found by their former name, and nothing else is") {
    const auto former = api::match("PUT", "/api/v1/pools/shop/observe");
    CHECK((former.route != nullptr));
    CHECK(former.route == api::match("PUT", "/api/v1/pools/shop/dry-run").route);
    CHECK(api::match("DELETE", "/api/v1/controls/observe").route ==
          api::match("DELETE", "/api/v1/controls/dry-run").route);
    CHECK(api::match("GET", "/api/v1/pools/observe").captures.at(0).value == "observe");
    CHECK(api::match("GET", "/api/v1/servers/web1/observe").allowed.empty());
}

TEST_CASE("no two routes answer the same request") {
    std::set<std::pair<std::string, std::string>> seen;
    for (const api::Route& route : api::routes()) {
        CHECK((route.handler != nullptr));
        CHECK(seen.emplace(route.method, route.pattern).second);
    }
}

TEST_CASE("an unknown path is 404; a wrong method is 405 with what works") {
    Stage stage;
    CHECK(stage.get("/api/v1/nothing").status() == 404);
    CHECK(stage.get("/api/v2/servers").status() == 404);
    const auto refused = stage.send(stage.request("PUT", "/api/v1/servers/web1"));
    CHECK(refused.status() == 405);
    CHECK(refused.header("Allow") == "GET, PATCH, DELETE");
    CHECK(stage.send(stage.request("BREW", "/api/v1/servers")).header("Allow") == "GET, POST");
}

namespace {

// The pattern with something in the place of each placeholder, of what Stage::add_domain() makes.
std::string some_path(std::string_view pattern) {
    std::string path;
    while (!pattern.empty()) {
        const auto begin = std::min(pattern.find('{'), pattern.size());
        path += pattern.substr(0, begin);
        pattern.remove_prefix(begin);
        if (pattern.empty()) break;
        path += pattern.starts_with("{domain}") ? "www.example.org" : "1";
        pattern.remove_prefix(pattern.find('}') + 1);
    }
    return path;
}

int body_refusal(const Stage& stage, const ApiRequest& head) {
    const auto allowed = stage.api.body_allowed(head);
    const auto* refusal = std::get_if<ApiResponse>(&allowed);
    return refusal == nullptr ? 0 : refusal->status;
}

}  // namespace

TEST_CASE("every operation that changes something answers an empty body") {
    for (const api::Route& route : api::routes()) {
        if (route.method == "GET") continue;
        CAPTURE(route.method);
        CAPTURE(route.pattern);
        Stage stage;
        stage.desk.answers.insert_or_assign(stage.add_domain(), transient("no answer"));
        REQUIRE(stage
                    .post("/api/v1/channels",
                          R"({"name":"hook","kind":"webhook","url":"https://hook.example.org/x"})")
                    .status() == 201);
        std::string path{route.pattern};
        for (const auto& [placeholder, name] :
             std::initializer_list<std::pair<std::string, std::string>>{
                 {"{server}", "web1"},
                 {"{pool}", "web1+web2"},
                 {"{domain}", "www.example.org"},
                 {"{provider}", "main"},
                 {"{channel}", "hook"}}) {
            if (const auto at = path.find(placeholder); at != std::string::npos)
                path.replace(at, placeholder.size(), name);
        }
        stage.begin(stage.request(std::string{route.method}, path, "{}"));
        CHECK(stage.times_answered == 1);
    }
}

TEST_CASE("no operation takes a query parameter that it does not know") {
    Stage stage;
    stage.add_domain();
    for (const api::Route& route : api::routes()) {
        CAPTURE(route.method);
        CAPTURE(route.pattern);
        const auto refused = stage.send(
            stage.request(std::string{route.method}, some_path(route.pattern) + "?nonsense=1"));
        CHECK(refused.status() == 422);
        CHECK(refused.text("field") == "?nonsense");
    }
}

TEST_CASE("a body is only taken from who may send it there") {
    Stage stage;
    ApiRequest head = stage.request("POST", "/api/v1/servers");
    CHECK(std::get<std::size_t>(stage.api.body_allowed(head)) == api::kBodyLimitBytes);
    ApiRequest fleet = stage.request("POST", "/api/v1/fleet");
    CHECK(std::get<std::size_t>(stage.api.body_allowed(fleet)) == api::kFleetLimitBytes);
    CHECK(std::get<std::size_t>(stage.api.body_allowed(stage.request("GET", "/healthz"))) == 0);
    fleet.authorization = "Bearer usk_nobody";
    CHECK(body_refusal(stage, fleet) == 401);
    fleet.authorization.clear();
    CHECK(body_refusal(stage, fleet) == 401);
    CHECK(body_refusal(stage, stage.request("POST", "/api/v1/nothing")) == 404);
    CHECK(body_refusal(stage, stage.request("PUT", "/api/v1/fleet")) == 405);
    CHECK(body_refusal(stage, stage.request("POST", "/api/v1/servers?x=1")) == 422);
}
