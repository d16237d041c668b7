#include "controller/hub/hub.h"

#include <sys/resource.h>

#include <algorithm>
#include <iterator>

#include "base/log.h"
#include "controller/hub/agent_listener.h"
#include "controller/hub/http_listener.h"

namespace understudy {
namespace {

constexpr std::size_t kDescriptorsForOthers = 256;  // the store, outbound, listeners, logs

std::size_t descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<std::size_t>(limit.rlim_cur);
}

// Nobody can take so many that the store or a provider call finds none.
PlaceLimits api_places(PlaceLimits places) {
    places.total = std::min(places.total, std::max<std::size_t>(descriptor_limit() / 8, 4));
    places.per_address = std::min(places.per_address, std::max<std::size_t>(places.total / 2, 2));
    return places;
}

std::size_t agents_limit(const HubOptions& options) {
    if (options.agents_limit != 0) return options.agents_limit;
    const std::size_t reserved = kDescriptorsForOthers + api_places(options.http.places).total;
    const std::size_t all = descriptor_limit();
    return all > 2 * reserved ? all - reserved : all / 4;
}

Result<Done> check_tls(const HubOptions& options) {
    if (options.tls) {
        const auto checked = Tls{*options.tls}.check();
        if (!checked) return checked.error();
        return Done{};
    }
    if (!options.plain_agents || !options.plain_api) {
        return invalid(
            "tls", "no certificate is configured",
            "name tls.certificate and tls.key, or allow plain text where a proxy does TLS");
    }
    return Done{};
}

}  // namespace

struct Hub::Impl {
    explicit Impl(const HubOptions& options) : tls(options.tls.value_or(TlsFiles{})) {}

    // Sockets report to their listeners to the last, so the loop closes while those still live.
    ~Impl() {
        if (agents) agents->abandon();
        if (http) http->abandon();
        if (loop) loop->close();
    }

    Tls tls;
    Arrivals arrivals;
    std::unique_ptr<Loop> loop;
    std::unique_ptr<AgentListener> agents;
    std::unique_ptr<HttpListener> http;
    std::string local_path;

    Result<Done> open_locally(const std::optional<LocalSocket>& local);
};

// At a place that nobody named it is there when it can be.
Result<Done> Hub::Impl::open_locally(const std::optional<LocalSocket>& local) {
    if (!local || (!local->wanted && !folder_is_ours(local->path))) return Done{};
    Result<Done> opened = http->open_locally(*loop, *local);
    if (opened) {
        local_path = local->path;
    } else if (!local->wanted) {
        log::warning("hub", "no socket for this machine's administrators",
                     {{"error", opened.error().text()}});
        return Done{};
    }
    return opened;
}

Hub::Hub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Hub::~Hub() = default;

Result<std::unique_ptr<Hub>> Hub::open(const HubOptions& options, const AgentDirectory& directory,
                                       const HttpGate& gate) {
    Result<Done> tls = check_tls(options);
    if (!tls) return tls.error();
    auto impl = std::make_unique<Impl>(options);
    LoopOptions loop_options;
    loop_options.tls = options.tls.has_value();
    loop_options.catch_signals = options.catch_signals;
    loop_options.logins_limit = static_cast<int>(options.admission.places.total);
    Result<std::unique_ptr<Loop>> loop = Loop::make(loop_options);
    if (!loop) return loop.error();
    impl->loop = std::move(*loop);

    AgentListener::Options agent_options;
    agent_options.terms = {options.heartbeat_interval, options.controller};
    agent_options.login_time = options.login_time;
    agent_options.admission = options.admission;
    agent_options.agents_limit = agents_limit(options);
    impl->agents = std::make_unique<AgentListener>(
        agent_options, directory,
        AgentArrivals{impl->arrivals.inputs, impl->arrivals.probed, impl->arrivals.enrolments});
    Tls* agents_tls = options.tls && !options.plain_agents ? &impl->tls : nullptr;
    Result<Done> opened = impl->agents->open(*impl->loop, agents_tls, options.agents);
    if (!opened) return opened.error();

    HttpLimits http_limits = options.http;
    http_limits.places = api_places(http_limits.places);
    impl->http = std::make_unique<HttpListener>(http_limits, options.headers, gate, impl->arrivals);
    Tls* api_tls = options.tls && !options.plain_api ? &impl->tls : nullptr;
    opened = impl->http->open(*impl->loop, api_tls, options.api);
    if (!opened) return opened.error();
    opened = impl->open_locally(options.local);
    if (!opened) return opened.error();
    return std::unique_ptr<Hub>{new Hub{std::move(impl)}};
}

void Hub::run_once(Instant until) {
    // Answering a request may have uncovered the next one of the same client: no time to wait.
    if (!impl_->arrivals.requests.empty()) until = BootClock::now();
    impl_->loop->run_once(
        std::min({until, impl_->agents->next_deadline(), impl_->http->next_deadline()}));
    const Instant now = BootClock::now();
    impl_->agents->tick(now);
    impl_->http->tick(now);
}

void Hub::wake() {
    impl_->loop->wake();
}
Arrivals Hub::take_arrivals() {
    return std::exchange(impl_->arrivals, Arrivals{});
}
LoopSignals Hub::take_signals() {
    return impl_->loop->take_signals();
}

void Hub::respond(HttpRequestId request, const ApiResponse& response) {
    impl_->http->respond(request, response);
}
void Hub::stream(HttpRequestId request, std::string_view bytes) {
    impl_->http->stream(request, bytes);
}
void Hub::end_stream(HttpRequestId request) {
    impl_->http->end_stream(request);
}

bool Hub::can_probe(ServerId server, bool proxied) const {
    return impl_->agents->can_probe(server, proxied);
}
bool Hub::probe(ServerId server, const wire::Probe& probe) {
    return impl_->agents->probe(server, probe);
}

void Hub::answer_enrolment(std::uint64_t id, const Result<std::string>& server) {
    impl_->agents->answer_enrolment(id, server);
}
void Hub::close_agent(ServerId server, std::uint16_t code, std::string_view why) {
    impl_->agents->close_agent(server, code, why);
}

void Hub::set_heartbeat(Duration interval) {
    impl_->agents->set_heartbeat(interval);
}
Result<Done> Hub::reload_certificate(WallTime now) {
    return impl_->tls.reload(now);
}
const TlsView& Hub::tls() const {
    return impl_->tls.view();
}

std::vector<ListenAddress> Hub::agent_addresses() const {
    return impl_->agents->bound();
}
std::vector<ListenAddress> Hub::api_addresses() const {
    return impl_->http->bound();
}
const std::string& Hub::local_path() const {
    return impl_->local_path;
}
std::size_t Hub::agents_linked() const {
    return impl_->agents->linked();
}

HubCounters Hub::counters() const {
    HubCounters counters = impl_->agents->counters();
    impl_->http->add_to(counters);
    return counters;
}

std::vector<Budget> Hub::budgets() const {
    const Instant now = BootClock::now();
    std::vector<Budget> budgets = impl_->agents->budgets(now);
    std::ranges::move(impl_->http->budgets(now), std::back_inserter(budgets));
    return budgets;
}

void Hub::begin_stop() {
    impl_->agents->begin_stop();
    impl_->http->begin_stop();
}

bool Hub::stopped() const {
    return impl_->agents->stopped() && impl_->http->stopped();
}

}  // namespace understudy
