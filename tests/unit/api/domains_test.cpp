#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Outcome;
using api_test::Stage;

namespace {

Outcome reading(const std::string& name, const AddressSet& addresses) {
    return std::vector<RecordReading>{{name, !addresses.empty(), {addresses, Ttl{300}, false}, {}}};
}

}  // namespace

TEST_CASE("a long list comes in pages that fit together") {
    Stage stage;
    const ProviderId provider = stage.add_domain();
    for (int i = 0; i < 24; ++i) {
        const std::string name = "d" + std::to_string(i) + ".example.org";
        stage.desk.answers.insert_or_assign(
            provider, Outcome{Stage::location_of(name, Stage::addresses("203.0.113.10"))});
        REQUIRE(stage.post("/api/v1/domains", R"({"name":")" + name + R"(","pool":"web1+web2"})")
                    .status() == 201);
    }
    std::vector<std::string> names;
    std::string cursor;
    int pages = 0;
    do {
        const auto page =
            stage.get("/api/v1/domains?limit=10" + (cursor.empty() ? "" : "&cursor=" + cursor));
        REQUIRE(page.status() == 200);
        page["items"].each(
            [&](json::Value domain) { names.emplace_back(*domain["name"].string()); });
        cursor = std::string{page["next"].string().value_or("")};
        ++pages;
    } while (!cursor.empty());
    CHECK(pages == 3);
    REQUIRE(names.size() == 25);
    CHECK(names.front() == "www.example.org");
    CHECK(names.back() == "d23.example.org");
    CHECK(stage.get("/api/v1/domains?limit=25")["next"].is_null());
}

TEST_CASE("filters by status, pool and server") {
    Stage stage;
    stage.add_domain();
    CHECK(stage.get("/api/v1/domains?status=active")["items"].size() == 1);
    CHECK(stage.get("/api/v1/domains?status=outage")["items"].size() == 0);
    CHECK(stage.get("/api/v1/domains?search=W.Exam")["items"].size() == 1);
    CHECK(stage.get("/api/v1/domains?search=shop")["items"].size() == 0);
    CHECK(stage.get("/api/v1/domains?pool=web1%2Bweb2").status() == 422);  // decoding is the hub's
    CHECK(stage.get("/api/v1/domains?pool=web1+web2&server=web2")["items"].size() == 1);
    REQUIRE(stage.post("/api/v1/servers", R"({"name":"web3","ipv4":"203.0.113.30"})").status() ==
            201);
    CHECK(stage.get("/api/v1/domains?server=web3")["items"].size() == 0);
}

TEST_CASE("a domain is found in any spelling") {
    Stage stage;
    stage.add_domain();
    CHECK(stage.get("/api/v1/domains/WWW.EXAMPLE.ORG.").status() == 200);
    CHECK(stage.get("/api/v1/domains/other.example.org").status() == 404);
}

TEST_CASE("a record that cannot be served as one says why") {
    Stage stage;
    stage.add_domain();
    const auto problem = [&stage] {
        return stage.get("/api/v1/domains/www.example.org")["record"]["problem"].text();
    };
    CHECK(problem() == "null");
    const DomainId id = stage.engine.fleet().domain_named("www.example.org")->id;
    const Decision noticed = stage.engine.step(
        stage.now, RecordObserved{id, 1, {}, "its address records differ in TTL (60 and 300)"});
    REQUIRE(stage.store.commit(noticed.changes, stage.wall).ok());
    CHECK(stage.get("/api/v1/domains/www.example.org").text("status") == "conflict");
    CHECK(problem() == R"j("its address records differ in TTL (60 and 300)")j");
}

TEST_CASE("adopt and enforce read the record first") {
    Stage stage;
    const ProviderId provider = stage.add_domain();
    const DomainId id = stage.engine.fleet().domain_named("www.example.org")->id;
    const AddressSet foreign = Stage::addresses("198.51.100.7");
    RecordObserved observed{id, 1, {foreign, Ttl{300}, false}};
    const Decision noticed = stage.engine.step(stage.now, observed);
    REQUIRE(stage.store.commit(noticed.changes, stage.wall).ok());
    REQUIRE(stage.get("/api/v1/domains/www.example.org").text("status") == "conflict");
    CHECK(stage.get("/api/v1/domains/www.example.org")["record"]["foreign"].text() ==
          R"(["198.51.100.7"])");

    stage.desk.answers.insert_or_assign(provider, reading("www.example.org", foreign));
    const auto adopted = stage.post("/api/v1/domains/www.example.org/adopt");
    CHECK(adopted.status() == 200);
    CHECK(stage.desk.provider.asked.back() == "read example.org www.example.org");
    CHECK(adopted["record"]["foreign"].is_null());
    CHECK(adopted["adopted"].boolean() == true);
    CHECK(adopted.text("reason") == "Holds what a person adopted, until the next switch");

    const auto enforced = stage.post("/api/v1/domains/www.example.org/enforce");
    CHECK(enforced.status() == 200);
    CHECK(enforced["record"]["desired"]["addresses"].text() == R"(["203.0.113.10"])");
    CHECK(enforced["record"]["settled"].boolean() == false);
}

TEST_CASE("a conflict says what is there, what it blocks and what a person may say") {
    Stage stage;
    const ProviderId provider = stage.add_domain();
    const DomainId id = stage.engine.fleet().domain_named("www.example.org")->id;
    const auto meet = [&](const AddressSet& found) {
        const auto generation = stage.engine.fleet().domain(id)->record.generation;
        const Decision noticed = stage.engine.step(
            stage.now, RecordObserved{id, generation, {found, Ttl{300}, false}, {}});
        REQUIRE(stage.store.commit(noticed.changes, stage.wall).ok());
        const auto shown = stage.get("/api/v1/domains/www.example.org");
        return std::string{shown["record"]["conflict"]["ways_out"].text()};
    };
    CHECK(stage.get("/api/v1/domains/www.example.org")["record"]["conflict"].is_null());
    CHECK(meet(Stage::addresses("198.51.100.7")) == R"(["adopt","enforce","ignore"])");
    const auto deleted = stage.get("/api/v1/status");
    CHECK(deleted["conflicts"]["count"].integer() == 1);
    CHECK(meet({}) == R"(["enforce","ignore"])");
    CHECK(stage.get("/api/v1/events?type=dns_drift&order=desc")["items"][0]["to"].is_null());
    CHECK(stage.get("/api/v1/domains/www.example.org")["record"]["foreign"].text() == "[]");

    stage.desk.answers.insert_or_assign(provider, reading("www.example.org", {}));
    CHECK(stage.post("/api/v1/domains/www.example.org/adopt").status() == 409);
    const auto enforced = stage.post("/api/v1/domains/www.example.org/enforce");
    CHECK(enforced.status() == 200);
    CHECK(enforced["record"]["conflict"].is_null());
    CHECK(enforced["record"]["settled"].boolean() == false);
}

TEST_CASE(
    "adopt and enforce answer what went wrong at the provider, and survive a removal meanwhile") {
    Stage stage;
    const ProviderId provider = stage.add_domain();
    stage.desk.answers.insert_or_assign(provider, transient("no answer"));
    CHECK(stage.post("/api/v1/domains/www.example.org/enforce").status() == 503);
    RecordReading cname{"www.example.org", false, {}, conflict("'www.example.org' is a CNAME")};
    stage.desk.answers.insert_or_assign(provider, Outcome{std::vector{cname}});
    CHECK(stage.post("/api/v1/domains/www.example.org/adopt").status() == 409);

    stage.desk.answers.insert_or_assign(
        provider, reading("www.example.org", Stage::addresses("203.0.113.10")));
    stage.desk.hold_answers = true;
    stage.begin(stage.request("POST", "/api/v1/domains/www.example.org/enforce"));
    const ApiRequest removal = stage.request("DELETE", "/api/v1/domains/www.example.org");
    int removed = 0;
    stage.api.handle(removal, stage.now, stage.wall,
                     [&](ApiResponse answer) { removed = answer.status; });
    CHECK(removed == 204);
    stage.desk.release();
    CHECK(stage.finish().status() == 404);
}

TEST_CASE("failback is refused while there is nothing to go back from") {
    Stage stage;
    stage.add_domain();
    CHECK(stage.post("/api/v1/pools/web1+web2/failback").status() == 409);
    CHECK(stage.post("/api/v1/domains/www.example.org/failback").status() == 409);
    CHECK(stage.post("/api/v1/pools/none/failback").status() == 404);
}
