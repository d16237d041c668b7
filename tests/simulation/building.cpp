// Builds the planned fleet, as people would: by orders.
#include "tests/simulation/simulation.h"

namespace understudy::simulation {
namespace {

constexpr const char* kComment = "keep me";

Channel webhook(const char* name) {
    Channel channel;
    channel.name = name;
    channel.kind = "webhook";
    channel.settings = "{}";
    return channel;
}

}  // namespace

void Simulation::start_controller() {
    if (story_ && life_ > 0) story_->restarted();
    dead_controller_ = std::move(controller_);
    ledger_.controller_started(schedule_.now());
    suspended_ = false;
    controller_ = std::make_unique<ControllerBox>(schedule_, store_, static_cast<Drivers&>(*this),
                                                  static_cast<Surroundings&>(*this), plan_.timings,
                                                  plan_.default_policy, seed_ + life_);
    eyes_.reset();
    if (plan_.observed && wired_ != nullptr) {
        eyes_ = std::make_unique<WiredEyes>(
            schedule_, controller_->engine().fleet(), *wired_, seed_ + life_,
            [this] { return controller_->alive() && !suspended_; },
            [this](const Input& input, Instant at) { tell(input, at); });
    }
    agents_->controller_started();
    if (observers_) observers_->controller_started();
    sweeps_.controller_started();
    last_step_ = schedule_.now();
    deliver(TimePassed{schedule_.wall()}, schedule_.now());
}

void Simulation::build_fleet() {
    for (std::size_t zone = 0; zone < plan_.zones; ++zone)
        world_.add_zone(zone_id(zone), zone_name(zone));
    if (story_) story_->tell_plan(plan_);
    start_controller();
    std::vector<OrderAction> orders;
    orders.emplace_back(AddProvider{{{}, "cloudflare", "cloudflare", "{}", "sealed"}});
    orders.emplace_back(AddChannel{webhook(Ledger::kWatchedChannel)});
    orders.emplace_back(AddChannel{webhook("second")});
    for (const PlannedServer& server : plan_.servers) {
        orders.emplace_back(
            AddServer{server.name, server.ipv4, server.ipv6, server.labels, "hash", server.name});
    }
    for (const PlannedPool& pool : plan_.pools) {
        std::vector<std::string> members;
        for (const std::size_t member : pool.members)
            members.push_back(plan_.servers[member].name);
        orders.emplace_back(AddPool{pool.name, members, pool.policy});
    }
    batch(std::move(orders));
    add_domains();
    ready_ = true;
}

void Simulation::add_domains() {
    std::vector<OrderAction> orders;
    const ProviderId provider = controller_->engine().fleet().provider_named("cloudflare")->id;
    for (const PlannedDomain& planned : plan_.domains) {
        const PlannedServer& primary = plan_.servers[plan_.pools[planned.pool].members.front()];
        AddDomain add;
        add.name = planned.name;
        add.provider = provider;
        add.zone_id = zone_id(planned.zone);
        add.zone_name = zone_name(planned.zone);
        add.pool.name = plan_.pools[planned.pool].name;
        add.with_ipv6 = planned.with_ipv6;
        const std::int64_t ttl = planned.proxied ? 1 : 300;
        world_.add_record({"", add.zone_id, add.name, "A", to_string(primary.ipv4), ttl,
                           planned.proxied, kComment});
        if (planned.with_ipv6) {
            world_.add_record({"", add.zone_id, add.name, "AAAA", to_string(*primary.ipv6), ttl,
                               planned.proxied, ""});
        }
        add.observed = *state_of(world_, add.name);
        orders.emplace_back(std::move(add));
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(plan_.domains.size(), 5); ++i) {
        const std::size_t zone = plan_.domains[i].zone;
        const std::string other = "other" + std::to_string(i) + "." + zone_name(zone);
        world_.add_record({"", zone_id(zone), other, "A", "198.51.100.200", 1, true, "not ours"});
        unbound_[other] = world_.records(other);
    }
    batch(std::move(orders));
}

}  // namespace understudy::simulation
