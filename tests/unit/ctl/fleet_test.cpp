// Fleet files before they are sent, and what is printed of the answer.
#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "ctl/fleet_file.h"
#include "ctl/fleet_view.h"
#include "tests/unit/ctl/ctl_play.h"

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

    // No other file is read for a setting that is no secret, or that nobody knows.
    const auto others = read_fleet_text(
        R"({"channels":[{"settings":{"to":{"file":"/nowhere"},"secrte":{"file":"/nowhere"}}}]})",
        ".");
    CHECK(others.errors.empty());
    CHECK(others.file.secrets.reveal() == "{}");
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
    const auto applied = json::Document::parse(R"({"dry_run":false,"warnings":[],"changes":[
        {"change":"added","kind":"server","name":"web1","fields":[]}],
        "tokens":[{"server":"web1","token":"usa_x","enrolment":{
            "code":"use_x.5d4f","until":"2026-11-21T03:08:42Z","controller":"wss://u:8443"}}]})");
    REQUIRE(applied.ok());
    CHECK(applied_view(applied->root(), false) ==
          "+ server web1\nApplied: 1 added, 0 changed, 0 removed.\n\n"
          "On each new server, as root, once and until "
          "2026-11-21T03:08:42Z:\n\n  web1  understudy-agent enroll wss://u:8443 use_x.5d4f\n\n"
          "Or tokens of the new servers' agents, shown only now:\n\n  web1  usa_x\n");
    const auto fleet =
        json::Document::parse(R"({"servers":[{"name":"a"},{"name":"b"}],"pools":[]})");
    REQUIRE(fleet.ok());
    const std::string file = fleet_file_view(fleet->root());
    CHECK(file ==
          "{\n  \"servers\": [\n    {\"name\":\"a\"},\n    {\"name\":\"b\"}\n  ],\n"
          "  \"pools\": []\n}\n");
    CHECK(read_fleet_text(file, ".").file.fleet == fleet->root().text());
}

TEST_CASE("apply: while records are read it is shown how far, then it is asked for again") {
    const std::string path = "/tmp/understudy-fleet-test-" + std::to_string(getpid()) + ".json";
    std::ofstream{path} << "{}";
    for (const Output output : {Output::Table, Output::Json}) {
        Play play;
        play.transport.answer(202, R"({"wanted":1000,"read":0,"estimate_s":130})");
        for (int read = 40; read < 1'000; read += 40)
            play.transport.answer(
                200, R"({"wanted":1000,"read":)" + std::to_string(read) + R"(,"estimate_s":90})");
        play.transport.answer(200, R"({"wanted":0,"read":0,"estimate_s":null})");
        play.transport.answer(200, R"({"dry_run":false,"applied":true,"changes":[]})");
        CHECK(play.run({"apply", "-f", path}, output) == kOk);
        CHECK(play.transport.asked.front().starts_with("POST /api/v1/fleet {"));
        CHECK(play.transport.asked[1] == "GET /api/v1/fleet/reading");
        CHECK(play.transport.asked.back().starts_with("POST /api/v1/fleet {"));
        if (output == Output::Json) {
            CHECK(play.out.str() == R"({"dry_run":false,"applied":true,"changes":[]})"
                                    "\n");
            continue;
        }
        CHECK(play.says("0 of 1000 records read, about 2 min 10 s left\n"));
        CHECK(play.says("400 of 1000 records read, about 1 min 30 s left\n"));  // ten seconds later
        CHECK_FALSE(play.says("\n440 of 1000"));
        CHECK(play.says("Nothing to change.\n"));
    }
    // Asked for again before the controller takes it that nobody is there.
    Play slow;
    slow.terminal = true;
    slow.transport.answer(202, R"({"wanted":4,"read":1,"estimate_s":null})");
    for (int second = 0; second < 60; ++second)
        slow.transport.answer(200, R"({"wanted":4,"read":1,"estimate_s":null})");
    slow.transport.answer(409, R"({"detail":"no"})");
    CHECK(slow.run({"apply", "-f", path}) == kRefused);
    CHECK(slow.says("[######..................] 1 of 4 records read"));
    std::remove(path.c_str());
}
