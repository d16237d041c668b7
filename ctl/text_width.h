// How wide text is on a terminal. Pure; independent of the locale.
#pragma once

#include <string>
#include <string_view>

namespace understudy::ctl {

// Columns the text takes: combining marks none, East Asian wide characters and emoji two.
std::size_t text_width(std::string_view utf8);

// The beginning of a line that fits; escape sequences take no room and are all kept, so that
// colours end.
std::string cut_to(std::string_view line, std::size_t columns);

}  // namespace understudy::ctl
