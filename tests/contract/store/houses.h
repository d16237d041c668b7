// The store in memory and in a file, each with a way to close and open it again. The past of the
// file is read over a connection of its own, as the controller does.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "controller/store/sqlite_store.h"

namespace understudy::test {

// A folder of its own, removed at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string operator/(const char* name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

class MemoryHouse {
  public:
    explicit MemoryHouse(const Retention& retention = {})
        : store_(std::move(*SqliteStore::in_memory("memory", retention))) {}
    Store& store() { return *store_; }
    Archive& archive() { return store_->archive(); }
    void reopen() {}

  private:
    std::unique_ptr<SqliteStore> store_;
};

class SqliteHouse {
  public:
    explicit SqliteHouse(const Retention& retention = {}) : retention_(retention) { reopen(); }
    Store& store() { return *store_; }
    Archive& archive() { return *archive_; }
    void reopen() {
        archive_.reset();
        store_.reset();
        auto opened = SqliteStore::open(path(), retention_);
        if (!opened) FAIL(opened.error().text());
        store_ = std::move(*opened);
        auto archive = store_->open_archive();
        if (!archive) FAIL(archive.error().text());
        archive_ = std::move(*archive);
    }
    std::string path() const { return folder_ / "store.db"; }

  private:
    TemporaryFolder folder_;
    Retention retention_;
    std::unique_ptr<SqliteStore> store_;
    std::unique_ptr<Archive> archive_;
};

}  // namespace understudy::test
