// Reads one JSON object of the configuration key by key and collects every problem with its path,
// so that a person sees all of them at once. A key that nobody asked for is a problem too: it is a
// typing error.
//
// The configuration is also described by schema/agent.schema.json, for editors and other programs;
// a test holds the two together. The agent does not validate by that schema because the validator
// would be most of its program.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace understudy {

class ObjectReader {
  public:
    // path: of the object, "" for the file itself. Reports when `object` is not one.
    ObjectReader(json::Value object, std::string path, std::vector<Error>& problems);

    std::optional<std::string> text(std::string_view key);
    std::string required_text(std::string_view key, const std::string& remedy);
    std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high,
                         std::optional<std::int64_t> fallback);  // none: required
    Duration seconds(std::string_view key, Duration low, Duration high, Duration fallback);
    bool boolean(std::string_view key, bool fallback);
    json::Value any(std::string_view key);  // counts as asked for
    json::Value array(std::string_view key);
    void refuse_unknown_keys();

    std::string path(std::string_view key) const;
    void problem(std::string_view key, std::string message, std::string remedy);
    // The problem of `key` with its value in front: `"x" is not an address`.
    void bad_value(std::string_view key, const std::string& message, std::string remedy);

  private:
    json::Value object_;
    std::string path_;
    std::vector<Error>& problems_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace understudy
