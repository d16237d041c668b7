// The words of a scenario's line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/dns_record.h"

namespace understudy::scenarios {

// A line that cannot be read is a mistake of its author: the runner shows it. Throws.
[[noreturn]] void fail(const std::string& why);

Duration duration_of(const std::string& text);  // 500ms, 30s, 5min, 2h
std::vector<std::string> split(const std::string& text, char by);
// "key=value" words behind the first `from`; a word alone counts as "yes".
std::map<std::string, std::string> options(const std::vector<std::string>& words, std::size_t from);
AddressSet addresses_of(const std::string& text);

}  // namespace understudy::scenarios
