#include "base/json.h"

#include <rapidjson/encodedstream.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json_node.h"
#include "base/utf8.h"

namespace understudy::json {
namespace {

using Node = rapidjson::Value;
using Encoding = rapidjson::UTF8<>;

rapidjson::SizeType size_of(std::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
}

// Hands the parser's events on to the document. Stops it when the nesting gets too deep or a number
// does not fit a double.
class Limits {
  public:
    Limits(rapidjson::Document& document, int max_depth)
        : document_(document), max_depth_(max_depth) {}

    // Empty, or what made it stop the parser.
    std::string exceeded() const {
        if (depth_ > max_depth_) {
            return "nested more than " + std::to_string(max_depth_) + " levels deep";
        }
        return out_of_range_ ? "a number that no double can hold" : "";
    }

    bool Null() { return document_.Null(); }
    bool Bool(bool flag) { return document_.Bool(flag); }
    bool Int(int) { return false; }  // every number comes as RawNumber
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
        const std::string_view number{text, length};
        if (const auto whole = read<std::int64_t>(number)) return document_.Int64(*whole);
        if (const auto whole = read<std::uint64_t>(number)) return document_.Uint64(*whole);
        const auto real = read<double>(number);
        out_of_range_ = !real;
        return real && document_.Double(*real);
    }
    bool String(const char* text, rapidjson::SizeType length, bool copy) {
        return document_.String(text, length, copy);
    }
    bool Key(const char* text, rapidjson::SizeType length, bool copy) {
        return document_.Key(text, length, copy);
    }
    bool StartObject() { return enter() && document_.StartObject(); }
    bool EndObject(rapidjson::SizeType members) { return leave() && document_.EndObject(members); }
    bool StartArray() { return enter() && document_.StartArray(); }
    bool EndArray(rapidjson::SizeType elements) { return leave() && document_.EndArray(elements); }

  private:
    bool enter() { return ++depth_ <= max_depth_; }
    bool leave() {
        --depth_;
        return true;
    }
    template <typename Number>
    static std::optional<Number> read(std::string_view text) {
        Number number{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return number;
    }

    rapidjson::Document& document_;
    int max_depth_;
    int depth_ = 0;
    bool out_of_range_ = false;
};

// The iterative parser, because nesting in foreign text must not become depth of our stack. Numbers
// as text, because RapidJSON's own arithmetic (1.1.0) overflows for "0.1234567890e-2147483639" and
// makes an infinity, which is no JSON, of "2260000092613800e300".
constexpr unsigned kStrict = rapidjson::kParseIterativeFlag |
                             rapidjson::kParseValidateEncodingFlag |
                             rapidjson::kParseNumbersAsStringsFlag;
constexpr unsigned kForPeople =
    kStrict | rapidjson::kParseCommentsFlag | rapidjson::kParseTrailingCommasFlag;

// "line 3, column 14", both from 1; the column counts bytes.
std::string position(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, offset);
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto line_start = before.rfind('\n');
    const auto column = line_start == std::string_view::npos ? offset + 1 : offset - line_start;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Error not_json(std::string_view text, std::size_t offset, const std::string& why) {
    return invalid({}, "not valid JSON at " + position(text, offset) + ": " + why);
}

template <unsigned kFlags>
struct Parsing {
    rapidjson::Reader& reader;
    rapidjson::EncodedInputStream<Encoding, rapidjson::MemoryStream>& stream;
    Limits& limits;

    bool operator()(rapidjson::Document&) const {
        return !reader.Parse<kFlags>(stream, limits).IsError();
    }
};

}  // namespace

bool Value::is_null() const {
    return exists() && node_of(*this).IsNull();
}
bool Value::is_object() const {
    return exists() && node_of(*this).IsObject();
}
bool Value::is_array() const {
    return exists() && node_of(*this).IsArray();
}
bool Value::is_string() const {
    return exists() && node_of(*this).IsString();
}
bool Value::is_number() const {
    return exists() && node_of(*this).IsNumber();
}

std::optional<std::string_view> Value::string() const {
    if (!is_string()) return std::nullopt;
    return std::string_view{node_of(*this).GetString(), node_of(*this).GetStringLength()};
}

std::optional<std::int64_t> Value::integer() const {
    if (!is_number()) return std::nullopt;
    const Node& node = node_of(*this);
    if (node.IsInt64()) return node.GetInt64();
    constexpr double kExact = 9007199254740992.0;  // 2^53: a double holds every integer up to here
    const double number = node.GetDouble();
    if (!node.IsDouble() || std::abs(number) > kExact || std::trunc(number) != number) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(number);
}

std::optional<double> Value::number() const {
    if (!is_number()) return std::nullopt;
    return node_of(*this).GetDouble();
}

std::optional<bool> Value::boolean() const {
    if (!exists() || !node_of(*this).IsBool()) return std::nullopt;
    return node_of(*this).GetBool();
}

Value Value::operator[](std::string_view key) const {
    if (!is_object()) return {};
    const Node name(rapidjson::StringRef(key.empty() ? "" : key.data(), size_of(key)));
    const auto member = node_of(*this).FindMember(name);
    return member == node_of(*this).MemberEnd() ? Value{} : Value{&member->value};
}

Value Value::operator[](std::size_t index) const {
    if (!is_array() || index >= size()) return {};
    return Value{&node_of(*this)[static_cast<rapidjson::SizeType>(index)]};
}

std::size_t Value::size() const {
    if (is_array()) return node_of(*this).Size();
    return is_object() ? node_of(*this).MemberCount() : 0;
}

void Value::each(const std::function<void(Value)>& visit) const {
    if (!is_array()) return;
    for (const Node& element : node_of(*this).GetArray())
        visit(Value{&element});
}

void Value::each_member(const std::function<void(std::string_view, Value)>& visit) const {
    if (!is_object()) return;
    for (const auto& member : node_of(*this).GetObject()) {
        visit({member.name.GetString(), member.name.GetStringLength()}, Value{&member.value});
    }
}

std::string Value::text() const {
    if (!exists()) return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
    node_of(*this).Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

struct Document::Impl {
    rapidjson::Document document;
};

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text, const ParseOptions& options) {
    if (text.size() > options.max_bytes) {
        return invalid({}, "JSON of " + std::to_string(text.size()) + " bytes is too long",
                       "send at most " + std::to_string(options.max_bytes) + " bytes");
    }
    // RapidJSON takes a NUL for the end and would ignore what follows.
    const auto nul = text.find('\0');
    if (nul != std::string_view::npos) return not_json(text, nul, "a NUL byte");

    auto impl = std::make_unique<Impl>();
    rapidjson::MemoryStream memory{text.empty() ? "" : text.data(), text.size()};
    rapidjson::EncodedInputStream<Encoding, rapidjson::MemoryStream> stream{memory};
    rapidjson::Reader reader;
    Limits limits{impl->document, options.max_depth};
    if (options.comments) {
        Parsing<kForPeople> parsing{reader, stream, limits};
        impl->document.Populate(parsing);
    } else {
        Parsing<kStrict> parsing{reader, stream, limits};
        impl->document.Populate(parsing);
    }
    if (const auto exceeded = limits.exceeded(); !exceeded.empty()) {
        return not_json(text, reader.GetErrorOffset(), exceeded);
    }
    if (reader.HasParseError()) {
        return not_json(text, std::min(reader.GetErrorOffset(), text.size()),
                        rapidjson::GetParseError_En(reader.GetParseErrorCode()));
    }
    return Document{std::move(impl)};
}

Value Document::root() const {
    return impl_ ? Value{static_cast<const Node*>(&impl_->document)} : Value{};
}

struct Writer::Impl {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
};

Writer::Writer() : impl_(std::make_unique<Impl>()) {}
Writer::~Writer() = default;

Writer& Writer::begin_object() {
    impl_->writer.StartObject();
    return *this;
}
Writer& Writer::end_object() {
    impl_->writer.EndObject();
    return *this;
}
Writer& Writer::begin_array() {
    impl_->writer.StartArray();
    return *this;
}
Writer& Writer::end_array() {
    impl_->writer.EndArray();
    return *this;
}
Writer& Writer::key(std::string_view name) {
    const std::string valid = valid_utf8(name);
    impl_->writer.Key(valid.data(), size_of(valid));
    return *this;
}
Writer& Writer::value(std::string_view text) {
    const std::string valid = valid_utf8(text);
    impl_->writer.String(valid.data(), size_of(valid));
    return *this;
}
Writer& Writer::value(std::int64_t number) {
    impl_->writer.Int64(number);
    return *this;
}
// JSON has no NaN and no infinity.
Writer& Writer::value(double number) {
    if (!std::isfinite(number)) return null();
    impl_->writer.Double(number);
    return *this;
}
Writer& Writer::value(bool flag) {
    impl_->writer.Bool(flag);
    return *this;
}
Writer& Writer::null() {
    impl_->writer.Null();
    return *this;
}
Writer& Writer::raw(std::string_view json) {
    impl_->writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
}

std::string Writer::take() {
    ensure(impl_->writer.IsComplete());
    std::string out{impl_->buffer.GetString(), impl_->buffer.GetSize()};
    impl_->buffer.Clear();
    impl_->writer.Reset(impl_->buffer);
    return out;
}

}  // namespace understudy::json
