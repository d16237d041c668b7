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
