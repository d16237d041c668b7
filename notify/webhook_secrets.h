// What of a webhook's URL must not be repeated: chat services put tokens into its path or query,
// and many receivers quote the path in what they answer. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy {

// For blank_out(): all behind the origin, and its longer parts alone, each also percent-decoded and
// as JSON writers spell it.
std::vector<std::string> webhook_secrets(std::string_view url);

// One secret in the spellings in which an answer may quote it.
std::vector<std::string> spellings_of(std::string_view secret);

}  // namespace understudy
