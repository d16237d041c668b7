#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

TEST_CASE("labels that are not named stay") {
    Play play;
    play.transport.answer(200, R"({"name":"web1","labels":{"region":"eu","rack":"7"}})");
    play.transport.answer(200, R"({"name":"web1"})");
    CHECK(play.run({"server", "set", "web1", "--ipv6", "none", "--label", "region=us", "--no-label",
                    "rack", "--no-wait"}) == kOk);
    CHECK(play.transport.asked.back() ==
          R"(PATCH /api/v1/servers/web1 {"ipv6":null,"labels":{"region":"us"}})");
    Play nothing;
    CHECK(nothing.run({"server", "set", "web1"}) == kUsage);
    CHECK(nothing.transport.asked.empty());
}

TEST_CASE("a server is dynamic or not, in these words") {
    for (const std::string said : {"on", "off"}) {
        CAPTURE(said);
        Play play;
        play.transport.answer(200, R"({"name":"web1","labels":{}})");
        play.transport.answer(200, R"({"name":"web1"})");
        CHECK(play.run({"server", "set", "web1", "--dynamic", said, "--no-wait"}) == kOk);
        CHECK(play.transport.asked.back() == R"(PATCH /api/v1/servers/web1 {"dynamic":)" +
                                                 std::string{said == "on" ? "true" : "false"} +
                                                 "}");
    }
    Play wrong;
    wrong.transport.answer(200, R"({"name":"web1","labels":{}})");
    CHECK(wrong.run({"server", "set", "web1", "--dynamic", "yes", "--no-wait"}) == kUsage);
    Play added;
    CHECK(added.run({"server", "add", "web1", "--ipv4", "203.0.113.10", "--dynamic", "auto"}) ==
          kUsage);
    CHECK(added.transport.asked.empty());
}
