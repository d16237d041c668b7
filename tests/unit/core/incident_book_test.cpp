#include "controller/core/incident_book.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

constexpr PoolId kEast{1}, kWest{2};
constexpr IncidentId kDrifts{10}, kOther{11};
constexpr ChannelId kBoss{30};

IncidentBook::Entry record(PoolId pool, IncidentId incident, NoticeType told) {
    return {incident, told, pool};
}

}  // namespace

TEST_CASE("incident book: a pool's records are of an incident while one of them is in trouble") {
    UndoLog log;
    IncidentBook book{log};
    book.put(21, record(kEast, kDrifts, NoticeType::DnsDrift));
    book.put(20, {kDrifts, NoticeType::ServerDown, {}});
    CHECK(book.of_records(kEast) == kDrifts);
    CHECK_FALSE(book.of_records(kWest));
    book.put(21, record(kWest, kOther, NoticeType::DnsDrift));
    CHECK_FALSE(book.of_records(kEast));
    CHECK(book.of_records(kWest) == kOther);
    book.erase(21);
    CHECK_FALSE(book.of_records(kWest));
    CHECK(book.is_open(kDrifts));
    CHECK_FALSE(book.is_open(kOther));
}

TEST_CASE("incident book: a record is like those of its pool that are as bad at least") {
    UndoLog log;
    IncidentBook book{log};
    book.put(21, record(kEast, kDrifts, NoticeType::DnsDrift));
    CHECK(book.record_in(kEast, kDrifts, Severity::Error) == 21);
    CHECK_FALSE(book.record_in(kEast, kDrifts, Severity::Critical).has_value());
    CHECK_FALSE(book.record_in(kEast, kOther, Severity::Error).has_value());
    CHECK_FALSE(book.record_in(kWest, kDrifts, Severity::Error).has_value());
    book.put(21, record(kEast, kDrifts, NoticeType::FailoverFailed));
    CHECK(book.record_in(kEast, kDrifts, Severity::Critical) == 21);
    book.erase(21);
    CHECK_FALSE(book.record_in(kEast, kDrifts, Severity::Error).has_value());
}

TEST_CASE("incident book: what was heard of an incident is of each thing, until it is forgotten") {
    UndoLog log;
    IncidentBook book{log};
    const WallTime at{Duration{5'000}};
    book.note_heard(kDrifts, 21, kBoss, {NoticeType::FailoverFailed, at, false});
    book.note_heard(kOther, 21, kBoss, {NoticeType::DnsDrift, at, false});
    book.share_heard(kDrifts, 21, 22);
    REQUIRE(book.heard(kDrifts, 22, kBoss) != nullptr);
    CHECK(book.heard(kDrifts, 22, kBoss)->told == NoticeType::FailoverFailed);
    CHECK(book.heard(kDrifts, 22, kBoss)->at == at);
    book.note_again(kDrifts, 21);
    CHECK(book.heard(kDrifts, 21, kBoss)->again);
    CHECK_FALSE(book.heard(kDrifts, 22, kBoss)->again);
    CHECK_FALSE(book.heard(kOther, 21, kBoss)->again);
    book.forget_heard(kDrifts);
    CHECK(book.heard(kDrifts, 21, kBoss) == nullptr);
    CHECK(book.heard(kDrifts, 22, kBoss) == nullptr);
    CHECK(book.heard(kOther, 21, kBoss) != nullptr);
}

}  // namespace understudy
