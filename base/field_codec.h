// How a described field's value looks in JSON, one codec per type of value, never per field:
//
//     write(out, value)         as an answer shows it
//     read(fields, field, ...)  from what a person gave; complains with what would be right
//     text(value)               for differences and files of words; "" where there is none
//
// For .cpp files that write or read formats. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/fields.h"
#include "base/ip_address.h"
#include "base/json.h"
#include "base/text_form.h"
#include "base/words.h"

namespace understudy {

// "container, lxc, vm"
std::string preset_words(std::span<const Preset> presets);
// A whole number, or one of the presets' words.
std::optional<std::int64_t> read_number(Fields& fields, std::string_view name, Limits limits,
                                        std::span<const Preset> presets);

template <typename Value>
struct FieldCodec;

template <typename Number>
requires std::is_same_v<Number, std::chrono::seconds> ||
    std::is_same_v<Number, std::chrono::minutes> || std::is_same_v<Number, std::uint32_t>
struct FieldCodec<Number> {
    static std::int64_t count(std::chrono::seconds value) { return value.count(); }
    static std::int64_t count(std::chrono::minutes value) { return value.count(); }
    static std::int64_t count(std::uint32_t value) { return value; }
    static std::string text(Number value) { return std::to_string(count(value)); }
    static void write(json::Writer& out, Number value) { out.value(count(value)); }
    static void read(Fields& fields, const auto& field, bool, Number& into) {
        const auto number = read_number(fields, field.name, field.limits, field.presets);
        if (number) into = static_cast<Number>(*number);
    }
};

template <Worded Enum>
struct FieldCodec<Enum> {
    static std::string text(Enum value) { return to_text(value); }
    static void write(json::Writer& out, Enum value) { out.value(to_text(value)); }
    static void read(Fields& fields, const auto& field, bool, Enum& into) {
        const auto given = fields.text(field.name);
        if (!given) return;
        if (const auto known = from_text<Enum>(*given)) {
            into = *known;
        } else {
            fields.complain(field.name, quoted(*given) + " is not known here",
                            "one of: " + listed(all_words<Enum>()));
        }
    }
};

template <typename Value>
concept Formed = requires {
    TextForm<Value>::kRemedy;
};

template <Formed Value>
struct FieldCodec<Value> {
    static std::string text(const Value& value) { return to_string(value); }
    static void write(json::Writer& out, const Value& value) { out.value(to_string(value)); }
    static void read(Fields& fields, const auto& field, bool, Value& into) {
        const auto given = fields.text(field.name);
        if (!given) return;
        if (auto known = TextForm<Value>::parse(*given)) {
            into = *std::move(known);
        } else {
            fields.complain(field.name, quoted(*given) + " is not understood",
                            TextForm<Value>::kRemedy);
        }
    }
};

// Its limits are those of its length, in bytes.
template <>
struct FieldCodec<std::string> {
    static std::string text(const std::string& value) { return value; }
    static void write(json::Writer& out, const std::string& value) { out.value(value); }
    static void read(Fields& fields, const auto& field, bool, std::string& into) {
        const auto limit = static_cast<std::size_t>(field.limits.high);
        if (auto given = fields.text(field.name, limit)) into = *std::move(given);
    }
};

// null takes it away.
template <typename Address>
requires std::is_same_v<Address, Ipv4> || std::is_same_v<Address, Ipv6>
struct FieldCodec<std::optional<Address>> {
    using Value = std::optional<Address>;
    static std::string text(const Value& value) { return value ? to_string(*value) : ""; }
    static void write(json::Writer& out, const Value& value) {
        value ? out.value(to_string(*value)) : out.null();
    }
    static void read(Fields& fields, const auto& field, bool allow_unreachable, Value& into) {
        if (fields.is_null(field.name)) into.reset();
        if (!fields.has(field.name)) return;
        if constexpr (std::is_same_v<Address, Ipv4>) {
            into = fields.ipv4(field.name, allow_unreachable);
        } else {
            into = fields.ipv6(field.name, allow_unreachable);
        }
    }
};

// Every field's name and text.
template <Described T>
std::vector<std::pair<std::string, std::string>> field_texts(const T& thing) {
    std::vector<std::pair<std::string, std::string>> texts;
    each_field<T>([&](const auto& field) {
        const auto& value = thing.*field.member;
        texts.emplace_back(field.name,
                           FieldCodec<std::remove_cvref_t<decltype(value)>>::text(value));
    });
    return texts;
}

// Of what is empty; or of whatever is as it is where nobody said anything.
enum class Nothing { IsNull, IsLeftOut, AndDefaultsAreLeftOut };

// As the members of the object that is open.
template <Described T>
void write_described(json::Writer& out, const T& thing, Nothing nothing = Nothing::IsNull) {
    each_field<T>([&](const auto& field) {
        const auto& value = thing.*field.member;
        using Codec = FieldCodec<std::remove_cvref_t<decltype(value)>>;
        if (nothing == Nothing::IsLeftOut && Codec::text(value).empty()) return;
        if (nothing == Nothing::AndDefaultsAreLeftOut && value == T{}.*field.member) return;
        out.key(field.name);
        Codec::write(out, value);
    });
}

// Whatever is given; the rest stays as it is.
template <Described T>
void read_described(Fields& fields, T& thing, bool allow_unreachable) {
    each_field<T>([&](const auto& field) {
        auto& value = thing.*field.member;
        FieldCodec<std::remove_cvref_t<decltype(value)>>::read(fields, field, allow_unreachable,
                                                               value);
    });
}

}  // namespace understudy
