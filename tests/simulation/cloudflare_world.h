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
    void add_zone(const std::string& id, const std::string& name) { zones_[id] = name; }
    void add_record(WorldRecord record);

    // Applies the request and answers it. Called when the request arrives, if it does.
    HttpResponse handle(const HttpRequest& request);

    AddressSet addresses(const std::string& name) const;
    std::vector<WorldRecord> records(const std::string& name) const;
    // Somebody else's edit of the A record.
    void foreign_edit(const std::string& name, const std::string& content);

    // Called after each write that came through the API, with the name it touched.
    std::function<void(const std::string& name)> after_write;
    std::size_t writes() const { return writes_; }

  private:
    HttpResponse zones(const std::string& url) const;
    HttpResponse list(const std::string& zone, const std::string& url) const;
    HttpResponse patch(const std::string& id, const json::Value& body);
    HttpResponse batch(const json::Value& body, const std::string& zone);
    bool apply_patch(std::map<std::string, WorldRecord>& records, const json::Value& patch) const;

    std::map<std::string, std::string> zones_;
    std::map<std::string, WorldRecord> records_;
    std::size_t writes_ = 0;
    std::uint64_t next_id_ = 0;
};

}  // namespace understudy::simulation
