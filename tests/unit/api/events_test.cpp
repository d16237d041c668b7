#include "controller/api/call.h"
#include "controller/api/identity.h"
#include "controller/api/long_answers.h"
#include "controller/api/record_survey.h"
#include "controller/api/zone_directory.h"
#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

TEST_CASE("the log says what people did, newest first or as it happened") {
    Stage stage;
    stage.add_domain();
    const auto newest = stage.get("/api/v1/events");
    REQUIRE(newest.status() == 200);
    CHECK(newest["items"][0]["type"].string() == "domain_added");
    CHECK(newest["items"][0]["domain"]["name"].string() == "www.example.org");
    CHECK(newest["items"][0]["who"].string() == "admin token 'ops'");
    const auto first = stage.get("/api/v1/events?type=server_added&order=asc&limit=1");
    CHECK(first["items"][0]["type"].string() == "server_added");
    const std::string next{first["next"].string().value_or("")};
    const auto second =
        stage.get("/api/v1/events?type=server_added&order=asc&limit=1&after=" + next);
    CHECK(second["items"][0]["server"]["name"].string() == "web2");
}

TEST_CASE("following goes on after the last event seen") {
    Stage stage;
    stage.add_servers();
    const std::string last{stage.get("/api/v1/events?limit=1")["next"].string().value_or("")};
    CHECK(stage.get("/api/v1/events?order=asc&after=" + last)["items"].size() == 0);
    REQUIRE(stage.remove("/api/v1/servers/web2").status() == 204);
    const auto more = stage.get("/api/v1/events?order=asc&after=" + last);
    CHECK(more["items"].size() == 1);
    CHECK(more["items"][0]["type"].string() == "server_removed");
}

TEST_CASE("events are found by thing, type and time, also of things that are gone") {
    Stage stage;
    stage.add_servers();
    const std::string id = to_string(stage.engine.fleet().server_named("web1")->id);
    REQUIRE(stage.remove("/api/v1/servers/web1").status() == 204);
    CHECK(stage.get("/api/v1/events?server=web1").status() == 422);
    CHECK(stage.get("/api/v1/events?server=" + id)["items"].size() == 2);
    CHECK(stage.get("/api/v1/events?server=web2&type=server_added")["items"].size() == 1);
    CHECK(stage.get("/api/v1/events?until=2001-01-01T00:00:00Z")["items"].size() == 0);
    CHECK(
        stage.get("/api/v1/events?type=server_added&since=2001-01-01T00:00:00Z")["items"].size() ==
        2);
    CHECK(stage.get("/api/v1/events?until=1h")["items"].size() == 0);
    CHECK(stage.get("/api/v1/events?type=server_added&since=1h")["items"].size() == 2);
    const auto wrong = stage.get("/api/v1/events?since=soon");
    CHECK(wrong.status() == 422);
    CHECK(wrong.errors().find("since: 'soon' is not a time") != std::string::npos);
}

TEST_CASE("too many readings at once are refused; what needs none is answered") {
    Stage stage;
    stage.add_domain();
    CHECK(stage.get("/api/v1/status").status() == 200);
    CHECK(stage.archive.readings == 0);
    stage.archive.crowded = true;
    for (const char* path : {"/api/v1/events", "/api/v1/domains/www.example.org/explain",
                             "/api/v1/notifications", "/api/v1/notifications/1"}) {
        CAPTURE(path);
        CHECK(stage.get(path).status() == 503);
    }
    CHECK(stage.post("/api/v1/replay", R"({"since":"1h","policy":{}})").status() == 503);
    CHECK(stage.get("/api/v1/servers").status() == 200);
    CHECK(stage.archive.readings == 0);
}

TEST_CASE("nothing is prepared for a reading that finds no room") {
    Stage stage;
    const ApiSettings settings;
    api::ZoneDirectory zones{stage.desk};
    api::RecordSurvey survey{stage.engine.fleet(), stage.desk, zones};
    api::LongAnswers longer;
    Viewers viewers{stage.engine.fleet()};
    const api::SeenFleet seen{stage.engine, Scope{}};
    api::Identity identity{{}, stage.engine.fleet(), settings.web};
    const api::Context context{seen,        stage.archive, stage.desk, stage.sealer,
                               stage.state, settings,      zones,      survey,
                               longer,      viewers,       identity};
    const auto request = stage.request("GET", "/");
    std::vector<int> answers;
    const api::Call call{context, request, {}, {}, stage.wall, {}, [&](const ApiResponse& answer) {
                             answers.push_back(answer.status);
                         }};
    int prepared = 0;
    const auto ask = [&] {
        api::look_up(
            call, [&] { return ++prepared; },
            [](Archive&, int number) -> Result<std::string> { return std::to_string(number); });
    };
    stage.archive.crowded = true;
    ask();
    CHECK(prepared == 0);
    stage.archive.crowded = false;
    ask();
    CHECK(prepared == 1);
    CHECK(answers == std::vector{503, 200});
}

TEST_CASE("the last page says that it is the last, be it full or not") {
    Stage stage;
    stage.add_servers();
    const std::size_t all = stage.get("/api/v1/events")["items"].size();
    REQUIRE(all >= 2);
    const std::string full = "/api/v1/events?limit=" + std::to_string(all);
    CHECK(stage.get(full)["next"].is_null());
    const auto page = stage.get("/api/v1/events?limit=" + std::to_string(all - 1));
    CHECK(page["items"].size() == all - 1);
    const std::string next{page["next"].string().value_or("")};
    const auto rest = stage.get("/api/v1/events?cursor=" + next);
    CHECK(rest["items"].size() == 1);
    CHECK(rest["next"].is_null());
    // Who follows goes on from there.
    CHECK(stage.get(full + "&order=asc")["next"].is_string());
}
