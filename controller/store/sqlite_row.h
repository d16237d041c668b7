// One row of an answer, read column by column. For the SQLite store's tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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
    WallTime time() { return statement_.time(next_++); }
    std::chrono::seconds seconds() { return std::chrono::seconds{integer()}; }
    std::uint32_t small_number();
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

}  // namespace understudy::sqlite
