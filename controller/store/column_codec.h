// How a value lies in columns, one codec per type of value: bind() and read() take as many columns
// as the field has names. For the SQLite store's rows.
#pragma once

#include <string>
#include <type_traits>

#include "base/describe.h"
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
template <>
struct TextColumn<Ipv4> {
    static std::string write(const Ipv4& value) { return to_string(value); }
    static std::optional<Ipv4> read(std::string_view text) { return parse_ipv4(text); }
};
template <>
struct TextColumn<Ipv6> {
    static std::string write(const Ipv6& value) { return to_string(value); }
    static std::optional<Ipv6> read(std::string_view text) { return parse_ipv6(text); }
};
template <>
struct TextColumn<ProbeTarget> {
    static std::string write(const ProbeTarget& value) { return to_string(value); }
    static std::optional<ProbeTarget> read(std::string_view text) {
        return parse_probe_target(text);
    }
};
template <>
struct TextColumn<StatusRange> {
    static std::string write(const StatusRange& value) { return to_string(value); }
    static std::optional<StatusRange> read(std::string_view text) {
        return parse_status_range(text);
    }
};
template <>
struct TextColumn<AddressSet> {
    static std::string write(const AddressSet& value) { return to_string(value); }
    static std::optional<AddressSet> read(std::string_view text) { return parse_address_set(text); }
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

template <>
struct ColumnCodec<std::string> {
    static void bind(Statement& to, const std::string& value) { to.bind(value); }
    static void read(Row& row, std::string& into) { into = row.text(); }
};
template <>
struct ColumnCodec<bool> {
    static void bind(Statement& to, bool value) { to.bind(value); }
    static void read(Row& row, bool& into) { into = row.flag(); }
};
template <>
struct ColumnCodec<std::int64_t> {
    static void bind(Statement& to, std::int64_t value) { to.bind(value); }
    static void read(Row& row, std::int64_t& into) { into = row.integer(); }
};
template <>
struct ColumnCodec<std::uint32_t> {
    static void bind(Statement& to, std::uint32_t value) { to.bind(std::int64_t{value}); }
    static void read(Row& row, std::uint32_t& into) { into = row.small_number(); }
};
template <>
struct ColumnCodec<std::chrono::seconds> {
    static void bind(Statement& to, std::chrono::seconds value) { to.bind(value); }
    static void read(Row& row, std::chrono::seconds& into) { into = row.seconds(); }
};
template <>
struct ColumnCodec<WallTime> {
    static void bind(Statement& to, WallTime value) { to.bind(value); }
    static void read(Row& row, WallTime& into) { into = row.time(); }
};
template <typename Tag>
struct ColumnCodec<Id<Tag>> {
    static void bind(Statement& to, Id<Tag> value) { to.bind(value); }
    static void read(Row& row, Id<Tag>& into) { into = row.id<Id<Tag>>(); }
};
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

// Calls visit(field, value) for each field that has columns, of described members too.
template <Described T, typename Thing, typename Visit>
void each_column(Thing& thing, const Visit& visit) {
    each_field<T>([&](const auto& field) {
        auto& value = thing.*field.member;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (Described<Value>) {
            each_column<Value>(value, visit);
        } else if (!field.name.empty()) {
            visit(field, value);
        }
    });
}

}  // namespace understudy::sqlite
