// GET /metrics in the Prometheus text format, version 0.0.4.
#include <algorithm>
#include <memory>
#include <optional>

#include "controller/api/exposition.h"
#include "controller/api/handlers.h"
#include "controller/api/identity.h"
#include "controller/api/long_answers.h"
#include "controller/api/metrics_fleet.h"

namespace understudy::api {
namespace {

void add_controller(Exposition& out, const Context& api) {
    const ControllerState& state = api.state;
    out.family("build_info", "gauge", "Version of the controller.");
    out.sample("version", api.settings.version, 1);
    out.one("start_time_seconds", "gauge", "Start of the controller since the epoch.",
            epoch_seconds(state.started));
    out.one("store_writable", "gauge", "1 while the store can be written.",
            state.store_writable ? 1 : 0);
    out.one("agents_linked", "gauge", "Agents with an open link.", state.agents_linked);
    out.one("records_behind", "gauge", "Records whose desired content is not confirmed.",
            state.records_behind);
    out.one("notifications_pending", "gauge", "Notifications not delivered yet.",
            state.notifications_pending);
    out.one(
        "notifications_oldest_pending_timestamp_seconds", "gauge",
        "When the oldest notification that is not delivered was made, since the epoch; 0: none.",
        epoch_seconds(state.oldest_pending));
    out.one("notifications_dead", "gauge", "Notifications given up, until they are pruned.",
            state.notifications_dead);
    out.one("engine_steps_total", "counter", "Steps of the engine.", state.steps);
    out.one("commits_total", "counter", "Transactions of the store.", state.commits);
    out.one("provider_calls_total", "counter", "Requests to DNS providers.", state.provider_calls);
    out.one("provider_failures_total", "counter", "Provider requests that failed.",
            state.provider_failures);
    out.one("notifications_delivered_total", "counter", "Notifications delivered.",
            state.notifications_delivered);
    out.one("notifications_failed_total", "counter", "Delivery attempts that failed.",
            state.notifications_failed);
    out.one("notifications_folded_total", "counter",
            "Notifications that waited and were told in a later one about the same server.",
            state.notifications_folded);
}

// A type that has not happened yet is there as well, so that its first time is a rise.
void add_measures(Exposition& out, const Context& api) {
    const Measures& measures = api.state.measures;
    out.histogram("turn_seconds", "How long a turn of the loop took.", measures.turn);
    out.histogram("commit_seconds", "How long a transaction of the store took.", measures.commit);
    out.histogram("failover_detection_seconds", "From a server's loss to the failover's decision.",
                  measures.detection);
    out.histogram("record_confirmation_seconds",
                  "From a decision about a record to the provider's confirmation.",
                  measures.confirmation);
    out.histogram("record_serving_seconds",
                  "From the provider's confirmation until all name servers answer with it.",
                  measures.serving);
    out.family("log_lines_total", "counter", "Lines of the log since the start, by type.");
    auto lines = measures.log_lines;
    for (const char* type : {"failover_decided", "failback_decided", "failover_triggered",
                             "server_recovered", "failover_failed", "failover_held", "dns_drift",
                             "outage_started", "outage_resolved", "server_down", "server_up"})
        lines.try_emplace(type, 0);
    for (const auto& [type, count] : lines)
        out.sample("type", type, count);
    out.family("drills_total", "counter", "Practice switches that ended since the start.");
    auto drills = measures.drills;
    for (const char* result : {"passed", "failed", "aborted"})
        drills.try_emplace(result, 0);
    for (const auto& [result, count] : drills)
        out.sample("result", result, count);
}

void add_probes(Exposition& out, const Context& api) {
    const ControllerState& state = api.state;
    out.family("probes_total", "counter", "Probes of members' services, by what they found.");
    out.sample("result", "serves", state.probes_serving);
    out.sample("result", "dead", state.probes_dead);
    out.sample("result", "nothing", state.probes_nothing);
    out.one("probes_in_flight", "gauge", "Probes that wait for an answer.", state.probes_in_flight);
    out.one("probes_behind_total", "counter", "Probes that began too late to count.",
            state.probes_behind);
    out.family("sibling_probes_total", "counter",
               "What agents of other servers were asked to probe, by what they answered.");
    out.sample("result", "serves", state.siblings_serving);
    out.sample("result", "dead", state.siblings_dead);
    out.sample("result", "nothing", state.siblings_nothing);
    out.sample("result", "unanswered", state.siblings_silent);
}

void add_alive(Exposition& out, const Context& api) {
    const ControllerState& state = api.state;
    if (!state.alive_watched) return;
    out.family("alive_calls_total", "counter", "Calls of alive_url, by what became of them.");
    out.sample("result", "answered", state.alive_answered);
    out.sample("result", "failed", state.alive_failed);
    out.one("alive_last_success_timestamp_seconds", "gauge",
            "When alive_url last answered well, since the epoch; 0: not since the start.",
            epoch_seconds(state.alive_last));
}

// What the listeners saw, and what all share: the operator's guide has a row for each budget.
void add_listeners(Exposition& out, const Context& api) {
    const HubCounters& hub = api.state.hub;
    out.one("agent_connections_total", "counter", "Connections taken on the agents' port.",
            hub.agents_accepted);
    out.family("agent_logins_total", "counter", "Ends of agents' log-ins, by what became of them.");
    out.sample("end", "linked", hub.agents_linked);
    out.sample("end", "wrong_token", hub.refused_token);
    out.sample("end", "no_websocket", hub.refused_upgrade);
    out.sample("end", "crowded", hub.refused_crowded);
    out.sample("end", "slowed", hub.refused_failures);
    out.sample("end", "too_often", hub.refused_logins);
    out.sample("end", "timeout", hub.login_timeouts);
    out.family("agent_links_closed_total", "counter", "Links of agents closed from here, by why.");
    out.sample("why", "protocol_error", hub.protocol_errors);
    out.sample("why", "replaced", hub.replaced);
    out.sample("why", "silent", hub.silent);
    out.one("agent_messages_total", "counter", "Messages from agents.", hub.messages);
    out.one("api_connections_total", "counter", "Connections taken on the API's port.",
            hub.http_connections);
    out.one("api_requests_total", "counter", "Requests handed to the API.", hub.http_requests);
    out.one("api_refused_total", "counter", "Requests refused before the API saw them.",
            hub.http_refused);
    out.one("api_wrong_tokens_total", "counter", "Requests without a token that counts.",
            hub.http_wrong_tokens);
    out.one("api_forbidden_total", "counter", "Requests that their token may not make.",
            hub.http_forbidden);
}

void add_callers(Exposition& out, const Identity& identity) {
    out.one("sessions", "gauge", "Sessions of people who have logged in on the page.",
            identity.sessions());
    out.one("logins_total", "counter", "Log-ins on the page with a token that counts.",
            identity.logins());
    out.family("api_refused_callers_total", "counter",
               "Requests refused for who made them: by a token, a session's cookie, a page that is "
               "not ours, a proxy's header, or a user who may do nothing here.");
    for (const auto& [what, word] : kWordsOf<Forgery>)
        out.sample("what", word, identity.refused(what));
}

void add_budgets(Exposition& out, const Context& api) {
    const auto& budgets = api.state.budgets;
    const auto each = [&](std::string_view name, const char* type, const char* help, auto figure) {
        out.family(name, type, help);
        for (const Budget& budget : budgets)
            out.sample("budget", budget.name, figure(budget));
    };
    each("budget_used", "gauge", "In use now; of one address or server: by whom most is used.",
         [](const Budget& budget) { return budget.used; });
    each("budget_limit", "gauge", "How much there is.",
         [](const Budget& budget) { return budget.limit; });
    each("budget_exceeded_total", "counter", "How often somebody wanted more.",
         [](const Budget& budget) { return static_cast<std::size_t>(budget.exceeded); });
}

void add_tls(Exposition& out, const Context& api) {
    const TlsView* tls = api.state.tls;
    if (tls == nullptr || !tls->certificate) return;
    out.one("certificate_not_after_timestamp_seconds", "gauge",
            "End of the controller's own certificate since the epoch.",
            epoch_seconds(tls->certificate->not_after));
    out.one("tls_handshakes_failed_total", "counter",
            "TLS handshakes of agents and clients that failed.", tls->failures.count);
}

// What is said of the controller itself, and what all share, tells of others.
std::string own_metrics(const Context& api, FleetCount& count, Instant now) {
    Exposition out;
    out.family("build_info", "gauge", "Version of the controller.");
    out.sample("version", api.settings.version, 1);
    add_fleet(out, api, count, now);
    add_providers(out, api);
    add_credentials(out, api);
    return out.take();
}

ApiResponse exposed(std::string text) {
    return ApiResponse{200, "text/plain; version=0.0.4; charset=utf-8", {}, std::move(text)};
}

}  // namespace

void get_metrics(const Call& call) {
    const auto slice = [api = &call.api, count = std::make_shared<FleetCount>()](
                           const Moment& at, Work& work) -> std::optional<ApiResponse> {
        if (!count->go_on(api->engine, at.now, work)) return std::nullopt;
        Exposition out;
        if (!api->engine.everything()) return exposed(own_metrics(*api, *count, at.now));
        add_controller(out, *api);
        add_fleet(out, *api, *count, at.now);
        add_providers(out, *api);
        add_measures(out, *api);
        add_probes(out, *api);
        add_alive(out, *api);
        add_listeners(out, *api);
        add_callers(out, api->identity);
        add_budgets(out, *api);
        add_tls(out, *api);
        add_credentials(out, *api);
        return exposed(out.take());
    };
    call.api.longer.begin_first(call, slice);
}

}  // namespace understudy::api
