// The order of a channel's queue, and what of it is told in one.
#include <doctest/doctest.h>

#include <algorithm>

#include "schema/notice.h"
#include "tests/contract/store/houses.h"
#include "tests/contract/store/sample.h"

namespace understudy::test {
namespace {

struct About {
    NoticeType type = NoticeType::ServerDown;
    std::int64_t server = 0;
    std::int64_t incident = 0;
    std::int64_t pool = 0;
    bool held = false;
};

template <typename House>
struct Queue {
    explicit Queue(House& its_house) : house(its_house) {
        must_commit(house.store(), {SaveChannel{sample_channel(10, "a")}});
    }
    std::int64_t add(const About& about) {
        Enqueue change;
        change.id.value = ++last;
        change.channel.value = 10;
        change.notice.type = about.type;
        change.notice.server.value = about.server;
        change.notice.server_name = "s" + std::to_string(about.server);
        change.notice.incident.value = about.incident;
        change.notice.pool.value = about.pool;
        change.held = about.held;
        must_commit(house.store(), {change}, kDay0 + std::chrono::minutes{last});
        return last;
    }
    DueNotification head() {
        const DueWork work = must_due(house.store());
        REQUIRE(work.notifications.size() == 1);
        return work.notifications.front();
    }
    void deliver(std::int64_t id) {
        must_commit(house.store(), {NotificationDelivered{NotificationId{id}}});
    }
    // Delivers what is first, one after the other.
    Ids drain() {
        Ids order;
        while (!must_due(house.store()).notifications.empty()) {
            order.push_back(head().row.id.value);
            deliver(order.back());
        }
        return order;
    }
    House& house;
    std::int64_t last = 100;
};

Ids ids_of_followers(const DueNotification& due) {
    return ids_of(due.followers);
}

}  // namespace

TEST_CASE_TEMPLATE("nobody's news waits behind all of somebody else's", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Queue<House> queue{house};
    Ids of_one;
    for (int i = 0; i < 20; ++i)
        of_one.push_back(queue.add({NoticeType::FailoverHeld, 1, 0}));
    queue.deliver(of_one[0]);
    queue.deliver(of_one[1]);
    const std::int64_t other = queue.add({NoticeType::ServerDown, 2, 0});
    const std::int64_t third = queue.add({NoticeType::OutageStarted, 0, 0, 3});
    house.reopen();
    const Ids order = queue.drain();
    REQUIRE(order.size() == 20);
    CHECK(Ids{order.begin(), order.begin() + 4} == Ids{of_one[2], other, third, of_one[3]});
    CHECK(std::is_sorted(order.begin() + 3, order.end()));  // its own stays in order
}

TEST_CASE_TEMPLATE("what belongs to one incident stays in order, whatever it is about", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    Queue<House> queue{house};
    for (int i = 0; i < 3; ++i)
        queue.add({NoticeType::FailoverHeld, 1, 0});
    const std::int64_t down = queue.add({NoticeType::ServerDown, 1, 77});
    const std::int64_t moved = queue.add({NoticeType::FailoverTriggered, 0, 77});  // of many pools
    const std::int64_t back = queue.add({NoticeType::ServerRecovered, 2, 77});
    const Ids order = queue.drain();
    const auto place = [&](std::int64_t id) { return std::ranges::find(order, id); };
    CHECK(place(down) < place(moved));
    CHECK(place(moved) < place(back));
}

TEST_CASE_TEMPLATE("what a person brings back is first", House, MemoryHouse, SqliteHouse) {
    House house;
    Queue<House> queue{house};
    for (int i = 0; i < 5; ++i)
        queue.add({NoticeType::FailoverHeld, 1, 0});
    must_commit(house.store(), {NotificationDead{NotificationId{105}, 9, "no"}});
    must_commit(house.store(), {NotificationRetried{NotificationId{105}}});
    queue.deliver(101);
    CHECK(queue.drain() == Ids{105, 102, 103, 104});
}

TEST_CASE_TEMPLATE("what is held waits until it is released, and keeps nobody else", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    Queue<House> queue{house};
    const std::int64_t down = queue.add({NoticeType::ServerDown, 1, 5, 0, true});
    const std::int64_t drift = queue.add({NoticeType::DnsDrift, 0, 0, 3, true});
    const std::int64_t up = queue.add({NoticeType::ServerUp, 1, 5, 0, true});
    CHECK(must_due(house.store()).notifications.empty());
    CHECK(house.store().count_outbox()->pending == 3);
    CHECK(house.store().count_outbox()->oldest_pending == WallTime{});
    const std::int64_t outage = queue.add({NoticeType::OutageStarted, 1, 5});
    house.reopen();
    CHECK(ids_of_followers(queue.head()).empty());
    CHECK(queue.drain() == Ids{outage});

    const std::int64_t before = queue.add({NoticeType::OutageStarted, 0, 0, 9});
    const std::int64_t last = queue.add({NoticeType::OutageResolved, 0, 0, 9});
    must_commit(house.store(), {ReleaseHeld{ChannelId{10}}});
    must_commit(house.store(), {ReleaseHeld{ChannelId{10}}});  // once more changes nothing
    house.reopen();
    CHECK(queue.drain() == Ids{before, last, down, drift, up});
}

TEST_CASE_TEMPLATE("what is held is sent when a person asks for it", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Queue<House> queue{house};
    const std::int64_t first = queue.add({NoticeType::ServerDown, 1, 5, 0, true});
    const std::int64_t second = queue.add({NoticeType::ServerDown, 2, 6, 0, true});
    must_commit(house.store(), {NotificationRetried{NotificationId{second}}});
    CHECK(queue.drain() == Ids{second});
    must_commit(house.store(), {ReleaseHeld{ChannelId{10}}});
    CHECK(queue.drain() == Ids{first});
}

TEST_CASE_TEMPLATE("a server's ups and downs that wait are told in the last of them", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    Queue<House> queue{house};
    const std::int64_t first = queue.add({NoticeType::ServerDown, 1, 5});
    const std::int64_t second = queue.add({NoticeType::ServerUp, 1, 5});
    queue.add({NoticeType::ServerDown, 2, 6});
    const std::int64_t third = queue.add({NoticeType::ServerError, 1, 5});
    const DueNotification due = queue.head();
    CHECK(due.row.id.value == first);
    REQUIRE(ids_of_followers(due) == Ids{second, third});

    const auto payload =
        fold_notices({due.row.payload, due.followers[0].payload}, due.followers[1].payload);
    REQUIRE(payload.ok());
    const NotificationsFolded folded{
        NotificationId{third}, *payload, {NotificationId{first}, NotificationId{second}}};
    must_commit(house.store(), {folded});
    must_commit(house.store(), {folded});  // once more changes nothing
    house.reopen();
    CHECK(queue.head().row.type == NoticeType::ServerDown);
    CHECK(queue.drain() == Ids{103, third});
    const auto rows = house.archive().outbox({});
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 2);
    const auto told = decode_notice(rows->front().payload);
    REQUIRE(told.ok());
    CHECK(told->type == NoticeType::ServerError);
    CHECK(told->stands_for == 3);
    CHECK(told->since == kDay0 + std::chrono::minutes{first});
}

TEST_CASE_TEMPLATE("only neighbours about one server are told in one", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Queue<House> queue{house};
    const std::int64_t down = queue.add({NoticeType::ServerDown, 1, 5});
    queue.add({NoticeType::FailoverTriggered, 1, 5});
    queue.add({NoticeType::ServerUp, 1, 5});
    CHECK(ids_of_followers(queue.head()).empty());
    queue.deliver(down);
    CHECK(ids_of_followers(queue.head()).empty());

    House other;
    Queue<House> partly{other};
    partly.add({NoticeType::ServerDown, 1, 5});
    const std::int64_t half = partly.add({NoticeType::ServerUp, 1, 5});
    const std::int64_t last = partly.add({NoticeType::ServerDown, 1, 5});
    must_commit(other.store(),
                {NotificationDeferred{NotificationId{half}, 1, kDay0, "450", "a@example.org"}});
    CHECK(ids_of(must_due(other.store()).notifications.front().followers) == Ids{last});
}

TEST_CASE_TEMPLATE("an incident's end is told, however soon the next one begins", House,
                   MemoryHouse, SqliteHouse) {
    House house;
    Queue<House> queue{house};
    queue.add({NoticeType::ServerDown, 1, 5});
    const std::int64_t up = queue.add({NoticeType::ServerUp, 1, 5});
    queue.add({NoticeType::ServerDown, 1, 6});
    CHECK(ids_of_followers(queue.head()) == Ids{up});
}

TEST_CASE_TEMPLATE("of reminders that were never tried only the last one waits", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Queue<House> queue{house};
    const std::int64_t tried = queue.add({NoticeType::StillBroken});
    must_commit(house.store(), {NotificationDeferred{NotificationId{tried}, 1, kDay0, "down", ""}});
    queue.add({NoticeType::StillBroken});
    const std::int64_t other = queue.add({NoticeType::ServerDown, 1, 5});
    const std::int64_t last = queue.add({NoticeType::StillBroken});
    CHECK(outbox_ids(house.archive()) == Ids{last, other, tried});
}

TEST_CASE_TEMPLATE("what is delivered meanwhile is not folded away", House, MemoryHouse,
                   SqliteHouse) {
    House house;
    Queue<House> queue{house};
    const std::int64_t down = queue.add({NoticeType::ServerDown, 1, 5});
    const std::int64_t up = queue.add({NoticeType::ServerUp, 1, 5});
    queue.deliver(down);
    must_commit(house.store(),
                {NotificationsFolded{NotificationId{up}, "{}", {NotificationId{down}}}});
    CHECK(outbox_ids(house.archive()) == Ids{up, down});
}

}  // namespace understudy::test
