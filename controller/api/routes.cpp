#include "controller/api/handlers.h"
#include "controller/api/router.h"

namespace understudy::api {

std::span<const Route> routes() {
    using enum Access;
    static constexpr Route kRoutes[] = {
        {"GET", "/healthz", Open, get_healthz},
        {"GET", "/readyz", Open, get_readyz},
        {"GET", "/metrics", Loopback, get_metrics},
        {"GET", "/api/v1/status", Admin, get_status},
        {"GET", "/api/v1/servers", Admin, list_servers},
        {"POST", "/api/v1/servers", Admin, add_server},
        {"GET", "/api/v1/servers/{server}", Admin, show_server},
        {"DELETE", "/api/v1/servers/{server}", Admin, remove_server},
        {"POST", "/api/v1/servers/{server}/rotate-token", Admin, rotate_token},
        {"GET", "/api/v1/pools", Admin, list_pools},
        {"GET", "/api/v1/pools/{pool}", Admin, show_pool},
        {"POST", "/api/v1/pools/{pool}/failback", Admin, failback_pool},
        {"GET", "/api/v1/domains", Admin, list_domains},
        {"POST", "/api/v1/domains", Admin, add_domain},
        {"GET", "/api/v1/domains/{domain}", Admin, show_domain},
        {"DELETE", "/api/v1/domains/{domain}", Admin, remove_domain},
        {"POST", "/api/v1/domains/{domain}/adopt", Admin, adopt_domain},
        {"POST", "/api/v1/domains/{domain}/enforce", Admin, enforce_domain},
        {"POST", "/api/v1/domains/{domain}/failback", Admin, failback_domain},
        {"GET", "/api/v1/providers", Admin, list_providers},
        {"POST", "/api/v1/providers", Admin, add_provider},
        {"GET", "/api/v1/providers/{provider}", Admin, show_provider},
        {"DELETE", "/api/v1/providers/{provider}", Admin, remove_provider},
        {"POST", "/api/v1/providers/{provider}/verify", Admin, verify_provider},
        {"PUT", "/api/v1/providers/{provider}/credential", Admin, replace_credential},
        {"GET", "/api/v1/channels", Admin, list_channels},
        {"POST", "/api/v1/channels", Admin, add_channel},
        {"GET", "/api/v1/channels/{channel}", Admin, show_channel},
        {"DELETE", "/api/v1/channels/{channel}", Admin, remove_channel},
        {"POST", "/api/v1/channels/{channel}/test", Admin, test_channel},
        {"POST", "/api/v1/channels/{channel}/enable", Admin, enable_channel},
        {"POST", "/api/v1/channels/{channel}/retry", Admin, retry_channel},
        {"GET", "/api/v1/events", Admin, list_events},
        {"GET", "/api/v1/notifications", Admin, list_notifications},
        {"GET", "/api/v1/notifications/{notification}", Admin, show_notification},
        {"POST", "/api/v1/notifications/{notification}/retry", Admin, retry_notification},
    };
    return kRoutes;
}

}  // namespace understudy::api
