// How wide text is on a terminal. Pure; independent of the locale.
#pragma once

#include <string>
#include <string_view>

namespace understudy::ctl {

// Columns the text takes: combining marks none, East Asian wide characters and emoji two.
std::size_t text_width(std::string_view utf8);

// Foreign text made harmless for a terminal: control characters (escape sequences begin with one)
// and bytes that are no UTF-8 are replaced.
std::string printable(std::string_view text);

}  // namespace understudy::ctl
