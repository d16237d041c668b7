#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

TEST_CASE("a pool is made of the servers in order, and of what was said of its policy") {
    Play play;
    play.transport.answer(201, R"({"name":"cdn","serving":["a","b"]})");
    CHECK(play.run({"pool", "add", "cdn", "a", "b,c", "--mode", "active_active", "--max-answers",
                    "2", "--answers", "least_loaded"}) == kOk);
    CHECK(play.transport.asked.front() ==
          R"(POST /api/v1/pools {"name":"cdn","members":["a","b","c"],"policy":)"
          R"({"mode":"active_active","max_answers":2,"answers":"least_loaded"}})");
    CHECK(play.says("served by a, b"));
    Play none;
    CHECK(none.run({"pool", "add", "cdn"}) == kUsage);
}

TEST_CASE("only what was said of a policy is changed; none takes a fallback away") {
    Play play;
    play.transport.answer(200, R"({"name":"cdn","serving":["a"],"domains":0})");
    CHECK(play.run({"pool", "set-policy", "cdn", "--fallback-ipv4", "none", "--failback-after",
                    "vm"}) == kOk);
    CHECK(play.transport.asked.front() ==
          R"(PATCH /api/v1/pools/cdn/policy {"failback_after_s":"vm","fallback_ipv4":null})");
    Play nothing;
    CHECK(nothing.run({"pool", "set-policy", "cdn"}) == kUsage);
    CHECK(nothing.transport.asked.empty());
}
