// One SQLite connection and its prepared statements. Used by the SQLite store only; one
// thread each.
//
// Errors of SQLite become Error values that name the file; what the caller does next decides the
// code: Transient (disk full, I/O, busy: try again), Conflict (a constraint), Corrupt (the file is
// damaged).
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace understudy::sqlite {

// A prepared statement in use. Parameters are bound in the order of their numbers, columns read by
// number. It lives in the Database's cache; a second user of the same text while the first still
// steps would disturb it, which no method of the store does.
class Statement {
  public:
    explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    Statement& bind(std::int64_t number);
    Statement& bind(int number) { return bind(std::int64_t{number}); }
    Statement& bind(std::uint32_t number) { return bind(std::int64_t{number}); }
    Statement& bind(bool flag) { return bind(std::int64_t{flag}); }
    Statement& bind(std::string_view text);
    Statement& bind(const std::string& text) { return bind(std::string_view{text}); }
    Statement& bind(const char* text) { return bind(std::string_view{text}); }
    Statement& bind(std::nullopt_t);
    Statement& bind(WallTime time) { return bind(std::int64_t{time.time_since_epoch().count()}); }
    Statement& bind(std::chrono::seconds time) { return bind(std::int64_t{time.count()}); }
    template <typename Tag>
    Statement& bind(Id<Tag> id) {
        return bind(id.value);
    }
    template <typename T>
    Statement& bind(const std::optional<T>& content) {
        return content ? bind(*content) : bind(std::nullopt);
    }

    std::int64_t integer(int column) const;
    std::string text(int column) const;
    bool is_null(int column) const;
    std::string column_name(int column) const;

    // Ends a read before its last row.
    void rewind();

  private:
    friend class Database;

    sqlite3_stmt* handle_;
    int bound_ = 0;
};

class Database {
  public:
    // Opens an existing file and sets what every connection needs (WAL, durability, foreign keys).
    static Result<std::unique_ptr<Database>> open(const std::string& path);
    // The same for a connection that only reads, beside one that writes.
    static Result<std::unique_ptr<Database>> open_to_read(const std::string& path);
    // A new one without a file, gone with the object.
    static Result<std::unique_ptr<Database>> open_in_memory();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    // From the cache, rewound and with nothing bound. The text must be right: it is the program's
    // own.
    Result<Statement*> prepare(std::string_view sql);
    // true: a row is there.
    Result<bool> step(Statement& statement);
    // Runs a statement that answers with no rows.
    Result<Done> run(Statement& statement);
    template <typename... Values>
    Result<Done> run(std::string_view sql, const Values&... values) {
        auto statement = prepare(sql);
        if (!statement) return statement.error();
        ((*statement)->bind(values), ...);
        return run(**statement);
    }
    Result<Done> execute(const std::string& sql);  // several statements, not cached
    // Whatever runs fails soon while `stop` is true. It outlives the connection.
    void stop_when(std::atomic<bool>& stop);
    // The whole, as the transaction under way sees it, into a file that is there and empty.
    Result<Done> copy_to(const std::string& path) const;
    const std::string& path() const { return path_; }
    int changed_rows() const;
    bool in_transaction() const;

    Error error_now(std::string_view doing) const;
    Error corrupt(std::string_view what) const;

  private:
    static Result<std::unique_ptr<Database>> open(const std::string& path, const char* pragmas);
    Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

    std::string path_;
    sqlite3* handle_;
    const std::atomic<bool>* stop_ = nullptr;
    std::map<std::string, Statement, std::less<>> statements_;
};

// Rolls back unless committed.
class Transaction {
  public:
    explicit Transaction(Database& database) : database_(database) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    Result<Done> begin();
    Result<Done> commit();

  private:
    Database& database_;
};

}  // namespace understudy::sqlite
