#include "controller/core/health.h"

#include <doctest/doctest.h>

#include "tests/unit/core/link_stage.h"

namespace understudy {
namespace {

using namespace test;

}  // namespace

TEST_CASE("health: unknown until seen, then what the link and the agent say") {
    Book book;
    CHECK(book.health(kBorn) == Health::Unknown);
    book.link(kBorn);
    CHECK(book.health(kBorn) == Health::Online);
    CHECK(book.health(kBorn + kTimeout) == Health::Online);
    CHECK(book.health(kBorn + kTimeout + Duration{1}) == Health::Stale);
    book.book.reported({kServer, 1, false, "tcp: refused"}, kBorn + seconds{5});
    CHECK(book.health(kBorn + seconds{5}) == Health::Error);
    CHECK(sentence_of(book.book.of(kServer), kBorn + seconds{8}, kTimeout) ==
          "error for 3.0 s: tcp: refused");
    book.leave(kBorn + seconds{9}, Departure::Silent);
    CHECK(book.health(kBorn + seconds{9}) == Health::Offline);
    CHECK(sentence_of(book.book.of(kServer), kBorn + seconds{9}, kTimeout) ==
          "offline: no answer to a ping");
}

TEST_CASE("health: events of an older link are ignored") {
    Book book;
    book.link(kBorn, 1);
    book.link(kBorn + seconds{1}, 2);
    book.leave(kBorn + seconds{2}, Departure::Closed, 1);
    CHECK(book.health(kBorn + seconds{2}) == Health::Online);
    CHECK(book.book.seen({kServer, 1}, kBorn + seconds{500}) == LivenessBook::Effect::None);
    CHECK(book.health(kBorn + seconds{500}) == Health::Stale);
    book.link(kBorn + seconds{501}, 1);
    CHECK(book.book.of(kServer).link == 2);
}

TEST_CASE(
    "health: of a link that comes and goes no less is remembered than the longest confirm_s") {
    Book book;
    book.link(kBorn);
    for (int minute = 1; minute <= 70; ++minute) {
        const Instant at = kBorn + seconds{60 * minute};
        const auto link = static_cast<LinkId>(minute);
        book.leave(at - seconds{10}, Departure::Closed, link);
        book.link(at, link + 1);
    }
    const std::vector<Instant>& returns = book.book.of(kServer).returns;
    CHECK(returns.back() - returns.front() >= seconds{3'600});
}

}  // namespace understudy
