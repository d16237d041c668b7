#include "providers/cloudflare/record.h"

#include <algorithm>

#include "base/domain_name.h"
#include "providers/json_service.h"
#include "providers/settings.h"

namespace understudy::cloudflare {
namespace {

// Names of records that are no host names stay as they are; they are only compared.
std::string comparable(std::string_view name) {
    auto canonical = canonical_name("name", name);
    return canonical ? *std::move(canonical) : std::string{name};
}

std::optional<Error> disagreement(const std::string& name, const Record& one, const Record& other) {
    const std::string remedy = "make them alike at Cloudflare: they move as one";
    if (one.proxied != other.proxied) {
        return conflict("some address records of '" + name + "' are proxied and some are not",
                        remedy);
    }
    if (one.ttl == other.ttl) return std::nullopt;
    return conflict("the address records of '" + name + "' differ in TTL (" +
                        std::to_string(std::min(one.ttl, other.ttl)) + " and " +
                        std::to_string(std::max(one.ttl, other.ttl)) + ")",
                    remedy);
}

RecordReading problem(const std::string& name, Error error) {
    return RecordReading{name, false, {}, std::move(error)};
}

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
    record.name = comparable(name);
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
    RecordReading reading;
    reading.name = name;
    const Record* first = nullptr;
    for (const auto& record : records) {
        if (record.type == "CNAME") {
            return problem(name, conflict("'" + name + "' is a CNAME to '" +
                                              foreign_text(record.content, {}) + "'",
                                          "replace it at Cloudflare by an A record"));
        }
        if (!record.is_address()) continue;
        if (!add_address(record.type, record.content, reading.state.addresses)) {
            return problem(name,
                           conflict("'" + name + "' has the " + record.type + " record '" +
                                        foreign_text(record.content, {}) + "', which is no address",
                                    "correct it at Cloudflare"));
        }
        if (first == nullptr) first = &record;
        if (auto error = disagreement(name, *first, record))
            return problem(name, *std::move(error));
    }
    if (first == nullptr) return reading;
    reading.exists = true;
    reading.state.proxied = first->proxied;
    reading.state.ttl = Ttl{first->ttl == kAutomaticTtl ? 0 : first->ttl};
    reading.state.addresses.normalise();
    return reading;
}

}  // namespace understudy::cloudflare
