// The log and the outbox as people and programs ask for them, and what pruning leaves.
#include <doctest/doctest.h>

#include "schema/notice.h"
#include "tests/contract/store/houses.h"
#include "tests/contract/store/sample.h"

namespace understudy::test {
namespace {

using std::chrono::hours;

LogLine line(std::int64_t id, const char* type, std::int64_t server, std::int64_t domain) {
    LogLine made;
    made.id.value = id;
    made.type = EventWord::kept(type);
    made.server.value = server;
    made.domain.value = domain;
    return made;
}

TEST_CASE_TEMPLATE("a log line comes back whole, with its time", House, MemoryHouse, SqliteHouse) {
    House house;
    const LogLine wanted = sample_line(7);
    must_commit(house.store(), {AppendLog{wanted}}, kDay0);
    house.reopen();
    const auto rows = house.archive().history({});
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 1);
    const LogLine& got = rows->front().line;
    CHECK(rows->front().at == kDay0);
    CHECK(got.id == wanted.id);
    CHECK(got.type == wanted.type);
    CHECK(got.server == wanted.server);
    CHECK(got.pool == wanted.pool);
    CHECK(got.domain == wanted.domain);
    CHECK(got.incident == wanted.incident);
    CHECK(got.from == wanted.from);
    CHECK(got.to == wanted.to);
    CHECK(got.reason == wanted.reason);
    CHECK(got.detail == wanted.detail);
    CHECK(got.who == wanted.who);
    CHECK(got.server_name == wanted.server_name);
    CHECK(got.pool_name == wanted.pool_name);
    CHECK(got.domain_name == wanted.domain_name);
    CHECK(got.audit == wanted.audit);
}

TEST_CASE_TEMPLATE("a log line of a type that is no longer made, or not yet, is read as it is",
                   House, MemoryHouse, SqliteHouse) {
    House house;
    must_commit(house.store(), {AppendLog{line(7, "comet_seen", 1, 0)}});
    house.reopen();
    HistoryQuery query;
    query.type = "comet_seen";
    const auto rows = house.archive().history(query);
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().line.type == "comet_seen");
}

TEST_CASE_TEMPLATE("a log id is used once", House, MemoryHouse, SqliteHouse) {
    House house;
    must_commit(house.store(), {AppendLog{sample_line(7)}, sample_enqueue(8, 1)});
    const std::vector<Change> again{AppendLog{sample_line(7)}};
    CHECK(house.store().commit(again, kDay0).error().code == Errc::Conflict);
    const std::vector<Change> twice{sample_enqueue(8, 1)};
    CHECK(house.store().commit(twice, kDay0).error().code == Errc::Conflict);
}

TEST_CASE_TEMPLATE("sightings come oldest first, or only the latest of each server", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    Store& store = house.store();
    const auto sighting = [](std::int64_t id, std::int64_t server, Sight sight) {
        return AppendSighting{EventId{id}, ServerId{server}, sight};
    };
    must_commit(store, {sighting(1, 0, Sight::ControllerStarted), sighting(2, 1, Sight::Linked)},
                kDay0);
    must_commit(store, {sighting(3, 2, Sight::LinkedFailing), sighting(4, 1, Sight::Closed)},
                kDay0 + hours{1});
    must_commit(store, {sighting(5, 1, Sight::Linked)}, kDay0 + hours{2});
    house.reopen();
    const auto ids = [&](const SightingQuery& query) {
        std::vector<std::int64_t> found;
        const auto rows = house.archive().sightings(query);
        REQUIRE(rows.ok());
        for (const SightingRow& row : *rows)
            found.push_back(row.sighting.id.value);
        return found;
    };
    using Ids = std::vector<std::int64_t>;
    CHECK(ids({}) == Ids{1, 2, 3, 4, 5});
    SightingQuery query;
    query.since = kDay0 + hours{1};
    CHECK(ids(query) == Ids{3, 4, 5});
    query.until = kDay0 + hours{2};
    CHECK(ids(query) == Ids{3, 4});
    query.since.reset();
    query.latest_of_each = true;
    CHECK(ids(query) == Ids{1, 3, 4});
    query.limit = 2;
    CHECK(ids(query) == Ids{1, 3});
    query.after = EventId{3};
    CHECK(ids(query) == Ids{4});
    query.after = {};
    query.until.reset();
    query.limit = kMaxQueryRows;
    CHECK(ids(query) == Ids{1, 3, 5});
    const auto rows = house.archive().sightings({});
    CHECK(rows->at(2).sighting.sight == Sight::LinkedFailing);
    CHECK(rows->at(2).sighting.server == ServerId{2});
    CHECK(rows->at(2).at == kDay0 + hours{1});
}

TEST_CASE_TEMPLATE("the log is filtered by what is asked", House, MemoryHouse, SqliteHouse) {
    House house;
    Store& store = house.store();
    must_commit(store, {AppendLog{line(1, "server_down", 1, 0)}}, kDay0);
    must_commit(store, {AppendLog{line(2, "failover_decided", 0, 5)}}, kDay0 + hours{1});
    must_commit(store, {AppendLog{line(3, "failover_decided", 0, 6)}}, kDay0 + hours{2});
    LogLine last = line(4, "server_up", 1, 0);
    last.pool.value = 9;
    last.incident.value = 3;
    must_commit(store, {AppendLog{last}}, kDay0 + hours{3});

    CHECK(history_ids(house.archive()) == Ids{4, 3, 2, 1});
    HistoryQuery query;
    query.server.value = 1;
    CHECK(history_ids(house.archive(), query) == Ids{4, 1});
    query.type = "server_up";
    CHECK(history_ids(house.archive(), query) == Ids{4});
    query = {};
    query.domain.value = 6;
    CHECK(history_ids(house.archive(), query) == Ids{3});
    query = {};
    query.pool.value = 9;
    CHECK(history_ids(house.archive(), query) == Ids{4});
    query = {};
    query.incident.value = 3;
    CHECK(history_ids(house.archive(), query) == Ids{4});
    query = {};
    query.since = kDay0 + hours{1};
    query.until = kDay0 + hours{3};
    CHECK(history_ids(house.archive(), query) == Ids{3, 2});
    query.type = "server_down";
    CHECK(history_ids(house.archive(), query).empty());
}

TEST_CASE_TEMPLATE("the log is read in pages, either way", House, MemoryHouse, SqliteHouse) {
    House house;
    Store& store = house.store();
    std::vector<Change> lines;
    for (std::int64_t id = 1; id <= 5; ++id)
        lines.push_back(AppendLog{line(id, "server_up", 1, 0)});
    must_commit(store, lines);
    HistoryQuery query;
    query.limit = 2;
    CHECK(history_ids(house.archive(), query) == Ids{5, 4});
    query.after.value = 4;
    CHECK(history_ids(house.archive(), query) == Ids{3, 2});
    query.ascending = true;
    query.after.value = 0;
    CHECK(history_ids(house.archive(), query) == Ids{1, 2});
    query.after.value = 2;
    CHECK(history_ids(house.archive(), query) == Ids{3, 4});
    query.limit = 0;
    CHECK(history_ids(house.archive(), query).empty());
    query.limit = -1;
    CHECK(history_ids(house.archive(), query).empty());
}

TEST_CASE_TEMPLATE("no page is longer than the limit of the store", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    std::vector<Change> changes;
    for (std::int64_t id = 1; id <= kMaxQueryRows + 5; ++id) {
        changes.push_back(AppendLog{line(id, "server_up", 1, 0)});
        changes.push_back(sample_enqueue(10'000 + id, 1));
    }
    must_commit(house.store(), changes);
    HistoryQuery query;
    query.limit = 1'000'000;
    CHECK(history_ids(house.archive(), query).size() == kMaxQueryRows);
    OutboxQuery outbox;
    outbox.limit = 1'000'000;
    CHECK(outbox_ids(house.archive(), outbox).size() == kMaxQueryRows);
}

TEST_CASE_TEMPLATE("a notification is kept as the notice with its time", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    must_commit(house.store(), {sample_enqueue(8, 2)}, kDay0);
    house.reopen();
    const auto rows = house.archive().outbox({});
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 1);
    const NotificationRow& row = rows->front();
    Notice stamped = sample_notice(NoticeType::ServerDown);
    stamped.at = kDay0;
    CHECK(row.payload == encode_notice(stamped));
    CHECK(row.id.value == 8);
    CHECK(row.channel.value == 2);
    CHECK(row.type == NoticeType::ServerDown);
    CHECK(row.state == NotificationState::Pending);
    CHECK(row.attempts == 0);
    CHECK(row.created == kDay0);
    CHECK(row.next_try == kDay0);
}

TEST_CASE_TEMPLATE("the outbox is filtered by channel and state", House, MemoryHouse, SqliteHouse) {
    House house;
    Store& store = house.store();
    must_commit(store, {sample_enqueue(1, 50), sample_enqueue(2, 51), sample_enqueue(3, 50),
                        sample_enqueue(4, 50)});
    NotificationDead dead;
    dead.id.value = 3;
    dead.attempts = 4;
    dead.error = "gone";
    must_commit(store, {NotificationDelivered{NotificationId{1}}, dead});
    OutboxQuery query;
    query.channel.value = 50;
    CHECK(outbox_ids(house.archive(), query) == Ids{4, 3, 1});
    query.limit = 2;
    CHECK(outbox_ids(house.archive(), query) == Ids{4, 3});
    query.before.value = 3;
    CHECK(outbox_ids(house.archive(), query) == Ids{1});
    query = {};
    query.state = NotificationState::Dead;
    const auto rows = house.archive().outbox(query);
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().last_error == "gone");
    CHECK(rows->front().attempts == 4);
    query.state = NotificationState::Pending;
    CHECK(outbox_ids(house.archive(), query) == Ids{4, 2});
    query.state = NotificationState::Delivered;
    CHECK(outbox_ids(house.archive(), query) == Ids{1});
}

TEST_CASE_TEMPLATE("pruning removes what is older than the retention", House, MemoryHouse,
                   SqliteHouse) {
    Retention retention;
    retention.log = hours{10};
    retention.delivered = hours{5};
    House house{retention};
    Store& store = house.store();
    must_commit(store, {AppendLog{line(1, "server_up", 1, 0)}, sample_enqueue(2, 50),
                        sample_enqueue(3, 50), sample_enqueue(4, 50)});
    NotificationDead dead;
    dead.id.value = 3;
    must_commit(store, {NotificationDelivered{NotificationId{2}}, dead}, kDay0 + hours{1});
    must_commit(store, {AppendLog{line(5, "server_up", 1, 0)}}, kDay0 + hours{4});

    must_commit(store, {PruneHistory{}}, kDay0 + hours{6});
    CHECK(outbox_ids(house.archive()) == Ids{4, 3, 2});
    must_commit(store, {PruneHistory{}}, kDay0 + hours{7});
    CHECK(outbox_ids(house.archive()) == Ids{4, 3});
    CHECK(history_ids(house.archive()) == Ids{5, 1});
    must_commit(store, {PruneHistory{}}, kDay0 + hours{11});
    CHECK(history_ids(house.archive()) == Ids{5});
    CHECK(outbox_ids(house.archive()) == Ids{4, 3});
    must_commit(store, {PruneHistory{}}, kDay0 + hours{1000});
    CHECK(history_ids(house.archive()).empty());
    CHECK(outbox_ids(house.archive()) == Ids{4});
    house.reopen();
    CHECK(must_load(house.store()).last_id == 9);
}

TEST_CASE_TEMPLATE("one pruning takes a bounded number of rows, the oldest", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    std::vector<Change> lines;
    for (std::int64_t id = 1; id <= kPruneBatch + 3; ++id) {
        lines.push_back(AppendLog{line(id, "server_up", 1, 0)});
    }
    must_commit(house.store(), lines);
    const WallTime later = kDay0 + hours{24 * 365};
    must_commit(house.store(), {PruneHistory{}}, later);
    CHECK(history_ids(house.archive()) == Ids{kPruneBatch + 3, kPruneBatch + 2, kPruneBatch + 1});
    must_commit(house.store(), {PruneHistory{}}, later);
    CHECK(history_ids(house.archive()).empty());
}

TEST_CASE_TEMPLATE("drills come back newest first, of those pools that are asked for", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    Pool pool = sample_pool(3, "eu", {});
    Drill ended = sample_drill(8, pool);
    ended.phase = DrillPhase::Ended;
    ended.ended = WallTime{Duration{40}};
    Pool other = sample_pool(4, "us", {});
    other.drill.reset();
    Drill of_another = sample_drill(9, other);
    of_another.phase = DrillPhase::Ended;
    must_commit(house.store(),
                {SavePool{pool}, SavePool{other}, SaveDrill{ended}, SaveDrill{of_another}});
    const auto ids_of = [&](const DrillQuery& query) {
        std::vector<std::int64_t> ids;
        const auto rows = house.archive().drills(query);
        REQUIRE(rows.ok());
        for (const Drill& each : *rows)
            ids.push_back(each.id.value);
        return ids;
    };
    house.reopen();
    CHECK(ids_of({}) == std::vector<std::int64_t>{9, 8, 3});
    CHECK(ids_of({pool.id}) == std::vector<std::int64_t>{8, 3});
    CHECK(ids_of({{}, std::vector<PoolId>{other.id}}) == std::vector<std::int64_t>{9});
    CHECK(ids_of({{}, std::vector<PoolId>{}}).empty());
    CHECK(ids_of({{}, {}, DrillId{9}, 1}) == std::vector<std::int64_t>{8});
    const auto rows = house.archive().drills({pool.id});
    REQUIRE(rows.ok());
    CHECK(rows->back() == *pool.drill);
    CHECK(rows->front() == ended);
    // What is under way is loaded with its pool; of one that is gone it is history.
    auto saved = house.store().load();
    REQUIRE(saved.ok());
    CHECK(saved->pools.front().drill == pool.drill);
    CHECK_FALSE(saved->pools.back().drill);
    CHECK(saved->last_id == 9);
    must_commit(house.store(), {DeletePool{pool.id}});
    REQUIRE(house.store().load().ok());
    CHECK(ids_of({}).size() == 3);
}

TEST_CASE_TEMPLATE("drills that have ended are counted, of those pools that are asked for", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    const auto counts = [&](const std::optional<std::vector<PoolId>>& among) {
        auto found = house.archive().count_drills(among);
        REQUIRE(found.ok());
        return *found;
    };
    CHECK(counts({}) == DrillCounts{});
    const Pool eu = sample_pool(3, "eu", {}), us = sample_pool(4, "us", {});
    std::vector<Change> rows;
    const auto add = [&](const Pool& pool, DrillResult result, int at) {
        Drill drill = sample_drill(20 + static_cast<std::int64_t>(rows.size()), pool);
        drill.phase = at > 0 ? DrillPhase::Ended : DrillPhase::Home;
        drill.result = result;
        drill.ended = WallTime{Duration{at}};
        rows.emplace_back(SaveDrill{drill});
    };
    add(eu, DrillResult::Passed, 50);
    add(eu, DrillResult::Passed, 40);
    add(eu, DrillResult::Failed, 60);
    add(eu, DrillResult::Aborted, 70);
    add(eu, DrillResult::Failed, 0);
    add(us, DrillResult::Passed, 80);
    must_commit(house.store(), rows);
    CHECK(counts({}) == DrillCounts{3, 1, WallTime{Duration{80}}});
    CHECK(counts(std::vector{eu.id}) == DrillCounts{2, 1, WallTime{Duration{50}}});
    CHECK(counts(std::vector<PoolId>{}) == DrillCounts{});
}

}  // namespace
}  // namespace understudy::test
