// One row of an answer, read column by column. For the SQLite store's tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "controller/store/sqlite_database.h"

namespace understudy::sqlite {

// Reads the columns of the present row from left to right. The first column that does not hold what
// it must is remembered; the values read after that mean nothing.
class Row {
  public:
    explicit Row(const Statement& statement) : statement_(statement) {}

    std::int64_t integer() { return statement_.integer(next_++); }
    bool flag() { return integer() != 0; }
    std::string text() { return statement_.text(next_++); }
    WallTime time() { return WallTime{Duration{integer()}}; }
    std::chrono::seconds seconds() { return std::chrono::seconds{integer()}; }
    std::uint32_t small_number();
    std::optional<std::int64_t> integer_or_null() {
        const bool null = statement_.is_null(next_);
        const std::int64_t number = integer();
        return null ? std::nullopt : std::optional{number};
    }
    template <typename IdType>
    IdType id() {
        return IdType{integer()};
    }
    // parse(text) answers none for what it does not understand.
    template <typename Parse>
    auto parsed(Parse parse) {
        auto content = parse(statement_.text(next_));
        if (!content) reject();
        ++next_;
        return content ? std::move(*content) : typename decltype(content)::value_type{};
    }
    template <typename Parse>
    auto parsed_or_null(Parse parse) {
        using Content = decltype(parse(std::string_view{}));
        if (!statement_.is_null(next_)) return Content{parsed(parse)};
        ++next_;
        return Content{};
    }

    const std::string& fault() const { return fault_; }

  private:
    void reject();

    const Statement& statement_;
    int next_ = 0;
    std::string fault_;
};

// Every row that the statement answers with, read by read(Row&). A column that does not hold what
// it must is Corrupt.
template <typename Read>
auto read_rows(Database& database, Statement& statement, Read read)
    -> Result<std::vector<std::invoke_result_t<Read, Row&>>> {
    std::vector<std::invoke_result_t<Read, Row&>> all;
    while (true) {
        auto more = database.step(statement);
        if (!more) return more.error();
        if (!*more) return all;
        Row row{statement};
        all.push_back(read(row));
        if (!row.fault().empty()) {
            statement.rewind();
            return database.corrupt(row.fault());
        }
    }
}
template <typename Read, typename... Values>
auto read_all(Database& database, std::string_view sql, Read read, const Values&... values)
    -> Result<std::vector<std::invoke_result_t<Read, Row&>>> {
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    ((*statement)->bind(values), ...);
    return read_rows(database, **statement, read);
}
// The first of them; none: there is no row.
template <typename Read, typename... Values>
auto read_first(Database& database, std::string_view sql, Read read, const Values&... values)
    -> Result<std::optional<std::invoke_result_t<Read, Row&>>> {
    auto rows = read_all(database, sql, read, values...);
    if (!rows) return rows.error();
    using Found = std::optional<std::invoke_result_t<Read, Row&>>;
    return rows->empty() ? Found{} : Found{std::move(rows->front())};
}

}  // namespace understudy::sqlite
