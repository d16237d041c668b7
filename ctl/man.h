// Manual pages, from what the programs themselves say for help. Pure.
#pragma once

#include <string>

namespace understudy::ctl {

// roff with the macros of man(7).
std::string manual_page(const std::string& version);
// The same of another program, from what its --help prints.
std::string manual_page_of(const std::string& program, const std::string& help,
                           const std::string& version);

}  // namespace understudy::ctl
