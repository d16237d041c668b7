// The store's file: taken by one process at a time, made when it is missing, brought to the present
// schema. Used by SqliteStore::open().
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "controller/store/sqlite_database.h"

namespace understudy {

// Holds "<file>.lock" (flock) until it goes; the kernel lets go of it when the process dies.
// Readers such as the sqlite3 tool are not kept out.
class StoreLock {
  public:
    static Result<StoreLock> take(const std::string& path);

  private:
    explicit StoreLock(Descriptor file) : file_(std::move(file)) {}
    Descriptor file_;
};

// The files of an open store: the file itself, its log, the log's index and the lock. What is
// written to one that lost its name is gone with the process.
class StoreFiles {
  public:
    explicit StoreFiles(const std::string& path);
    // Four calls of stat(): some microseconds. The log appears with the first use of the store;
    // from then on it belongs to it.
    std::optional<Error> missing();

  private:
    struct File {
        std::string path;
        std::optional<std::pair<dev_t, ino_t>> identity;  // none: not seen yet
    };
    std::vector<File> files_;
};

// Whether the first bytes of a file (100 at least) say that it is a store.
bool begins_a_store(std::string_view bytes);

// The path with links resolved, so that two ways to one file are one lock. The folder must exist.
Result<std::string> resolve_store_path(const std::string& path);

// Opens the file (made with mode 0600 when missing: it holds hashes of tokens and sealed
// credentials), checks its soundness and runs the migrations it lacks. The caller holds the lock.
Result<std::unique_ptr<sqlite::Database>> open_store_file(const std::string& path);
// The same schema without a file.
Result<std::unique_ptr<sqlite::Database>> make_store_in_memory();

}  // namespace understudy
