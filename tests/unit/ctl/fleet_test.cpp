// Fleet files before they are sent, and what is printed of the answer.
#include <doctest/doctest.h>

#include <cstdlib>

#include "ctl/fleet_file.h"
#include "ctl/fleet_view.h"

using namespace understudy;
using namespace understudy::ctl;

TEST_CASE("fleet file: comments go, references are looked up, each failure has its place") {
    REQUIRE(setenv("UNDERSTUDY_TEST_HOOK", " https://hooks.example.org/x \n", 1) == 0);
    const auto reading = read_fleet_text(R"(// ours
        {"channels":[{"settings":{"url":{"env":"UNDERSTUDY_TEST_HOOK"}}},
                     {"settings":{"to":["a@example.org"]}},],})",
                                         ".");
    REQUIRE(reading.errors.empty());
    CHECK(reading.file.fleet.starts_with(R"({"channels":[{"settings":{"url":{"env":)"));
    CHECK(reading.file.secrets.reveal() ==
          R"({"env UNDERSTUDY_TEST_HOOK":"https://hooks.example.org/x"})");

    const auto failing = read_fleet_text(
        R"({"channels":[{"settings":{"url":{"file":"/nowhere/at/all"}}},
                        {"settings":{"secret":{"env":"UNDERSTUDY_TEST_NOT_SET"}}}]})",
        ".");
    REQUIRE(failing.errors.size() == 2);
    CHECK(failing.errors[0].field == "channels[0].settings.url");
    CHECK(failing.errors[1].field == "channels[1].settings.secret");
}

TEST_CASE("fleet file: a syntax error has line and column") {
    const auto reading = read_fleet_text("{\n  \"servers\": [}\n}", ".");
    REQUIRE(reading.errors.size() == 1);
    CHECK(reading.errors[0].message.find("line 2, column 15") != std::string::npos);
}

TEST_CASE("fleet view: one line for each thing, the same that goes in comes out") {
    const auto answer = json::Document::parse(R"({"dry_run":true,"warnings":[],"changes":[
        {"change":"added","kind":"pool","name":"shop","fields":[
            {"field":"members","from":"","to":"web1"}]},
        {"change":"changed","kind":"server","name":"web1","fields":[
            {"field":"ipv6","from":"","to":"2001:db8::1"},{"field":"labels","from":"a=b","to":""}]},
        {"change":"removed","kind":"channel","name":"old","fields":[]}]})");
    REQUIRE(answer.ok());
    CHECK(applied_view(answer->root(), false) ==
          "+ pool shop: members web1\n"
          "~ server web1: ipv6: (none) -> 2001:db8::1; labels: a=b -> (none)\n"
          "- channel old\n"
          "Dry run, nothing was changed: 1 added, 1 changed, 1 removed.\n");
    const auto fleet =
        json::Document::parse(R"({"servers":[{"name":"a"},{"name":"b"}],"pools":[]})");
    REQUIRE(fleet.ok());
    const std::string file = fleet_file_view(fleet->root());
    CHECK(file ==
          "{\n  \"servers\": [\n    {\"name\":\"a\"},\n    {\"name\":\"b\"}\n  ],\n"
          "  \"pools\": []\n}\n");
    CHECK(read_fleet_text(file, ".").file.fleet == fleet->root().text());
}
