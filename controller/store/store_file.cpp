#include "controller/store/store_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <tuple>
#include <utility>

#include "controller/store/sqlite_row.h"
#include "embedded/migrations.h"

namespace understudy {
namespace {

using sqlite::Database;

// "USTY" in the file's header says that it is ours (sqlite.org/fileformat2.html, application id).
constexpr std::int64_t kApplicationId = 0x55535459;
constexpr std::string_view kOwner = "USTY";
constexpr std::size_t kOwnerAt = 68;

constexpr auto& kMigrations = embedded::kSql_all;

Error cannot_open(const std::string& path, int code, std::string remedy) {
    return rejected("cannot open " + path + ": " + std::strerror(code), std::move(remedy), "store");
}

std::string file_remedy(const std::string& path, int code) {
    const std::string folder = std::filesystem::path{path}.parent_path().string();
    switch (code) {
        case ENOENT:
        case ENOTDIR:
            return "make the folder " + folder;
        case EISDIR:
            return "name a file, not a folder";
        case ENOSPC:
            return "free space on the file system of " + folder;
        default:
            return "make " + path + " and its folder writable for the controller's user";
    }
}

// The process that holds the lock wrote its number into the file.
std::string holder_of(int descriptor) {
    std::array<char, 32> text{};
    const ssize_t size = pread(descriptor, text.data(), text.size() - 1, 0);
    std::string number{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    while (!number.empty() && number.back() == '\n')
        number.pop_back();
    return number.empty() ? "another process" : "process " + number;
}

Result<std::int64_t> pragma(Database& database, const char* name) {
    const auto value = sqlite::read_first(database, std::string{"PRAGMA "} + name,
                                          [](sqlite::Row& row) { return row.integer(); });
    if (!value) return value.error();
    return value->value_or(0);
}

// quick_check reads every page but does not compare indexes with tables.
Result<Done> check_soundness(Database& database) {
    const auto found = sqlite::read_first(database, "PRAGMA quick_check(1)",
                                          [](sqlite::Row& row) { return row.text(); });
    if (!found) return found.error();
    const std::string verdict = found->value_or("no answer");
    if (verdict != "ok") return database.corrupt(verdict);
    return Done{};
}

Result<Done> run_migration(Database& database, std::size_t index) {
    sqlite::Transaction transaction{database};
    if (auto begun = transaction.begin(); !begun) return begun.error();
    std::string script{kMigrations[index]};
    script += "\nPRAGMA application_id = " + std::to_string(kApplicationId);
    script += ";\nPRAGMA user_version = " + std::to_string(index + 1) + ";";
    if (auto done = database.execute(script); !done) return done.error();
    return transaction.commit();
}

Result<Done> check_owner(Database& database, const std::string& path, std::int64_t version) {
    auto application = pragma(database, "application_id");
    if (!application) return application.error();
    auto pages = pragma(database, "page_count");
    if (!pages) return pages.error();
    const bool is_new = version == 0 && *application == 0 && *pages <= 1;
    if (is_new || *application == kApplicationId) return Done{};
    return rejected(path + " is an SQLite file of another program",
                    "name another file for the store; a missing one is made");
}

Result<Done> migrate(Database& database, const std::string& path) {
    auto version = pragma(database, "user_version");
    if (!version) return version.error();
    if (auto owner = check_owner(database, path, *version); !owner) return owner.error();
    const auto newest = static_cast<std::int64_t>(kMigrations.size());
    if (*version < 0 || *version > newest) {
        return rejected(path + " has schema version " + std::to_string(*version) +
                            ", this program knows " + std::to_string(newest),
                        "run the newer Understudy that wrote it, or put a backup in its place");
    }
    for (auto index = static_cast<std::size_t>(*version); index < kMigrations.size(); ++index) {
        if (auto done = run_migration(database, index); !done) return done.error();
    }
    return Done{};
}

}  // namespace

bool begins_a_store(std::string_view bytes) {
    constexpr char kMagic[] = "SQLite format 3";  // with its zero
    return bytes.starts_with(std::string_view{kMagic, sizeof kMagic}) && bytes.size() > kOwnerAt &&
           bytes.substr(kOwnerAt).starts_with(kOwner);
}

Result<std::string> resolve_store_path(const std::string& path) {
    std::error_code problem;
    const auto resolved = std::filesystem::weakly_canonical(path, problem);
    if (problem) return cannot_open(path, problem.value(), file_remedy(path, problem.value()));
    return resolved.string();
}

Result<StoreLock> StoreLock::take(const std::string& path) {
    const std::string lock_path = path + ".lock";
    Descriptor file{::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (!file) return cannot_open(lock_path, errno, file_remedy(path, errno));
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cannot_open(lock_path, errno, file_remedy(path, errno));
        return conflict(path + " is in use by " + holder_of(file.get()),
                        "stop the other controller, or give this one a file of its own", "store");
    }
    // Only for the message above: who holds the lock counts, not what the file says.
    const std::string number = std::to_string(getpid()) + "\n";
    if (ftruncate(file.get(), 0) == 0) {
        [[maybe_unused]] const auto written = pwrite(file.get(), number.data(), number.size(), 0);
    }
    return StoreLock{std::move(file)};
}

StoreFiles::StoreFiles(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"})
        files_.push_back({path + suffix, std::nullopt});
    std::ignore = missing();
}

std::optional<Error> StoreFiles::missing() {
    for (File& file : files_) {
        struct stat status {};
        const bool there = ::stat(file.path.c_str(), &status) == 0;
        if (there && !file.identity) file.identity.emplace(status.st_dev, status.st_ino);
        const bool same = there && *file.identity == std::pair{status.st_dev, status.st_ino};
        if (same || !file.identity) continue;
        return transient(file.path + " was " + (there ? "replaced" : "removed") +
                             " while it is in use: nothing that is decided would be kept",
                         "put it back where it was at once; else stop the controller, remove what "
                         "is left of the files and restore a backup",
                         "store");
    }
    return std::nullopt;
}

Result<std::unique_ptr<Database>> open_store_file(const std::string& path) {
    if (!Descriptor{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)})
        return cannot_open(path, errno, file_remedy(path, errno));
    auto database = Database::open(path);
    if (!database) return database.error();
    if (auto sound = check_soundness(**database); !sound) return sound.error();
    if (auto done = migrate(**database, path); !done) return done.error();
    return database;
}

Result<std::unique_ptr<Database>> make_store_in_memory() {
    auto database = Database::open_in_memory();
    if (!database) return database.error();
    if (auto done = migrate(**database, "memory"); !done) return done.error();
    return database;
}

}  // namespace understudy
