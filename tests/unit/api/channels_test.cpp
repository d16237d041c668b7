#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

namespace {

constexpr const char* kHook =
    R"({"name":"hook","kind":"webhook","url":"https://hooks.example.org/services/T0/abc"})";

}  // namespace

TEST_CASE("a webhook's secret is made and shown once; its URL never") {
    Stage stage;
    const auto added = stage.post("/api/v1/channels", kHook);
    REQUIRE(added.status() == 201);
    const std::string secret = added.text("secret");
    CHECK(secret.starts_with("whsec_"));
    CHECK(from_base64(secret.substr(6))->size() == 32);
    const Channel* channel = stage.engine.fleet().channel_named("hook");
    REQUIRE(channel != nullptr);
    const auto opened = stage.sealer.open(channel->sealed_settings);
    REQUIRE(opened.ok());
    CHECK(opened->reveal().find("/services/T0/abc") != std::string::npos);
    CHECK(opened->reveal().find(secret.substr(6, 10)) != std::string::npos);
    CHECK(added.response.body.find("/services/") == std::string::npos);
    const auto shown = stage.get("/api/v1/channels/hook");
    CHECK(shown["settings"]["origin"].string() == "https://hooks.example.org");
    CHECK(shown.response.body.find("/services/") == std::string::npos);
    CHECK(shown.response.body.find(secret) == std::string::npos);
}

TEST_CASE("a secret of one's own is taken and not shown again") {
    Stage stage;
    const std::string secret = "whsec_" + to_base64(std::string(24, 's'));
    const std::string body =
        R"({"name":"hook","kind":"webhook","url":"https://hooks.example.org/x","secret":")";
    const auto added = stage.post("/api/v1/channels", body + secret + "\"}");
    REQUIRE(added.status() == 201);
    CHECK(added["secret"].is_null());
    CHECK(added.response.body.find(secret) == std::string::npos);
    const auto weak = stage.post("/api/v1/channels", body + "whsec_c2hvcnQ=\"}");
    CHECK(weak.status() == 422);
    CHECK(weak.text("field") == "secret");
    CHECK(weak.response.body.find("c2hvcnQ") == std::string::npos);
}

TEST_CASE("an e-mail channel needs recipients and a mail server") {
    Stage stage;
    const auto added =
        stage.post("/api/v1/channels", R"({"name":"ops","kind":"email","to":["ops@example.org"],
        "types":["server_down","server_up"],"labels":{"region":"eu"}})");
    REQUIRE(added.status() == 201);
    CHECK(added["channel"]["settings"]["to"].text() == R"(["ops@example.org"])");
    CHECK(added["channel"]["types"].text() == R"(["server_down","server_up"])");
    CHECK(added["secret"].is_null());
    CHECK(stage.post("/api/v1/channels", R"({"name":"ops2","kind":"email"})").text("field") ==
          "to");
    CHECK(stage.post("/api/v1/channels", R"({"name":"ops2","kind":"email","to":["no address"]})")
              .status() == 422);

    auto settings = Stage::default_settings();
    settings.mail_configured = false;
    Stage without{settings};
    CHECK(without
              .post("/api/v1/channels", R"({"name":"ops","kind":"email","to":["ops@example.org"]})")
              .status() == 422);
}

TEST_CASE("what a channel filters by must exist") {
    Stage stage;
    const auto answer = stage.post("/api/v1/channels", R"({"name":"hook","kind":"webhook",
        "url":"https://hooks.example.org/x","types":["server_down","party"],"pools":["none"],"to":["x"]})");
    CHECK(answer.status() == 422);
    CHECK(answer["errors"].size() == 3);
    CHECK(stage.post("/api/v1/channels", R"({"name":"x","kind":"fax"})").text("field") == "kind");
    CHECK(stage.post("/api/v1/channels", R"({"name":"x","kind":"webhook","url":"ftp://x"})")
              .text("field") == "url");
}

TEST_CASE("a test is a notification that can be looked at and tried again") {
    Stage stage;
    REQUIRE(stage.post("/api/v1/channels", kHook).status() == 201);
    const auto tested = stage.post("/api/v1/channels/hook/test");
    CHECK(tested.status() == 202);
    const std::int64_t id = tested["notification"].integer().value_or(0);
    const std::string path = "/api/v1/notifications/" + std::to_string(id);
    CHECK(tested.header("Location") == path);
    const auto shown = stage.get(path);
    CHECK(shown.status() == 200);
    CHECK(shown.text("type") == "test");
    CHECK(shown.text("state") == "pending");
    CHECK(shown["channel"]["name"].string() == "hook");
    CHECK(shown["payload"]["type"].string() == "test");
    CHECK(stage.post(path + "/retry")["behind"].is_null());
}

TEST_CASE("a retry says what comes first, and of a channel it brings that forward") {
    Stage stage;
    REQUIRE(stage.post("/api/v1/channels", kHook).status() == 201);
    std::vector<NotificationId> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(
            NotificationId{*stage.post("/api/v1/channels/hook/test")["notification"].integer()});
    }
    const WallTime later = stage.wall + std::chrono::hours{1};
    const std::vector<Change> changes{NotificationDead{ids[0], 9, "refused"},
                                      NotificationDeferred{ids[1], 4, later, "refused"}};
    REQUIRE(stage.store.commit(changes, stage.wall).ok());
    const auto last = stage.post("/api/v1/notifications/" + to_string(ids[2]) + "/retry");
    CHECK(last["retried"].integer() == 1);
    CHECK(last["behind"]["id"].integer() == ids[1].value);
    CHECK(last["behind"]["next_try"].string() == to_rfc3339(later));
    const auto first = stage.post("/api/v1/notifications/" + to_string(ids[1]) + "/retry");
    CHECK(first["behind"].is_null());
    REQUIRE(stage.store.commit(changes, stage.wall).ok());
    CHECK(stage.post("/api/v1/channels/hook/retry")["retried"].integer() == 2);
}

TEST_CASE("a disabled channel says so instead of taking a retry") {
    Stage stage;
    REQUIRE(stage.post("/api/v1/channels", kHook).status() == 201);
    const NotificationId id{*stage.post("/api/v1/channels/hook/test")["notification"].integer()};
    stage.desk.give(own_caller("dispatcher"),
                    DisableChannel{stage.engine.fleet().channels()[0]->id, "gone"}, {},
                    [](const Result<OrderDone>& done) { REQUIRE(done.ok()); });
    for (const std::string& path :
         {"/api/v1/notifications/" + to_string(id), std::string{"/api/v1/channels/hook"}}) {
        const auto answer = stage.post(path + "/retry");
        CHECK(answer.status() == 409);
        CHECK(answer.text("remedy").find("channel enable hook") != std::string::npos);
    }
    CHECK(stage.store.due(10)->notifications.empty());
}

TEST_CASE("a retry says what is missing when the channel goes in the same turn") {
    Stage stage;
    for (const bool whole : {false, true}) {
        REQUIRE(stage.post("/api/v1/channels", kHook).status() == 201);
        const std::string id =
            std::to_string(*stage.post("/api/v1/channels/hook/test")["notification"].integer());
        stage.desk.then = RemoveChannel{stage.engine.fleet().channel_named("hook")->id};
        const auto answer = stage.post(whole ? "/api/v1/channels/hook/retry"
                                             : "/api/v1/notifications/" + id + "/retry");
        CHECK(answer.status() == 404);
        CHECK(answer.text("detail") ==
              (whole ? "there is no channel 'hook'" : "there is no notification '" + id + "'"));
    }
}

TEST_CASE("all dead notifications of a channel are tried again, oldest first") {
    Stage stage;
    REQUIRE(stage.post("/api/v1/channels", kHook).status() == 201);
    std::vector<NotificationId> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(
            NotificationId{*stage.post("/api/v1/channels/hook/test")["notification"].integer()});
    }
    const std::vector<Change> changes{NotificationDead{ids[0], 9, "refused"},
                                      NotificationDead{ids[1], 9, "refused"},
                                      NotificationDelivered{ids[2]}};
    REQUIRE(stage.store.commit(changes, stage.wall).ok());
    const auto answer = stage.post("/api/v1/channels/hook/retry");
    CHECK(answer.status() == 200);
    CHECK(answer["retried"].integer() == 2);
    CHECK(stage.store.due(10)->notifications.front().row.id == ids[0]);
    CHECK(stage.post("/api/v1/notifications/" + to_string(ids[2]) + "/retry").status() == 409);
    CHECK(stage.get("/api/v1/notifications?state=dead&channel=hook")["items"].size() == 0);
    CHECK(stage.get("/api/v1/notifications?state=pending&channel=hook")["items"].size() == 2);
    CHECK(stage.get("/api/v1/notifications?state=lost").status() == 422);
    CHECK(stage.get("/api/v1/notifications/999999").status() == 404);
    CHECK(stage.post("/api/v1/channels/none/retry").status() == 404);
}

TEST_CASE("a removed channel is gone") {
    Stage stage;
    REQUIRE(stage.post("/api/v1/channels", kHook).status() == 201);
    CHECK(stage.post("/api/v1/channels", kHook).status() == 409);
    CHECK(stage.remove("/api/v1/channels/hook").status() == 204);
    CHECK(stage.get("/api/v1/channels")["items"].size() == 0);
}

TEST_CASE("a channel whose receiver was gone is enabled again") {
    Stage stage;
    REQUIRE(stage.post("/api/v1/channels", kHook).status() == 201);
    CHECK(stage.post("/api/v1/channels/hook/enable").status() == 409);
    const ChannelId id = stage.engine.fleet().channel_named("hook")->id;
    stage.desk.give(own_caller("dispatcher"), DisableChannel{id, "410 Gone"}, {},
                    [](const auto&) {});
    CHECK(stage.get("/api/v1/channels/hook")["disabled"].boolean() == true);
    CHECK(stage.post("/api/v1/channels/hook/test").status() == 409);
    const auto enabled = stage.post("/api/v1/channels/hook/enable");
    CHECK(enabled.status() == 200);
    CHECK(enabled["disabled"].boolean() == false);
    CHECK(stage.post("/api/v1/channels/hook/test").status() == 202);
    CHECK(stage.get("/api/v1/events?type=channel_enabled")["items"].size() == 1);
    CHECK(stage.post("/api/v1/channels/none/enable").status() == 404);
}

TEST_CASE("of a service's channel the secrets are sealed and the rest is shown as it was given") {
    auto settings = Stage::default_settings();
    settings.programs = {{"sms", {{"/usr/local/bin/send-sms"}}}};
    Stage stage{settings};
    const auto added = stage.post(
        "/api/v1/channels",
        R"({"name":"night","kind":"telegram","credential":"123456:ABC-DEF","chat":"-100123",)"
        R"("severity":"error"})");
    REQUIRE(added.status() == 201);
    CHECK(added["secret"].is_null());
    const auto shown = stage.get("/api/v1/channels/night");
    CHECK(shown["settings"].text() == R"({"chat":"-100123"})");
    CHECK(shown["severity"].string() == "error");
    CHECK(shown.response.body.find("ABC-DEF") == std::string::npos);
    CHECK(stage.get("/api/v1/fleet").response.body.find("ABC-DEF") == std::string::npos);
    const auto sealed = stage.engine.fleet().channel_named("night")->sealed_settings;
    CHECK(stage.sealer.open(sealed)->reveal() == R"({"credential":"123456:ABC-DEF"})");

    const auto field = [&](const char* body) {
        return stage.post("/api/v1/channels", body).text("field");
    };
    CHECK(field(R"({"name":"x","kind":"telegram","credential":"1:a"})") == "chat");
    CHECK(field(R"({"name":"x","kind":"telegram","chat":["1"],"credential":"1:a"})") == "chat");
    CHECK(field(R"({"name":"x","kind":"telegram","chat":"1"})") == "credential");
    CHECK(field(R"({"name":"x","kind":"ntfy","topic":"t","severity":"loud"})") == "severity");
    CHECK(field(R"({"name":"x","kind":"ntfy","topic":"t","server":"http://ntfy.example.org"})") ==
          "server");
    // An e-mail channel knows no chat.
    CHECK(field(R"({"name":"x","kind":"email","to":["a@example.org"],"chat":"1"})") == "chat");
    CHECK(stage.post("/api/v1/channels", R"({"name":"x","kind":"ntfy","topic":"t"})").status() ==
          201);
}

TEST_CASE("nobody can name a program by the API that the configuration does not have") {
    auto settings = Stage::default_settings();
    settings.programs = {{"sms", {{"/usr/local/bin/send-sms"}}}};
    Stage stage{settings};
    for (const char* program : {"/bin/sh", "other", "sms "}) {
        const auto refused =
            stage.post("/api/v1/channels",
                       R"({"name":"x","kind":"exec","program":")" + std::string{program} + "\"}");
        CHECK(refused.status() == 422);
        CHECK(refused.text("field") == "program");
    }
    CHECK(
        stage.post("/api/v1/channels", R"({"name":"x","kind":"exec","program":"sms"})").status() ==
        201);
    CHECK(stage
              .post("/api/v1/channels",
                    R"({"name":"y","kind":"exec","program":"sms","command":["/bin/sh"]})")
              .text("field") == "command");
}
