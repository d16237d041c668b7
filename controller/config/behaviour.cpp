// When it acts, what new pools do, what it looks at and what it writes down.
#include "base/policy_fields.h"
#include "controller/config/sections.h"

namespace understudy::config {

void read_timings(Reading& reading) {
    const auto timings = reading.root()["timings"];
    auto& engine = reading.config().timings;
    set_seconds(timings, "maintenance_interval_s", engine.maintenance_interval);
    set_seconds(timings, "warm_up_s", engine.warm_up);
    set_seconds(timings, "restart_grace_s", engine.restart_grace);
    set_seconds(timings, "stall_grace_s", engine.stall_grace);
    set_seconds(timings, "digest_wait_s", engine.digest_wait);
    set_seconds(timings, "heartbeat_interval_s", reading.config().heartbeat_interval);
    engine.guards.mass_loss_spread = reading.config().heartbeat_interval * 3 / 2;
    set_seconds(timings, "stall_limit_s", reading.config().stall_limit);
    set_seconds(timings, "stop_s", reading.config().stop_patience);
    set_count(reading.root(), "refusals_before_alarm", engine.refusals_before_alarm);
}

void read_policy(Reading& reading) {
    Problems problems;
    Policy& policy = reading.config().policy;
    policy = read_policy(Fields{reading.root()["policy"], "policy", problems}, policy,
                         reading.config().allow_private_addresses);
    // It would be refused of every pool that is filled up from it.
    if (const auto sound = check_policy(policy); problems.empty() && !sound)
        problems.push_back(sound.error());
    for (const Error& each : problems)
        reading.fail(each.field, each.message, each.remedy);
}

void read_certificates(Reading& reading) {
    const auto section = reading.root()["certificates"];
    auto& limits = reading.config().certificates;
    set_flag(section, "enabled", limits.enabled);
    set_port(section, "port", limits.port);
    set_seconds(section, "interval_s", limits.interval);
    set_seconds(section, "first_within_s", limits.first_spread);
    set_count(section, "warn_days", reading.config().timings.certificate_warn_days);
}

void read_probes(Reading& reading) {
    const auto section = reading.root()["probes"];
    set_flag(section, "enabled", reading.config().probes.enabled);
    set_count(section, "in_flight", reading.config().probes.in_flight);
    set_flag(section, "siblings", reading.config().probes.siblings);
    auto& readiness = reading.config().probes.readiness;
    set_flag(section, "readiness", readiness.enabled);
    set_seconds(section, "readiness_interval_s", readiness.interval);
    set_count(section, "readiness_per_s", readiness.per_second);
}

void read_log(Reading& reading) {
    const auto section = reading.root()["log"];
    const auto level = section["level"].string().value_or("info");
    reading.config().log.level = from_text<log::Level>(level).value_or(log::Level::Info);
    const bool json = section["format"].string().value_or("key_value") == "json";
    reading.config().log.format = json ? log::Format::Json : log::Format::KeyValue;
}

}  // namespace understudy::config
