#include "controller/core/machines.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

// Whether two machines were found, when agents of these take turns for a server's link.
bool two_found(const Machine& one, const Machine& other) {
    UndoLog undo;
    MachineBook book{undo};
    Instant now{Duration{1'000'000}};
    bool found = false;
    for (LinkId link = 1; link <= 6; ++link) {
        const Machine& machine = link % 2 == 0 ? other : one;
        now += Duration{60'000};
        found =
            book.linked(AgentLinked{ServerId{1}, link, "peer", true, "", machine}, now) || found;
    }
    return found;
}

}  // namespace

TEST_CASE("two machines that take turns are found, and one that changes its agent is one") {
    const Machine web1{"web1", "boot-1", "203.0.113.10", "understudy-agent 0.1.0"};
    Machine clone = web1, upgraded = web1;
    clone.boot_id = "boot-2";
    upgraded.software = "understudy-agent 0.2.0";
    CHECK(two_found(web1, clone));
    CHECK_FALSE(two_found(web1, upgraded));
}
