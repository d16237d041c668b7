// CloudflareWorld: just enough of the Cloudflare API, in memory, to answer the production
// provider's requests; and the truth about every record, with whatever was done to it. Safety is
// checked where writes are applied.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/dns_record.h"
#include "base/http_message.h"
#include "base/json.h"

namespace understudy::simulation {

struct WorldRecord {
    std::string id;
    std::string zone;
    std::string name;
    std::string type;  // "A" or "AAAA"
    std::string content;
    std::int64_t ttl = 1;
    bool proxied = false;
    std::string comment;
};

class CloudflareWorld {
  public:
    void add_zone(const std::string& id, const std::string& name) { zones_[id].name = name; }
    void add_record(WorldRecord record);

    // Applies the request and answers it. Called when the request arrives, if it does. stale: a
    // read is answered from what was there when reads_stale() was last called with true.
    HttpResponse handle(const HttpRequest& request, bool stale = false);
    void keep_stale(bool keep);

    AddressSet addresses(const std::string& name) const;
    std::vector<WorldRecord> records(const std::string& name) const;
    // The names a request would write to; none: it only reads.
    std::set<std::string> names_written(const HttpRequest& request) const;

    // Somebody else's hand on a record: another address, another flag, one address more.
    void foreign_content(const std::string& name, const std::string& content);
    void foreign_proxied(const std::string& name);
    void foreign_addition(const std::string& name, const std::string& content);
    // Its owner gives all its records one flag and one TTL.
    void unify(const std::string& name, bool proxied);

    // Called after each write that came through the API, for every name it touched.
    std::function<void(const std::string& name, const std::vector<WorldRecord>& before)>
        after_write;
    std::size_t writes() const { return writes_; }

  private:
    using Records = std::map<std::string, WorldRecord>;  // by id
    struct Zone {
        std::string name;
        Records records;
        Records stale;
        std::map<std::string, HttpResponse> lists;  // by URL, until something changes
    };
    HttpResponse find_zones(const std::string& url) const;
    HttpResponse list(Zone& zone, const std::string& url, bool stale);
    HttpResponse patch(Zone& zone, const std::string& id, const json::Value& body);
    HttpResponse batch(Zone& zone, const std::string& zone_id, const json::Value& body);
    bool apply_patch(Records& records, const json::Value& patch) const;
    Zone* zone_of(const std::string& name);
    const Zone* zone_of(const std::string& name) const;
    void written(Zone& zone, const std::map<std::string, std::vector<WorldRecord>>& before);
    std::string next_id();

    std::map<std::string, Zone> zones_;
    std::map<std::string, std::string> zone_of_name_;
    std::size_t writes_ = 0;
    std::uint64_t next_id_ = 0;
};

}  // namespace understudy::simulation
