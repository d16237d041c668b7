#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Answer;
using api_test::Outcome;
using api_test::Stage;

namespace {

const std::string kCredential = "v3ry-secret-credential-of-forty-letters-";

std::string body(const std::string& kind = "cloudflare") {
    return R"({"name":"main","kind":")" + kind + R"(","credential":")" + kCredential + R"("})";
}

}  // namespace

TEST_CASE("a credential is sealed and never shown") {
    Stage stage;
    const auto added = stage.post("/api/v1/providers", body());
    REQUIRE(added.status() == 201);
    const ProviderAccount* account = stage.engine.fleet().provider_named("main");
    REQUIRE(account != nullptr);
    CHECK(stage.sealer.open(account->sealed_credential)->reveal() == kCredential);
    for (const auto& answer :
         {stage.get("/api/v1/providers"), stage.get("/api/v1/providers/main"),
          stage.get("/api/v1/events"), stage.post("/api/v1/providers", body())}) {
        CHECK(answer.response.body.find(kCredential) == std::string::npos);
        CHECK(answer.response.body.find(account->sealed_credential) == std::string::npos);
    }
}

TEST_CASE("a bad provider is refused without its credential in the answer") {
    Stage stage;
    const auto unknown = stage.post("/api/v1/providers", body("carrier-pigeon"));
    CHECK(unknown.status() == 422);
    CHECK(unknown.text("field") == "kind");
    CHECK(unknown.response.body.find(kCredential) == std::string::npos);
    const auto wrong =
        stage.post("/api/v1/providers",
                   R"({"name":"main","kind":"cloudflare","credential":17,"settings":[]})");
    CHECK(wrong.status() == 422);
    CHECK(wrong["errors"].size() == 2);
    CHECK(stage
              .post("/api/v1/providers",
                    R"({"name":"m","kind":"cloudflare","credential":"x x","settings":{"q":1}})")
              .status() == 422);
    CHECK(stage.engine.fleet().providers().empty());
}

TEST_CASE("verify tells what was proven and what cannot be") {
    Stage stage;
    const ProviderId id = stage.add_provider();
    stage.desk.answers.insert_or_assign(
        id, Outcome{Verification{{"token is active"}, {"may write"}, {}}});
    const auto verified = stage.post("/api/v1/providers/main/verify");
    CHECK(verified.status() == 200);
    CHECK(verified["proven"].text() == R"(["token is active"])");
    CHECK(verified["unproven"].text() == R"(["may write"])");
    stage.desk.answers.insert_or_assign(id, rejected("the token is not valid", "make a new one"));
    CHECK(stage.post("/api/v1/providers/main/verify").status() == 502);
}

TEST_CASE("what verify cannot read by itself is read from a domain there is") {
    Stage stage;
    Verification found{{"token is active"}, {"may write"}, {}, "that records can be read"};
    stage.desk.answers.insert_or_assign(stage.add_domain(), Outcome{found});
    stage.desk.hold_answers = true;
    const auto verify = [&](const Result<Outcome>& reading) {
        stage.begin(stage.request("POST", "/api/v1/providers/main/verify"));
        const ProviderId id = stage.engine.fleet().provider_named("main")->id;
        stage.desk.answers.insert_or_assign(id, reading);
        stage.desk.release();
        stage.desk.answers.insert_or_assign(id, Outcome{found});
        return stage.finish();
    };
    const Location there = Stage::location_of("www.example.org", Stage::addresses("203.0.113.10"));
    const auto good = verify(Outcome{std::vector<RecordReading>{there.reading}});
    CHECK(stage.desk.provider.asked.back() == "read example.org www.example.org");
    CHECK(good["proven"].text() ==
          R"(["token is active","the records of zone 'example.org' can be read"])");
    CHECK(good["unproven"].text() == R"(["may write"])");

    const auto refused = verify(rejected("no rights", "DNS:Edit is needed"));
    CHECK(refused.status() == 200);
    CHECK(refused["unproven"].text() == R"(["that records can be read","may write"])");
    CHECK(refused["warnings"].text() ==
          R"x(["'www.example.org' cannot be read: no rights (DNS:Edit is needed)"])x");
}

TEST_CASE("without a domain what verify cannot read stays unproven") {
    Stage stage;
    const Verification found{{"token is active"}, {}, {}, "that records can be read"};
    stage.desk.answers.insert_or_assign(stage.add_provider(), Outcome{found});
    CHECK(stage.post("/api/v1/providers/main/verify")["unproven"].text() ==
          R"(["that records can be read"])");
}

TEST_CASE("a provider with domains stays") {
    Stage stage;
    stage.add_domain();
    CHECK(stage.get("/api/v1/providers/main")["domains"].integer() == 1);
    CHECK(stage.remove("/api/v1/providers/main").status() == 409);
    REQUIRE(stage.remove("/api/v1/domains/www.example.org").status() == 204);
    CHECK(stage.remove("/api/v1/providers/main").status() == 204);
    CHECK(stage.remove("/api/v1/providers/main").status() == 404);
}

TEST_CASE("a credential is replaced under a domain, checked first and never shown") {
    Stage stage;
    const ProviderId id = stage.add_domain();
    const std::string before = stage.engine.fleet().provider(id)->sealed_credential;
    const auto put = [&](const std::string& content) {
        return stage.send(stage.request("PUT", "/api/v1/providers/main/credential", content));
    };
    const std::string fresh = "fr3sh-secret-credential-of-forty-letters";
    for (const std::string& wrong : {std::string{"{}"}, std::string{R"({"credential":""})"},
                                     std::string{R"({"credential":"x )"} + fresh + R"("})",
                                     R"({"credential":")" + fresh + R"(","kind":"powerdns"})"}) {
        const auto refused = put(wrong);
        CHECK(refused.status() == 422);
        CHECK(refused.response.body.find(fresh) == std::string::npos);
    }
    CHECK(stage.engine.fleet().provider(id)->sealed_credential == before);

    const auto replaced = put(R"({"credential":")" + fresh + R"("})");
    REQUIRE(replaced.status() == 200);
    CHECK(replaced.text("name") == "main");
    CHECK(replaced["domains"].integer() == 1);
    const std::string sealed = stage.engine.fleet().provider(id)->sealed_credential;
    CHECK(stage.sealer.open(sealed)->reveal() == fresh);
    const auto events = stage.get("/api/v1/events?type=provider_credential_replaced");
    CHECK(events["items"].size() == 1);
    for (const Answer* answer : {&replaced, &events}) {
        CHECK(answer->response.body.find(fresh) == std::string::npos);
        CHECK(answer->response.body.find(sealed) == std::string::npos);
    }
    CHECK(stage.send(stage.request("PUT", "/api/v1/providers/none/credential", "{}")).status() ==
          404);
}
