// One server's link and what is made of it, for tests of health and fitness.
#pragma once

#include "controller/core/fitness.h"

namespace understudy::test {

using std::chrono::seconds;

inline constexpr Instant kBorn{Duration{1'000'000}};
inline constexpr Duration kTimeout{120'000};
inline constexpr ServerId kServer{7};

inline const FitnessRules kRules{seconds{30}, kTimeout, seconds{30}, kBorn + seconds{120}};

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
        return fitness_of(server, book.of(kServer), {}, at, rules);
    }
};

}  // namespace understudy::test
