#include "controller/api/handlers.h"
#include "controller/api/plain_order.h"
#include "controller/api/router.h"

namespace understudy::api {

namespace {

constexpr bool kQuery = true;

struct RouteTable {
    using enum Access;
    using enum About;
    static constexpr Route kRoutes[] = {
        {"GET", "/", Open, Own, show_page},
        {"GET", "/ui/{version}/{file}", Open, Own, show_page_file},
        {"GET", "/api/v1/openapi.json", Open, Own, show_openapi},
        {"GET", "/healthz", Open, Own, get_healthz},
        {"GET", "/readyz", Open, Own, get_readyz},
        {"GET", "/metrics", Loopback, Own, get_metrics},
        {"POST", "/api/v1/session", LogIn, Own, log_in, false, kLoginLimitBytes},
        {"GET", "/api/v1/session", Guest, Own, show_session},
        {"DELETE", "/api/v1/session", Guest, Own, log_out},
        {"GET", "/api/v1/status-page", Guest, Own, show_status_page},
        {"GET", "/api/v1/status", Viewer, Own, get_status},
        {"GET", "/api/v1/servers", Viewer, Own, list_servers, kQuery},
        {"POST", "/api/v1/servers", Admin, All, add_server},
        {"GET", "/api/v1/servers/{server}", Viewer, Own, show<ServerId, the_server>},
        {"PATCH", "/api/v1/servers/{server}", Admin, Own, edit_server},
        {"DELETE", "/api/v1/servers/{server}", Admin, Own, order<RemoveServer, nothing>},
        {"POST", "/api/v1/servers/{server}/rotate-token", Admin, Own, rotate_token},
        {"PUT", "/api/v1/servers/{server}/maintenance", Operator, Own,
         order<StartMaintenance, the_server>},
        {"DELETE", "/api/v1/servers/{server}/maintenance", Operator, Own,
         order<EndMaintenance, nothing>},
        {"GET", "/api/v1/pools", Viewer, Own, list_pools, kQuery},
        {"POST", "/api/v1/pools", Admin, All, add_pool},
        {"GET", "/api/v1/pools/{pool}", Viewer, Own, show<PoolId, the_pool>},
        {"DELETE", "/api/v1/pools/{pool}", Admin, Own, order<RemovePool, nothing>},
        {"PUT", "/api/v1/pools/{pool}/members", Admin, Own, order<SetMembers, the_pool>},
        {"PATCH", "/api/v1/pools/{pool}/policy", Admin, Own, set_policy},
        {"POST", "/api/v1/pools/{pool}/switchover", Operator, Own,
         order<SwitchPool, the_pool, to_given>},
        {"POST", "/api/v1/pools/{pool}/failover", Operator, Own, order<SwitchPool, the_pool>},
        {"POST", "/api/v1/pools/{pool}/failback", Operator, Own, order<FailbackPool, the_pool>},
        {"PUT", "/api/v1/pools/{pool}/hold", Operator, Own, order<HoldPool, the_pool>},
        {"DELETE", "/api/v1/pools/{pool}/hold", Operator, Own, order<ReleasePool, nothing>},
        {"PUT", "/api/v1/pools/{pool}/dry-run", Operator, Own, order<StartDryRun, the_pool>},
        {"DELETE", "/api/v1/pools/{pool}/dry-run", Operator, Own, order<EndDryRun, nothing>},
        {"POST", "/api/v1/pools/{pool}/drill", Operator, Own, order<RunDrill, the_pool>},
        {"POST", "/api/v1/pools/{pool}/drill/end", Operator, Own, order<EndDrill, the_pool>},
        {"GET", "/api/v1/drills", Viewer, Own, list_drills, kQuery},
        {"GET", "/api/v1/drills/{drill}", Viewer, Own, show_drill},
        {"GET", "/api/v1/controls", Viewer, Own, get_controls},
        {"PUT", "/api/v1/controls/pause", Operator, All, order<PauseAll, the_controls>},
        {"DELETE", "/api/v1/controls/pause", Operator, All, order<ResumeAll, nothing>},
        {"PUT", "/api/v1/controls/dry-run", Operator, All, order<StartDryRunOfAll, the_controls>},
        {"DELETE", "/api/v1/controls/dry-run", Operator, All, order<EndDryRunOfAll, nothing>},
        {"POST", "/api/v1/controls/accept-losses", Operator, All,
         order<AcceptLosses, the_controls>},
        {"GET", "/api/v1/domains", Viewer, Own, list_domains, kQuery},
        {"POST", "/api/v1/domains", Admin, All, add_domain},
        {"POST", "/api/v1/domains/move", Admin, Own, move_domains},
        {"GET", "/api/v1/domains/{domain}", Viewer, Own, show<DomainId, the_domain>},
        {"DELETE", "/api/v1/domains/{domain}", Admin, Own, order<RemoveDomain, nothing>},
        {"POST", "/api/v1/domains/{domain}/adopt", Operator, Own, adopt_domain},
        {"POST", "/api/v1/domains/{domain}/enforce", Operator, Own, enforce_domain},
        {"PUT", "/api/v1/domains/{domain}/ignore", Operator, Own, order<IgnoreDomain, the_domain>},
        {"POST", "/api/v1/domains/{domain}/failback", Operator, Own, order<FailbackPool, the_pool>},
        {"GET", "/api/v1/domains/{domain}/explain", Viewer, Own, explain_domain, kQuery},
        {"POST", "/api/v1/rehearse", Viewer, Own, rehearse},
        {"GET", "/api/v1/what-if", Viewer, Own, what_if, kQuery},
        {"POST", "/api/v1/replay", Viewer, Own, replay_policy},
        {"GET", "/api/v1/providers", Viewer, All, list_providers, kQuery},
        {"POST", "/api/v1/providers", Admin, All, add_provider},
        {"GET", "/api/v1/providers/{provider}", Viewer, All, show<ProviderId, the_provider>},
        {"DELETE", "/api/v1/providers/{provider}", Admin, All, order<RemoveProvider, nothing>},
        {"POST", "/api/v1/providers/{provider}/verify", Operator, All, verify_provider},
        {"PUT", "/api/v1/providers/{provider}/credential", Admin, All, replace_credential},
        {"GET", "/api/v1/channels", Viewer, Own, list_channels, kQuery},
        {"POST", "/api/v1/channels", Admin, Own, add_channel},
        {"GET", "/api/v1/channels/{channel}", Viewer, Own, show<ChannelId, the_channel>},
        {"DELETE", "/api/v1/channels/{channel}", Admin, Own, order<RemoveChannel, nothing>},
        {"POST", "/api/v1/channels/{channel}/test", Operator, Own,
         order<TestChannel, the_test_sent>},
        {"POST", "/api/v1/channels/{channel}/enable", Operator, Own,
         order<EnableChannel, the_channel>},
        {"POST", "/api/v1/channels/{channel}/retry", Operator, Own, retry_channel},
        {"GET", "/api/v1/tokens", Admin, Own, list_tokens, kQuery},
        {"POST", "/api/v1/tokens", Admin, Own, add_token},
        {"GET", "/api/v1/tokens/{token}", Admin, Own, show<TokenId, the_token>},
        {"DELETE", "/api/v1/tokens/{token}", Admin, Own, revoke_token},
        {"GET", "/api/v1/incidents", Viewer, Own, list_incidents, kQuery},
        {"GET", "/api/v1/incidents/{incident}", Viewer, Own, show<IncidentId, the_incident>},
        {"POST", "/api/v1/incidents/{incident}/acknowledge", Operator, Own,
         order<Acknowledge, the_incident>},
        {"GET", "/api/v1/fleet", Viewer, Own, export_fleet},
        {"POST", "/api/v1/fleet", Admin, All, apply_fleet, false, kFleetLimitBytes},
        {"GET", "/api/v1/fleet/reading", Admin, All, show_fleet_reading},
        {"POST", "/api/v1/backups", Admin, All, make_backup},
        {"GET", "/api/v1/backups/{backup}", Admin, All, read_backup, kQuery},
        {"DELETE", "/api/v1/backups/{backup}", Admin, All, remove_backup},
        {"GET", "/api/v1/events", Viewer, Own, list_events, kQuery},
        {"GET", "/api/v1/stream", Viewer, Own, open_stream},
        {"GET", "/api/v1/notifications", Viewer, Own, list_notifications, kQuery},
        {"GET", "/api/v1/notifications/{notification}", Viewer, Own, show_notification},
        {"POST", "/api/v1/notifications/{notification}/retry", Operator, Own, retry_notification},
    };
};

}  // namespace

std::span<const Route> routes() {
    return RouteTable::kRoutes;
}

}  // namespace understudy::api
