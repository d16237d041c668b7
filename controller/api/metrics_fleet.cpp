#include "controller/api/metrics_fleet.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "controller/api/sealed.h"
#include "controller/core/engine_view.h"

namespace understudy::api {
namespace {

// What observers say of a server together; who is doubted says nothing.
const char* said_of(std::span<const Testimony> testimony, Instant now) {
    const auto says = [&](Verdict verdict) {
        return std::ranges::any_of(testimony, [&](const Testimony& each) {
            return !each.doubted && each.verdict == verdict && each.valid_until > now;
        });
    };
    if (says(Verdict::Serves)) return says(Verdict::Dead) ? "split" : "serves";
    return says(Verdict::Dead) ? "dead" : "nothing";
}

void add_hearsay(Exposition& out, const Context& api, Instant now) {
    std::map<std::string, std::size_t> servers{
        {"serves", 0}, {"dead", 0}, {"split", 0}, {"nothing", 0}};
    Duration lag{0};
    for (const Server* server : api.fleet().servers()) {
        ++servers[said_of(api.engine.testimony_of(server->id), now)];
        const HealthView health = api.engine.health_of(server->id, now);
        if (health.linked) lag = std::max(lag, health.last_seen_ago.value_or(Duration{0}));
    }
    out.family("servers_by_testimony", "gauge",
               "Servers by what observers say of their service, beside their agent.");
    for (const auto& [word, count] : servers)
        out.sample("says", word, count);
    out.family("heartbeat_lag_seconds", "gauge",
               "How long the most silent of the linked agents has not been heard.");
    out.sample(std::chrono::duration<double>(lag).count());
}

}  // namespace

void add_fleet(Exposition& out, const Context& api, FleetCount& through, Instant now) {
    const Census census = through.census.take(api.engine, now);
    out.family("servers", "gauge", "Registered servers by health.");
    for (const auto& [word, count] : census.servers_by_health)
        out.sample("health", word, count);
    out.family("domains", "gauge", "Registered domains by failover status.");
    for (const auto& [word, count] : census.domains_by_status)
        out.sample("status", word, count);
    out.one("pools", "gauge", "Registered pools.", census.pools);
    out.one("pools_failed_over", "gauge", "Pools that do not point at their primary.",
            census.pools_failed_over);
    out.one("pools_in_outage", "gauge", "Pools without a healthy member.", census.pools_in_outage);
    out.family("server_online", "gauge", "1 when the server is online, by name.");
    for (const Server* server : api.fleet().servers()) {
        const bool online = api.engine.health_of(server->id, now).health == Health::Online;
        out.sample("server", server->name, online ? 1 : 0);
    }
    out.family(
        "pool_last_good_drill_timestamp_seconds", "gauge",
        "When a practice switch of the pool last passed, since the epoch, by name; 0: never.");
    for (const Pool* pool : api.fleet().pools())
        out.sample("pool", pool->name, epoch_seconds(pool->last_good_drill));
    add_hearsay(out, api, now);
    const auto each = through.losses.take();
    out.one("servers_without_standby", "gauge",
            "Servers whose loss would leave domains that nobody could take over.",
            static_cast<std::size_t>(std::ranges::count_if(
                each, [](const WhatIfServer& row) { return row.unserved > 0; })));
    out.one("domains_without_standby", "gauge",
            "Domains that no ready stand-by could take over now.", census.domains_without_standby);
    out.family("standbys", "gauge",
               "Members of pools that do not serve, by whether they could take over every domain.");
    for (const auto& [word, number] : census.standbys_by_readiness)
        out.sample("readiness", word, number);
    out.family("records_unserved", "gauge",
               "Records that are confirmed, but not known to be served, by what is known.");
    for (const auto& [word, number] : census.records_unserved)
        out.sample("state", word, number);
    out.one("tokens_shared", "gauge", "Servers whose token two agents use.", census.tokens_shared);
    out.family("address_candidates", "gauge",
               "Servers whose agents report another address, by what becomes of it.");
    for (const auto& [word, number] : census.address_candidates)
        out.sample("state", word, number);
    out.one("automation_held", "gauge", "1 while a guard holds automatic decisions.",
            census.restraints.empty() ? 0 : 1);
}

void add_providers(Exposition& out, const Context& api) {
    const auto accounts = api.fleet().providers();
    const auto each = [&](const char* name, const char* help, auto figure) {
        out.family(name, "gauge", help);
        for (const ProviderAccount* account : accounts) {
            const auto means = api.desk.means_of(account->id);
            const std::optional<int> number = means ? figure(*means) : std::nullopt;
            if (number) out.sample("provider", account->name, static_cast<std::size_t>(*number));
        }
    };
    each("provider_calls_left",
         "Calls that the account has left in the present window, for failovers; only where a "
         "limit is known.",
         [](const AccountMeans& means) { return means.calls_free; });
    each("provider_calls_limit",
         "Calls that the provider allows the account in a window; only where that is known.",
         [](const AccountMeans& means) {
             const int limit = means.can.calls_per_window;
             return limit > 0 ? std::optional{limit} : std::nullopt;
         });
    out.family("provider_errors_total", "counter",
               "Conversations with the provider in which something went wrong, by account and by "
               "what follows: a person must act (rejected), it is to be left alone for a while "
               "(throttled), it is tried again (transient).");
    for (const ProviderAccount* account : accounts) {
        const ProviderErrors errors = api.state.errors_of(account->id);
        out.sample({{"provider", account->name}, {"kind", "rejected"}}, errors.rejected);
        out.sample({{"provider", account->name}, {"kind", "throttled"}}, errors.throttled);
        out.sample({{"provider", account->name}, {"kind", "transient"}}, errors.transient);
    }
}

void add_credentials(Exposition& out, const Context& api) {
    const Sealer& sealer = api.sealer;
    out.family("provider_credential_readable", "gauge",
               "1 when the provider's credential can be opened with the key in use, by name.");
    for (const ProviderAccount* each : api.fleet().providers())
        out.sample("provider", each->name, sealed_problem(sealer, *each).empty() ? 1 : 0);
    out.family("channel_credential_readable", "gauge",
               "1 when the channel's secret settings can be opened with the key in use, by name.");
    for (const Channel* each : api.fleet().channels())
        out.sample("channel", each->name, sealed_problem(sealer, *each).empty() ? 1 : 0);
}

}  // namespace understudy::api
