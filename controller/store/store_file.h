// The store's file: taken by one process at a time, made when it is missing, brought to the present
// schema. Used by SqliteStore::open().
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "controller/store/sqlite_database.h"

namespace understudy {

// Holds "<file>.lock" (flock) until it goes; the kernel lets go of it when the process dies.
// Readers such as the sqlite3 tool are not kept out.
class StoreLock {
  public:
    static Result<StoreLock> take(const std::string& path);
    StoreLock(StoreLock&& other) noexcept;
    StoreLock& operator=(StoreLock&& other) noexcept;
    ~StoreLock();

  private:
    explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

// The path with links resolved, so that two ways to one file are one lock. The folder must exist.
Result<std::string> resolve_store_path(const std::string& path);

// Opens the file (made with mode 0600 when missing: it holds hashes of tokens and sealed
// credentials), checks its soundness and runs the migrations it lacks. The caller holds the lock.
Result<std::unique_ptr<sqlite::Database>> open_store_file(const std::string& path);

}  // namespace understudy
