// How wire.cpp and wire_probe.cpp read one JSON object of a message, and the message with the most
// in it, in a file of its own. Nobody else includes this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/result.h"
#include "base/text.h"
#include "schema/wire.h"

namespace understudy::wire {

inline constexpr std::size_t kTextLimitBytes = 256;

// Text from a peer or for one.
inline std::string short_text(std::string_view text) {
    return plain_text(text, kTextLimitBytes);
}

// Reads the fields of one object and keeps the first problem; later reads then give defaults.
class Fields {
  public:
    Fields(json::Value object, std::string prefix = {})
        : object_(object), prefix_(std::move(prefix)) {
        if (!object_.is_object()) fail({}, "must be an object");
    }

    std::string text(std::string_view key, bool required) {
        const json::Value value = object_[key];
        if (value.exists() || required) {
            if (const auto text = value.string()) return short_text(*text);
            fail(key, "must be a string");
        }
        return {};
    }
    // Never cut, for less of it would mean something else.
    std::string whole_text(std::string_view key, std::size_t limit_bytes) {
        const auto text = object_[key].string();
        if (text && text->size() <= limit_bytes && is_plain(*text)) return std::string{*text};
        fail(key,
             "must be a string of one line and at most " + std::to_string(limit_bytes) + " bytes");
        return {};
    }
    template <typename Number = std::int64_t>
    Number integer(std::string_view key, std::int64_t low, std::int64_t high) {
        const auto number = object_[key].integer();
        const bool sound = number && *number >= low && *number <= high;
        if (!sound) {
            fail(key,
                 "must be an integer from " + std::to_string(low) + " to " + std::to_string(high));
        }
        return static_cast<Number>(sound ? *number : low);
    }
    bool boolean(std::string_view key) {
        const auto flag = object_[key].boolean();
        if (!flag) fail(key, "must be true or false");
        return flag.value_or(false);
    }
    json::Value array(std::string_view key) {
        if (!object_[key].is_array()) fail(key, "must be an array");
        return object_[key];
    }
    json::Value value(std::string_view key) const { return object_[key]; }
    std::string path(std::string_view key) const { return prefix_ + std::string{key}; }

    void fail(std::string_view key, std::string message) {
        if (!error_) error_ = invalid(path(key), std::move(message));
    }
    void adopt(const Fields& inner) {
        if (!error_) error_ = inner.error_;
    }
    const std::optional<Error>& error() const { return error_; }

  private:
    json::Value object_;
    std::string prefix_;
    std::optional<Error> error_;
};

// What a controller asks an agent to look at.
void write_probe(json::Writer& writer, const Probe& probe);
Probe read_probe(Fields& fields);

}  // namespace understudy::wire
