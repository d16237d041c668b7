#include "controller/reload.h"

#include <tuple>

#include "base/text.h"

namespace understudy {
namespace {

bool same(const std::vector<ListenAddress>& one, const std::vector<ListenAddress>& other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](const ListenAddress& a, const ListenAddress& b) {
                          return a.address == b.address && a.port == b.port;
                      });
}

bool same(const std::optional<LocalSocket>& one, const std::optional<LocalSocket>& other) {
    if (!one || !other) return one.has_value() == other.has_value();
    return std::tie(one->path, one->gids) == std::tie(other->path, other->gids);
}

auto values(const EngineTimings& t) {
    return std::tie(t.maintenance_interval, t.warm_up, t.restart_grace, t.stall_grace,
                    t.digest_wait, t.refusals_before_alarm, t.certificate_warn_days);
}

auto values(const GuardLimits& g) {
    return std::tie(g.mass_loss_percent, g.mass_loss_servers, g.mass_loss_window, g.witness_retry,
                    g.changes_per_record, g.changes_per_pool, g.changes_per_provider,
                    g.change_window, g.brake_percent, g.brake_domains);
}

auto values(const CertificateLimits& c) {
    return std::tie(c.enabled, c.port, c.interval, c.first_spread);
}

auto values(const ServedLimits& s) {
    return std::tie(s.enabled, s.resolver, s.resolver_port, s.port, s.bound, s.in_flight);
}

auto values_of_store(const ControllerConfig& c) {
    return std::tie(c.store_path, c.key_file, c.retention.log, c.retention.delivered);
}

auto values_of_permissions(const ControllerConfig& c) {
    return std::tie(c.allow_private_addresses, c.allow_private_webhooks, c.extra_ca_file);
}

void reload_certificate(Hub& hub) {
    const auto done = hub.reload_certificate(wall_now());
    if (done) return log_certificate(hub);
    log::error("main", "certificate not reloaded, the one in use stays",
               {{"error", done.error().text()}});
}

}  // namespace

void log_certificate(const Hub& hub) {
    const auto& own = hub.tls().certificate;
    if (!own) return;
    log::info("main", "certificate in use",
              {{"names", names_of(*own)}, {"not_after", to_rfc3339(own->not_after)}});
}

std::string needs_restart(const ControllerConfig& running, const ControllerConfig& wanted) {
    std::string sections;
    const auto note = [&sections](bool changed, const char* section) {
        if (changed) add_item(sections, section);
    };
    note(!same(running.agents, wanted.agents) || !same(running.api, wanted.api) ||
             !same(running.local, wanted.local),
         "listen");
    note(running.tls != wanted.tls, "tls");
    note(running.web != wanted.web, "access");
    note(values_of_store(running) != values_of_store(wanted), "store, key_file");
    note(values(running.timings) != values(wanted.timings) ||
             running.stall_limit != wanted.stall_limit,
         "timings");
    note(running.policy != wanted.policy, "policy");
    note(values(running.timings.guards) != values(wanted.timings.guards) ||
             running.witnesses != wanted.witnesses,
         "guards");
    note(values(running.certificates) != values(wanted.certificates), "certificates");
    note(values(running.served) != values(wanted.served), "served");
    note(values_of_permissions(running) != values_of_permissions(wanted),
         "allow_private_addresses, allow_private_webhooks, extra_ca_file");
    note(running.programs != wanted.programs, "programs");
    note(running.timings.public_url != wanted.timings.public_url, "public_url");
    note(running.mail.has_value() != wanted.mail.has_value(), "smtp (for new e-mail channels)");
    return sections;
}

void reload(ControllerConfig& config, const std::string& file, Hub& hub, SealedDrivers& drivers,
            AliveCalls& alive) {
    auto reading = read_controller_config_file(file);
    for (const auto& error : reading.errors) {
        log::error("main", "configuration not reloaded", {{"file", file}, {"error", error.text()}});
    }
    if (!reading.config) return;
    log_warnings(file, reading.warnings);
    ControllerConfig& wanted = *reading.config;
    const auto restart = needs_restart(config, wanted);

    log::configure(wanted.log.level, wanted.log.format);
    hub.set_heartbeat(wanted.heartbeat_interval);
    drivers.set_mail(wanted.mail);
    alive.set_url(wanted.alive_url);
    config.log = wanted.log;
    config.heartbeat_interval = wanted.heartbeat_interval;
    config.alive_url = wanted.alive_url;
    config.alive_url_file = wanted.alive_url_file;
    config.stop_patience = wanted.stop_patience;
    // Whether there is mail at all the API learned at the start, so `mail` stays comparable with
    // that.
    if (config.mail && wanted.mail) config.mail = wanted.mail;
    if (config.tls) reload_certificate(hub);
    log::info("main", "configuration reloaded", {{"file", file}});
    if (!restart.empty()) {
        log::warning("main", "some changes count only after a restart", {{"sections", restart}});
    }
}

}  // namespace understudy
