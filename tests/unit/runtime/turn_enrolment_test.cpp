// An agent's enrolment is answered like a person's order.
#include "tests/unit/runtime/turn_bench.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("an enrolment is answered after it is written, and closes no link") {
    Bench bench;
    AddServer server = some_server("web1");
    const Secret code = make_token("use"), token = make_token("usa");
    server.code_hash = token_hash(code.reveal());
    bench.give(server);
    REQUIRE(bench.run().ok());
    const auto enroll = [&](std::uint64_t id, const Secret& drawn) {
        bench.hub.arrivals.enrolments.push_back({id, code, drawn, "203.0.113.7"});
        REQUIRE(bench.run().ok());
        REQUIRE(bench.hub.enrolled.size() == id);
        return bench.hub.enrolled.back();
    };
    bench.store.fail_next_commit(Error{Errc::Transient, "busy", {}, {}, {}});
    CHECK(enroll(1, token) == std::pair{std::uint64_t{1}, std::string{"web1"}});
    CHECK(bench.store.load()->servers[0].next_token_hash == token_hash(token.reveal()));
    CHECK(enroll(2, make_token("usa")).second.find("was used already") != std::string::npos);
    CHECK(enroll(3, token).second == "web1");
    CHECK(bench.hub.revoked.empty());
    HistoryQuery query;
    query.type = "server_enrolled";
    const auto lines = bench.store.archive().history(query);
    REQUIRE(lines->size() == 1);
    CHECK(lines->front().line.who == "the agent at 203.0.113.7");
}
