// What people force, as the API takes it, shows it and ends it; what is refused forces nothing.
#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Outcome;
using api_test::Stage;

namespace {

constexpr const char* kMaintenance = "/api/v1/servers/web1/maintenance";
constexpr const char* kPool = "/api/v1/pools/web1+web2";

std::string pool_path(const char* verb) {
    return std::string{kPool} + verb;
}

std::string why(const std::string& text) {
    return R"({"why":")" + text + R"("})";
}

struct Steered : Stage {
    Steered() {
        // Times of day in orders are compared with the engine's, which hears them step by step.
        (void)engine.step(now, TimePassed{wall});
        add_domain();
        link_all();
    }
    void refuses(const ApiRequest& asked, int status, const std::string& error) {
        const auto answer = send(asked);
        CAPTURE(asked.path);
        CAPTURE(asked.body);
        CHECK(answer.status() == status);
        CHECK_MESSAGE(answer.errors().find(error) != std::string::npos, answer.errors());
        CHECK((answer["errors"][0]["remedy"].string().value_or("") != ""));
    }
    bool nothing_is_forced() {
        const auto pool = get(kPool);
        const auto controls = get("/api/v1/controls");
        return get("/api/v1/servers/web1")["maintenance"].is_null() && pool["hold"].is_null() &&
               pool["preferred"].is_null() && pool["observe"].is_null() &&
               controls["pause"].is_null() && controls["observe"].is_null();
    }
};

}  // namespace

TEST_CASE("every override is shown with who, why, since and until, and ends") {
    Steered stage;
    const std::string wish = R"({"why":"kernel","until":"2999-01-01T00:00:00Z"})";
    struct Forced {
        std::string path, shown_at, key;
    };
    const Forced all[] = {
        {kMaintenance, "/api/v1/servers/web1", "maintenance"},
        {pool_path("/hold"), kPool, "hold"},
        {pool_path("/dry-run"), kPool, "observe"},
        {"/api/v1/controls/pause", "/api/v1/controls", "pause"},
        {"/api/v1/controls/dry-run", "/api/v1/controls", "observe"},
    };
    // A change under way forbids a dry run.
    REQUIRE(stage.engine.fleet().domains().front()->record.settled());
    for (const Forced& one : all) {
        const std::string &path = one.path, &key = one.key;
        CAPTURE(path);
        if (key == "maintenance") continue;
        const auto forced = stage.put(path, wish);
        CHECK(forced.status() == 200);
        const auto shown = stage.get(one.shown_at);
        for (const auto& answer : {shown[key], forced[key]}) {
            CHECK(answer["who"].string() == "admin token 'ops'");
            CHECK(answer["why"].string() == "kernel");
            CHECK(answer["until"].string() == "2999-01-01T00:00:00.000Z");
            CHECK(answer["since"].string() == to_rfc3339(stage.wall));
        }
        CHECK(stage.remove(path).status() == 204);
        CHECK(stage.nothing_is_forced());
        CHECK(stage.remove(path).status() == 409);
    }
    const auto drained = stage.put(kMaintenance, wish);
    CHECK(drained["maintenance"]["why"].string() == "kernel");
    CHECK(stage.get(kPool)["serving"][0].string() == "web2");
    CHECK(stage.put(kMaintenance, "{}")["maintenance"]["until"].is_null());
    CHECK(stage.remove(kMaintenance).status() == 204);
    CHECK(stage.nothing_is_forced());
}

TEST_CASE("an override may be given a length in place of an end") {
    Steered stage;
    for (const std::string& path : {pool_path("/hold"), pool_path("/dry-run")}) {
        const auto pool = stage.put(path, R"({"for":"1h30m"})");
        const auto forced = pool[path.ends_with("hold") ? "hold" : "observe"];
        CHECK(forced["until"].string() == to_rfc3339(stage.wall + std::chrono::minutes{90}));
        CHECK(stage.remove(path).status() == 204);
    }
    CHECK(stage.put("/api/v1/controls/pause", R"({"for":"2d"})")["pause"]["until"].string() ==
          to_rfc3339(stage.wall + std::chrono::hours{48}));
}

TEST_CASE("a bad wish is refused at its field and forces nothing") {
    Steered stage;
    const std::string long_text(201, 'x');
    const std::pair<std::string, std::string> wrong[] = {
        {R"({"until":"2001-01-01T00:00:00Z"})", "until: '2001-01-01T00:00:00.000Z' has passed"},
        {R"({"until":"tomorrow"})", "until: 'tomorrow' is not a time"},
        {R"({"until":7})", "until: 7 is not a string"},
        {R"({"for":"soon"})", "for: 'soon' is not a length of time"},
        {R"({"for":"0s"})", "for: '0s' is no time at all"},
        {R"({"for":"1h","until":"2999-01-01T00:00:00Z"})", "for: given together with 'until'"},
        {why(long_text), "why: the text has 201 characters"},
        {why("a\\nb"), "why: 'a b' has characters that cannot be printed"},
        {why("a\\u007fb"), "why: 'a b' has characters that cannot be printed"},
        {why("a\\u202eb"), "why: 'a\ufffdb' has characters that cannot be printed"},
        {why("a\\u009bb"), "has characters that cannot be printed"},
        {R"({"reason":"x"})", "reason: there is no such field"},
    };
    for (const std::string& path :
         {std::string{kMaintenance}, pool_path("/hold"), pool_path("/dry-run"),
          std::string{"/api/v1/controls/pause"}, std::string{"/api/v1/controls/dry-run"}}) {
        for (const auto& [body, error] : wrong)
            stage.refuses(stage.request("PUT", path, body), 422, error);
    }
    CHECK(stage.nothing_is_forced());
    std::string umlauts;
    for (int i = 0; i < 200; ++i)
        umlauts += "\xc3\xbc";
    CHECK(stage.put("/api/v1/controls/pause", why(umlauts)).status() == 200);
}

TEST_CASE("a switchover names a member; a failover finds one") {
    Steered stage;
    REQUIRE(stage.post("/api/v1/servers", R"({"name":"web3","ipv4":"203.0.113.30"})").status() ==
            201);
    const std::pair<const char*, const char*> wrong[] = {
        {"{}", "to: this is missing"},
        {R"({"to":"web9"})", "to: there is no server 'web9'"},
        {R"({"to":"web3"})", "to: server 'web3' is no member of pool 'web1+web2'"},
        {R"({"to":"web2","until":"2999-01-01T00:00:00Z"})", "until: there is no such field"},
    };
    for (const auto& [body, error] : wrong) {
        stage.refuses(stage.request("POST", pool_path("/switchover"), body), 422, error);
    }
    stage.refuses(stage.request("PUT", pool_path("/hold"), R"({"pin":"web3"})"), 422,
                  "pin: server 'web3' is no member");
    stage.refuses(stage.request("POST", pool_path("/switchover"), R"({"to":"web1"})"), 409,
                  "already points at server 'web1'");
    CHECK(stage.nothing_is_forced());
    const auto moved = stage.post(pool_path("/failover"), R"({"why":"slow"})");
    CHECK(moved.status() == 200);
    CHECK(moved.text("home") == "web2");
    CHECK(moved["preferred"]["server"].string() == "web2");
    CHECK(moved["preferred"]["why"].string() == "slow");
    const auto back = stage.post(pool_path("/failback"), R"({"force":true})");
    CHECK(back["preferred"].is_null());
    CHECK(back["serving"][0].string() == "web1");
}

TEST_CASE("a member that is not healthy is served from by force only") {
    Stage stage;
    stage.add_domain();
    const auto refused = stage.post(pool_path("/switchover"), R"({"to":"web2"})");
    CHECK(refused.status() == 409);
    CHECK(refused.text("remedy").find("force") != std::string::npos);
    CHECK(stage.get(kPool)["serving"][0].string() == "web1");
    const auto forced = stage.post(pool_path("/switchover"), R"({"to":"web2","force":true})");
    CHECK(forced.status() == 200);
    CHECK(forced["serving"][0].string() == "web2");
}

TEST_CASE("losses are accepted only while they are in doubt") {
    Steered stage;
    CHECK(stage.post("/api/v1/controls/accept-losses").status() == 409);
    CHECK(stage.post("/api/v1/controls/accept-losses", R"({"until":"x"})").status() == 422);
}

TEST_CASE("a server is edited in part, and a null takes its IPv6 address away") {
    Steered stage;
    const char* path = "/api/v1/servers/web1";
    const auto labelled = stage.patch(path, R"({"labels":{"region":"eu"}})");
    CHECK(labelled.text("ipv4") == "203.0.113.10");
    CHECK(labelled.text("ipv6") == "2001:db8::10");
    CHECK(stage.patch(path, R"({"ipv6":null})")["ipv6"].is_null());
    CHECK(stage.get(path)["labels"]["region"].string() == "eu");
    CHECK(stage.patch(path, R"({"ipv4":"203.0.113.11"})").status() == 200);
    const Domain& domain = *stage.engine.fleet().domains().front();
    CHECK(domain.record.desired == Stage::addresses("203.0.113.11"));
    stage.refuses(stage.request("PATCH", path, "{}"), 422, "nothing to change is given");
    stage.refuses(stage.request("PATCH", path, R"({"name":"web9"})"), 422, "name: ");
    stage.refuses(stage.request("PATCH", path, R"({"labels":{},"ipv4":"10.0.0.1"})"), 422,
                  "ipv4: ");
    stage.refuses(stage.request("PATCH", path, R"({"ipv4":"203.0.113.20"})"), 409, "'web2'");
    CHECK(stage.get(path)["labels"]["region"].string() == "eu");
}

TEST_CASE("an ignored domain says so until it is enforced") {
    Stage stage;
    const ProviderId provider = stage.add_domain();
    const std::string path = "/api/v1/domains/www.example.org";
    const auto ignored = stage.put(path + "/ignore", R"({"why":"by hand"})");
    CHECK(ignored["ignored"]["why"].string() == "by hand");
    CHECK(stage.put(path + "/ignore", R"({"until":"2999-01-01T00:00:00Z"})").status() == 422);
    stage.desk.answers.insert_or_assign(
        provider,
        Outcome{std::vector<RecordReading>{
            {"www.example.org", true, {Stage::addresses("203.0.113.10"), Ttl{300}, false}, {}}}});
    CHECK(stage.post(path + "/enforce", R"({"force":1})").status() == 422);
    CHECK(stage.post(path + "/enforce", R"({"force":true})")["ignored"].is_null());
}
