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

std::vector<WorldRecord> named(const std::map<std::string, WorldRecord>& records,
                               const std::string& name) {
    std::vector<WorldRecord> found;
    for (const auto& [id, record] : records)
        if (record.name == name) found.push_back(record);
    return found;
}

// "/zones/ZONE/dns_records[/REST]": both parts; the zone is empty for another path.
std::pair<std::string, std::string> parts_of(const std::string& url) {
    const auto root = url.find("/client/v4");
    ensure(root != std::string::npos);
    const std::string path = url.substr(root + 10);
    const auto records = path.find("/dns_records");
    if (!path.starts_with("/zones/") || records == std::string::npos) return {};
    const std::string rest = path.substr(records + 12);
    return {path.substr(7, records - 7), rest.starts_with('/') ? rest.substr(1) : ""};
}

}  // namespace

std::string CloudflareWorld::next_id() {
    std::string id = std::to_string(++next_id_);
    id.insert(0, 32 - id.size(), '0');
    return id;
}

void CloudflareWorld::add_record(WorldRecord record) {
    record.id = next_id();
    zone_of_name_[record.name] = record.zone;
    Zone& zone = zones_.at(record.zone);
    zone.lists.clear();
    zone.records[record.id] = std::move(record);
}

CloudflareWorld::Zone* CloudflareWorld::zone_of(const std::string& name) {
    const auto at = zone_of_name_.find(name);
    return at == zone_of_name_.end() ? nullptr : &zones_.at(at->second);
}

const CloudflareWorld::Zone* CloudflareWorld::zone_of(const std::string& name) const {
    const auto at = zone_of_name_.find(name);
    return at == zone_of_name_.end() ? nullptr : &zones_.at(at->second);
}

void CloudflareWorld::keep_stale(bool keep) {
    for (auto& [id, zone] : zones_) {
        zone.stale.clear();
        if (keep) zone.stale = zone.records;
    }
}

HttpResponse CloudflareWorld::handle(const HttpRequest& request, bool stale) {
    if (request.url.find("/client/v4/zones?") != std::string::npos) return find_zones(request.url);
    const auto [zone_id, rest] = parts_of(request.url);
    const auto zone = zones_.find(zone_id);
    if (zone == zones_.end()) return failure(404, 7003, "Could not route");
    if (request.method == "GET") return list(zone->second, request.url, stale);
    const auto document = json::Document::parse(request.body);
    ensure(document.ok());
    if (rest == "batch") return batch(zone->second, zone_id, document->root());
    return patch(zone->second, rest, document->root());
}

std::set<std::string> CloudflareWorld::names_written(const HttpRequest& request) const {
    std::set<std::string> names;
    const auto [zone_id, rest] = parts_of(request.url);
    const auto zone = zones_.find(zone_id);
    if (request.method == "GET" || zone == zones_.end()) return names;
    const Records& records = zone->second.records;
    const auto add = [&](const std::string& id) {
        const auto at = records.find(id);
        if (at != records.end()) names.insert(at->second.name);
    };
    const auto document = json::Document::parse(request.body);
    ensure(document.ok());
    if (rest != "batch") add(rest);
    for (const char* kind : {"deletes", "patches"}) {
        document->root()[kind].each(
            [&](json::Value one) { add(std::string{one["id"].string().value_or("")}); });
    }
    document->root()["posts"].each(
        [&](json::Value one) { names.insert(std::string{one["name"].string().value_or("")}); });
    return names;
}

HttpResponse CloudflareWorld::find_zones(const std::string& url) const {
    const std::string wanted = decoded(query_value(url, "name"));
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [id, zone] : zones_)
        if (zone.name == wanted) found.emplace_back(id, zone.name);
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

HttpResponse CloudflareWorld::list(Zone& zone, const std::string& url, bool stale) {
    const bool old = stale && !zone.stale.empty();
    const auto known = zone.lists.find(url);
    if (!old && known != zone.lists.end()) return known->second;
    const std::string name = decoded(query_value(url, "name.exact"));
    std::vector<const WorldRecord*> found;
    for (const auto& [id, record] : old ? zone.stale : zone.records)
        if (name.empty() || record.name == name) found.push_back(&record);
    const HttpResponse response = success(
        [&](json::Writer& out) {
            out.begin_array();
            for (const auto* record : found)
                write_record(out, *record);
            out.end_array();
        },
        found.size(), true);
    if (!old) zone.lists[url] = response;
    return response;
}

bool CloudflareWorld::apply_patch(Records& records, const json::Value& patch) const {
    const auto at = records.find(std::string{patch["id"].string().value_or("")});
    if (at == records.end()) return false;
    WorldRecord& record = at->second;
    if (const auto content = patch["content"].string()) record.content = std::string{*content};
    if (const auto proxied = patch["proxied"].boolean()) record.proxied = *proxied;
    if (const auto ttl = patch["ttl"].integer()) record.ttl = record.proxied ? 1 : *ttl;
    return true;
}

void CloudflareWorld::written(Zone& zone,
                              const std::map<std::string, std::vector<WorldRecord>>& before) {
    ++writes_;
    zone.lists.clear();
    for (const auto& [name, records] : before)
        if (after_write) after_write(name, records);
}

HttpResponse CloudflareWorld::patch(Zone& zone, const std::string& id, const json::Value& body) {
    json::Writer with_id;
    with_id.begin_object().field("id", id);
    body.each_member(
        [&](std::string_view key, json::Value value) { with_id.key(key).raw(value.text()); });
    with_id.end_object();
    const auto patch_text = with_id.take();
    const auto patch = json::Document::parse(patch_text);
    if (!zone.records.contains(id)) return failure(404, 81044, "Record does not exist.");
    const std::string name = zone.records.at(id).name;
    const auto before = named(zone.records, name);
    ensure(apply_patch(zone.records, patch->root()));
    written(zone, {{name, before}});
    return success([&](json::Writer& out) { write_record(out, zone.records.at(id)); }, 1, false);
}

HttpResponse CloudflareWorld::batch(Zone& zone, const std::string& zone_id,
                                    const json::Value& body) {
    Records records = zone.records;  // one transaction: all or nothing
    std::set<std::string> names;
    bool sound = true;
    const auto touch = [&](const std::string& id) {
        const auto at = records.find(id);
        sound = sound && at != records.end();
        if (at != records.end()) names.insert(at->second.name);
    };
    body["deletes"].each([&](json::Value one) {
        const std::string id{one["id"].string().value_or("")};
        touch(id);
        records.erase(id);
    });
    body["patches"].each([&](json::Value one) {
        touch(std::string{one["id"].string().value_or("")});
        sound = apply_patch(records, one) && sound;
    });
    body["posts"].each([&](json::Value one) {
        WorldRecord record;
        record.id = next_id();
        record.zone = zone_id;
        record.name = std::string{one["name"].string().value_or("")};
        record.type = std::string{one["type"].string().value_or("")};
        record.content = std::string{one["content"].string().value_or("")};
        record.ttl = one["ttl"].integer().value_or(1);
        record.proxied = one["proxied"].boolean().value_or(false);
        names.insert(record.name);
        records[record.id] = record;
    });
    if (!sound) return failure(404, 81044, "Record does not exist.");
    std::map<std::string, std::vector<WorldRecord>> before;
    for (const auto& [id, record] : zone.records)
        if (names.contains(record.name)) before[record.name].push_back(record);
    for (const auto& name : names)
        before.try_emplace(name);
    zone.records = std::move(records);
    written(zone, before);
    return success(
        [&](json::Writer& out) {
            out.begin_object();
            out.key("deletes").begin_array().end_array().key("patches").begin_array();
            body["patches"].each([&](json::Value one) {
                write_record(out, zone.records.at(std::string{one["id"].string().value_or("")}));
            });
            out.end_array().key("puts").begin_array().end_array().key("posts").begin_array();
            for (const auto& [id, record] : zone.records)
                if (names.contains(record.name)) write_record(out, record);
            out.end_array().end_object();
        },
        0, false);
}

std::vector<WorldRecord> CloudflareWorld::records(const std::string& name) const {
    const Zone* zone = zone_of(name);
    return zone == nullptr ? std::vector<WorldRecord>{} : named(zone->records, name);
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

void CloudflareWorld::foreign_content(const std::string& name, const std::string& content) {
    Zone& zone = *zone_of(name);
    zone.lists.clear();
    for (auto& [id, record] : zone.records) {
        if (record.name != name || record.type != "A") continue;
        record.content = content;
        return;
    }
}

void CloudflareWorld::foreign_proxied(const std::string& name) {
    Zone& zone = *zone_of(name);
    zone.lists.clear();
    for (auto& [id, record] : zone.records) {
        if (record.name != name) continue;
        record.proxied = !record.proxied;
        record.ttl = record.proxied ? 1 : 300;
    }
}

void CloudflareWorld::unify(const std::string& name, bool proxied) {
    Zone& zone = *zone_of(name);
    zone.lists.clear();
    for (auto& [id, record] : zone.records) {
        if (record.name != name) continue;
        record.proxied = proxied;
        record.ttl = proxied ? 1 : 300;
    }
}

void CloudflareWorld::foreign_addition(const std::string& name, const std::string& content) {
    const auto present = records(name);
    if (present.empty()) return;
    WorldRecord record = present.front();
    record.type = parse_ipv6(content) ? "AAAA" : "A";
    record.content = content;
    add_record(std::move(record));
}

}  // namespace understudy::simulation
