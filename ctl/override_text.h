// What people forced, and what holds automation, in sentences.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "ctl/table.h"

namespace understudy::ctl {

// "2026-11-21 09:12"; of "until" and "since".
std::string minute_text(json::Value rfc3339);
// " until 2026-11-21 09:12", or nothing.
std::string until_text(json::Value forced);
// For a column: " until 09:12" when that is today (UTC), else " until 2026-11-28".
std::string short_until(json::Value forced);
// "by admin token 'ops' since 2026-11-21 07:12 until 2026-11-21 09:12: new kernel". In UTC.
std::string by_text(json::Value forced);

// For a column beside the real state: "maintenance until ...", "pinned to web2", "dry run".
// Empty: nobody forced anything.
std::string server_override(json::Value server);
Cell server_override_cell(json::Value server);
std::string pool_overrides(json::Value pool);
std::string domain_override(json::Value domain);
Cell domain_override_cell(json::Value domain);

// An override as a sentence, and the command that ends it (empty: it ends by itself).
struct Forced {
    std::string sentence;  // "server web1 is in maintenance, by ..."
    std::string end;       // "understudyctl server maintenance web1 --end"
};
void add_server_overrides(json::Value server, std::vector<Forced>& out);
void add_pool_overrides(json::Value pool, std::vector<Forced>& out);
void add_domain_overrides(json::Value domain, std::vector<Forced>& out);
void add_control_overrides(json::Value controls, std::vector<Forced>& out);
// What one of the first three finds, as lines of a thing's view.
void add_override_fields(json::Value thing, void (*find)(json::Value, std::vector<Forced>&),
                         std::vector<std::pair<std::string, Cell>>& fields);

// Records that somebody else changed, from the "conflicts" of /status.
std::string conflicts_text(json::Value conflicts, std::size_t most, bool colours);
// What holds automation now, from the "held" of /status, and what people forced: two lists for the
// top of a picture, at most `most` of each. Empty when there is nothing.
std::string held_text(json::Value held, std::size_t most, bool colours);
// What comes next for pools that do not serve as their policy wants it.
std::string next_text(json::Value pools, std::size_t most, bool colours);
// What only a person can end: two agents with one token.
std::string attention_text(json::Value servers, std::size_t most, bool colours);
std::string overrides_text(const std::vector<Forced>& forced, std::size_t most, bool colours);

}  // namespace understudy::ctl
