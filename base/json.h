// JSON behind a small face: checked reading that remembers paths, and a writer. RapidJSON stays in
// json.cpp. Values are views: they live as long as their Document.
//
// Reading is lenient where the formats are (unknown keys are skipped) and strict where it counts
// (types, limits): a Reader collects every problem with its path, so that a person sees all at
// once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace understudy::json {

class Value {
  public:
    Value() = default;  // absent

    bool exists() const { return node_ != nullptr; }
    bool is_null() const;
    bool is_object() const;
    bool is_array() const;
    bool is_string() const;
    bool is_number() const;

    // The value when it has that type, none otherwise. integer() takes 60 and 60.0, not "60".
    std::optional<std::string_view> string() const;
    std::optional<std::int64_t> integer() const;
    std::optional<double> number() const;
    std::optional<bool> boolean() const;

    Value operator[](std::string_view key) const;  // absent when missing or not an object
    Value operator[](std::size_t index) const;     // absent when out of range or not an array
    std::size_t size() const;                      // elements or members; 0 otherwise
    void each(const std::function<void(Value)>& visit) const;  // elements of an array
    void each_member(const std::function<void(std::string_view, Value)>& visit) const;

    std::string text() const;  // the value as compact JSON

    // For json_schema.cpp only.
    const void* node() const { return node_; }
    explicit Value(const void* node) : node_(node) {}

  private:
    const void* node_ = nullptr;
};

struct ParseOptions {
    bool comments = false;  // // and /* */ and trailing commas, for files people write
    std::size_t max_bytes = 16u << 20;
    int max_depth = 64;
};

class Document {
  public:
    // The error names line and column.
    static Result<Document> parse(std::string_view text, const ParseOptions& options = {});
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();
    Value root() const;

  private:
    struct Impl;
    explicit Document(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// Compact output, keys in the order written.
class Writer {
  public:
    Writer();
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    Writer& begin_object();
    Writer& end_object();
    Writer& begin_array();
    Writer& end_array();
    Writer& key(std::string_view name);
    Writer& value(std::string_view text);
    Writer& value(const char* text) { return value(std::string_view{text}); }
    Writer& value(const std::string& text) { return value(std::string_view{text}); }
    Writer& value(std::int64_t number);
    Writer& value(int number) { return value(static_cast<std::int64_t>(number)); }
    Writer& value(std::uint32_t number) { return value(static_cast<std::int64_t>(number)); }
    Writer& value(std::size_t number) { return value(static_cast<std::int64_t>(number)); }
    Writer& value(double number);
    Writer& value(bool flag);
    Writer& value(WallTime time) { return value(to_rfc3339(time)); }
    // null: there is none.
    template <typename T>
    Writer& value(const std::optional<T>& content) {
        return content ? value(*content) : null();
    }
    Writer& null();
    Writer& raw(std::string_view json);  // already valid JSON

    template <typename T>
    Writer& field(std::string_view name, const T& content) {
        return key(name).value(content);
    }
    // null: it is empty.
    Writer& text_or_null(std::string_view name, std::string_view text) {
        return text.empty() ? key(name).null() : field(name, text);
    }
    // A list under that name: of values; write(item) writes each; or the members of each.
    template <typename Items>
    Writer& list(std::string_view name, const Items& items) {
        return list(name, items, [this](const auto& item) { this->value(item); });
    }
    template <typename Items, typename Write>
    Writer& list(std::string_view name, const Items& items, const Write& write) {
        key(name).begin_array();
        for (const auto& item : items)
            write(item);
        return end_array();
    }
    template <typename Items, typename Write>
    Writer& objects(std::string_view name, const Items& items, const Write& write) {
        return list(name, items, [&](const auto& item) {
            begin_object();
            write(item);
            end_object();
        });
    }
    // An object under that name: write() writes its members.
    template <typename Write>
    Writer& object(std::string_view name, const Write& write) {
        key(name).begin_object();
        write();
        return end_object();
    }
    // The same of what there may be; null: there is none.
    template <typename Content, typename Write>
    Writer& object_or_null(std::string_view name, const Content& content, const Write& write) {
        if (!content) return key(name).null();
        return object(name, [&] { write(*content); });
    }
    std::string take();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::json
