// Values that one text column holds: lists and maps as JSON, enums as their words. Pure; for the
// SQLite store. Readers answer none when the text is not what the writer wrote.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "controller/core/model.h"

namespace understudy::columns {

// How a value looks as an item of JSON.
template <typename Tag>
std::int64_t item_of(Id<Tag> id) {
    return id.value;
}
inline std::int64_t item_of(WallTime time) {
    return time.time_since_epoch().count();
}
inline std::string item_of(const AddressSet& addresses) {
    return to_string(addresses);
}
inline std::string item_of(const Network& network) {
    return to_string(network);
}
inline std::string item_of(NoticeType type) {
    return to_text(type);
}
inline std::string item_of(const QuietHours& hours) {
    return kept_text(hours);
}

template <typename Tag>
void read_item(json::Value item, std::optional<Id<Tag>>& into) {
    if (const auto number = item.integer()) into = Id<Tag>{*number};
}
void read_item(json::Value item, std::optional<WallTime>& into);
void read_item(json::Value item, std::optional<AddressSet>& into);
void read_item(json::Value item, std::optional<Network>& into);
void read_item(json::Value item, std::optional<NoticeType>& into);
void read_item(json::Value item, std::optional<QuietHours>& into);

// A vector or a set of these.
template <typename List>
concept Listed = requires(const typename List::value_type& item) {
    item_of(item);
};

template <Listed List>
std::string write(const List& items) {
    if (items.empty()) return "[]";  // nearly every row
    json::Writer out;
    out.begin_array();
    for (const auto& item : items)
        out.value(item_of(item));
    return out.end_array().take();
}
std::string write(const std::map<std::string, std::string>& labels);
std::string write(const Override& forced);
std::string write(const SharedToken& shared);

// For each of these.
template <typename Value>
std::optional<Value> read(std::string_view text);

template <>
std::optional<std::map<std::string, std::string>> read(std::string_view text);
template <>
std::optional<Override> read(std::string_view text);
template <>
std::optional<SharedToken> read(std::string_view text);

template <typename List>
std::optional<List> read(std::string_view text) {
    if (text == "[]") return List{};
    const auto document = json::Document::parse(text);
    if (!document || !document->root().is_array()) return std::nullopt;
    List items;
    bool sound = true;
    document->root().each([&](json::Value each) {
        std::optional<typename List::value_type> item;
        read_item(each, item);
        sound = sound && item.has_value();
        if (item) items.insert(items.end(), *std::move(item));
    });
    return sound ? std::optional{std::move(items)} : std::nullopt;
}

}  // namespace understudy::columns
