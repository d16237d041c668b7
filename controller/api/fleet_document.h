// A fleet file (schema/fleet.schema.json) as values: how servers, pools, domains and channels shall
// be. Read from the body of POST /api/v1/fleet; pure.
//
// The order of each list is the file's, so that an index is a path ("servers[17]"). What could not
// be read is left empty and is in the problems.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/secret.h"
#include "controller/api/request.h"
#include "controller/core/model.h"

namespace understudy::api {

struct FleetDocument {
    struct ServerItem {
        std::string name;
        std::optional<Ipv4> ipv4;
        std::optional<Ipv6> ipv6;
        std::map<std::string, std::string> labels;
        // Left out: as it is. Of a dynamic server the addresses are those it begins with.
        std::optional<bool> dynamic;
    };
    struct PoolItem {
        std::string name;
        std::vector<std::string> members;
        Policy policy;  // whole: named policies and the default are filled in
    };
    struct DomainItem {
        std::string name;  // canonical
        std::string provider;
        std::string pool;
        std::optional<bool> ipv6;  // none: as the record is
    };
    // Where a secret is on the operator's machine, as JSON ({"file": "hook.url"}), and what was
    // there; empty when it could not be read.
    struct Reference {
        std::string json;
        Secret content;
        friend bool operator==(const Reference& a, const Reference& b) { return a.json == b.json; }
    };
    struct ChannelItem {
        std::string name;
        std::string kind;
        // By the names of its kind's settings.
        std::map<std::string, std::vector<std::string>, std::less<>> texts;
        std::map<std::string, Reference, std::less<>> secrets;
        std::set<NoticeType> types;
        Attention attention;
        std::vector<std::string> pools;
        std::map<std::string, std::string> labels;
    };
    // A section that is not in the file is none: its kind is left alone.
    std::optional<std::vector<ServerItem>> servers;
    std::optional<std::vector<PoolItem>> pools;
    std::optional<std::vector<DomainItem>> domains;
    std::optional<std::vector<ChannelItem>> channels;
};

struct FleetReading {
    Policy default_policy;
    bool allow_private_addresses = false;
    json::Value secrets;  // {"file hook.url": "https://..."}: the contents, by their reference
};

// Problems are added with their paths in the file.
FleetDocument read_fleet(json::Value fleet, const FleetReading& reading, Problems& problems);

// "servers[17]"
std::string item_path(const char* section, std::size_t index);

}  // namespace understudy::api
