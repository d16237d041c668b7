// Which state of a thing is meant: ETag, If-None-Match and If-Match.
#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Answer;
using api_test::Stage;

namespace {

struct TaggedStage : Stage {
    std::string tag_of(const std::string& target) {
        const std::string tag = get(target).header("ETag");
        REQUIRE(tag.size() > 4);
        return tag;
    }
    Answer send_if(const std::string& tag, std::string method, const std::string& target,
                   std::string body = {}) {
        ApiRequest asked = request(std::move(method), target, std::move(body));
        asked.if_match = tag;
        return send(asked);
    }
    // As the turn does.
    void note(const Change& change) { api.decided(change); }
    void note_server(const std::string& name) {
        note(SaveServer{*engine.fleet().server_named(name)});
    }
};

constexpr const char* kPathOfWeb1 = "/api/v1/servers/web1";
constexpr const char* kNewLabels = R"({"labels":{"region":"eu"}})";

}  // namespace

TEST_CASE("what is read has a tag, and is not sent again to who has it") {
    TaggedStage stage;
    stage.add_domain();
    for (const std::string target :
         {"/api/v1/servers/web1", "/api/v1/pools/web1+web2", "/api/v1/domains/www.example.org",
          "/api/v1/providers/main", "/api/v1/controls", "/api/v1/domains", "/api/v1/fleet"}) {
        CAPTURE(target);
        const std::string tag = stage.tag_of(target);
        for (const std::string& list : {tag, "\"x\", W/" + tag, std::string{"*"}}) {
            ApiRequest again = stage.request("GET", target);
            again.if_none_match = list;
            const Answer answer = stage.send(again);
            CHECK(answer.status() == 304);
            CHECK(answer.response.body.empty());
            CHECK(answer.header("ETag") == tag);
        }
    }
    ApiRequest again = stage.request("GET", kPathOfWeb1);
    again.if_none_match = stage.tag_of(kPathOfWeb1);
    stage.link("web1");
    CHECK(stage.send(again).status() == 200);  // health is in the answer
}

TEST_CASE("an edit of what was changed since it was read is refused, with a sentence") {
    TaggedStage stage;
    stage.add_servers();
    const std::string read = stage.tag_of(kPathOfWeb1);
    stage.note_server("web1");
    const Answer refused = stage.send_if(read, "PATCH", kPathOfWeb1, kNewLabels);
    CHECK(refused.status() == 412);
    CHECK(refused.text("code") == "precondition_failed");
    CHECK(refused.text("field") == "If-Match");
    CHECK(refused.text("detail").find("server 'web1' is not as you have read it") !=
          std::string::npos);
    CHECK(stage.engine.fleet().server_named("web1")->labels.empty());
    const std::string fresh = stage.tag_of(kPathOfWeb1);
    CHECK(fresh != read);
    const Answer edited = stage.send_if("\"other\", " + fresh, "PATCH", kPathOfWeb1, kNewLabels);
    CHECK(edited.status() == 200);
    CHECK_FALSE(edited.header("ETag").empty());
    CHECK(stage.send_if("W/" + fresh, "DELETE", kPathOfWeb1).status() == 412);  // RFC 9110 13.1.1
    CHECK(stage.send_if("*", "DELETE", kPathOfWeb1).status() == 204);
}

TEST_CASE("what is merely observed voids no edit") {
    TaggedStage stage;
    stage.add_servers();
    const std::string read = stage.tag_of(kPathOfWeb1);
    stage.now += Duration{60'000};
    stage.engine.step(
        stage.now,
        AgentLinked{
            stage.engine.fleet().server_named("web1")->id, 1, "203.0.113.7:51514", true, {}});
    CHECK(stage.tag_of(kPathOfWeb1) != read);
    CHECK(stage.send_if(read, "PATCH", kPathOfWeb1, kNewLabels).status() == 200);
}

TEST_CASE("orders on one thing and the controls take a condition, another thing's tag meets none") {
    TaggedStage stage;
    stage.add_servers();
    const std::string web1 = stage.tag_of(kPathOfWeb1);
    CHECK(stage.send_if(web1, "PUT", "/api/v1/servers/web2/maintenance").status() == 412);
    CHECK(stage.send_if(web1, "PUT", "/api/v1/servers/web1/maintenance").status() == 200);
    const std::string controls = stage.tag_of("/api/v1/controls");
    stage.note(SaveControls{});
    CHECK(stage.send_if(controls, "PUT", "/api/v1/controls/pause").status() == 412);
    CHECK(
        stage.send_if(stage.tag_of("/api/v1/controls"), "PUT", "/api/v1/controls/pause").status() ==
        200);
    CHECK(stage.send_if(web1, "DELETE", "/api/v1/servers/none").status() == 404);
}

TEST_CASE("a condition about what has no revision is refused, not overlooked") {
    TaggedStage stage;
    stage.add_servers();
    const std::string list = stage.tag_of("/api/v1/servers");
    for (const char* target : {"/api/v1/servers", "/api/v1/fleet"}) {
        const Answer refused = stage.send_if(list, "POST", target, "{}");
        CHECK(refused.status() == 412);
        CHECK(refused.text("detail").find("no entity tags here") != std::string::npos);
    }
    ApiRequest create = stage.request("POST", "/api/v1/servers");
    create.if_none_match = "*";
    CHECK(stage.send(create).status() == 412);
}
