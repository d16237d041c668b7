#include "controller/store/sqlite_row.h"

#include <limits>

namespace understudy::sqlite {

void Row::reject() {
    if (!fault_.empty()) return;
    fault_ = "row " + std::to_string(statement_.integer(0)) + ", column '" +
             statement_.column_name(next_) + "' holds '" + statement_.text(next_).substr(0, 80) +
             "'";
}

std::uint32_t Row::small_number() {
    const std::int64_t number = statement_.integer(next_);
    const bool fits = number >= 0 && number <= std::numeric_limits<std::uint32_t>::max();
    if (!fits) reject();
    ++next_;
    return fits ? static_cast<std::uint32_t>(number) : 0;
}

}  // namespace understudy::sqlite
