// The SQLite store's file: who may open it, what is refused, and what a full disk does.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/contract/store/houses.h"
#include "tests/contract/store/sample.h"

namespace understudy::test {
namespace {

Error error_of_open(const std::string& path) {
    auto opened = SqliteStore::open(path);
    REQUIRE_FALSE(opened.ok());
    return opened.error();
}

bool mentions(const Error& error, const std::string& text) {
    return error.text().find(text) != std::string::npos;
}

void overwrite(const std::string& path, std::streamoff offset, const std::string& bytes) {
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    REQUIRE(file.good());
    file.seekp(offset);
    file << bytes;
    REQUIRE(file.good());
}

std::string bytes_at(const std::string& path, std::streamoff offset, std::size_t size) {
    std::ifstream file{path, std::ios::binary};
    file.seekg(offset);
    std::string bytes(size, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    REQUIRE(file.good());
    return bytes;
}

// A closed store with something in it, so that all of it is in the main file.
void make_closed_store(const std::string& path) {
    auto opened = SqliteStore::open(path);
    REQUIRE(opened.ok());
    std::vector<Change> changes = small_fleet();
    for (std::int64_t id = 100; id < 400; ++id)
        changes.push_back(AppendLog{sample_line(id)});
    must_commit(**opened, changes);
}

TEST_CASE("the file is readable by nobody else") {
    const TemporaryFolder folder;
    make_closed_store(folder / "store.db");
    struct stat status {};
    REQUIRE(stat((folder / "store.db").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a second opener is refused with the name of the file and its holder") {
    const SqliteHouse house;
    const Error error = error_of_open(house.path());
    CHECK(error.code == Errc::Conflict);
    CHECK(mentions(error, house.path()));
    CHECK(mentions(error, "process " + std::to_string(getpid())));
    CHECK_FALSE(error.remedy.empty());
}

TEST_CASE("another way to the same file is the same file") {
    const TemporaryFolder folder;
    auto first = SqliteStore::open(folder / "store.db");
    REQUIRE(first.ok());
    std::filesystem::create_symlink(folder / "store.db", folder / "link.db");
    CHECK(error_of_open(folder / "link.db").code == Errc::Conflict);
}

TEST_CASE("the lock goes with the store") {
    const TemporaryFolder folder;
    make_closed_store(folder / "store.db");
    auto again = SqliteStore::open(folder / "store.db");
    REQUIRE(again.ok());
    CHECK(must_load(**again).servers.size() == 2);
}

TEST_CASE("a missing folder is named with its remedy") {
    const TemporaryFolder folder;
    const Error error = error_of_open(folder / "missing/store.db");
    CHECK(error.code == Errc::Rejected);
    CHECK(mentions(error, folder / "missing/store.db"));
    CHECK(mentions(error, "make the folder " + (folder / "missing")));
}

TEST_CASE("a folder in the place of the file is refused") {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "store.db");
    const Error error = error_of_open(folder / "store.db");
    CHECK(error.code == Errc::Rejected);
    CHECK(mentions(error, folder / "store.db"));
}

TEST_CASE("a file that is no database is corrupt") {
    const TemporaryFolder folder;
    std::ofstream{folder / "store.db"} << std::string(8192, 'x');
    const Error error = error_of_open(folder / "store.db");
    CHECK(error.code == Errc::Corrupt);
    CHECK(mentions(error, folder / "store.db"));
    CHECK(mentions(error, "backup"));
}

TEST_CASE("a damaged page is corrupt") {
    const TemporaryFolder folder;
    const std::string path = folder / "store.db";
    make_closed_store(path);
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
    REQUIRE(size > 40 * 1024);
    // Every page but the first: the header stays sound.
    for (std::streamoff page = 4096; page + 64 < size; page += 4096) {
        overwrite(path, page, std::string(64, '\xA5'));
    }
    const Error error = error_of_open(path);
    CHECK(error.code == Errc::Corrupt);
    CHECK(mentions(error, path));
}

TEST_CASE("a cut file is corrupt") {
    const TemporaryFolder folder;
    const std::string path = folder / "store.db";
    make_closed_store(path);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    CHECK(error_of_open(path).code == Errc::Corrupt);
}

TEST_CASE("a newer schema is refused and left as it is") {
    const TemporaryFolder folder;
    const std::string path = folder / "store.db";
    make_closed_store(path);
    const std::string version = bytes_at(path, 60, 4);  // user_version, big-endian
    overwrite(path, 60, std::string{"\0\0\0\x63", 4});
    const Error error = error_of_open(path);
    CHECK(error.code == Errc::Rejected);
    CHECK(mentions(error, "schema version 99"));
    CHECK(mentions(error, path));
    overwrite(path, 60, version);
    CHECK(SqliteStore::open(path).ok());
}

TEST_CASE("another program's database is refused") {
    const TemporaryFolder folder;
    const std::string path = folder / "store.db";
    make_closed_store(path);
    overwrite(path, 68, "ABCD");  // application_id
    const Error error = error_of_open(path);
    CHECK(error.code == Errc::Rejected);
    CHECK(mentions(error, "another program"));
}

TEST_CASE("a value that no store wrote is corrupt, with its row and column") {
    const TemporaryFolder folder;
    const std::string path = folder / "store.db";
    make_closed_store(path);
    std::ifstream file{path, std::ios::binary};
    std::stringstream all;
    all << file.rdbuf();
    const auto found = all.str().find("maintenance");
    REQUIRE(found != std::string::npos);
    overwrite(path, static_cast<std::streamoff>(found), "moonphasesx");
    auto opened = SqliteStore::open(path);
    REQUIRE(opened.ok());
    const auto saved = (*opened)->load();
    REQUIRE_FALSE(saved.ok());
    CHECK(saved.error().code == Errc::Corrupt);
    CHECK(mentions(saved.error(), "row 3, column 'reaction' holds 'moonphasesx'"));
}

// Lets no file of the process grow beyond `bytes` while it lives.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        old_handler_ = signal(SIGXFSZ, SIG_IGN);
        REQUIRE(getrlimit(RLIMIT_FSIZE, &old_) == 0);
        rlimit limit = old_;
        limit.rlim_cur = bytes;
        REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        setrlimit(RLIMIT_FSIZE, &old_);
        signal(SIGXFSZ, old_handler_);
    }

  private:
    rlimit old_{};
    void (*old_handler_)(int) = nullptr;
};

std::vector<Change> many_lines(std::int64_t first, std::int64_t count) {
    std::vector<Change> changes;
    for (std::int64_t id = first; id < first + count; ++id) {
        changes.push_back(AppendLog{sample_line(id)});
    }
    return changes;
}

TEST_CASE("a disk that takes no more: nothing is applied, and the store goes on afterwards") {
    SqliteHouse house;
    must_commit(house.store(), small_fleet());
    {
        const FileSizeLimit limit{std::filesystem::file_size(house.path() + "-wal") + 10'000};
        const auto done = house.store().commit(many_lines(100, 5000), kDay0);
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().code == Errc::Transient);
        CHECK(mentions(done.error(), house.path()));
        CHECK(mentions(done.error(), "free space"));
        CHECK(history_ids(house.archive()).empty());
        CHECK(must_load(house.store()).last_id == 4);
    }
    must_commit(house.store(), many_lines(100, 50));
    house.reopen();
    CHECK(history_ids(house.archive()).size() == 50);
    CHECK(must_load(house.store()).last_id == 149);
}

}  // namespace
}  // namespace understudy::test
