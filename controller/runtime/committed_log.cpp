#include "controller/runtime/committed_log.h"

#include <vector>

#include "base/log.h"

namespace understudy {
namespace {

log::Level level_of(const std::string& type) {
    for (const auto* grave :
         {"server_down", "server_error", "failover_decided", "failover_triggered",
          "failover_failed", "outage_started", "failover_held", "dns_drift", "certificate_expiring",
          "token_shared", "channel_disabled", "controller_stalled"}) {
        if (type == grave) return log::Level::Warning;
    }
    return log::Level::Info;
}

}  // namespace

void log_committed(const LogLine& line) {
    std::vector<log::Field> fields{{"type", line.type}, {"id", line.id.value}};
    const auto add = [&fields](std::string_view key, const std::string& value) {
        if (!value.empty()) fields.emplace_back(key, value);
    };
    if (line.incident) fields.emplace_back("incident", line.incident.value);
    add("server", line.server_name);
    add("pool", line.pool_name);
    add("domain", line.domain_name);
    add("from", line.from);
    add("to", line.to);
    add("detail", line.detail);
    add("who", line.who);
    log::write_all(level_of(line.type), "event", line.reason.empty() ? line.type : line.reason,
                   fields);
}

}  // namespace understudy
