#include "controller/api/fields.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/text.h"
#include "base/time_span.h"
#include "base/utf8.h"

namespace understudy::api {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, trouble] = std::from_chars(text.data(), end, number);
    if (trouble != std::errc{} || stop != end || text.empty()) return std::nullopt;
    return number;
}

std::string range_text(std::int64_t low, std::int64_t high) {
    return "give a whole number from " + std::to_string(low) + " to " + std::to_string(high);
}

constexpr const char* kTimeRemedy = "give it like 2026-11-21T02:08:42Z";
constexpr const char* kPastRemedy =
    "give it like 2026-11-21T02:08:42Z, or a length of time like 30m, 1h, 2d before now";

// RFC 3339 has four digits for a year; a leap second or an offset may lead beyond them.
constexpr WallTime kEndOfTime{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};

std::optional<WallTime> time_of(std::string_view text) {
    const auto time = parse_rfc3339(text);
    return time && *time < kEndOfTime ? time : std::nullopt;
}

std::optional<WallTime> past_of(std::string_view text, WallTime now) {
    if (const auto span = parse_time_span(text)) return now - *span;
    return time_of(text);
}

std::string not_a_time(std::string_view text) {
    return quoted(text) + " is not a time";
}

}  // namespace

Fields::Fields(json::Value object, std::string path, Problems& problems)
    : object_(object), path_(std::move(path)), problems_(problems) {
    if (object_.exists() && !object_.is_object()) {
        problems_.push_back(invalid(path_, "this is not an object", "send a JSON object {...}"));
        object_ = {};
    }
    std::set<std::string_view> seen;
    object_.each_member([&](std::string_view name, json::Value) {
        if (!seen.insert(name).second) complain(name, "the field is given twice", "give it once");
    });
}

std::string Fields::path_of(std::string_view name) const {
    return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
}

void Fields::complain(std::string_view name, std::string message, std::string remedy) {
    problems_.push_back(invalid(path_of(name), std::move(message), std::move(remedy)));
}

void Fields::wrong_type(std::string_view name, json::Value found, const char* wanted) {
    // Compound values are not repeated: they may be long, or hold what must not be shown.
    const bool simple = found.is_number() || found.boolean().has_value();
    complain(name, (simple ? found.text() + " is" : "this is") + " not " + wanted,
             std::string{"give "} + wanted);
}

json::Value Fields::member(std::string_view name) {
    known_.emplace(name);
    const json::Value found = object_[name];
    return found.is_null() ? json::Value{} : found;
}

bool Fields::has(std::string_view name) {
    return member(name).exists();
}

bool Fields::is_null(std::string_view name) {
    known_.emplace(name);
    return object_[name].is_null();
}

std::optional<std::string> Fields::text(std::string_view name, std::size_t limit) {
    const json::Value found = member(name);
    if (!found.exists()) return std::nullopt;
    const auto text = found.string();
    if (!text) {
        wrong_type(name, found, "a string");
        return std::nullopt;
    }
    if (text->size() > limit) {
        complain(name, "the text has " + std::to_string(text->size()) + " bytes",
                 "give at most " + std::to_string(limit));
        return std::nullopt;
    }
    return std::string{*text};
}

std::string Fields::required_text(std::string_view name, std::size_t limit) {
    const bool given = has(name);
    const auto found = text(name, limit);
    if (!given || (found && found->empty())) {
        complain(name, given ? "this is empty" : "this is missing",
                 "give " + std::string{name} + " as a string");
    }
    return found.value_or("");
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t low,
                                            std::int64_t high) {
    const json::Value found = member(name);
    if (!found.exists()) return std::nullopt;
    const auto number = found.integer();
    if (!number) {
        wrong_type(name, found, "a whole number");
        return std::nullopt;
    }
    if (*number < low || *number > high) {
        complain(name, std::to_string(*number) + " is out of range", range_text(low, high));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> Fields::flag(std::string_view name) {
    const json::Value found = member(name);
    if (!found.exists()) return std::nullopt;
    const auto flag = found.boolean();
    if (!flag) wrong_type(name, found, "true or false");
    return flag;
}

std::optional<WallTime> Fields::time(std::string_view name) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto time = time_of(*found);
    if (!time) complain(name, not_a_time(*found), kTimeRemedy);
    return time;
}

std::optional<WallTime> Fields::past(std::string_view name, WallTime now) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto time = past_of(*found, now);
    if (!time) complain(name, not_a_time(*found), kPastRemedy);
    return time;
}

std::optional<Duration> Fields::span(std::string_view name) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto span = parse_time_span(*found);
    if (span && *span > Duration{0}) return span;
    complain(name, quoted(*found) + (span ? " is no time at all" : " is not a length of time"),
             std::string{"give it like "} + kTimeSpanExamples);
    return std::nullopt;
}

std::vector<std::string> Fields::texts(std::string_view name) {
    std::vector<std::string> out;
    const json::Value found = member(name);
    if (!found.exists()) return out;
    if (!found.is_array()) {
        wrong_type(name, found, "a list of strings");
        return out;
    }
    if (found.size() > kListLimit) {
        complain(name, "the list has " + std::to_string(found.size()) + " entries",
                 "give at most " + std::to_string(kListLimit));
        return out;
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto text = found[i].string();
        const std::string entry = std::string{name} + "[" + std::to_string(i) + "]";
        if (!text || text->empty() || text->size() > kTextLimitBytes) {
            complain(entry, "this is not a string of 1 to 4096 bytes", "give a string");
        }
        out.emplace_back(text.value_or(""));
    }
    return out;
}

std::map<std::string, std::string> Fields::labels(std::string_view name) {
    constexpr std::size_t kLabelLimit = 32;
    constexpr std::size_t kLabelBytes = 128;
    std::map<std::string, std::string> out;
    const json::Value found = member(name);
    if (!found.exists()) return out;
    if (!found.is_object()) {
        wrong_type(name, found, "an object of strings");
        return out;
    }
    if (found.size() > kLabelLimit) complain(name, "there are more than 32 labels", "drop some");
    found.each_member([&](std::string_view key, json::Value content) {
        const auto text = content.string();
        const std::string entry = std::string{name} + "." + plain_text(key, 80);
        if (key.empty() || key.size() > kLabelBytes || !text || text->size() > kLabelBytes) {
            complain(entry, "this is not a label",
                     "give key and value as strings of at most 128 bytes");
            return;
        }
        if (!is_plain(key) || !is_plain(*text)) {
            complain(entry, "the label has characters that cannot be printed",
                     "give plain text, without control characters and invisible ones");
            return;
        }
        out.emplace(key, *text);
    });
    return out;
}

Fields Fields::object(std::string_view name) {
    return Fields{member(name), path_of(name), problems_};
}

void Fields::finish() {
    object_.each_member([&](std::string_view name, json::Value) {
        if (known_.contains(name)) return;
        const std::vector<std::string> known{known_.begin(), known_.end()};
        complain(quoted(name).substr(1, quoted(name).size() - 2), "there is no such field",
                 known.empty() ? "send no fields here" : "known here: " + listed(known));
    });
}

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
    const auto number = parse_integer(*found);
    if (number && *number >= low && *number <= high) return number;
    complain(name, quoted(*found) + (number ? " is out of range" : " is not a whole number"),
             range_text(low, high));
    return std::nullopt;
}

std::optional<WallTime> Query::past(std::string_view name, WallTime now) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto time = past_of(*found, now);
    if (!time) complain(name, not_a_time(*found), kPastRemedy);
    return time;
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
