// What a list is asked for, made of the options that narrow it.
#pragma once

#include <string>
#include <vector>

#include "ctl/command.h"

namespace understudy::ctl {

// The path with "pool=shop&since=1h" of those options that are given; `moments` name times.
Result<std::string> with_query(std::string path, const Arguments& arguments,
                               const std::vector<std::string>& words,
                               const std::vector<std::string>& moments = {});

// Shows a list that comes in pages: those that the options `words` name, at most --limit of them,
// or `most` (0: all).
int show_pages(Session& session, const Arguments& arguments, const std::string& path,
               const std::vector<std::string>& words, std::int64_t most, View view);

}  // namespace understudy::ctl
