// How a value lies in columns, one codec per type of value: bind() and read() take as many columns
// as the field has names. For the SQLite store's rows.
#pragma once

#include <string>
#include <type_traits>

#include "base/describe.h"
#include "base/text_form.h"
#include "base/words.h"
#include "controller/store/columns.h"
#include "controller/store/sqlite_row.h"

namespace understudy::sqlite {

// Values that are one text, and how to have them back.
template <typename Value>
struct TextColumn;

template <typename Value>
concept Textual = requires(const Value& value) {
    TextColumn<Value>::write(value);
};

template <Worded Enum>
struct TextColumn<Enum> {
    static std::string write(Enum value) { return to_text(value); }
    static std::optional<Enum> read(std::string_view text) { return from_text<Enum>(text); }
};
template <typename Value>
requires requires(std::string_view text) {
    TextForm<Value>::parse(text);
}
struct TextColumn<Value> {
    static std::string write(const Value& value) { return to_string(value); }
    static std::optional<Value> read(std::string_view text) { return TextForm<Value>::parse(text); }
};
template <>
struct TextColumn<BlockedHours> {
    static std::string write(const BlockedHours& value) { return kept_text(value); }
    static std::optional<BlockedHours> read(std::string_view text) {
        return parse_kept_blocked_hours(text);
    }
};
template <>
struct TextColumn<Target> {
    static std::string write(const Target& value) { return columns::write(value.servers); }
    static std::optional<Target> read(std::string_view text) {
        auto servers = columns::read<std::vector<ServerId>>(text);
        return servers ? std::optional{Target{std::move(*servers)}} : std::nullopt;
    }
};
template <typename Value>
requires requires(const Value& value) {
    columns::write(value);
}
struct TextColumn<Value> {
    static std::string write(const Value& value) { return columns::write(value); }
    static std::optional<Value> read(std::string_view text) { return columns::read<Value>(text); }
};

template <typename Value>
struct ColumnCodec;

// What a column holds as it is.
template <typename Value, auto Read>
struct PlainColumn {
    static void bind(Statement& to, const Value& value) { to.bind(value); }
    static void read(Row& row, Value& into) { into = (row.*Read)(); }
};
template <>
struct ColumnCodec<std::string> : PlainColumn<std::string, &Row::text> {};
template <>
struct ColumnCodec<bool> : PlainColumn<bool, &Row::flag> {};
template <>
struct ColumnCodec<std::int64_t> : PlainColumn<std::int64_t, &Row::integer> {};
template <>
struct ColumnCodec<int> {
    static void read(Row& row, int& into) { into = static_cast<int>(row.integer()); }
};
template <>
struct ColumnCodec<std::uint32_t> : PlainColumn<std::uint32_t, &Row::small_number> {};
template <>
struct ColumnCodec<std::chrono::seconds> : PlainColumn<std::chrono::seconds, &Row::seconds> {};
template <>
struct ColumnCodec<std::chrono::minutes> {
    static void bind(Statement& to, std::chrono::minutes value) { to.bind(value.count()); }
    static void read(Row& row, std::chrono::minutes& into) {
        into = std::chrono::minutes{row.integer()};
    }
};
template <>
struct ColumnCodec<WallTime> : PlainColumn<WallTime, &Row::time> {};
template <typename Tag>
struct ColumnCodec<Id<Tag>> : PlainColumn<Id<Tag>, &Row::id<Id<Tag>>> {};
template <>
struct ColumnCodec<Ttl> {
    static void bind(Statement& to, Ttl value) { to.bind(std::int64_t{value.seconds}); }
    static void read(Row& row, Ttl& into) { into.seconds = row.small_number(); }
};
// -1: none.
template <>
struct ColumnCodec<std::optional<Ttl>> {
    static void bind(Statement& to, const std::optional<Ttl>& value) {
        to.bind(value ? std::int64_t{value->seconds} : -1);
    }
    static void read(Row& row, std::optional<Ttl>& into) {
        const std::int64_t seconds = row.integer();
        if (seconds >= 0) into = Ttl{static_cast<std::uint32_t>(seconds)};
    }
};
template <Textual Value>
struct ColumnCodec<Value> {
    static void bind(Statement& to, const Value& value) {
        to.bind(TextColumn<Value>::write(value));
    }
    static void read(Row& row, Value& into) { into = row.parsed(TextColumn<Value>::read); }
};
// NULL: none.
template <Textual Value>
struct ColumnCodec<std::optional<Value>> {
    static void bind(Statement& to, const std::optional<Value>& value) {
        value ? to.bind(TextColumn<Value>::write(*value)) : to.bind(std::nullopt);
    }
    static void read(Row& row, std::optional<Value>& into) {
        into = row.parsed_or_null(TextColumn<Value>::read);
    }
};
template <>
struct ColumnCodec<ChangeCount> {
    static void bind(Statement& to, const ChangeCount& value) {
        to.bind(value.window_start).bind(std::int64_t{value.count});
    }
    static void read(Row& row, ChangeCount& into) {
        into.window_start = row.time();
        into.count = row.small_number();
    }
};
// What a person forced, beside the server it is about.
template <typename Forced, ServerId Forced::*Server>
struct ForcedCodec {
    static void bind(Statement& to, const std::optional<Forced>& value) {
        ColumnCodec<std::optional<Override>>::bind(to,
                                                   value ? std::optional{value->by} : std::nullopt);
        to.bind(value ? (*value).*Server : ServerId{});
    }
    static void read(Row& row, std::optional<Forced>& into) {
        std::optional<Override> by;
        ColumnCodec<std::optional<Override>>::read(row, by);
        const auto server = row.id<ServerId>();
        if (by) into = Forced{std::move(*by), server};
    }
};
template <>
struct ColumnCodec<std::optional<Hold>> : ForcedCodec<Hold, &Hold::pinned> {};
template <>
struct ColumnCodec<std::optional<Preference>> : ForcedCodec<Preference, &Preference::server> {};

// The next columns of a row, in this order.
template <typename... Values>
void read_columns(Row& row, Values&... into) {
    (ColumnCodec<Values>::read(row, into), ...);
}

// A type that is always a row of its own.
template <typename Value>
constexpr bool kRowOfItsOwn = std::is_same_v<Value, std::optional<Drill>>;

// Calls visit(field, value) for each field that has columns, of described members too.
template <Described T, typename Thing, typename Visit>
void each_column(Thing& thing, const Visit& visit) {
    each_field<T>([&](const auto& field) {
        auto& value = thing.*field.member;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (Described<Value>) {
            each_column<Value>(value, visit);
        } else if constexpr (!kRowOfItsOwn<Value>) {
            if (!field.name.empty()) visit(field, value);
        }
    });
}

}  // namespace understudy::sqlite
