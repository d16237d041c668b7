#include "controller/core/mass_loss.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::seconds;
using Turn = MassLoss::Turn;

constexpr Instant kBegin{Duration{1'000'000}};

struct Fleet10 {
    MassLoss guard{GuardLimits{}};  // more than 50 % and at least 3, within 60 s
    int known = 10;

    Turn lose(int server, seconds after) {
        return guard.vanished(ServerId{server}, kBegin + after, known);
    }
    Turn find(int server) { return guard.back(ServerId{server}, known); }
};

}  // namespace

TEST_CASE("mass loss: begins with the first server that makes it more than half") {
    Fleet10 fleet;
    for (int server = 1; server <= 5; ++server)
        CHECK(fleet.lose(server, seconds{server}) == Turn::None);
    CHECK_FALSE(fleet.guard.doubted());
    CHECK(fleet.lose(6, seconds{6}) == Turn::Began);
    CHECK(fleet.guard.doubted());
    CHECK(fleet.lose(7, seconds{7}) == Turn::None);
    CHECK(fleet.guard.missing() == 7);
}

TEST_CASE("mass loss: with 100 percent it is switched off, and nothing is waited for") {
    GuardLimits limits;
    limits.mass_loss_percent = 100;
    MassLoss guard{limits};
    for (int server = 1; server <= 10; ++server) {
        CHECK(guard.vanished(ServerId{server}, kBegin, 10) == Turn::None);
        CHECK(guard.settles_at() <= kBegin);
    }
    CHECK_FALSE(guard.doubted());
}

TEST_CASE("mass loss: three lost within the spread may be the first of most") {
    Fleet10 fleet;  // a spread of 15 s
    fleet.lose(1, seconds{0});
    fleet.lose(2, seconds{0});
    CHECK(fleet.guard.settles_at() <= kBegin);
    fleet.lose(3, seconds{15});
    CHECK(fleet.guard.settles_at() == kBegin + seconds{30});
    fleet.find(2);
    CHECK(fleet.guard.settles_at() <= kBegin);
    fleet.lose(4, seconds{16});
    CHECK(fleet.guard.settles_at() <= kBegin);
    fleet.lose(5, seconds{17});
    CHECK(fleet.guard.settles_at() == kBegin + seconds{32});
}

TEST_CASE("mass loss: a server that is reported lost twice counts once") {
    Fleet10 fleet;
    for (int i = 0; i < 20; ++i)
        CHECK(fleet.lose(1, seconds{0}) == Turn::None);
    CHECK(fleet.guard.missing() == 1);
}

TEST_CASE("mass loss: what was lost before the window does not count") {
    Fleet10 fleet;
    for (int server = 1; server <= 5; ++server)
        fleet.lose(server, seconds{0});
    CHECK(fleet.lose(6, seconds{61}) == Turn::None);
    CHECK_FALSE(fleet.guard.doubted());

    Fleet10 edge;
    for (int server = 1; server <= 5; ++server)
        edge.lose(server, seconds{0});
    CHECK(edge.lose(6, seconds{60}) == Turn::Began);
}

TEST_CASE("mass loss: fewer than three are never one, three of five are, three of six are not") {
    Fleet10 fleet;
    fleet.known = 2;
    fleet.lose(1, seconds{0});
    CHECK(fleet.lose(2, seconds{0}) == Turn::None);
    fleet.known = 5;
    CHECK(fleet.lose(3, seconds{0}) == Turn::Began);

    Fleet10 six;
    six.known = 6;
    six.lose(1, seconds{0});
    six.lose(2, seconds{0});
    CHECK(six.lose(3, seconds{0}) == Turn::None);
}

TEST_CASE("mass loss: ends when so many are back that it would not have begun") {
    Fleet10 fleet;
    for (int server = 1; server <= 7; ++server)
        fleet.lose(server, seconds{0});
    REQUIRE(fleet.guard.doubted());
    CHECK(fleet.find(9) == Turn::None);  // was never lost
    CHECK(fleet.find(1) == Turn::None);
    CHECK(fleet.guard.doubted());
    CHECK(fleet.find(2) == Turn::Ended);
    CHECK_FALSE(fleet.guard.doubted());
    CHECK(fleet.guard.missing() == 5);
    CHECK(fleet.find(3) == Turn::None);
}

TEST_CASE("mass loss: a person's word counts until this loss is over") {
    Fleet10 fleet;
    for (int server = 1; server <= 6; ++server)
        fleet.lose(server, seconds{0});
    CHECK(fleet.guard.accept() == Turn::Ended);
    CHECK_FALSE(fleet.guard.doubted());
    CHECK(fleet.guard.accepted());
    CHECK(fleet.lose(7, seconds{1}) == Turn::None);  // joins what was accepted
    CHECK(fleet.find(7) == Turn::None);
    CHECK(fleet.find(6) == Turn::Ended);
    CHECK_FALSE(fleet.guard.accepted());
    CHECK(fleet.lose(6, seconds{30}) == Turn::Began);  // another loss, not accepted
}

TEST_CASE("mass loss: who was missing long before is not lost together with the others") {
    Fleet10 fleet;
    fleet.lose(9, seconds{0});
    for (int server = 1; server <= 6; ++server)
        fleet.lose(server, seconds{3'600 + server});
    REQUIRE(fleet.guard.doubted());
    CHECK(fleet.guard.missing() == 7);
    CHECK(fleet.guard.lost_together().size() == 6);
    fleet.lose(8, seconds{3'700});  // joins them
    CHECK(fleet.guard.lost_together().size() == 7);
    fleet.find(1);
    CHECK(fleet.guard.lost_together().size() == 6);
}

TEST_CASE("mass loss: names who is missing, the first lost first") {
    Fleet10 fleet;
    fleet.lose(5, seconds{2});
    fleet.lose(9, seconds{1});
    fleet.lose(2, seconds{3});
    std::vector<std::int64_t> order;
    for (const auto& [since, server] : fleet.guard.missing_servers())
        order.push_back(server.value);
    CHECK(order == std::vector<std::int64_t>{9, 5, 2});
    CHECK(fleet.guard.is_missing(ServerId{9}));
    CHECK_FALSE(fleet.guard.is_missing(ServerId{1}));
}

}  // namespace understudy
