#include "controller/restore.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "controller/store/store_file.h"

namespace understudy {
namespace {

// The file, and what SQLite keeps beside it and would replay into another one of that name.
constexpr std::array<const char*, 4> kStoreFiles{"", "-wal", "-shm", "-journal"};

Error failed(const std::string& path, const std::string& doing) {
    return rejected("cannot " + doing + " " + path + ": " + std::strerror(errno),
                    "the folder must be writable for the controller's user, and have room");
}

bool has_name(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

Result<Done> copy(std::istream& from, const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!file) return failed(path, "make");
    std::array<char, 65536> buffer{};
    bool good = true, first = true;
    while (good && (from.read(buffer.data(), buffer.size()), from.gcount() > 0)) {
        const std::string_view bytes{buffer.data(), static_cast<std::size_t>(from.gcount())};
        if (first && !begins_a_store(bytes)) {
            return rejected("that is no backup of a store",
                            "name a file that 'backup' has written");
        }
        first = false;
        good = write_all(file.get(), bytes);
    }
    good = good && ::fsync(file.get()) == 0;
    const Error error = failed(path, "write");
    if (first) return rejected("the backup is empty", "name a file that 'backup' has written");
    if (!good) return error;
    return Done{};
}

void remove_store(const std::string& path) {
    for (const char* file : kStoreFiles)
        ::unlink((path + file).c_str());
}

// A name that nothing has: what was set aside before stays too.
std::string free_name(const std::string& path) {
    const auto taken = [](const std::string& name) {
        return std::ranges::any_of(kStoreFiles,
                                   [&](const char* file) { return has_name(name + file); });
    };
    std::string name = path + ".replaced";
    for (int i = 2; taken(name); ++i)
        name = path + ".replaced-" + std::to_string(i);
    return name;
}

// Answers with the first name that something got; empty: nothing was there. The store goes before
// its log: a log alone is only set aside, a store alone would be taken for a whole one.
Result<std::string> set_aside(const std::string& path) {
    const std::string aside = free_name(path);
    std::string first;
    for (const char* file : kStoreFiles) {
        const std::string name = path + file;
        if (!has_name(name)) continue;
        if (std::rename(name.c_str(), (aside + file).c_str()) != 0)
            return failed(name, "set aside");
        if (first.empty()) first = aside + file;
    }
    return first;
}

// Brings it to the present form, and reads every page. What was done after the backup has used ids
// that it does not know, and receivers drop a message whose id they have had: none is drawn again.
Result<Done> make_ready(const std::string& path) {
    {
        auto opened = open_store_file(path);
        if (!opened) return opened.error();
        auto done = (*opened)->run(
            "UPDATE meta SET last_id = max(last_id + 1000000000, "
            "CAST(strftime('%s', 'now') AS INTEGER) * 1000)");
        if (!done) return done.error();
    }
    // Closed, it is one file, unless its log could not be written back.
    if (!has_name(path + "-wal")) return Done{};
    return rejected("cannot finish " + path, "free space on its file system");
}

Result<std::string> put_in_place(const std::string& fresh, const std::string& path) {
    auto aside = set_aside(path);
    if (!aside) return aside;
    if (std::rename(fresh.c_str(), path.c_str()) != 0) return failed(path, "make");
    // Else a power cut could take the names back.
    if (!sync_folder_of(path)) return failed(path, "keep");
    return aside;
}

}  // namespace

Result<std::string> restore_store(const std::string& store_path, std::istream& backup, bool force) {
    const auto path = resolve_store_path(store_path);
    if (!path) return path.error();
    const auto lock = StoreLock::take(*path);  // whoever runs on it keeps it
    if (!lock) return lock.error();
    if (has_name(*path) && !force) {
        return conflict("there is a store already: " + *path,
                        "say --force as well: it is set aside, not removed");
    }
    const std::string fresh = *path + ".restoring";
    remove_store(fresh);
    auto done = copy(backup, fresh);
    if (done) done = make_ready(fresh);
    auto aside = done ? put_in_place(fresh, *path) : Result<std::string>{done.error()};
    if (!aside) remove_store(fresh);
    return aside;
}

}  // namespace understudy
