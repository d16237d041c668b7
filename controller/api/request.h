// What a request brings: its query and the JSON of its body. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fields.h"
#include "controller/api/problem.h"
#include "controller/hub/hub.h"

namespace understudy::api {

inline constexpr std::size_t kBodyLimitBytes = 256 * 1024;
// A whole fleet at once: what understudyctl takes for a file, and some room.
inline constexpr std::size_t kFleetLimitBytes = 17u << 20;
// Of somebody who has not said yet who he is.
inline constexpr std::size_t kLoginLimitBytes = 4 * 1024;
inline constexpr int kBodyDepth = 8;

// The query parameters of a request, with the same habits. A parameter given twice is a problem.
class Query {
  public:
    Query(const ApiRequest& request, Problems& problems);

    std::optional<std::string> text(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high);
    std::optional<WallTime> past(std::string_view name, WallTime now);  // as Fields::past()
    // One of those words; `words` is shown in the remedy.
    std::optional<std::string> word(std::string_view name, const std::vector<std::string>& words);
    void complain(std::string_view name, std::string message, std::string remedy = {});
    void finish();

  private:
    const ApiRequest& request_;
    Problems& problems_;
    std::set<std::string, std::less<>> known_;
};

// The JSON of a request's body; an empty body is an empty object. The error is a finished answer:
// 413, 415, 400.
class Body {
  public:
    static std::variant<Body, ApiResponse> read(const ApiRequest& request,
                                                std::size_t limit_bytes = kBodyLimitBytes);
    json::Value root() const { return document_ ? document_->root() : json::Value{}; }

  private:
    std::optional<json::Document> document_;
};

}  // namespace understudy::api
