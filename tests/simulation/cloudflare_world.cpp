#include "tests/simulation/cloudflare_world.h"

#include "base/ensure.h"

namespace understudy::simulation {
namespace {

std::string query_value(const std::string& url, const std::string& key) {
    const auto question = url.find('?');
    if (question == std::string::npos) return {};
    std::string rest = "&" + url.substr(question + 1);
    const auto at = rest.find("&" + key + "=");
    if (at == std::string::npos) return {};
    rest = rest.substr(at + key.size() + 2);
    return rest.substr(0, rest.find('&'));
}

std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
    }
    return out;
}

void write_record(json::Writer& out, const WorldRecord& record) {
    out.begin_object()
        .field("id", record.id)
        .field("name", record.name)
        .field("type", record.type)
        .field("content", record.content)
        .field("ttl", record.ttl)
        .field("proxied", record.proxied)
        .field("proxiable", true)
        .field("comment", record.comment)
        .end_object();
}

HttpResponse answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

HttpResponse failure(int status, int code, const std::string& message) {
    json::Writer out;
    out.begin_object().key("result").null().field("success", false).key("errors").begin_array();
    out.begin_object().field("code", code).field("message", message).end_object();
    out.end_array().key("messages").begin_array().end_array().end_object();
    return answer(status, out.take());
}

template <typename Fill>
HttpResponse success(const Fill& fill, std::size_t count, bool paged) {
    json::Writer out;
    out.begin_object().field("success", true);
    out.key("errors").begin_array().end_array().key("messages").begin_array().end_array();
    out.key("result");
    fill(out);
    if (paged) {
        out.key("result_info").begin_object().field("page", 1).field("per_page", 5000);
        out.field("count", count).field("total_count", count).field("total_pages", 1).end_object();
    }
    out.end_object();
    return answer(200, out.take());
}

}  // namespace

void CloudflareWorld::add_record(WorldRecord record) {
    record.id = std::to_string(++next_id_);
    record.id.insert(0, 32 - record.id.size(), '0');
    records_[record.id] = std::move(record);
}

HttpResponse CloudflareWorld::handle(const HttpRequest& request) {
    const auto root = request.url.find("/client/v4");
    ensure(root != std::string::npos);
    const std::string path = request.url.substr(root + 10);
    if (path.starts_with("/zones?")) return zones(request.url);
    const std::string zone = path.substr(7, path.find_first_of("/?", 7) - 7);
    if (!zones_.contains(zone)) return failure(404, 7003, "Could not route");
    const auto records = path.find("/dns_records");
    if (records == std::string::npos) return failure(404, 7003, "Could not route");
    const std::string rest = path.substr(records + 12);
    if (request.method == "GET") return list(zone, request.url);
    const auto document = json::Document::parse(request.body);
    ensure(document.ok());
    if (rest == "/batch") return batch(document->root(), zone);
    return patch(rest.substr(1), document->root());
}

HttpResponse CloudflareWorld::zones(const std::string& url) const {
    const std::string wanted = decoded(query_value(url, "name"));
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& zone : zones_) {
        if (zone.second == wanted) found.push_back(zone);
    }
    return success(
        [&](json::Writer& out) {
            out.begin_array();
            for (const auto& [id, name] : found) {
                out.begin_object().field("id", id).field("name", name).field("status", "active");
                out.field("type", "full").field("paused", false).end_object();
            }
            out.end_array();
        },
        found.size(), true);
}

HttpResponse CloudflareWorld::list(const std::string& zone, const std::string& url) const {
    const std::string name = decoded(query_value(url, "name.exact"));
    std::vector<const WorldRecord*> found;
    for (const auto& [id, record] : records_) {
        if (record.zone == zone && (name.empty() || record.name == name)) found.push_back(&record);
    }
    return success(
        [&](json::Writer& out) {
            out.begin_array();
            for (const auto* record : found)
                write_record(out, *record);
            out.end_array();
        },
        found.size(), true);
}

bool CloudflareWorld::apply_patch(std::map<std::string, WorldRecord>& records,
                                  const json::Value& patch) const {
    const auto at = records.find(std::string{patch["id"].string().value_or("")});
    if (at == records.end()) return false;
    WorldRecord& record = at->second;
    if (const auto content = patch["content"].string()) record.content = std::string{*content};
    if (const auto ttl = patch["ttl"].integer()) record.ttl = record.proxied ? 1 : *ttl;
    if (const auto proxied = patch["proxied"].boolean()) record.proxied = *proxied;
    return true;
}

HttpResponse CloudflareWorld::patch(const std::string& id, const json::Value& body) {
    json::Writer with_id;
    with_id.begin_object().field("id", id);
    body.each_member(
        [&](std::string_view key, json::Value value) { with_id.key(key).raw(value.text()); });
    with_id.end_object();
    const auto patch_text = with_id.take();
    const auto patch = json::Document::parse(patch_text);
    if (!apply_patch(records_, patch->root())) return failure(404, 81044, "Record does not exist.");
    ++writes_;
    const WorldRecord& record = records_.at(id);
    if (after_write) after_write(record.name);
    return success([&](json::Writer& out) { write_record(out, record); }, 1, false);
}

HttpResponse CloudflareWorld::batch(const json::Value& body, const std::string& zone) {
    auto records = records_;  // one transaction: all or nothing
    std::set<std::string> names;
    bool sound = true;
    body["deletes"].each([&](json::Value one) {
        const auto at = records.find(std::string{one["id"].string().value_or("")});
        if (at == records.end()) {
            sound = false;
            return;
        }
        names.insert(at->second.name);
        records.erase(at);
    });
    body["patches"].each([&](json::Value one) {
        sound = apply_patch(records, one) && sound;
        const auto at = records.find(std::string{one["id"].string().value_or("")});
        if (at != records.end()) names.insert(at->second.name);
    });
    body["posts"].each([&](json::Value one) {
        WorldRecord record;
        record.id = std::to_string(++next_id_);
        record.id.insert(0, 32 - record.id.size(), '0');
        record.zone = zone;
        record.name = std::string{one["name"].string().value_or("")};
        record.type = std::string{one["type"].string().value_or("")};
        record.content = std::string{one["content"].string().value_or("")};
        record.ttl = one["ttl"].integer().value_or(1);
        record.proxied = one["proxied"].boolean().value_or(false);
        names.insert(record.name);
        records[record.id] = record;
    });
    if (!sound) return failure(404, 81044, "Record does not exist.");
    records_ = std::move(records);
    ++writes_;
    for (const auto& name : names) {
        if (after_write) after_write(name);
    }
    const auto empty_list = [](json::Writer& out, const char* key) {
        out.key(key).begin_array().end_array();
    };
    return success(
        [&](json::Writer& out) {
            out.begin_object();
            empty_list(out, "deletes");
            out.key("patches").begin_array();
            body["patches"].each([&](json::Value one) {
                write_record(out, records_.at(std::string{one["id"].string().value_or("")}));
            });
            out.end_array();
            empty_list(out, "puts");
            out.key("posts").begin_array();
            for (const auto& [id, record] : records_) {
                if (names.contains(record.name)) write_record(out, record);
            }
            out.end_array().end_object();
        },
        0, false);
}

std::vector<WorldRecord> CloudflareWorld::records(const std::string& name) const {
    std::vector<WorldRecord> found;
    for (const auto& [id, record] : records_) {
        if (record.name == name) found.push_back(record);
    }
    return found;
}

AddressSet CloudflareWorld::addresses(const std::string& name) const {
    AddressSet set;
    for (const WorldRecord& record : records(name)) {
        if (const auto ipv4 = parse_ipv4(record.content)) set.ipv4.push_back(*ipv4);
        if (const auto ipv6 = parse_ipv6(record.content)) set.ipv6.push_back(*ipv6);
    }
    set.normalise();
    return set;
}

void CloudflareWorld::foreign_edit(const std::string& name, const std::string& content) {
    for (auto& [id, record] : records_) {
        if (record.name == name && record.type == "A") record.content = content;
    }
}

}  // namespace understudy::simulation
