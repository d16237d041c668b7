// The target of a request (RFC 9112 3.2): path and query, percent-decoded. For HttpReader. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace understudy {

struct HttpTarget {
    std::string path;
    std::vector<std::pair<std::string, std::string>> query;
};

// Clean UTF-8 without control characters, or what is wrong with it.
Result<HttpTarget> parse_http_target(std::string_view target);

}  // namespace understudy
