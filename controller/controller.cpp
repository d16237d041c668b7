#include "controller/controller.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "base/crypto.h"
#include "base/service_notify.h"
#include "controller/admin_token.h"
#include "controller/api/sealed.h"
#include "controller/reload.h"
#include "controller/runtime/archive_reader.h"
#include "controller/runtime/dispatch/sealed_drivers.h"
#include "controller/runtime/fleet_directory.h"
#include "controller/runtime/outbound/outbound_lines.h"
#include "controller/runtime/turn.h"
#include "controller/store/sqlite_store.h"
#include "controller/version.h"
#include "schema/wire.h"

namespace understudy {
namespace {

const std::string kProgram = std::string{"understudy-controller "} + kControllerVersion;

class HubPort final : public TurnHub, public SiblingLinks {
  public:
    HubPort(Hub& hub, ArchiveReader& reader, const Api& api)
        : hub_(hub), reader_(reader), api_(api) {}
    Arrivals take_arrivals() override { return hub_.take_arrivals(); }
    void revoke(ServerId server) override {
        hub_.close_agent(server, wire::kCloseTokenRevoked, "the token no longer counts");
    }
    void answer_enrolment(std::uint64_t id, const Result<std::string>& server) override {
        hub_.answer_enrolment(id, server);
    }
    bool can_probe(ServerId server, bool proxied) const override {
        return hub_.can_probe(server, proxied);
    }
    bool probe(ServerId server, const wire::Probe& probe) override {
        return hub_.probe(server, probe);
    }
    std::size_t agents_linked() const override { return hub_.agents_linked(); }
    HubCounters counters() const override { return hub_.counters(); }
    std::vector<Budget> budgets() const override {
        auto budgets = hub_.budgets();
        std::ranges::move(reader_.budgets(), std::back_inserter(budgets));
        std::ranges::move(api_.budgets(), std::back_inserter(budgets));
        return budgets;
    }

  private:
    Hub& hub_;
    ArchiveReader& reader_;
    const Api& api_;
};

HubOptions hub_options(const ControllerConfig& config) {
    HubOptions options;
    options.agents = config.agents;
    options.api = config.api;
    options.local = config.local;
    options.headers = headers_read_by_api(config.web);
    options.tls = config.tls;
    options.plain_agents = options.plain_api = !config.tls.has_value();
    options.controller = kProgram;
    options.heartbeat_interval = config.heartbeat_interval;
    return options;
}

// By which agents connect: a name that our certificate is for. Empty: who ends TLS for us knows.
std::string agents_url(const ControllerConfig& config, const Hub& hub) {
    if (!config.tls || !hub.tls().certificate) return {};
    std::vector<std::string> names = config.tls->names;
    std::ranges::copy(hub.tls().certificate->names, std::back_inserter(names));
    const auto plain = std::ranges::find_if(names, [](const std::string& name) {
        return !name.starts_with('*') && !parse_ipv4(name) && !parse_ipv6(name);
    });
    if (plain == names.end()) return {};
    return "wss://" + *plain + ":" + std::to_string(hub.agent_addresses().front().port);
}

OutboundSettings outbound_settings(const ControllerConfig& config) {
    OutboundSettings settings;
    settings.extra_ca_file = config.extra_ca_file;
    settings.user_agent = std::string{"understudy/"} + kControllerVersion;
    return settings;
}

DispatcherLimits dispatcher_limits(const ControllerConfig& config) {
    DispatcherLimits limits;
    limits.certificates = config.certificates;
    limits.certificates.swept = config.probes.enabled && config.probes.readiness.enabled;
    limits.served = config.served;
    limits.served.allow_private_addresses = config.allow_private_addresses;
    limits.witnesses = config.witnesses;
    return limits;
}

Result<ApiSettings> api_settings(const ControllerConfig& config, Store& store) {
    auto instance = store.instance();
    if (!instance) return instance.error();
    ApiSettings settings;
    settings.instance = std::move(*instance);
    settings.allow_private_addresses = config.allow_private_addresses;
    settings.allow_private_webhooks = config.allow_private_webhooks;
    settings.mail_configured = config.mail.has_value();
    settings.programs = config.programs;
    settings.default_policy = config.policy;
    settings.version = kControllerVersion;
    settings.web = config.web;
    return settings;
}

TurnSettings turn_settings(const ControllerConfig& config, const ServiceNotify& notify) {
    TurnSettings settings;
    settings.stall_limit = config.stall_limit;
    settings.tick = std::min(settings.tick, notify.watchdog_interval());
    return settings;
}

// A seed nobody can guess keeps retries of several controllers apart.
Random seeded_random() {
    std::uint64_t seed = 0;
    for (const char byte : random_bytes(sizeof seed)) {
        seed = (seed << 8) | static_cast<unsigned char>(byte);
    }
    return Random{seed};
}

bool anything_sealed(const Snapshot& saved) {
    return std::ranges::any_of(saved.providers,
                               [](const auto& each) { return !each.sealed_credential.empty(); }) ||
           std::ranges::any_of(saved.channels,
                               [](const auto& each) { return !each.sealed_settings.empty(); });
}

// Nothing is refused for it: a new key is how a lost one is replaced, credential by credential.
void log_unreadable(const Fleet& fleet, const Sealer& sealer) {
    for (const api::Unreadable& each : api::unreadable(fleet, sealer)) {
        log::error("main", std::string{each.kind} + " '" + each.name + "' does not work",
                   {{"problem", each.problem}});
    }
}

}  // namespace

// Members in the order of their dependencies: each is gone before what it uses.
struct Controller::Impl {
    Impl(ControllerConfig c, std::string file, Sealer s, std::unique_ptr<SqliteStore> opened,
         Snapshot saved)
        : config(std::move(c)),
          config_file(std::move(file)),
          notify(ServiceNotify::from_environment()),
          sealer(std::move(s)),
          store(std::move(opened)),
          engine(config.timings, config.policy, std::move(saved), BootClock::now(), wall_now()),
          directory(engine.fleet()),
          answers([this] { hub->wake(); }),
          probe_answers([this] { hub->wake(); }),
          plan(engine.fleet()),
          drivers(sealer, config.mail, config.allow_private_webhooks, config.programs) {}

    Result<Done> open();
    void open_probes();
    Result<Instant> turn_once();
    Result<Done> wind_down();

    ControllerConfig config;
    std::string config_file;
    ServiceNotify notify;
    Sealer sealer;
    std::unique_ptr<SqliteStore> store;
    Engine engine;
    FleetDirectory directory;
    ControllerState state;
    Desk desk;
    std::unique_ptr<Api> api;
    std::unique_ptr<Hub> hub;
    std::unique_ptr<ArchiveReader> reader;
    Mailbox<TransferDone> answers;
    std::unique_ptr<OutboundLines> outbound;
    Mailbox<TransferDone> probe_answers;
    std::unique_ptr<OutboundWorker> prober;  // and what it serves; none: probing is off
    CurrentPlan plan;
    std::unique_ptr<Probes> probes;
    SealedDrivers drivers;
    std::unique_ptr<HubPort> port;
    std::unique_ptr<Siblings> siblings;
    std::unique_ptr<Dispatcher> dispatcher;
    std::unique_ptr<AliveCalls> alive;
    std::unique_ptr<Turn> turn;
    Instant watchdog_at{};
};

Result<Done> Controller::Impl::open() {
    const auto settings = api_settings(config, *store);
    if (!settings) return settings.error();
    auto for_looks = store->open_archive();
    if (!for_looks) return for_looks.error();
    auto for_plays = store->open_archive();
    if (!for_plays) return for_plays.error();
    reader = std::make_unique<ArchiveReader>(std::move(*for_looks), std::move(*for_plays),
                                             [this] { hub->wake(); });
    api = std::make_unique<Api>(engine, *reader, desk, sealer, state, *settings);
    auto opened = Hub::open(hub_options(config), directory, *api);
    if (!opened) return opened.error();
    hub = std::move(*opened);
    api->set_outlet(
        [this](HttpRequestId viewer, std::string_view bytes) { hub->stream(viewer, bytes); },
        [this](HttpRequestId viewer) { hub->end_stream(viewer); });
    port = std::make_unique<HubPort>(*hub, *reader, *api);
    outbound = std::make_unique<OutboundLines>(outbound_settings(config), answers);
    dispatcher = std::make_unique<Dispatcher>(*store, settings->instance, engine.fleet(), drivers,
                                              outbound->outlets(), seeded_random(),
                                              dispatcher_limits(config));
    alive = std::make_unique<AliveCalls>(outbound->outlets().notifications, config.alive_url);
    if (config.probes.enabled) open_probes();
    if (config.probes.siblings)
        siblings = std::make_unique<Siblings>(plan, engine.fleet(), *port, seeded_random());
    desk.set_forecast([this](ProviderId provider, int calls) {
        return dispatcher->wait_for_calls(provider, calls, BootClock::now());
    });
    desk.set_means(
        [this](ProviderId provider) { return dispatcher->means_of(provider, BootClock::now()); });
    state.started = wall_now();
    state.begun = BootClock::now();
    state.tls = &hub->tls();
    state.provider_errors = &dispatcher->provider_errors();
    state.agents_url = agents_url(config, *hub);
    TurnParts parts{*store,
                    engine,
                    *dispatcher,
                    *port,
                    desk,
                    answers,
                    state,
                    [this](const ApiRequest& request, Instant now, WallTime wall) {
                        api->handle(request, now, wall,
                                    [this, id = request.id](const ApiResponse& answer) {
                                        hub->respond(id, answer);
                                    });
                    },
                    [](Duration pause) { std::this_thread::sleep_for(pause); },
                    [this](Instant now) {
                        reader->carry_on();
                        return api->time_passed(now);
                    },
                    [this](HttpRequestId client) {
                        reader->give_up(client);
                        api->give_up(client);
                    },
                    probes || siblings ? &plan : nullptr,
                    probes.get(),
                    siblings.get(),
                    alive.get(),
                    api.get()};
    turn = std::make_unique<Turn>(std::move(parts), turn_settings(config, notify));
    return Done{};
}

void Controller::Impl::open_probes() {
    OutboundSettings settings = outbound_settings(config);
    settings.user_agent = std::string{"understudy-probe/"} + kControllerVersion;
    prober = std::make_unique<OutboundWorker>(settings, probe_answers);
    config.probes.readiness.certificates = config.certificates.enabled;
    probes = std::make_unique<Probes>(plan, engine.fleet(), *prober, probe_answers, seeded_random(),
                                      config.probes);
    desk.set_findings([this](ServerId server) { return probes->found_over_ipv6(server); });
}

Result<Instant> Controller::Impl::turn_once() {
    const Instant now = BootClock::now();
    auto until = turn->run(now, wall_now());
    // Fed by turns that ended well, so that a loop that hangs is restarted.
    if (until && now >= watchdog_at && notify.watchdog_interval() != ServiceNotify::kNoWatchdog) {
        notify.watchdog();
        watchdog_at = now + notify.watchdog_interval() / 2;
    }
    return until;
}

// Agents are told to come back, answers under way are given, what is outside may come home; all
// within the patience for stopping. What does not make it is in the store.
Result<Done> Controller::Impl::wind_down() {
    notify.stopping();
    log::info("main", "stopping");
    const Instant deadline = BootClock::now() + config.stop_patience;
    alive->set_url({});
    hub->begin_stop();
    Instant until{};  // an answer under way wants its next turn at once
    while (!hub->stopped() && BootClock::now() < deadline) {
        hub->run_once(std::min({deadline, until, BootClock::now() + Duration{50}}));
        const auto turned = turn->run(BootClock::now(), wall_now());
        if (!turned) return turned.error();
        until = *turned;
    }
    reader->stop();                         // who is still read for has had the same patience
    if (prober) prober->stop(Duration{0});  // nobody waits for what it finds
    const Duration left = std::max(Duration{0}, deadline - BootClock::now());
    if (!outbound->stop(left))
        log::warning("main", "some requests were cut off; they are repeated");
    const auto turned = turn->run(BootClock::now(), wall_now());
    if (!turned) return turned.error();
    log::info("main", "stopped");
    return Done{};
}

// The rules of time zones as the system has them now.
static void renew_zones(Snapshot& saved) {
    for (Channel& channel : saved.channels) {
        for (QuietHours& hours : channel.attention.quiet_hours) {
            if (const auto trouble = resolve_zone(hours))
                log::warning("main", trouble->message, {{"channel", channel.name}});
        }
    }
}

Controller::Controller(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Controller::~Controller() {
    // They may wake the hub until then.
    if (impl_->reader) impl_->reader->stop();
    if (impl_->outbound) impl_->outbound->stop(Duration{0});
    if (impl_->prober) impl_->prober->stop(Duration{0});
}

Result<std::unique_ptr<Controller>> Controller::start(ControllerConfig config,
                                                      std::string config_file) {
    auto store = SqliteStore::open(config.store_path, config.retention);
    if (!store) return store.error();
    auto saved = (*store)->load();
    if (!saved) return saved.error();
    renew_zones(*saved);
    auto sealer =
        Sealer::from_key_file(config.key_file, anything_sealed(*saved) ? Sealer::MissingKey::Refuse
                                                                       : Sealer::MissingKey::Make);
    if (!sealer) return sealer.error();
    auto token = make_first_admin_token(**store, config.admin_token_file, wall_now());
    if (!token) return token.error();
    saved = (*store)->load();
    if (!saved) return saved.error();
    auto impl = std::make_unique<Impl>(std::move(config), std::move(config_file),
                                       std::move(*sealer), std::move(*store), std::move(*saved));
    std::unique_ptr<Controller> controller{new Controller{std::move(impl)}};
    auto opened = controller->impl_->open();
    if (!opened) return opened.error();
    return controller;
}

Result<Done> Controller::run() {
    auto& self = *impl_;
    for (const auto& bound : self.hub->agent_addresses()) {
        log::info("main", "listening for agents",
                  {{"address", bound.address}, {"port", bound.port}});
    }
    for (const auto& bound : self.hub->api_addresses()) {
        log::info("main", "listening for the API",
                  {{"address", bound.address}, {"port", bound.port}});
    }
    if (const std::string& path = self.hub->local_path(); !path.empty())
        log::info("main", "listening for administrators of this machine", {{"path", path}});
    log_certificate(*self.hub);
    log_unreadable(self.engine.fleet(), self.sealer);
    self.notify.ready();
    Instant until = BootClock::now();
    for (;;) {
        self.hub->run_once(until);
        const auto signals = self.hub->take_signals();
        if (signals.stop) return self.wind_down();
        if (signals.reload) {
            self.notify.reloading();
            reload(self.config, self.config_file, *self.hub, self.drivers, *self.alive);
            self.notify.ready();
        }
        const auto next = self.turn_once();
        if (!next) return next.error();
        until = *next;
    }
}

}  // namespace understudy
