// WatchedStage: www.example.org served by web1, then web2, with agents that come and go and a clock
// that moves. Everything decided is in the store.
#pragma once

#include "tests/unit/api/stage.h"

namespace understudy::api_test {

class WatchedStage {
  public:
    WatchedStage() {
        stage.add_domain();
        web1 = stage.engine.fleet().server_named("web1")->id;
        web2 = stage.engine.fleet().server_named("web2")->id;
        link(web1);
        link(web2);
        step(TimePassed{stage.wall});
        begun = stage.wall;
    }

    void step(const Input& input) {
        const Decision decision = stage.engine.step(stage.now, input);
        REQUIRE(stage.store.commit(decision.changes, stage.wall).ok());
    }
    void link(ServerId server) {
        links[server] = ++last_link;
        step(AgentLinked{server, last_link, "203.0.113.7:1", true, ""});
    }
    void close(ServerId server) {
        step(AgentLeft{server, links.at(server), Departure::Closed, "connection closed"});
        links.erase(server);
    }
    // Agents are heard and deadlines are kept on the way.
    void advance(std::chrono::seconds by) {
        for (int i = 0; i < by.count(); ++i) {
            stage.now += std::chrono::seconds{1};
            stage.wall += std::chrono::seconds{1};
            stage.desk.now = stage.now;
            stage.desk.wall = stage.wall;
            for (const auto& [server, link] : links)
                step(AgentSeen{server, link});
            if (stage.engine.next_deadline() <= stage.now) step(TimePassed{stage.wall});
        }
    }
    void confirm() {
        const Domain& domain = *stage.engine.fleet().domain_named("www.example.org");
        step(RecordConfirmed{domain.id,
                             domain.record.generation,
                             {domain.record.desired, domain.record.desired_ttl, false}});
    }
    Answer explain(const std::string& query = {}) {
        return stage.get("/api/v1/domains/www.example.org/explain" + query);
    }
    Answer replay(const std::string& policy) {
        return stage.post("/api/v1/replay",
                          R"({"since":")" + to_rfc3339(begun) + R"(","policy":)" + policy + "}");
    }

    Stage stage;
    ServerId web1, web2;
    WallTime begun{};
    std::map<ServerId, LinkId> links;
    LinkId last_link = 0;
};

}  // namespace understudy::api_test
