#include "controller/store/columns.h"

namespace understudy::columns {
namespace {

std::optional<WallTime> time_in(json::Value item) {
    std::optional<WallTime> time;
    read_item(item, time);
    return time;
}

}  // namespace

void read_item(json::Value item, std::optional<WallTime>& into) {
    if (const auto number = item.integer()) into = WallTime{Duration{*number}};
}

void read_item(json::Value item, std::optional<AddressSet>& into) {
    if (const auto text = item.string()) into = parse_address_set(*text);
}

void read_item(json::Value item, std::optional<Network>& into) {
    if (const auto text = item.string()) into = parse_network(*text);
}

void read_item(json::Value item, std::optional<NoticeType>& into) {
    if (const auto text = item.string()) into = from_text<NoticeType>(*text);
}

void read_item(json::Value item, std::optional<QuietHours>& into) {
    if (const auto text = item.string()) into = parse_kept_quiet_hours(*text);
}

std::string write(const std::map<std::string, std::string>& labels) {
    if (labels.empty()) return "{}";
    json::Writer writer;
    writer.begin_object();
    for (const auto& [key, value] : labels)
        writer.field(key, value);
    return writer.end_object().take();
}

std::string write(const Override& forced) {
    json::Writer writer;
    writer.begin_object().field("who", forced.who).field("why", forced.why);
    writer.field("since", item_of(forced.since));
    if (forced.until) writer.field("until", item_of(*forced.until));
    return writer.end_object().take();
}

std::string write(const SharedToken& shared) {
    json::Writer writer;
    writer.begin_object().field("since", item_of(shared.since)).field("by", shared.by);
    return writer.end_object().take();
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
std::optional<Override> read(std::string_view text) {
    const auto document = json::Document::parse(text);
    if (!document) return std::nullopt;
    const json::Value root = document->root();
    const auto who = root["who"].string();
    const auto why = root["why"].string();
    const auto since = time_in(root["since"]);
    if (!who || !why || !since) return std::nullopt;
    return Override{std::string{*who}, std::string{*why}, *since, time_in(root["until"])};
}

template <>
std::optional<SharedToken> read(std::string_view text) {
    const auto document = json::Document::parse(text);
    if (!document) return std::nullopt;
    const auto since = time_in(document->root()["since"]);
    const auto by = document->root()["by"].string();
    if (!since || !by) return std::nullopt;
    return SharedToken{*since, std::string{*by}};
}

}  // namespace understudy::columns
