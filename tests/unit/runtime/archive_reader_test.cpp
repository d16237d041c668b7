// The archive reader's threads: what it reads, in which order, and what it breaks off.
#include "controller/runtime/archive_reader.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <semaphore>
#include <thread>

#include "controller/store/sqlite_store.h"

namespace understudy::test {
namespace {

using Length = ArchiveDesk::Length;

// A store in a file with `lines` lines in its log, a reader, and a loop that only waits for it.
class Reading {
  public:
    explicit Reading(std::int64_t lines = 10, const ReadingLimits& limits = {}) {
        std::string pattern = (std::filesystem::temp_directory_path() / "reader-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        auto opened = SqliteStore::open(folder_ / "store.db");
        REQUIRE(opened.ok());
        store = std::move(*opened);
        write(1, lines);
        auto for_looks = store->open_archive();
        auto for_plays = store->open_archive();
        REQUIRE(for_looks.ok());
        REQUIRE(for_plays.ok());
        reader = std::make_unique<ArchiveReader>(
            std::move(*for_looks), std::move(*for_plays), [this] { woken_.release(); }, limits);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() {
        reader.reset();
        store.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void write(std::int64_t first, std::int64_t last) {
        std::vector<Change> changes;
        for (std::int64_t id = first; id <= last; ++id) {
            LogLine line;
            line.id = EventId{id};
            line.type = EventWord::kept("server_up");
            changes.emplace_back(AppendLog{line});
        }
        REQUIRE(store->commit(changes, WallTime{}).ok());
    }
    // Notes the newest line that was seen.
    void look(HttpRequestId client, Length length = Length::Look) {
        reader->read(client, length, [this, client](Archive& archive) -> ArchiveDesk::Answer {
            auto rows = archive.history({});
            const std::int64_t newest = rows && !rows->empty() ? rows->front().line.id.value : 0;
            return [this, client, newest] {
                answered.push_back(client);
                seen.push_back(newest);
            };
        });
    }
    // Stands in the reader's way until let_go().
    void stand(HttpRequestId client, Length length = Length::Look) {
        std::promise<void> there;
        auto stands = there.get_future();
        reader->read(client, length,
                     [this, client, &there, gate = gate_.get_future().share()](Archive&) {
                         there.set_value();
                         gate.wait();
                         return [this, client] { answered.push_back(client); };
                     });
        stands.wait();
    }
    void let_go() { gate_.set_value(); }
    void wait_for(std::size_t answers) {
        while (answered.size() < answers) {
            woken_.acquire();
            reader->carry_on();
        }
    }

    std::unique_ptr<SqliteStore> store;
    std::unique_ptr<ArchiveReader> reader;
    std::vector<HttpRequestId> answered;
    std::vector<std::int64_t> seen;

  private:
    std::filesystem::path folder_;
    std::counting_semaphore<> woken_{0};
    std::promise<void> gate_;
};

using Clients = std::vector<HttpRequestId>;

}  // namespace

TEST_CASE("a reading sees all that was committed before it, and is answered on the loop's thread") {
    Reading reading;
    reading.look(1);
    reading.wait_for(1);
    for (std::int64_t id = 11; id <= 60; ++id) {
        reading.write(id, id);
        reading.look(static_cast<HttpRequestId>(id));
        reading.wait_for(reading.seen.size() + 1);
        CHECK(reading.seen.back() == id);
    }
}

TEST_CASE("looks wait for no play") {
    Reading reading;
    reading.stand(1, Length::Play);
    reading.look(2, Length::Play);
    reading.look(3);
    reading.look(4);
    reading.wait_for(2);
    CHECK(reading.answered == Clients{3, 4});
    reading.let_go();
    reading.wait_for(4);
    CHECK(reading.answered == Clients{3, 4, 1, 2});
}

TEST_CASE("more than there is room for are refused, and say when to come again") {
    Reading reading{1, ReadingLimits{2, 1}};
    reading.stand(1);
    CHECK_FALSE(reading.reader->full(Length::Look).has_value());
    reading.look(2);
    const auto full = reading.reader->full(Length::Look);
    REQUIRE(full.has_value());
    CHECK(full->code == Errc::Throttled);
    CHECK(full->retry_after.has_value());
    CHECK_FALSE(reading.reader->full(Length::Play).has_value());
    const auto budgets = reading.reader->budgets();
    CHECK(budgets[0].used == 2);
    CHECK(budgets[0].exceeded == 1);
    CHECK(budgets[1].used == 0);
    reading.let_go();
    reading.wait_for(2);
}

TEST_CASE("who has gone gives up his place, waiting or under way") {
    Reading reading{1, ReadingLimits{2, 1}};
    reading.stand(1);
    reading.look(2);
    reading.reader->give_up(2);
    CHECK_FALSE(reading.reader->full(Length::Look).has_value());
    reading.look(3);
    reading.reader->give_up(1);
    reading.reader->give_up(77);
    reading.let_go();
    reading.wait_for(1);
    CHECK(reading.answered == Clients{3});
}

TEST_CASE("a query under way is broken off when its client has gone") {
    Reading reading{1'000};
    std::promise<void> begun;
    std::promise<bool> ended;
    reading.reader->read(1, Length::Look, [&](Archive& archive) -> ArchiveDesk::Answer {
        begun.set_value();
        bool failed = false;
        while (!failed)
            failed = !archive.history({}).ok() || archive.interrupted();
        ended.set_value(failed);
        return [] { FAIL("nobody waits for it"); };
    });
    begun.get_future().wait();
    reading.reader->give_up(1);
    CHECK(ended.get_future().get());
    reading.look(2);
    reading.wait_for(1);
    CHECK(reading.answered == Clients{2});
    CHECK(reading.seen.front() == 1'000);
}

TEST_CASE("stopping breaks off what is under way and drops what waits") {
    Reading reading;
    std::promise<void> begun;
    reading.reader->read(1, Length::Look, [&](Archive& archive) -> ArchiveDesk::Answer {
        begun.set_value();
        while (!archive.interrupted())
            std::this_thread::yield();
        return [] { FAIL("nobody is answered any more"); };
    });
    begun.get_future().wait();
    reading.look(2);
    reading.reader->stop();
    reading.reader->carry_on();
    CHECK(reading.answered.empty());
}

}  // namespace understudy::test
