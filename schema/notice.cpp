#include "schema/notice.h"

#include <algorithm>

#include "base/dns_record.h"
#include "base/domain_name.h"
#include "base/json.h"

namespace understudy {
namespace {

using json::Value;
using json::Writer;

void write_text(Writer& writer, std::string_view key, const std::string& text) {
    if (!text.empty()) writer.field(key, text);
}

// Addresses; null: a record that holds none.
void write_content(Writer& writer, std::string_view key, const std::string& text) {
    if (text == kNoAddress) {
        writer.key(key).null();
    } else {
        write_text(writer, key, text);
    }
}

void write_server(Writer& writer, const Notice& notice) {
    if (!notice.server) return;
    writer.key("server").begin_object().field("id", notice.server.value);
    writer.field("name", notice.server_name);
    write_text(writer, "address", notice.server_address);
    writer.end_object();
}

void write_pool(Writer& writer, const Notice& notice) {
    if (!notice.pool) return;
    writer.key("pool").begin_object().field("id", notice.pool.value);
    writer.field("name", notice.pool_name).end_object();
}

void write_pools(Writer& writer, const Notice& notice) {
    if (notice.pools.empty()) return;
    writer.objects("pools", notice.pools, [&](const NamedPool& pool) {
        writer.field("id", pool.id.value).field("name", pool.name);
    });
}

void write_domains(Writer& writer, const Notice& notice) {
    if (!notice.domains.empty()) {
        writer.objects("domains", notice.domains, [&](const MovedDomain& domain) {
            writer.field("name", domain.name);
            const std::string shown = display_name(domain.name);
            if (shown != domain.name) writer.field("display_name", shown);
            write_content(writer, "from", domain.from);
            write_content(writer, "to", domain.to);
            write_text(writer, "problem", domain.problem);
        });
        if (notice.domain_count > notice.domains.size()) {
            writer.field("domain_count", notice.domain_count);
        }
    }
    if (!notice.pending.empty()) writer.list("pending", notice.pending);
}

// Reads members that may be missing; the first one of a wrong type is remembered.
class Reader {
  public:
    std::string text(Value object, std::string_view key, const char* field) {
        const Value value = object[key];
        if (!value.exists()) return {};
        if (const auto content = value.string()) return std::string{*content};
        complain(field, "must be text");
        return {};
    }
    std::string content(Value object, std::string_view key, const char* field) {
        return object[key].is_null() ? std::string{kNoAddress} : text(object, key, field);
    }
    std::int64_t id(Value object, std::string_view key, const char* field) {
        const Value value = object[key];
        if (!value.exists()) return 0;
        if (const auto content = value.integer(); content && *content > 0) return *content;
        complain(field, "must be a positive whole number");
        return 0;
    }
    Value part(Value object, std::string_view key, const char* field,
               bool (Value::*is_right)() const) {
        const Value value = object[key];
        if (!value.exists() || (value.*is_right)()) return value;
        complain(field, "has the wrong type");
        return {};
    }
    void complain(const char* field, std::string message) {
        if (!problem_) problem_ = invalid(field, std::move(message));
    }
    const std::optional<Error>& problem() const { return problem_; }

  private:
    std::optional<Error> problem_;
};

void read_things(Reader& reader, Value data, Notice& notice) {
    notice.incident.value = reader.id(data, "incident", "data.incident");
    notice.event.value = reader.id(data, "event", "data.event");
    const Value server = reader.part(data, "server", "data.server", &Value::is_object);
    notice.server.value = reader.id(server, "id", "data.server.id");
    notice.server_name = reader.text(server, "name", "data.server.name");
    notice.server_address = reader.text(server, "address", "data.server.address");
    const Value pool = reader.part(data, "pool", "data.pool", &Value::is_object);
    notice.pool.value = reader.id(pool, "id", "data.pool.id");
    notice.pool_name = reader.text(pool, "name", "data.pool.name");
    const Value pools = reader.part(data, "pools", "data.pools", &Value::is_array);
    pools.each([&](Value each) {
        notice.pools.push_back({PoolId{reader.id(each, "id", "data.pools[].id")},
                                reader.text(each, "name", "data.pools[].name")});
    });
    notice.reason = reader.text(data, "reason", "data.reason");
    notice.detail = reader.text(data, "detail", "data.detail");
    notice.link = reader.text(data, "link", "data.link");
    const Value incidents = reader.part(data, "incidents", "data.incidents", &Value::is_array);
    incidents.each([&](Value each) {
        const auto id = each.integer();
        if (!id || *id <= 0) reader.complain("data.incidents", "must hold positive whole numbers");
        notice.incidents.push_back(IncidentId{id.value_or(0)});
    });
    notice.stands_for = static_cast<std::size_t>(reader.id(data, "stands_for", "data.stands_for"));
    const std::string since = reader.text(data, "since", "data.since");
    if (const auto time = parse_rfc3339(since)) notice.since = *time;
    if (!since.empty() && to_rfc3339(notice.since) != since) {
        reader.complain("data.since", "must be a time such as 2026-11-21T02:08:42.123Z");
    }
}

void read_domains(Reader& reader, Value data, Notice& notice) {
    const Value domains = reader.part(data, "domains", "data.domains", &Value::is_array);
    domains.each([&](Value domain) {
        if (!domain.is_object()) reader.complain("data.domains", "must hold objects");
        notice.domains.push_back({reader.text(domain, "name", "data.domains[].name"),
                                  reader.content(domain, "from", "data.domains[].from"),
                                  reader.content(domain, "to", "data.domains[].to"),
                                  reader.text(domain, "problem", "data.domains[].problem")});
    });
    const std::int64_t count = reader.id(data, "domain_count", "data.domain_count");
    notice.domain_count = std::max(static_cast<std::size_t>(count), notice.domains.size());
    const Value pending = reader.part(data, "pending", "data.pending", &Value::is_array);
    pending.each([&](Value name) {
        const auto text = name.string();
        if (!text) reader.complain("data.pending", "must hold names");
        notice.pending.emplace_back(text.value_or(""));
    });
}

}  // namespace

std::string encode_notice(const Notice& notice) {
    Writer writer;
    writer.begin_object().field("type", to_text(notice.type));
    writer.field("timestamp", to_rfc3339(notice.at));
    writer.key("data").begin_object();
    if (notice.incident) writer.field("incident", notice.incident.value);
    if (notice.event) writer.field("event", notice.event.value);
    if (!notice.incidents.empty()) {
        std::vector<std::int64_t> ids;
        for (const IncidentId incident : notice.incidents)
            ids.push_back(incident.value);
        writer.list("incidents", ids);
    }
    write_server(writer, notice);
    write_pool(writer, notice);
    write_pools(writer, notice);
    write_domains(writer, notice);
    write_text(writer, "reason", notice.reason);
    write_text(writer, "detail", notice.detail);
    write_text(writer, "link", notice.link);
    if (notice.stands_for > 1) {
        writer.field("stands_for", notice.stands_for).field("since", to_rfc3339(notice.since));
    }
    writer.end_object().end_object();
    return writer.take();
}

Result<Notice> decode_notice(std::string_view payload) {
    const auto document = json::Document::parse(payload);
    if (!document) return document.error();
    const Value root = document->root();
    if (!root.is_object()) return invalid("", "a notification must be a JSON object");
    Notice notice;
    const auto type = from_text<NoticeType>(root["type"].string().value_or(""));
    if (!type) return invalid("type", "is missing or not a known type of notification");
    notice.type = *type;
    const auto at = parse_rfc3339(root["timestamp"].string().value_or(""));
    if (!at) return invalid("timestamp", "must be a time such as 2026-11-21T02:08:42.123Z");
    notice.at = *at;
    const Value data = root["data"];
    if (!data.is_object()) return invalid("data", "must be an object");
    Reader reader;
    read_things(reader, data, notice);
    read_domains(reader, data, notice);
    if (reader.problem()) return *reader.problem();
    return notice;
}

Result<std::string> fold_notices(const std::vector<std::string_view>& earlier,
                                 std::string_view last) {
    auto whole = decode_notice(last);
    if (!whole) return whole.error();
    const auto weight = [](const Notice& notice) {
        return std::max<std::size_t>(1, notice.stands_for);
    };
    const auto begin = [](const Notice& notice) {
        return notice.stands_for > 1 ? notice.since : notice.at;
    };
    std::size_t count = weight(*whole);
    WallTime since = begin(*whole);
    for (const std::string_view payload : earlier) {
        const auto notice = decode_notice(payload);
        if (!notice) return notice.error();
        count += weight(*notice);
        since = std::min(since, begin(*notice));
    }
    whole->stands_for = count;
    whole->since = since;
    return encode_notice(*whole);
}

}  // namespace understudy
