#include "controller/api/handlers.h"
#include "controller/api/plain_order.h"
#include "controller/api/router.h"

namespace understudy::api {

namespace {

constexpr bool kQuery = true;

}  // namespace

std::span<const Route> routes() {
    using enum Access;
    static constexpr Route kRoutes[] = {
        {"GET", "/healthz", Open, get_healthz},
        {"GET", "/readyz", Open, get_readyz},
        {"GET", "/metrics", Loopback, get_metrics},
        {"GET", "/api/v1/status", Admin, get_status},
        {"GET", "/api/v1/servers", Admin, list_servers, kQuery},
        {"POST", "/api/v1/servers", Admin, add_server},
        {"GET", "/api/v1/servers/{server}", Admin, show<ServerId, the_server>},
        {"PATCH", "/api/v1/servers/{server}", Admin, edit_server},
        {"DELETE", "/api/v1/servers/{server}", Admin, order<RemoveServer, nothing>},
        {"POST", "/api/v1/servers/{server}/rotate-token", Admin, rotate_token},
        {"PUT", "/api/v1/servers/{server}/maintenance", Admin, order<StartMaintenance, the_server>},
        {"DELETE", "/api/v1/servers/{server}/maintenance", Admin, order<EndMaintenance, nothing>},
        {"GET", "/api/v1/pools", Admin, list_pools, kQuery},
        {"POST", "/api/v1/pools", Admin, add_pool},
        {"GET", "/api/v1/pools/{pool}", Admin, show<PoolId, the_pool>},
        {"DELETE", "/api/v1/pools/{pool}", Admin, order<RemovePool, nothing>},
        {"PUT", "/api/v1/pools/{pool}/members", Admin, order<SetMembers, the_pool>},
        {"PATCH", "/api/v1/pools/{pool}/policy", Admin, set_policy},
        {"POST", "/api/v1/pools/{pool}/switchover", Admin, order<SwitchPool, the_pool, to_given>},
        {"POST", "/api/v1/pools/{pool}/failover", Admin, order<SwitchPool, the_pool>},
        {"POST", "/api/v1/pools/{pool}/failback", Admin, order<FailbackPool, the_pool>},
        {"PUT", "/api/v1/pools/{pool}/hold", Admin, order<HoldPool, the_pool>},
        {"DELETE", "/api/v1/pools/{pool}/hold", Admin, order<ReleasePool, nothing>},
        {"PUT", "/api/v1/pools/{pool}/observe", Admin, order<ObservePool, the_pool>},
        {"DELETE", "/api/v1/pools/{pool}/observe", Admin, order<UnobservePool, nothing>},
        {"GET", "/api/v1/controls", Admin, get_controls},
        {"PUT", "/api/v1/controls/pause", Admin, order<PauseAll, the_controls>},
        {"DELETE", "/api/v1/controls/pause", Admin, order<ResumeAll, nothing>},
        {"PUT", "/api/v1/controls/observe", Admin, order<ObserveAll, the_controls>},
        {"DELETE", "/api/v1/controls/observe", Admin, order<UnobserveAll, nothing>},
        {"POST", "/api/v1/controls/accept-losses", Admin, order<AcceptLosses, the_controls>},
        {"GET", "/api/v1/domains", Admin, list_domains, kQuery},
        {"POST", "/api/v1/domains", Admin, add_domain},
        {"POST", "/api/v1/domains/move", Admin, move_domains},
        {"GET", "/api/v1/domains/{domain}", Admin, show<DomainId, the_domain>},
        {"DELETE", "/api/v1/domains/{domain}", Admin, order<RemoveDomain, nothing>},
        {"POST", "/api/v1/domains/{domain}/adopt", Admin, adopt_domain},
        {"POST", "/api/v1/domains/{domain}/enforce", Admin, enforce_domain},
        {"PUT", "/api/v1/domains/{domain}/ignore", Admin, order<IgnoreDomain, the_domain>},
        {"POST", "/api/v1/domains/{domain}/failback", Admin, order<FailbackPool, the_pool>},
        {"GET", "/api/v1/domains/{domain}/explain", Admin, explain_domain, kQuery},
        {"POST", "/api/v1/rehearse", Admin, rehearse},
        {"GET", "/api/v1/what-if", Admin, what_if, kQuery},
        {"POST", "/api/v1/replay", Admin, replay_policy},
        {"GET", "/api/v1/providers", Admin, list_providers, kQuery},
        {"POST", "/api/v1/providers", Admin, add_provider},
        {"GET", "/api/v1/providers/{provider}", Admin, show<ProviderId, the_provider>},
        {"DELETE", "/api/v1/providers/{provider}", Admin, order<RemoveProvider, nothing>},
        {"POST", "/api/v1/providers/{provider}/verify", Admin, verify_provider},
        {"PUT", "/api/v1/providers/{provider}/credential", Admin, replace_credential},
        {"GET", "/api/v1/channels", Admin, list_channels, kQuery},
        {"POST", "/api/v1/channels", Admin, add_channel},
        {"GET", "/api/v1/channels/{channel}", Admin, show<ChannelId, the_channel>},
        {"DELETE", "/api/v1/channels/{channel}", Admin, order<RemoveChannel, nothing>},
        {"POST", "/api/v1/channels/{channel}/test", Admin, order<TestChannel, the_test_sent>},
        {"POST", "/api/v1/channels/{channel}/enable", Admin, order<EnableChannel, the_channel>},
        {"POST", "/api/v1/channels/{channel}/retry", Admin, retry_channel},
        {"GET", "/api/v1/fleet", Admin, export_fleet},
        {"POST", "/api/v1/fleet", Admin, apply_fleet, false, kFleetLimitBytes},
        {"GET", "/api/v1/fleet/reading", Admin, show_fleet_reading},
        {"GET", "/api/v1/events", Admin, list_events, kQuery},
        {"GET", "/api/v1/notifications", Admin, list_notifications, kQuery},
        {"GET", "/api/v1/notifications/{notification}", Admin, show_notification},
        {"POST", "/api/v1/notifications/{notification}/retry", Admin, retry_notification},
    };
    return kRoutes;
}

}  // namespace understudy::api
