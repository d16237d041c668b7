#include "controller/runtime/committed_log.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/log.h"

namespace understudy {
namespace {

constexpr std::array kGrave = {
    EventType::ServerDown,        EventType::ServerError,     EventType::FailoverDecided,
    EventType::FailoverTriggered, EventType::FailoverFailed,  EventType::OutageStarted,
    EventType::FailoverHeld,      EventType::DnsDrift,        EventType::CertificateExpiring,
    EventType::TokenShared,       EventType::ChannelDisabled, EventType::ControllerStalled};

log::Level level_of(const EventWord& type) {
    const bool grave = std::ranges::any_of(kGrave, [&](EventType each) { return type == each; });
    return grave ? log::Level::Warning : log::Level::Info;
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
