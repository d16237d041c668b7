// Which name servers the rounds find, for how long they are kept, and whose addresses are asked.
#include "tests/unit/runtime/served_stage.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("the oldest zone makes way when too many are known") {
    RecordingOutbound names;
    TransferIds ids;
    ZoneServers zones{names, ids, ServedLimits{}};
    Instant now = test::kStart;
    int looked_up = 0;
    const auto learn = [&](const std::string& zone) {
        if (zones.of(zone, now) != nullptr) return;
        ++looked_up;
        for (zones.start(10); !names.submitted.empty(); zones.start(10)) {
            const Submitted next = names.take();
            std::string found;
            zones.finished({next.id, usual(std::get<NameQuestion>(next.transfer))}, now, found);
        }
    };
    for (int i = 0; i <= 10'000; ++i) {
        learn("z" + std::to_string(i) + ".example.org");
        now += Duration{1};
    }
    CHECK(looked_up == 10'001);
    learn("z1.example.org");
    CHECK(looked_up == 10'001);
    learn("z0.example.org");
    CHECK(looked_up == 10'002);
    learn("z10000.example.org");
    CHECK(looked_up == 10'002);
}
