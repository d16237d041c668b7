// How wide text is on a terminal. Pure; independent of the locale.
#pragma once

#include <string>
#include <string_view>

namespace understudy::ctl {

// Columns the text takes: combining marks none, East Asian wide characters and emoji two.
std::size_t text_width(std::string_view utf8);

}  // namespace understudy::ctl
