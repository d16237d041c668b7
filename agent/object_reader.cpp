#include "agent/object_reader.h"

#include <cmath>
#include <utility>

#include "base/text.h"

namespace understudy {
namespace {

std::string seconds_text(Duration duration) {
    std::string text = std::to_string(static_cast<double>(duration.count()) / 1000.0);
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

ObjectReader::ObjectReader(json::Value object, std::string path, std::vector<Error>& problems)
    : object_(object), path_(std::move(path)), problems_(problems) {
    if (object_.is_object()) return;
    problems_.push_back(invalid(path_, "must be an object", "write { ... }"));
}

std::string ObjectReader::path(std::string_view key) const {
    return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

void ObjectReader::problem(std::string_view key, std::string message, std::string remedy) {
    problems_.push_back(invalid(path(key), std::move(message), std::move(remedy)));
}

void ObjectReader::bad_value(std::string_view key, const std::string& message, std::string remedy) {
    std::string value = object_[key].text();
    if (value.size() > 80) value = value.substr(0, 77) + "...";
    problem(key, value + " " + message, std::move(remedy));
}

json::Value ObjectReader::any(std::string_view key) {
    asked_.emplace(key);
    return object_[key];
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
    const json::Value value = any(key);
    if (!value.exists()) return std::nullopt;
    const auto text = value.string();
    if (!text || text->empty()) {
        bad_value(key, "must be a text that is not empty",
                  "put it in quotes, or leave the key out");
        return std::nullopt;
    }
    if (!is_plain(*text)) {
        bad_value(key, "must not hold control characters, nor invisible ones", "remove them");
        return std::nullopt;
    }
    return std::string{*text};
}

std::string ObjectReader::required_text(std::string_view key, const std::string& remedy) {
    if (!any(key).exists() && object_.is_object()) problem(key, "is missing", remedy);
    return text(key).value_or("");
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t low, std::int64_t high,
                                   std::optional<std::int64_t> fallback) {
    const json::Value value = any(key);
    const std::string range = std::to_string(low) + " to " + std::to_string(high);
    if (!value.exists()) {
        if (!fallback && object_.is_object()) {
            problem(key, "is missing", "write an integer from " + range);
        }
        return fallback.value_or(low);
    }
    const auto number = value.integer();
    if (number && *number >= low && *number <= high) return *number;
    bad_value(key, "is out of range", "write an integer from " + range);
    return low;
}

Duration ObjectReader::seconds(std::string_view key, Duration low, Duration high,
                               Duration fallback) {
    const json::Value value = any(key);
    if (!value.exists()) return fallback;
    const auto number = value.number();
    if (number && *number * 1000 >= static_cast<double>(low.count()) &&
        *number * 1000 <= static_cast<double>(high.count())) {
        return Duration{std::llround(*number * 1000)};
    }
    bad_value(key, "is out of range",
              "write seconds from " + seconds_text(low) + " to " + seconds_text(high));
    return fallback;
}

bool ObjectReader::boolean(std::string_view key, bool fallback) {
    const json::Value value = any(key);
    if (!value.exists()) return fallback;
    if (const auto flag = value.boolean()) return *flag;
    bad_value(key, "must be true or false", "write it without quotes");
    return fallback;
}

json::Value ObjectReader::array(std::string_view key) {
    const json::Value value = any(key);
    if (!value.exists() || value.is_array()) return value;
    bad_value(key, "must be a list", "write [ ... ]");
    return {};
}

void ObjectReader::refuse_unknown_keys() {
    object_.each_member([this](std::string_view key, json::Value) {
        if (asked_.find(key) != asked_.end()) return;
        std::string known;
        for (const std::string& name : asked_)
            add_item(known, name);
        problem(key, "unknown key", "known here: " + known);
    });
}

}  // namespace understudy
