#include "base/fields.h"

#include "base/domain_name.h"
#include "base/time_span.h"
#include "base/utf8.h"

namespace understudy {
namespace {

// RFC 3339 has four digits for a year; a leap second or an offset may lead beyond them.
constexpr WallTime kEndOfTime{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};

std::optional<WallTime> time_of(std::string_view text) {
    const auto time = parse_rfc3339(text);
    return time && *time < kEndOfTime ? time : std::nullopt;
}

}  // namespace

std::string range_remedy(std::int64_t low, std::int64_t high) {
    return "give a whole number from " + std::to_string(low) + " to " + std::to_string(high);
}

Result<WallTime> read_past(std::string_view text, WallTime now) {
    if (const auto span = parse_time_span(text)) return now - *span;
    if (const auto time = time_of(text)) return *time;
    return invalid({}, quoted(text) + " is not a time",
                   "give it like 2026-11-21T02:08:42Z, or a length of time like 30m, 1h, 2d "
                   "before now");
}

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

std::string Fields::label(std::string_view name) {
    const std::string given = required_text(name);
    return given.empty() ? given : take(read_label(path_of(name), given)).value_or("");
}

std::string Fields::domain_name(std::string_view name) {
    const std::string given = required_text(name);
    return given.empty() ? given : take(canonical_name(path_of(name), given)).value_or("");
}

std::optional<Ipv4> Fields::ipv4(std::string_view name, bool allow_unreachable) {
    const auto given = text(name);
    return given ? take(read_ipv4(path_of(name), *given, allow_unreachable)) : std::nullopt;
}

std::optional<Ipv6> Fields::ipv6(std::string_view name, bool allow_unreachable) {
    const auto given = text(name);
    return given ? take(read_ipv6(path_of(name), *given, allow_unreachable)) : std::nullopt;
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
        complain(name, std::to_string(*number) + " is out of range", range_remedy(low, high));
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
    if (!time) {
        complain(name, quoted(*found) + " is not a time", "give it like 2026-11-21T02:08:42Z");
    }
    return time;
}

std::optional<WallTime> Fields::past(std::string_view name, WallTime now) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto time = read_past(*found, now);
    if (time) return *time;
    complain(name, time.error().message, time.error().remedy);
    return std::nullopt;
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
    constexpr std::size_t kMostLabels = 32;
    constexpr std::size_t kLabelBytes = 128;
    std::map<std::string, std::string> out;
    const json::Value found = member(name);
    if (!found.exists()) return out;
    if (!found.is_object()) {
        wrong_type(name, found, "an object of strings");
        return out;
    }
    if (found.size() > kMostLabels) complain(name, "there are more than 32 labels", "drop some");
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

}  // namespace understudy
