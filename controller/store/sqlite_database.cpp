#include "controller/store/sqlite_database.h"

#include <sqlite3.h>

#include <tuple>

namespace understudy::sqlite {
namespace {

// Others may hold the file for a moment: a backup by the sqlite3 tool, for instance.
constexpr int kBusyTimeoutMs = 2000;
constexpr std::size_t kCachedStatements = 128;
constexpr int kPagesBetweenLooks = 256;            // a megabyte
constexpr int kInstructionsBetweenLooks = 10'000;  // well under a millisecond

// synchronous=FULL: a commit is on the disk when it returns, also in WAL mode. trusted_schema and
// cell_size_check are what SQLite advises for files that may be damaged (sqlite.org/security.html).
constexpr const char* kPragmas =
    "PRAGMA journal_mode=WAL;"
    // It grows while somebody reads the past, and is cut back when it begins anew.
    "PRAGMA journal_size_limit=67108864;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON;";

constexpr const char* kPragmasToRead =
    "PRAGMA query_only=ON;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON;";

// Nothing outlives the process; the journal only takes back what failed.
constexpr const char* kPragmasInMemory =
    "PRAGMA journal_mode=MEMORY;"
    "PRAGMA synchronous=OFF;"
    "PRAGMA foreign_keys=ON;";

Errc meaning_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
            return Errc::Corrupt;
        case SQLITE_CONSTRAINT:
            return Errc::Conflict;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return Errc::Rejected;
        default:
            return Errc::Transient;
    }
}

std::string remedy_for(int code, const std::string& path) {
    switch (code & 0xff) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
            return "free space on the file system of " + path + " or check the disk";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
            return "stop the controller and put a backup in the place of " + path;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            return "make " + path + " and its folder writable for the controller's user";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "end the other program that uses " + path;
        default:
            return {};
    }
}

Error make_error(int code, std::string_view doing, const std::string& path, const char* message) {
    const std::string what = "cannot " + std::string{doing} + " " + path + ": " + message;
    return {meaning_of(code), what, {}, remedy_for(code, path), {}};
}

}  // namespace

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

Statement& Statement::bind(std::int64_t number) {
    ensure(sqlite3_bind_int64(handle_, ++bound_, number) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(std::string_view text) {
    // An empty view may have no address, which SQLite would take for NULL.
    const char* data = text.empty() ? "" : text.data();
    ensure(sqlite3_bind_text64(handle_, ++bound_, data, text.size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(std::nullopt_t) {
    ensure(sqlite3_bind_null(handle_, ++bound_) == SQLITE_OK);
    return *this;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return data == nullptr ? std::string{} : std::string{data, size};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::string Statement::column_name(int column) const {
    const char* name = sqlite3_column_name(handle_, column);
    return name == nullptr ? "" : name;
}

void Statement::rewind() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
    bound_ = 0;
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
    return open(path, kPragmas);
}

Result<std::unique_ptr<Database>> Database::open_to_read(const std::string& path) {
    return open(path, kPragmasToRead);
}

Result<std::unique_ptr<Database>> Database::open_in_memory() {
    return open(":memory:", kPragmasInMemory);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const char* pragmas) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<Database> database{new Database{path, handle}};
    if (code != SQLITE_OK) return database->error_now("open");
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
    if (auto set = database->execute(pragmas); !set) return set.error();
    return database;
}

Database::~Database() {
    statements_.clear();
    sqlite3_close(handle_);
}

Result<Statement*> Database::prepare(std::string_view sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) {
        found->second.rewind();
        return &found->second;
    }
    if (statements_.size() >= kCachedStatements) statements_.clear();
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK) {
        return error_now("use");
    }
    const auto [added, is_new] = statements_.emplace(
        std::piecewise_construct, std::forward_as_tuple(sql), std::forward_as_tuple(handle));
    return &added->second;
}

Result<bool> Database::step(Statement& statement) {
    const int code = sqlite3_step(statement.handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        statement.rewind();  // ends the read, so that it does not hold up checkpoints
        return false;
    }
    Error error = error_now("use");
    statement.rewind();
    return error;
}

Result<Done> Database::run(Statement& statement) {
    auto row = step(statement);
    if (!row) return row.error();
    ensure(!*row);
    return Done{};
}

Result<Done> Database::execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return error_now("use");
    }
    return Done{};
}

void Database::stop_when(std::atomic<bool>& stop) {
    const auto asked = [](void* flag) {
        return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0;
    };
    sqlite3_progress_handler(handle_, kInstructionsBetweenLooks, asked, &stop);
    stop_ = &stop;
}

Result<Done> Database::copy_to(const std::string& path) const {
    sqlite3* copy = nullptr;
    int code =
        sqlite3_open_v2(path.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    sqlite3_backup* backup =
        code == SQLITE_OK ? sqlite3_backup_init(copy, "main", handle_, "main") : nullptr;
    while (backup != nullptr &&
           (code = sqlite3_backup_step(backup, kPagesBetweenLooks)) == SQLITE_OK) {
        if (stop_ != nullptr && *stop_) break;
    }
    if (backup != nullptr && code != SQLITE_DONE)
        code = code == SQLITE_OK ? SQLITE_INTERRUPT : code;
    sqlite3_backup_finish(backup);
    std::optional<Error> error;
    if (code != SQLITE_DONE) error = make_error(code, "write", path, sqlite3_errmsg(copy));
    sqlite3_close(copy);
    if (error) return *error;
    return Done{};
}

int Database::changed_rows() const {
    return sqlite3_changes(handle_);
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

Error Database::error_now(std::string_view doing) const {
    return make_error(sqlite3_errcode(handle_), doing, path_, sqlite3_errmsg(handle_));
}

Error Database::corrupt(std::string_view what) const {
    return make_error(SQLITE_CORRUPT, "use", path_, std::string{what}.c_str());
}

Transaction::~Transaction() {
    // SQLite rolls back by itself after some errors; a rollback that fails leaves nothing to undo.
    if (database_.in_transaction()) std::ignore = database_.execute("ROLLBACK");
}

Result<Done> Transaction::begin() {
    return database_.execute("BEGIN IMMEDIATE");
}

Result<Done> Transaction::commit() {
    return database_.execute("COMMIT");
}

}  // namespace understudy::sqlite
