// Reads a JSON object that a person or a program gave and collects everything wrong with it, each
// with its path, so that it is corrected once: bodies of requests, fleet files, sections of the
// configuration. Pure.
//
// A Fields stands for one JSON object. Each member asked for counts as known; finish() reports the
// others. A null counts as left out, unless the reader says otherwise. Readers answer none when the
// member is missing or wrong; wrong is already reported then.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/json.h"
#include "base/result.h"
#include "base/text.h"

namespace understudy {

// Everything wrong with one input, in the order it was found.
using Problems = std::vector<Error>;

inline constexpr std::size_t kTextLimitBytes = 4096;
inline constexpr std::size_t kListLimit = 1000;

class Fields {
  public:
    // `object` absent: an empty object. Problems must outlive this.
    Fields(json::Value object, std::string path, Problems& problems);

    bool has(std::string_view name);
    // Given, and as null: where that means "take it away".
    bool is_null(std::string_view name);
    bool empty() const { return object_.size() == 0; }
    std::optional<std::string> text(std::string_view name, std::size_t limit = kTextLimitBytes);
    std::string required_text(std::string_view name, std::size_t limit = kTextLimitBytes);
    // Must be there: a name as people give one (read_label), or a domain's; "": it is wrong.
    std::string label(std::string_view name);
    std::string domain_name(std::string_view name);
    std::optional<Ipv4> ipv4(std::string_view name, bool allow_unreachable);
    std::optional<Ipv6> ipv6(std::string_view name, bool allow_unreachable);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high);
    std::optional<bool> flag(std::string_view name);
    std::optional<WallTime> time(std::string_view name);
    // A moment that has passed: a time, or a length of time before `now`.
    std::optional<WallTime> past(std::string_view name, WallTime now);
    std::optional<Duration> span(std::string_view name);  // "1h30m"; more than nothing
    std::vector<std::string> texts(std::string_view name);
    std::map<std::string, std::string> labels(std::string_view name);
    // The member itself, for readers of other types; absent when missing or null.
    json::Value member(std::string_view name);
    // An object inside; absent gives an empty one.
    Fields object(std::string_view name);

    std::string path_of(std::string_view name) const;
    void complain(std::string_view name, std::string message, std::string remedy = {});
    // Takes over a reader's error, or its value.
    template <typename T>
    std::optional<T> take(Result<T> result) {
        if (result) return std::move(result).value();
        problems_.push_back(result.error());
        return std::nullopt;
    }
    Problems& problems() { return problems_; }
    // Reports every member nobody asked for.
    void finish();

  private:
    void wrong_type(std::string_view name, json::Value found, const char* wanted);

    json::Value object_;
    std::string path_;
    Problems& problems_;
    std::set<std::string, std::less<>> known_;
};

// The same of a query: a moment that has passed, and what to give for a number. The error has no
// field.
Result<WallTime> read_past(std::string_view text, WallTime now);
std::string range_remedy(std::int64_t low, std::int64_t high);

}  // namespace understudy
