// schema/openapi.json and the table of routes tell the same story.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/json.h"
#include "controller/api/router.h"
#include "tests/support/test_data.h"

using namespace understudy;

namespace {

json::Document description() {
    std::ifstream file{tests_folder().parent_path() / "schema/openapi.json"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    auto document = json::Document::parse(text);
    REQUIRE(document.ok());
    return std::move(document).value();
}

std::string upper(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return out;
}

}  // namespace

TEST_CASE("every route is described and everything described is a route") {
    std::set<std::string> routes;
    for (const api::Route& route : api::routes()) {
        routes.insert(std::string{route.method} + " " + std::string{route.pattern});
    }
    std::set<std::string> described;
    const auto document = description();
    document.root()["paths"].each_member([&](std::string_view path, json::Value operations) {
        operations.each_member([&](std::string_view method, json::Value) {
            if (method != "parameters") described.insert(upper(method) + " " + std::string{path});
        });
    });
    CHECK(routes == described);
}

TEST_CASE("every operation has an id of its own, a summary and an answer") {
    std::set<std::string> ids;
    const auto document = description();
    document.root()["paths"].each_member([&](std::string_view path, json::Value operations) {
        operations.each_member([&](std::string_view method, json::Value operation) {
            if (method == "parameters") return;
            CAPTURE(path);
            CHECK(ids.insert(std::string{operation["operationId"].string().value_or("")}).second);
            CHECK(operation["summary"].is_string());
            CHECK(operation["responses"].size() > 0);
        });
    });
}
