#include "controller/api/request.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace understudy::api {

Query::Query(const ApiRequest& request, Problems& problems)
    : request_(request), problems_(problems) {
    std::set<std::string_view> seen;
    for (const auto& [name, value] : request.query) {
        if (!seen.insert(name).second)
            complain(name, "the parameter is given twice", "give it once");
    }
}

void Query::complain(std::string_view name, std::string message, std::string remedy) {
    const std::string shown = quoted(name);
    problems_.push_back(
        invalid("?" + shown.substr(1, shown.size() - 2), std::move(message), std::move(remedy)));
}

std::optional<std::string> Query::text(std::string_view name) {
    known_.emplace(name);
    for (const auto& [key, value] : request_.query) {
        if (key != name) continue;
        if (value.size() <= kTextLimitBytes) return value;
        complain(name, "the value is too long", "give at most 4096 bytes");
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t low,
                                           std::int64_t high) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto number = whole_number<std::int64_t>(*found);
    if (number && *number >= low && *number <= high) return number;
    complain(name, quoted(*found) + (number ? " is out of range" : " is not a whole number"),
             range_remedy(low, high));
    return std::nullopt;
}

std::optional<WallTime> Query::past(std::string_view name, WallTime now) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto time = read_past(*found, now);
    if (time) return *time;
    complain(name, time.error().message, time.error().remedy);
    return std::nullopt;
}

std::optional<std::string> Query::word(std::string_view name,
                                       const std::vector<std::string>& words) {
    auto found = text(name);
    if (!found || std::ranges::find(words, *found) != words.end()) return found;
    complain(name, quoted(*found) + " is not known here", "one of: " + listed(words));
    return std::nullopt;
}

void Query::finish() {
    for (const auto& [name, value] : request_.query) {
        if (known_.contains(name)) continue;
        const std::vector<std::string> known{known_.begin(), known_.end()};
        complain(name, "there is no such parameter",
                 known.empty() ? "send none here" : "known here: " + listed(known));
    }
}

std::variant<Body, ApiResponse> Body::read(const ApiRequest& request, std::size_t limit_bytes) {
    Body body;
    if (request.body.empty()) return body;
    if (request.body.size() > limit_bytes) {
        return problem(413, "too_large",
                       invalid({}, "the body has " + std::to_string(request.body.size()) + " bytes",
                               "send at most " + std::to_string(limit_bytes)));
    }
    const std::string_view given = request.content_type;
    if (!same_ignoring_case(trimmed(given.substr(0, given.find(';'))), "application/json")) {
        return problem(415, "unsupported_media_type",
                       invalid({}, "the body's type is " + quoted(request.content_type),
                               "send Content-Type: application/json"));
    }
    json::ParseOptions options;
    options.max_bytes = limit_bytes;
    options.max_depth = kBodyDepth;
    auto document = json::Document::parse(request.body, options);
    if (!document) return problem(400, "invalid", document.error());
    body.document_ = std::move(document).value();
    return body;
}

}  // namespace understudy::api
