#include "controller/core/health.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::seconds;

constexpr Instant kBorn{Duration{1'000'000}};
constexpr Duration kTimeout{120'000};
constexpr ServerId kServer{7};

constexpr FitnessRules kRules{Reaction::Prompt, seconds{30}, kTimeout, seconds{30},
                              kBorn + seconds{120}};

struct Book {
    UndoLog log;
    LivenessBook book{log, kTimeout};
    Server server;

    explicit Book(bool ever_seen = true) {
        server.id = kServer;
        server.ever_seen = ever_seen;
    }
    void link(Instant at, LinkId link = 1, bool ok = true) {
        book.linked({kServer, link, "", ok, ok ? "" : "haproxy: refused"}, at);
    }
    void leave(Instant at, Departure how = Departure::Closed, LinkId link = 1) {
        book.left({kServer, link, how, ""}, at);
    }
    Health health(Instant at) const { return health_of(book.of(kServer), at, kTimeout); }
    Fitness fitness(Instant at, FitnessRules rules = kRules) const {
        return fitness_of(server, book.of(kServer), at, rules);
    }
};

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

TEST_CASE("health: a newer link over a live one is no recovery") {
    Book book;
    book.link(kBorn, 1);
    book.link(kBorn + seconds{50}, 2);
    CHECK(book.fitness(kBorn + seconds{60}).since == kBorn);
}

TEST_CASE("fitness: prompt waits confirm_s and says when it is over") {
    Book book;
    book.link(kBorn);
    book.leave(kBorn + seconds{10});
    const Fitness suspect = book.fitness(kBorn + seconds{39});
    CHECK(suspect.standing == Standing::Suspect);
    CHECK(suspect.changes_at == kBorn + seconds{40});
    CHECK(book.fitness(kBorn + seconds{40}).standing == Standing::Down);
}

TEST_CASE("fitness: unseen beyond the health timeout is down whatever confirm_s says") {
    Book book;
    book.link(kBorn);
    FitnessRules rules = kRules;
    rules.confirm = seconds{1000};
    CHECK(book.fitness(kBorn + kTimeout, rules).standing == Standing::Healthy);
    CHECK(book.fitness(kBorn + kTimeout + Duration{1}, rules).standing == Standing::Down);
    book.leave(kBorn + seconds{10});
    CHECK(book.fitness(kBorn + kTimeout, rules).standing == Standing::Suspect);
    CHECK(book.fitness(kBorn + kTimeout + Duration{1}, rules).standing == Standing::Down);
}

TEST_CASE("fitness: reaction maintenance does not wait, but for an announced restart") {
    FitnessRules rules = kRules;
    rules.reaction = Reaction::Maintenance;
    Book book;
    book.link(kBorn);
    book.leave(kBorn + seconds{10});
    CHECK(book.fitness(kBorn + seconds{10}, rules).standing == Standing::Down);
    book.link(kBorn + seconds{11}, 2);
    book.leave(kBorn + seconds{12}, Departure::Restart, 2);
    CHECK(book.fitness(kBorn + seconds{41}, rules).standing == Standing::Suspect);
    CHECK(book.fitness(kBorn + seconds{42}, rules).standing == Standing::Down);
}

TEST_CASE("fitness: after a start, unknown is suspect until the warm-up is over") {
    Book book;
    CHECK(book.fitness(kBorn + seconds{119}).standing == Standing::Suspect);
    CHECK(book.fitness(kBorn + seconds{119}).changes_at == kBorn + seconds{120});
    CHECK(book.fitness(kBorn + seconds{120}).standing == Standing::Down);
    CHECK(Book{false}.fitness(kBorn + seconds{500}).standing == Standing::Absent);
}

TEST_CASE("fitness: health counts from the last gap") {
    Book book;
    book.link(kBorn);
    book.book.seen({kServer, 1}, kBorn + seconds{100});
    CHECK(book.fitness(kBorn + seconds{100}).since == kBorn);
    CHECK(book.book.seen({kServer, 1}, kBorn + seconds{300}) == LivenessBook::Effect::Changed);
    CHECK(book.fitness(kBorn + seconds{300}).since == kBorn + seconds{300});
    book.book.reported({kServer, 1, false, "x"}, kBorn + seconds{310});
    book.book.reported({kServer, 1, true, ""}, kBorn + seconds{320});
    CHECK(book.fitness(kBorn + seconds{330}).since == kBorn + seconds{320});
}

}  // namespace understudy
