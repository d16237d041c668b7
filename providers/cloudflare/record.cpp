#include "providers/cloudflare/record.h"

#include "providers/json_service.h"
#include "providers/settings.h"

namespace understudy::cloudflare {
namespace {

std::string cname_in_the_way(std::string_view type, std::string_view content) {
    if (type != "CNAME") return {};
    return "is a CNAME to '" + foreign_text(content, {}) + "'";
}

constexpr FoldingWords kWords{"at Cloudflare", cname_in_the_way, records_differ_in_ttl};

}  // namespace

Result<Record> read_record(json::Value value) {
    Record record;
    record.id = text_of(value["id"]);
    record.type = text_of(value["type"]);
    record.content = text_of(value["content"]);
    const auto name = text_of(value["name"]);
    const bool content_needed = record.is_address() || record.type == "CNAME";
    if (record.id.empty() || name.empty() || record.type.empty() ||
        (content_needed && record.content.empty())) {
        return transient(
            "no usable answer from Cloudflare: a record without id, name, type or content");
    }
    record.name = comparable_name(name);
    const auto ttl = value["ttl"].integer().value_or(kAutomaticTtl);
    if (ttl > kAutomaticTtl && ttl <= INT32_MAX) record.ttl = static_cast<std::uint32_t>(ttl);
    record.proxied = value["proxied"].boolean().value_or(false);
    record.comment = text_of(value["comment"]);
    value["tags"].each([&record](json::Value tag) {
        if (const auto words = tag.string()) record.tags.emplace_back(*words);
    });
    return record;
}

RecordReading fold(const std::string& name, const std::vector<Record>& records) {
    Folding folding{name, kWords};
    for (const auto& record : records) {
        const Ttl ttl{record.ttl == kAutomaticTtl ? 0 : record.ttl};
        folding.add(record.type, std::span{&record.content, 1}, ttl, record.proxied);
    }
    return std::move(folding).take();
}

}  // namespace understudy::cloudflare
