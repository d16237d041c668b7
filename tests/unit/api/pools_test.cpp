// Pools made by name, their members and their policy; what is refused leaves all as it was.
#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

namespace {

const Pool& pool_of(const Stage& stage, const std::string& name) {
    const Pool* pool = stage.engine.fleet().pool_named(name);
    REQUIRE(pool != nullptr);
    return *pool;
}

// web1 and web2 with their agents, and pool "web" of both.
struct Pools : Stage {
    Pools() {
        add_servers();
        link_all();
        REQUIRE(post("/api/v1/pools", R"({"name":"web","members":["web1","web2"]})").status() ==
                201);
    }
    // The call is refused with that status and that error, and the pool stays as it was.
    void refuses(const ApiRequest& asked, int status, const std::string& error) {
        const Pool before = pool_of(*this, "web");
        const std::size_t pools = engine.fleet().pools().size();
        const auto answer = send(asked);
        CAPTURE(asked.body);
        CHECK(answer.status() == status);
        CHECK(answer.errors().find(error) != std::string::npos);
        CHECK_MESSAGE(answer.errors().find(error) != std::string::npos, answer.errors());
        CHECK(pool_of(*this, "web") == before);
        CHECK(engine.fleet().pools().size() == pools);
    }
};

}  // namespace

TEST_CASE("a pool is made by name and shown whole") {
    Stage stage;
    stage.add_servers();
    const auto made = stage.post("/api/v1/pools",
                                 R"({"name":"web","members":["web2","web1"],
            "policy":{"mode":"active_active","max_answers":2,"answers":"least_loaded",
                      "failback_after_s":"vm"}})");
    CHECK(made.status() == 201);
    CHECK(made.header("Location") == "/api/v1/pools/web");
    CHECK(made["implicit"].boolean() == false);
    CHECK(made["policy"]["mode"].string() == "active_active");
    CHECK(made["policy"]["max_answers"].integer() == 2);
    CHECK(made["policy"]["answers"].string() == "least_loaded");
    CHECK(made["policy"]["failback_after_s"].integer() == 180);
    CHECK(made.text("home") == "web2");
    for (const char* key : {"hold", "preferred", "observe", "would_serve"}) {
        CAPTURE(key);
        CHECK(made[key].is_null());
    }
    CHECK(made["failovers_within_the_hour"].integer() == 0);
    CHECK(made["restraint"]["kind"].string() == "warm_up");
    CHECK(stage.post("/api/v1/pools", R"({"name":"web","members":["web1"]})").status() == 409);
    CHECK(stage.remove("/api/v1/pools/web").status() == 204);
    CHECK(stage.get("/api/v1/pools/web").status() == 404);
}

TEST_CASE("members are named once, exist, and are not none") {
    Pools stage;
    const std::pair<const char*, const char*> wrong[] = {
        {R"({"members":[]})", "members: the list is empty"},
        {R"({})", "members: this is missing"},
        {R"({"members":["web1","web1"]})", "members[1]: server 'web1' is named twice"},
        {R"({"members":["web1","nobody"]})", "members[1]: there is no server 'nobody'"},
        {R"({"members":["web1",7]})", "members[1]: this is not a string"},
        {R"({"members":["web1"],"primary":"web1"})", "primary: there is no such field"},
        {R"({"members":["web1"],"force":"yes"})", "force: this is not true or false"},
    };
    for (const auto& [body, error] : wrong) {
        stage.refuses(stage.request("PUT", "/api/v1/pools/web/members", body), 422, error);
    }
    const auto set = stage.put("/api/v1/pools/web/members", R"({"members":["web2","web1"]})");
    CHECK(set.status() == 200);
    CHECK(set["members"][0]["name"].string() == "web2");
    CHECK(stage.put("/api/v1/pools/none/members", R"({"members":["web1"]})").status() == 404);
}

TEST_CASE("a bad pool is refused with every reason and nothing is made") {
    Pools stage;
    const auto answer = stage.post(
        "/api/v1/pools",
        R"({"name":"Big Pool","members":["x"],"policy":{"max_answers":101,"mode":"both"},"y":1})");
    CHECK(answer.status() == 422);
    CHECK(answer["errors"].size() == 5);
    CHECK(answer.errors().find("policy.max_answers: 101 is out of range") != std::string::npos);
    CHECK(answer.errors().find("policy.mode: 'both' is not known here") != std::string::npos);
    CHECK(stage.engine.fleet().pools().size() == 1);
}

TEST_CASE("a policy is changed in part, and a null takes a fallback away") {
    Pools stage;
    const char* path = "/api/v1/pools/web/policy";
    CHECK(stage.patch(path, R"({"fallback_ipv4":"198.51.100.9","confirm_s":7})").status() == 200);
    const auto kept = stage.patch(path, R"({"reaction":"maintenance","confirm_s":null})");
    CHECK(kept["policy"]["fallback_ipv4"].string() == "198.51.100.9");
    CHECK(kept["policy"]["confirm_s"].integer() == 7);
    CHECK(kept["policy"]["reaction"].string() == "maintenance");
    CHECK(stage.patch(path, R"({"fallback_ipv4":null})")["policy"]["fallback_ipv4"].is_null());
}

TEST_CASE("a policy out of range is refused, whoever finds it, at the field of the body") {
    Pools stage;
    const std::pair<const char*, const char*> wrong[] = {
        {R"({})", ": nothing to change is given"},
        {R"({"confirm_s":3601})", "confirm_s: 3601 is out of range"},
        {R"({"confirm_s":5,"health_timeout_s":0})", "health_timeout_s: 0 is out of range"},
        {R"({"failback_after_s":"toaster"})", "failback_after_s: 'toaster' is no preset"},
        {R"({"max_answers":-1})", "max_answers: -1 is out of range"},
        {R"({"max_answers":2})", "max_answers: a pool of mode 'failover' has one answer"},
        {R"({"answers":"fastest"})", "answers: 'fastest' is not known here"},
        {R"({"mode":"active_active","answers":"least_loaded"})", "answers: 'least_loaded'"},
        {R"({"fallback_ipv6":"2001:db8::9"})", "fallback_ipv6: a fallback needs an IPv4"},
        {R"({"fallback_ipv4":"10.0.0.1"})", "fallback_ipv4: "},
        {R"({"colour":"red"})", "colour: there is no such field"},
        // Of probes: what is none, and what contradicts itself.
        {R"({"probe":"ftp:21"})", "probe: 'ftp:21'"},
        {R"({"probe":"tcp"})", "probe: 'tcp'"},
        {R"({"probe":"https:70000"})", "probe: 'https:70000'"},
        {R"({"probe":"http:80/a b"})", "probe: 'http:80/a b'"},
        {R"({"probe":"https://www.example.org/"})", "probe: 'https://www.example.org/'"},
        {R"({"probe_status":"99-700"})", "probe_status: '99-700'"},
        {R"({"probe_timeout_s":61})", "probe_timeout_s: 61 is out of range"},
        {R"({"probe_proxy_protocol":"v2"})", "probe_proxy_protocol: 'v2' is not known here"},
        {R"({"probe":"tcp:443","probe_text":"ok"})", "probe_text: a tcp probe reads no answer"},
        {R"({"probe":"http","probe_certificate":"require"})",
         "probe_certificate: this probe sees no certificate"},
        {R"({"probe":"off","evidence":"service"})", "evidence: 'service' goes by what probes say"},
        {R"({"probe":"off","require_ready":"must"})", "require_ready: 'must' goes by what probes"},
        {R"({"mode":"active_active","require_ready":"must"})",
         "require_ready: 'must' is for pools"},
        {R"({"fast_interval_s":6})", "fast_interval_s: it is longer than probe_interval_s"},
    };
    for (const auto& [body, error] : wrong) {
        stage.refuses(stage.request("PATCH", "/api/v1/pools/web/policy", body), 422, error);
    }
}

TEST_CASE("a pool with domains is not removed") {
    Stage stage;
    stage.add_domain();
    CHECK(stage.get("/api/v1/pools/web1+web2")["implicit"].boolean() == true);
    const auto refused = stage.remove("/api/v1/pools/web1+web2");
    CHECK(refused.status() == 409);
    CHECK(refused.text("remedy").find("domain move") != std::string::npos);
}

TEST_CASE("a domain that is removed in the turn in which it is moved is still answered for") {
    Stage stage;
    stage.add_domain();
    stage.link_all();
    REQUIRE(stage.post("/api/v1/pools", R"({"name":"spare","members":["web2"]})").status() == 201);
    stage.desk.then = RemoveDomain{stage.engine.fleet().domain_named("www.example.org")->id};
    const auto moved =
        stage.post("/api/v1/domains/move", R"({"domains":["www.example.org"],"pool":"spare"})");
    CHECK(moved.status() == 200);
    CHECK(moved["domains"][0]["name"].string() == "www.example.org");
    CHECK(stage.engine.fleet().domain_named("www.example.org") == nullptr);
}

TEST_CASE("domains are moved by name or by pool, after a look, all or none") {
    Stage stage;
    stage.add_domain();
    stage.link_all();
    const char* path = "/api/v1/domains/move";
    REQUIRE(stage.post("/api/v1/pools", R"({"name":"spare","members":["web2"]})").status() == 201);
    const auto looked =
        stage.post(path, R"({"domains":["www.example.org"],"pool":"spare","dry_run":true})");
    CHECK(looked.status() == 200);
    CHECK(looked["dry_run"].boolean() == true);
    CHECK(looked["domains"][0]["from"].string() == "203.0.113.10");
    CHECK(looked["domains"][0]["to"].string() == "203.0.113.20");
    const std::pair<const char*, const char*> wrong[] = {
        {R"({"domains":["www.example.org"],"from_pool":"web1+web2","pool":"spare"})",
         "domains: domains and from_pool are both given"},
        {R"({"pool":"spare"})", "domains: this is missing"},
        {R"({"domains":[],"pool":"spare"})", "domains: the list is empty"},
        {R"({"domains":["www.example.org"]})", "pool: this is missing"},
        {R"({"domains":["www.example.org"],"pool":"none"})", "pool: there is no pool 'none'"},
        {R"({"domains":["www.example.org","x.example"],"pool":"spare"})",
         "domains[1]: there is no domain 'x.example'"},
        {R"({"domains":["www.example.org","WWW.example.org."],"pool":"spare"})",
         "domains[1]: domain 'www.example.org' is named twice"},
        {R"({"from_pool":"none","pool":"spare"})", "from_pool: there is no pool 'none'"},
        {R"({"from_pool":"spare","pool":"web1+web2"})", "from_pool: pool 'spare' has no domains"},
        {R"({"from_pool":"web1+web2","pool":"web1+web2"})", "from_pool: pool 'web1+web2'"},
        {R"({"from_pool":"web1+web2","pool":"spare","why":"x"})", "why: there is no such field"},
    };
    for (const auto& [body, error] : wrong) {
        const auto refused = stage.post(path, body);
        CHECK(refused.status() == 422);
        CHECK_MESSAGE(refused.errors().find(error) != std::string::npos, refused.errors());
    }
    CHECK(stage.get("/api/v1/domains/www.example.org")["pool"]["name"].string() == "web1+web2");
    const auto moved = stage.post(path, R"({"from_pool":"web1+web2","pool":"spare"})");
    CHECK(moved.status() == 200);
    CHECK(moved["dry_run"].boolean() == false);
    CHECK(moved["domains"][0]["name"].string() == "www.example.org");
    CHECK(stage.get("/api/v1/domains/www.example.org")["pool"]["name"].string() == "spare");
}
