#include "base/json_schema.h"

#include <doctest/doctest.h>

using namespace understudy;
using json::Document;
using json::Violation;

namespace {

constexpr const char* kSchema = R"({
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["name"],
    "additionalProperties": false,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9]+$"},
        "mode": {"enum": ["prompt", "maintenance"]},
        "servers": {"type": "array", "items": {"$ref": "#/definitions/server"}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}}
    },
    "definitions": {
        "server": {
            "type": "object",
            "required": ["ipv4"],
            "properties": {
                "ipv4": {
                    "type": "string", "pattern": "^[0-9.]+$", "description": "an IPv4 address"
                },
                "weight": {"type": "integer", "minimum": 1, "maximum": 10}
            }
        }
    }
})";

std::vector<Violation> check(const std::string& text) {
    const auto document = Document::parse(text);
    REQUIRE(document.ok());
    return json::violations(kSchema, document->root());
}

void check_one(const std::string& text, const Violation& expected) {
    CAPTURE(text);
    const auto found = check(text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].path == expected.path);
    CHECK(found[0].value == expected.value);
    CHECK(found[0].message == expected.message);
}

}  // namespace

TEST_CASE("json_schema: a document that fits has no violations") {
    CHECK(
        check(R"({"name": "web", "mode": "prompt", "servers": [{"ipv4": "192.0.2.1", "weight": 10}],
                    "labels": {"region": "eu"}})")
            .empty());
}

TEST_CASE("json_schema: a violation names path, value and what is wanted") {
    check_one(R"({"name": 5})", {"name", "5", "must be of type string"});
    check_one(R"({"name": "Web"})", {"name", "\"Web\"", "must match ^[a-z0-9]+$"});
    check_one(R"({"name": "a", "mode": "x"})",
              {"mode", "\"x\"", "must be one of \"prompt\", \"maintenance\""});
    check_one(R"({"name": "a", "servers": [{"ipv4": "1"}, {"ipv4": "web1"}]})",
              {"servers[1].ipv4", "\"web1\"", "must be: an IPv4 address"});
    check_one(R"({"name": "a", "servers": [{"ipv4": "1", "weight": 0}]})",
              {"servers[0].weight", "0", "must be at least 1"});
    check_one(R"({"name": "a", "servers": [{"ipv4": "1", "weight": 11}]})",
              {"servers[0].weight", "11", "must be at most 10"});
    check_one(R"({"name": "a", "labels": {"3": 3}})", {"labels.3", "3", "must be of type string"});
}

TEST_CASE("json_schema: missing and unknown keys are named") {
    check_one("{}", {"", "{}", "lacks the required key 'name'"});
    check_one(R"({"name": "a", "severs": [1]})", {"severs", "", "is not a known key"});
    check_one(R"({"name": "a", "servers": [{}]})",
              {"servers[0]", "{}", "lacks the required key 'ipv4'"});
}

TEST_CASE("json_schema: all violations come at once") {
    const auto found = check(R"({"name": 1, "mode": 2, "x": 3, "servers": [{"ipv4": 4}, {}]})");
    CHECK(found.size() == 5);
}

TEST_CASE("json_schema: a document of the wrong kind") {
    check_one("[]", {"", "[]", "must be of type object"});
}

TEST_CASE("json_schema: long values are cut between characters") {
    std::string name(75, 'a');
    for (int i = 0; i < 10; ++i)
        name += "\xc3\xbc";
    const auto found = check("{\"name\": \"" + name + "\"}");
    REQUIRE(found.size() == 1);
    CHECK(found[0].value == "\"" + std::string(75, 'a') + "...");
}

TEST_CASE("json_schema: a pattern cannot be used to exhaust the stack") {
    CHECK(check("{\"name\": \"" + std::string(2048, 'a') + "\"}").empty());
    const auto found = check("{\"name\": \"" + std::string(1'000'000, 'a') + "\"}");
    REQUIRE(found.size() == 1);
    CHECK(found[0].path == "name");
    CHECK(found[0].message == "must be at most 2048 bytes long");
}
