// What is due: records behind, and of each channel the first pending notification.
#include <doctest/doctest.h>

#include "tests/contract/store/houses.h"
#include "tests/contract/store/sample.h"

namespace understudy::test {
namespace {

using std::chrono::minutes;

const PoolId kDuePool{3};
const ProviderId kDueProvider{4};

Domain behind(std::int64_t id) {
    Domain domain =
        sample_domain(id, "d" + std::to_string(id) + ".example.org", kDuePool, kDueProvider);
    domain.record.foreign.reset();
    return domain;
}

Ids domains_of(const DueWork& work) {
    Ids ids;
    for (const RecordBehind& record : work.records)
        ids.push_back(record.domain.value);
    return ids;
}

TEST_CASE_TEMPLATE("a record behind is due with all that a writer needs", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    must_commit(house.store(), small_fleet());
    const Domain domain = behind(5);
    must_commit(house.store(), {SaveDomain{domain}});
    const DueWork work = must_due(house.store());
    REQUIRE(work.records.size() == 1);
    const RecordBehind& record = work.records.front();
    CHECK(record.domain == domain.id);
    CHECK(record.name == domain.name);
    CHECK(record.provider == domain.provider);
    CHECK(record.zone_id == domain.zone_id);
    CHECK(record.zone_name == domain.zone_name);
    CHECK(record.proxied);
    CHECK(record.generation == 4);
    CHECK(record.desired == domain.record.desired);
    CHECK(record.desired_ttl == domain.record.desired_ttl);
    CHECK(record.acceptable == std::vector<AddressSet>{addresses("192.0.2.10, 2001:db8::10"),
                                                       addresses("192.0.2.30"),
                                                       addresses("nothing")});
}

TEST_CASE_TEMPLATE("settled records and records in conflict are not due", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    must_commit(house.store(), small_fleet());
    Domain settled = behind(5);
    settled.record.confirmed_generation = settled.record.generation;
    Domain in_conflict = behind(6);
    in_conflict.record.foreign = addresses("198.51.100.7");
    must_commit(house.store(), {SaveDomain{settled}, SaveDomain{in_conflict}});
    CHECK(must_due(house.store()).records.empty());
    in_conflict.record.foreign.reset();
    must_commit(house.store(), {SaveDomain{in_conflict}});
    CHECK(domains_of(must_due(house.store())) == Ids{6});
}

TEST_CASE_TEMPLATE("records come in the order they were decided", House, MemoryHouse, SqliteHouse) {
    House house;
    must_commit(house.store(), small_fleet());
    must_commit(house.store(), {SaveDomain{behind(7)}}, kDay0);
    must_commit(house.store(), {SaveDomain{behind(6)}}, kDay0 + minutes{1});
    must_commit(house.store(), {SaveDomain{behind(5)}}, kDay0 + minutes{2});
    CHECK(domains_of(must_due(house.store())) == Ids{7, 6, 5});
    // Another save of the same generation keeps the place, a new generation goes to the end.
    Domain same = behind(7);
    same.record.refused = false;
    Domain newer = behind(6);
    ++newer.record.generation;
    must_commit(house.store(), {SaveDomain{same}, SaveDomain{newer}}, kDay0 + minutes{3});
    house.reopen();
    CHECK(domains_of(must_due(house.store())) == Ids{7, 5, 6});
    CHECK(domains_of(must_due(house.store(), 2)) == Ids{7, 5});
    CHECK(must_due(house.store(), 0).records.empty());
}

struct Outbox {
    explicit Outbox(Store& s) : store(s) {
        must_commit(store,
                    {SaveChannel{sample_channel(10, "a")}, SaveChannel{sample_channel(11, "b")}});
        must_commit(store,
                    {sample_enqueue(20, 10), sample_enqueue(21, 11), sample_enqueue(22, 10)});
    }
    Ids due() { return ids_of(must_due(store).notifications); }
    Store& store;
};

TEST_CASE_TEMPLATE("of each channel the first pending notification is due", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    CHECK(outbox.due() == Ids{20, 21});
    must_commit(house.store(), {NotificationDelivered{NotificationId{20}}});
    house.reopen();
    CHECK(ids_of(must_due(house.store()).notifications) == Ids{21, 22});
    must_commit(house.store(), {NotificationDelivered{NotificationId{22}}});
    CHECK(ids_of(must_due(house.store()).notifications) == Ids{21});
    CHECK(must_due(house.store(), 0).notifications.empty());
}

TEST_CASE_TEMPLATE("a deferred notification stays the first of its channel", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    NotificationDeferred deferred;
    deferred.id.value = 20;
    deferred.attempts = 3;
    deferred.next_try = kDay0 + minutes{5};
    deferred.error = "503";
    must_commit(house.store(), {deferred});
    house.reopen();
    const DueWork work = must_due(house.store());
    CHECK(ids_of(work.notifications) == Ids{20, 21});
    CHECK(work.notifications.front().row.next_try == kDay0 + minutes{5});
    CHECK(work.notifications.front().row.attempts == 3);
    CHECK(work.notifications.front().row.last_error == "503");
}

TEST_CASE_TEMPLATE("what some have already holds up nothing, and is remembered", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    const NotificationId id{20};
    const WallTime then = kDay0 + minutes{5};
    must_commit(house.store(), {NotificationDeferred{id, 1, then, "450", "a@example.org"}});
    house.reopen();
    CHECK(ids_of(must_due(house.store()).notifications) == Ids{21, 22, 20});
    // Later failures know nobody new; a person's retry does not forget either.
    must_commit(house.store(), {NotificationDeferred{id, 2, then, "no answer"}});
    must_commit(house.store(), {NotificationDead{id, 3, "too late"}});
    CHECK(ids_of(must_due(house.store()).notifications) == Ids{21, 22});
    must_commit(house.store(), {NotificationRetried{id}});
    const DueWork later = must_due(house.store());
    CHECK(ids_of(later.notifications) == Ids{21, 22, 20});
    CHECK(later.notifications.back().row.served == "a@example.org");
    must_commit(house.store(), {NotificationDelivered{id, "550 for b@example.org"}});
    CHECK(ids_of(must_due(house.store()).notifications) == Ids{21, 22});
    const auto rows = house.archive().outbox({});
    REQUIRE(rows.ok());
    CHECK(rows->back().last_error == "550 for b@example.org");
}

TEST_CASE_TEMPLATE("a dead notification does not block later ones", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    NotificationDead dead;
    dead.id.value = 20;
    dead.attempts = 17;
    dead.error = "410 Gone";
    must_commit(house.store(), {dead});
    CHECK(outbox.due() == Ids{21, 22});
    // A person retries it: it is the oldest again, and starts with a fresh count.
    must_commit(house.store(), {NotificationRetried{NotificationId{20}}}, kDay0 + minutes{1});
    const DueWork work = must_due(house.store());
    CHECK(ids_of(work.notifications) == Ids{20, 21});
    CHECK(work.notifications.front().row.attempts == 0);
    CHECK(work.notifications.front().row.last_error == "410 Gone");
}

TEST_CASE_TEMPLATE("a retry ends a deferral", House, MemoryHouse, SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    NotificationDeferred deferred;
    deferred.id.value = 20;
    deferred.attempts = 4;
    deferred.next_try = kDay0 + std::chrono::hours{12};
    must_commit(house.store(), {deferred});
    must_commit(house.store(), {NotificationRetried{NotificationId{20}}}, kDay0 + minutes{1});
    const DueWork work = must_due(house.store());
    CHECK(ids_of(work.notifications) == Ids{20, 21});
    CHECK(work.notifications.front().row.attempts == 0);
    CHECK(work.notifications.front().row.next_try == kDay0 + minutes{1});
}

TEST_CASE_TEMPLATE("a disabled channel keeps its notifications and gets none", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    Channel channel = sample_channel(10, "a");
    channel.disabled = true;
    must_commit(house.store(), {SaveChannel{channel}});
    CHECK(outbox.due() == Ids{21});
    channel.disabled = false;
    must_commit(house.store(), {SaveChannel{channel}});
    CHECK(outbox.due() == Ids{20, 21});
}

TEST_CASE_TEMPLATE("undelivered notifications go with their channel", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    NotificationDead dead;
    dead.id.value = 22;
    must_commit(house.store(), {dead, sample_enqueue(23, 10)});
    must_commit(house.store(), {NotificationDelivered{NotificationId{20}}});
    must_commit(house.store(), {DeleteChannel{ChannelId{10}}});
    CHECK(outbox.due() == Ids{21});
    CHECK(outbox_ids(house.archive()) == Ids{21, 20});
    // Answers about rows that are gone change nothing.
    must_commit(house.store(), {NotificationDelivered{NotificationId{23}}, dead});
    CHECK(outbox_ids(house.archive()) == Ids{21, 20});
}

TEST_CASE_TEMPLATE("what is not delivered is counted, however much it is", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    CHECK(house.store().count_outbox().value() == OutboxCounts{0, 0});
    std::vector<Change> changes{SaveChannel{sample_channel(10, "a")}};
    for (std::int64_t id = 1; id <= kMaxQueryRows + 203; ++id)
        changes.emplace_back(sample_enqueue(100 + id, 10));
    must_commit(house.store(), changes);
    NotificationDead dead;
    dead.id.value = 101;
    NotificationDead retried;
    retried.id.value = 102;
    must_commit(house.store(), {dead, retried, NotificationDelivered{NotificationId{103}},
                                NotificationRetried{retried.id}});
    house.reopen();
    const OutboxCounts counts = house.store().count_outbox().value();
    CHECK(counts.pending == static_cast<std::size_t>(kMaxQueryRows) + 201);
    CHECK(counts.dead == 1);
    CHECK(counts.oldest_pending > WallTime{});
    must_commit(house.store(), {DeleteChannel{ChannelId{10}}});
    CHECK(house.store().count_outbox().value() == OutboxCounts{0, 0});
}

TEST_CASE_TEMPLATE("a late answer does not undo a delivery", House, MemoryHouse, SqliteHouse) {
    House house;
    Outbox outbox{house.store()};
    must_commit(house.store(), {NotificationDelivered{NotificationId{20}}});
    NotificationDeferred deferred;
    deferred.id.value = 20;
    NotificationDead dead;
    dead.id.value = 20;
    must_commit(house.store(), {deferred, dead, NotificationRetried{NotificationId{20}}});
    CHECK(outbox.due() == Ids{21, 22});
}

TEST_CASE_TEMPLATE("a retry is judged by what the same commit has written before it", House,
                   MemoryHouse, SqliteHouse) {
    using Verdict = RetryOutcome::Verdict;
    House house;
    must_commit(house.store(), {SaveChannel{sample_channel(10, "ops")}, sample_enqueue(20, 10),
                                sample_enqueue(21, 10), sample_enqueue(22, 10)});
    NotificationDead dead;
    dead.id.value = 21;
    NotificationDeferred deferred;
    deferred.id.value = 22;
    deferred.attempts = 3;
    Channel disabled = sample_channel(10, "ops");
    disabled.disabled = true;
    const auto retry = [](std::int64_t id) { return NotificationRetried{NotificationId{id}}; };
    const std::vector<Change> changes{NotificationDelivered{NotificationId{20}},
                                      dead,
                                      retry(20),
                                      retry(21),
                                      retry(22),
                                      retry(77),
                                      dead,
                                      deferred,
                                      ChannelRetried{ChannelId{10}},
                                      SaveChannel{disabled},
                                      retry(21),
                                      ChannelRetried{ChannelId{10}},
                                      ChannelRetried{ChannelId{11}}};
    const auto committed = house.store().commit(changes, kDay0);
    REQUIRE(committed.ok());
    std::vector<Verdict> verdicts;
    for (const RetryOutcome& each : committed->retries)
        verdicts.push_back(each.verdict);
    CHECK(verdicts == std::vector{Verdict::Delivered, Verdict::PutBack, Verdict::PutBack,
                                  Verdict::Missing, Verdict::PutBack, Verdict::Disabled,
                                  Verdict::Disabled, Verdict::Missing});
    const auto& retries = committed->retries;
    CHECK_FALSE(retries[1].behind.has_value());
    REQUIRE(retries[2].behind.has_value());
    CHECK(retries[2].behind->id == NotificationId{21});
    CHECK(retries[4].retried == 2);
    CHECK(retries[5].retried == 0);
}

}  // namespace
}  // namespace understudy::test
