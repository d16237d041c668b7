#include "controller/store/columns.h"

#include "base/json.h"

namespace understudy::columns {
namespace {

// Reads a JSON array whose elements `read` understands.
template <typename Container, typename Read>
std::optional<Container> read_array(std::string_view text, Read read) {
    if (text == "[]") return Container{};  // nearly every row
    const auto document = json::Document::parse(text);
    if (!document || !document->root().is_array()) return std::nullopt;
    Container items;
    bool sound = true;
    document->root().each([&](json::Value element) {
        auto item = read(element);
        if (item) {
            items.insert(items.end(), std::move(*item));
        } else {
            sound = false;
        }
    });
    if (!sound) return std::nullopt;
    return items;
}

template <typename Container, typename Text>
std::string write_array(const Container& items, Text text) {
    if (items.empty()) return "[]";
    json::Writer writer;
    writer.begin_array();
    for (const auto& item : items)
        writer.value(text(item));
    writer.end_array();
    return writer.take();
}

template <typename IdType>
std::optional<IdType> read_id(json::Value element) {
    const auto number = element.integer();
    if (!number) return std::nullopt;
    return IdType{*number};
}

std::optional<WallTime> read_time(json::Value element) {
    const auto number = element.integer();
    if (!number) return std::nullopt;
    return WallTime{Duration{*number}};
}

}  // namespace

std::string write(const std::map<std::string, std::string>& labels) {
    if (labels.empty()) return "{}";
    json::Writer writer;
    writer.begin_object();
    for (const auto& [key, value] : labels)
        writer.field(key, value);
    writer.end_object();
    return writer.take();
}

std::string write(const std::set<NoticeType>& types) {
    return write_array(types, [](NoticeType type) { return to_text(type); });
}

std::string write(const std::vector<PoolId>& pools) {
    return write_array(pools, [](PoolId pool) { return pool.value; });
}

std::string write(const std::vector<AddressSet>& contents) {
    return write_array(contents, [](const AddressSet& content) { return to_string(content); });
}

std::string write(const std::vector<ServerId>& servers) {
    return write_array(servers, [](ServerId server) { return server.value; });
}

std::string write(const std::vector<WallTime>& times) {
    return write_array(times,
                       [](WallTime time) { return std::int64_t{time.time_since_epoch().count()}; });
}

std::string write(const Override& forced) {
    json::Writer writer;
    writer.begin_object().field("who", forced.who).field("why", forced.why);
    writer.field("since", std::int64_t{forced.since.time_since_epoch().count()});
    if (forced.until) {
        writer.field("until", std::int64_t{forced.until->time_since_epoch().count()});
    }
    writer.end_object();
    return writer.take();
}

std::string write(const SharedToken& shared) {
    json::Writer writer;
    writer.begin_object();
    writer.field("since", std::int64_t{shared.since.time_since_epoch().count()});
    writer.field("by", shared.by).end_object();
    return writer.take();
}

template <>
std::optional<std::map<std::string, std::string>> read(std::string_view text) {
    std::map<std::string, std::string> labels;
    if (text == "{}") return labels;
    const auto document = json::Document::parse(text);
    if (!document || !document->root().is_object()) return std::nullopt;
    bool sound = true;
    document->root().each_member([&](std::string_view key, json::Value value) {
        const auto content = value.string();
        sound = sound && content.has_value();
        if (content) labels.emplace(key, *content);
    });
    if (!sound) return std::nullopt;
    return labels;
}

template <>
std::optional<std::set<NoticeType>> read(std::string_view text) {
    return read_array<std::set<NoticeType>>(text, [](json::Value element) {
        const auto word = element.string();
        return word ? notice_type_from(*word) : std::nullopt;
    });
}

template <>
std::optional<std::vector<PoolId>> read(std::string_view text) {
    return read_array<std::vector<PoolId>>(text, read_id<PoolId>);
}

template <>
std::optional<std::vector<ServerId>> read(std::string_view text) {
    return read_array<std::vector<ServerId>>(text, read_id<ServerId>);
}

template <>
std::optional<std::vector<WallTime>> read(std::string_view text) {
    return read_array<std::vector<WallTime>>(text, read_time);
}

template <>
std::optional<Override> read(std::string_view text) {
    const auto document = json::Document::parse(text);
    if (!document || !document->root().is_object()) return std::nullopt;
    const json::Value root = document->root();
    const auto who = root["who"].string();
    const auto why = root["why"].string();
    const auto since = read_time(root["since"]);
    if (!who || !why || !since) return std::nullopt;
    return Override{std::string{*who}, std::string{*why}, *since, read_time(root["until"])};
}

template <>
std::optional<SharedToken> read(std::string_view text) {
    const auto document = json::Document::parse(text);
    if (!document || !document->root().is_object()) return std::nullopt;
    const auto since = read_time(document->root()["since"]);
    const auto by = document->root()["by"].string();
    if (!since || !by) return std::nullopt;
    return SharedToken{*since, std::string{*by}};
}

template <>
std::optional<std::vector<AddressSet>> read(std::string_view text) {
    return read_array<std::vector<AddressSet>>(text, [](json::Value element) {
        const auto content = element.string();
        return content ? parse_address_set(*content) : std::nullopt;
    });
}

}  // namespace understudy::columns
