// Reasons of notices that both who decides and who puts into words must know.
#pragma once

#include <string_view>

namespace understudy {

// Of a server_up: the alarm is over, but because nobody watches the server any more.
inline constexpr std::string_view kRemovedWhile = "Removed while ";

}  // namespace understudy
