#include "controller/core/deadlines.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

constexpr DeadlineKey kPoolKey{DeadlineKey::Kind::Pool, 1};
constexpr DeadlineKey kAlarm{DeadlineKey::Kind::Alarm, 1};

Instant at(int ms) {
    return Instant{Duration{ms}};
}

}  // namespace

TEST_CASE("deadlines: one per key, the earliest first, each taken once") {
    UndoLog log;
    Deadlines deadlines{log};
    CHECK(deadlines.next() == kNever);
    deadlines.set(kPoolKey, at(50));
    deadlines.set(kAlarm, at(40));
    deadlines.set(kPoolKey, at(30));
    CHECK(deadlines.next() == at(30));
    CHECK_FALSE(deadlines.take_due(at(29)));
    CHECK(deadlines.take_due(at(100)) == kPoolKey);
    CHECK(deadlines.take_due(at(100)) == kAlarm);
    CHECK_FALSE(deadlines.take_due(at(100)));
}

TEST_CASE("deadlines: never is none") {
    UndoLog log;
    Deadlines deadlines{log};
    deadlines.set(kPoolKey, at(50));
    deadlines.clear(kPoolKey);
    deadlines.clear(kAlarm);
    CHECK(deadlines.next() == kNever);
}

TEST_CASE("deadlines: at one instant alarms come before pools") {
    UndoLog log;
    Deadlines deadlines{log};
    deadlines.set(kPoolKey, at(50));
    deadlines.set(kAlarm, at(50));
    CHECK(deadlines.take_due(at(50)) == kAlarm);
}

}  // namespace understudy
