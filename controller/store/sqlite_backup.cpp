#include "controller/store/sqlite_backup.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "base/crypto.h"
#include "base/descriptor.h"

namespace understudy::sqlite {
namespace {

constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
// Left for the store itself: who cannot write must not act.
constexpr std::uintmax_t kLeftFree = 64u << 20;
constexpr char kMark[] = ".backup-";
constexpr std::string_view kJournal = "-journal";  // of one that is being written

Error failed(const std::string& path, const char* doing) {
    return transient(std::string{"cannot "} + doing + " " + path + ": " + std::strerror(errno));
}

// The name of a file is made of it.
bool is_id(std::string_view id) {
    return id.size() == 2 * kIdBytes &&
           id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error no_such_backup(const std::string& id) {
    return not_found(
        is_id(id) ? "there is no backup " + id + " any more" : "that is no id of a backup",
        "make one: POST /api/v1/backups");
}

// The first question after begin() fixes the moment that is copied.
Result<std::int64_t> bytes_of(Database& database) {
    auto statement = database.prepare(
        "SELECT p.page_count * s.page_size FROM pragma_page_count AS p, pragma_page_size AS s, "
        "meta");
    if (!statement) return statement.error();
    auto row = database.step(**statement);
    if (!row) return row.error();
    const std::int64_t bytes = *row ? (*statement)->integer(0) : 0;
    (*statement)->rewind();
    return bytes;
}

std::optional<Error> no_room(const std::string& path, std::int64_t bytes) {
    struct statvfs about {};
    const std::string folder = std::filesystem::path{path}.parent_path().string();
    if (::statvfs(folder.c_str(), &about) != 0) return failed(folder, "look at");
    const std::uintmax_t room = std::uintmax_t{about.f_bavail} * about.f_frsize;
    if (room >= static_cast<std::uintmax_t>(bytes) + kLeftFree) return std::nullopt;
    Error error = transient("there is no room for a backup beside the store, which needs its own");
    error.remedy = "free " +
                   std::to_string(((static_cast<std::uintmax_t>(bytes) + kLeftFree) >> 20) + 1) +
                   " MiB on the file system of " + folder;
    return error;
}

}  // namespace

Result<Backup> make_backup(Database& database, const std::string& store) {
    if (!std::filesystem::path{store}.is_absolute())
        return rejected("a store in memory has no place for a backup");
    const auto bytes = bytes_of(database);
    if (!bytes) return bytes.error();
    remove_backups(store);
    Backup backup{to_hex(random_bytes(kIdBytes)), 0};
    const std::string path = store + kMark + backup.id;
    if (const auto full = no_room(path, *bytes)) return *full;
    if (!write_new_file(path, {})) return failed(path, "make");
    auto copied = database.copy_to(path);
    std::error_code problem;
    backup.bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, problem));
    if (copied && !problem) return backup;
    remove_backups(store);
    return copied ? failed(path, "look at") : copied.error();
}

Result<BackupPiece> read_backup(const std::string& store, const std::string& id,
                                std::int64_t offset) {
    if (!is_id(id)) return no_such_backup(id);
    const std::string path = store + kMark + id;
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (!file) return errno == ENOENT ? no_such_backup(id) : failed(path, "read");
    std::string bytes(kPieceBytes, '\0');
    const ssize_t size = ::pread(file.get(), bytes.data(), bytes.size(), offset);
    if (size < 0) return failed(path, "read");
    bytes.resize(static_cast<std::size_t>(size));
    return BackupPiece{std::move(bytes)};
}

Result<Done> remove_backup(const std::string& store, const std::string& id) {
    if (is_id(id) && ::unlink((store + kMark + id).c_str()) == 0) return Done{};
    return no_such_backup(id);
}

void remove_backups(const std::string& store) {
    const std::filesystem::path path{store};
    const std::string begin = path.filename().string() + kMark;
    std::error_code problem;
    for (const auto& each : std::filesystem::directory_iterator{path.parent_path(), problem}) {
        const std::string name = each.path().filename().string();
        if (!name.starts_with(begin)) continue;
        std::string_view id = std::string_view{name}.substr(begin.size());
        if (id.ends_with(kJournal)) id.remove_suffix(kJournal.size());
        if (is_id(id)) std::filesystem::remove(each, problem);  // another one is somebody's own
    }
}

}  // namespace understudy::sqlite
