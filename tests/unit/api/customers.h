// Two customers of one agency on the API's stage, and what neither must learn of the other.
#pragma once

#include <string>

#include "tests/unit/api/stage.h"

namespace understudy::api_test {

class Customers {
  public:
    Customers() {
        server("acmeshield1", "203.0.113.11", R"("owner":"acme")");
        server("acmeshield2", "203.0.113.12", R"("owner":"acme")");
        server("betashield1", "203.0.113.21", R"("owner":"beta")");
        server("betashield2", "203.0.113.22", R"("owner":"beta")");
        server("houseshield", "203.0.113.31", R"("region":"eu")");
        pool("acmepool", "acmeshield1", "acmeshield2");
        pool("betapool", "betashield1", "betashield2");
        provider = stage.add_provider();
        domain("shop.example.org", "acmepool", "203.0.113.11");
        domain("betashop.example.org", "betapool", "203.0.113.21");
        channel("acmehook", R"(,"labels":{"owner":"acme"})");
        channel("betahook", R"(,"labels":{"owner":"beta"})");
        channel("househook", "");
        for (const char* name : {"acmeshield1", "acmeshield2", "betashield1", "betashield2"})
            stage.link(name);
    }

    // A token; its secret. `narrow`: the rest of the body.
    std::string token(const std::string& name, const std::string& role,
                      const std::string& narrow = "") {
        const Answer made = stage.post(
            "/api/v1/tokens", R"({"name":")" + name + R"(","role":")" + role + "\"" + narrow + "}");
        CAPTURE(made.response.body);
        REQUIRE(made.status() == 201);
        return made.text("secret");
    }
    std::string acme(const std::string& role) {
        return token("acme-" + role, role, R"(,"labels":{"owner":"acme"})");
    }
    Answer as(const std::string& secret, const std::string& method, const std::string& target,
              const std::string& body = {}) {
        ApiRequest request = stage.request(method, target, body);
        request.authorization = "Bearer " + secret;
        return stage.send(request);
    }
    void pass(Duration time) {
        stage.now += time;
        stage.wall += time;
        stage.desk.now = stage.now;
        stage.desk.wall = stage.wall;
    }
    void happens(const Input& input) {
        const Decision decision = stage.engine.step(stage.now, input);
        REQUIRE(stage.store.commit(decision.changes, stage.wall).ok());
    }
    void leaves(const std::string& name) {
        const Server* server = stage.engine.fleet().server_named(name);
        happens(AgentLeft{server->id, link_of(name), Departure::Closed, "link closed"});
    }
    LinkId link_of(const std::string& name) const {
        LinkId link = 0;
        for (const char* linked : {"acmeshield1", "acmeshield2", "betashield1", "betashield2"}) {
            ++link;
            if (name == linked) return link;
        }
        return 0;
    }

    Stage stage;
    ProviderId provider;

  private:
    void server(const std::string& name, const std::string& address, const std::string& label) {
        REQUIRE(stage
                    .post("/api/v1/servers", R"({"name":")" + name + R"(","ipv4":")" + address +
                                                 R"(","labels":{)" + label + "}}")
                    .status() == 201);
    }
    void pool(const std::string& name, const std::string& first, const std::string& second) {
        REQUIRE(stage
                    .post("/api/v1/pools", R"({"name":")" + name + R"(","members":[")" + first +
                                               R"(",")" + second + R"("]})")
                    .status() == 201);
    }
    void domain(const std::string& name, const std::string& its_pool, const std::string& address) {
        stage.desk.answers.insert_or_assign(
            provider, Outcome{Stage::location_of(name, Stage::addresses(address))});
        REQUIRE(
            stage
                .post("/api/v1/domains", R"({"name":")" + name + R"(","pool":")" + its_pool + "\"}")
                .status() == 201);
    }
    void channel(const std::string& name, const std::string& narrow) {
        REQUIRE(stage
                    .post("/api/v1/channels",
                          R"({"name":")" + name +
                              R"(","kind":"webhook","url":"https://hook.example.org/x")" + narrow +
                              "}")
                    .status() == 201);
    }
};

}  // namespace understudy::api_test
