#include "tests/simulation/simulation.h"

#include <algorithm>

#include "tests/simulation/sim_channel.h"

namespace understudy::simulation {
namespace {

constexpr const char* kStrangersAddress = "203.0.113.99";

std::string server_name(std::size_t i) {
    return "web" + std::to_string(i + 1);
}

Ipv4 address_of(std::size_t i) {
    return {{192, 0, 2, static_cast<std::uint8_t>(i + 1)}};
}

Ipv6 ipv6_of(std::size_t i) {
    Ipv6 address = parse_ipv6("2001:db8::").value();
    address.bytes[15] = static_cast<std::uint8_t>(i + 1);
    return address;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed)
    : seed_(seed),
      random_(seed),
      store_("sim"),
      agents_(schedule_, random_, [this](const Event& event) { tell(event); }) {
    policy_.confirm_s = std::chrono::seconds{random_.below(3) * 15};
    policy_.failback_after_s = std::chrono::seconds{30 + random_.below(3) * 30};
    if (random_.chance(0.2)) policy_.reaction = Reaction::Maintenance;
    if (random_.chance(0.2)) policy_.fallback_ipv4 = parse_ipv4("198.51.100.1");
    world_.after_write = [this](const std::string& name) { check_write(name); };
    build_fleet();
}

Simulation::~Simulation() = default;

void Simulation::order(OrderAction action) {
    controller_->turn(Order{{1, "sim"}, std::move(action)});
}

void Simulation::start_controller() {
    ++life_;
    dead_controller_ = std::move(controller_);
    controller_ =
        std::make_unique<ControllerBox>(schedule_, store_, static_cast<Drivers&>(*this),
                                        static_cast<Surroundings&>(*this), policy_, seed_ + life_);
    agents_.controller_started();
    controller_->turn(TimePassed{schedule_.wall()});
}

void Simulation::build_fleet() {
    start_controller();
    order(AddProvider{{{}, "cloudflare", "cloudflare", "{}", "sealed"}});
    for (const char* name : {"mail", "hook"}) {
        Channel channel;
        channel.name = name;
        channel.kind = "webhook";
        channel.settings = "{}";
        order(AddChannel{channel});
    }
    const std::size_t servers = 2 + random_.below(5);
    for (std::size_t i = 0; i < servers; ++i) {
        AddServer add;
        add.name = server_name(i);
        add.ipv4 = address_of(i);
        if (random_.chance(0.5)) add.ipv6 = ipv6_of(i);
        add.token_prefix = add.name;
        add.token_hash = "hash";
        order(std::move(add));
        agents_.add(controller_->engine().fleet().server_named(server_name(i))->id);
    }
    const std::size_t zones = 1 + random_.below(2);
    for (std::size_t z = 0; z < zones; ++z) {
        world_.add_zone("zone" + std::to_string(z), "z" + std::to_string(z) + ".example");
    }
    const std::size_t domains = 1 + random_.below(12);
    for (std::size_t d = 0; d < domains; ++d) {
        const std::size_t zone = random_.below(zones);
        const std::string zone_name = "z" + std::to_string(zone) + ".example";
        const std::string name = "d" + std::to_string(d) + "." + zone_name;
        AddDomain add;
        add.name = name;
        add.provider = controller_->engine().fleet().provider_named("cloudflare")->id;
        add.zone_id = "zone" + std::to_string(zone);
        add.zone_name = zone_name;
        const std::size_t members = 2 + random_.below(servers - 1);
        const std::size_t first = random_.below(servers);
        for (std::size_t m = 0; m < members; ++m) {
            const auto* server =
                controller_->engine().fleet().server_named(server_name((first + m) % servers));
            add.pool.members.push_back(server->id);
        }
        const Server& primary = *controller_->engine().fleet().server(add.pool.members.front());
        add.with_ipv6 = primary.ipv6.has_value();
        add.observed = {add.with_ipv6 ? primary.addresses() : make_address_set(primary.ipv4, {}),
                        Ttl{300}, random_.chance(0.5)};
        if (add.observed.proxied) add.observed.ttl = Ttl{};
        const std::int64_t ttl = add.observed.proxied ? 1 : 300;
        world_.add_record({"", add.zone_id, name, "A", to_string(primary.ipv4), ttl,
                           add.observed.proxied, "keep me"});
        if (add.with_ipv6) {
            world_.add_record({"", add.zone_id, name, "AAAA", to_string(*primary.ipv6), ttl,
                               add.observed.proxied, ""});
        }
        for (const ServerId member : add.pool.members) {
            const Server& server = *controller_->engine().fleet().server(member);
            allowed_[name].insert(to_string(
                make_address_set(server.ipv4, add.with_ipv6 ? server.ipv6 : std::nullopt)));
        }
        if (policy_.fallback_ipv4) {
            allowed_[name].insert(to_string(make_address_set(policy_.fallback_ipv4, {})));
        }
        add.pool.policy = policy_;
        order(add);
        names_.push_back(name);
        const std::string other = "other" + std::to_string(d) + "." + zone_name;
        world_.add_record({"", add.zone_id, other, "A", "198.51.100.200", 1, true, "not ours"});
        unbound_[other] = world_.records(other);
    }
}

Report Simulation::run() {
    set_fault_timer();
    const Duration troubled = random_.between(Duration{3'600'000}, Duration{4 * 3'600'000});
    const auto between = [this] { check_step(); };
    schedule_.run_until(schedule_.now() + troubled, between);
    heal();
    // Maintenance reaction, back-off and the outbox's growing delays all fit into this.
    schedule_.run_until(schedule_.now() + Duration{6 * 3'600'000}, between);
    if (report_.failure.empty()) check_converged();
    report_.writes = world_.writes();
    mix(world_.writes());
    for (const auto& name : names_)
        mix(std::hash<std::string>{}(to_string(world_.addresses(name))));
    return report_;
}

void Simulation::tell(const Event& event) {
    ++report_.steps;
    controller_->turn(event);
}

// --- faults
// ---------------------------------------------------------------------------------------

void Simulation::set_fault_timer() {
    schedule_.in(random_.between(Duration{500}, Duration{240'000}), [this] {
        if (healing_) return;
        one_fault();
        set_fault_timer();
    });
}

void Simulation::one_fault() {
    const std::size_t who = random_.below(agents_.size());
    switch (random_.below(11)) {
        case 0:
            agents_.crash(who, random_.chance(0.5));
            break;
        case 1:
        case 2:
            agents_.boot(who);
            break;
        case 3:
            agents_.partition(who);
            break;
        case 4:
        case 5:
            agents_.reconnect(who);
            break;
        case 6:
            agents_.fail_check(who, random_.chance(0.5));
            break;
        case 7:
            agents_.restart_agent(who);
            break;
        case 8: {
            constexpr CrashPoint kPoints[] = {CrashPoint::BeforeCommit, CrashPoint::AfterCommit,
                                              CrashPoint::AfterDispatch};
            controller_->crash_at(kPoints[random_.below(3)]);
            break;
        }
        case 9: {
            // Between two conversations only: a write that races with ours cannot be told apart at
            // Cloudflare, which has no conditional write.
            const std::string& name = names_[random_.below(names_.size())];
            if (requests_in_flight_ != 0 || !random_.chance(0.3)) break;
            world_.foreign_edit(name, kStrangersAddress);
            foreign_.insert(name);
            break;
        }
        default:
            trouble_ = random_.chance(0.2) ? 0.9 : 0.1;
            schedule_.step_wall(random_.between(Duration{-600'000}, Duration{600'000}));
            if (random_.chance(0.2))
                store_.fail_next_commit(transient("disk full"), random_.below(3));
            break;
    }
}

void Simulation::heal() {
    healing_ = true;
    trouble_ = 0;
    for (std::size_t i = 0; i < agents_.size(); ++i) {
        agents_.fail_check(i, false);
        agents_.boot(i);
        agents_.reconnect(i);
    }
    controller_->crash_at(CrashPoint::None);
    // A person looks at the conflicts, once the maintenance loop has found them.
    schedule_.in(Duration{700'000}, [this] {
        for (const std::string& name : names_) {
            const Domain* domain = controller_->engine().fleet().domain_named(name);
            if (!domain->record.in_conflict()) continue;
            foreign_.erase(name);
            order(EnforceDomain{domain->id, {world_.addresses(name), Ttl{300}, domain->proxied}});
        }
    });
}

// --- what the world owes the controller
// -----------------------------------------------------------

void Simulation::crashed() {
    ++report_.crashes;
    // Agents notice one by one; the process is started again after a while.
    schedule_.in(random_.between(Duration{500}, Duration{90'000}), [this] { start_controller(); });
}

Result<std::shared_ptr<const Provider>> Simulation::provider(const ProviderAccount&) {
    auto made =
        make_provider("cloudflare", "{}", Secret{"simulated-token-simulated-token-simulat"});
    if (!made) return made.error();
    return std::shared_ptr<const Provider>{std::move(made).value()};
}

Result<std::shared_ptr<const ChannelDriver>> Simulation::channel(const Channel& channel) {
    return std::shared_ptr<const ChannelDriver>{std::make_shared<SimChannel>(channel.name)};
}

void Simulation::answer(TransferId id, TransferAnswer answer, Duration after, std::size_t life) {
    schedule_.in(after, [this, id, answer = std::move(answer), life] {
        if (life == life_) controller_->finished({id, answer});
    });
}

void Simulation::carry(TransferId id, const Transfer& transfer) {
    if (const auto* request = std::get_if<HttpRequest>(&transfer)) {
        carry_http(id, *request, life_);
    } else if (std::holds_alternative<CertificateProbe>(transfer)) {
        answer(id, CertificateAnswer{"2030-01-01T00:00:00Z", ""}, Duration{50}, life_);
    } else {
        fail("mail was sent by a webhook channel");
    }
}

void Simulation::carry_http(TransferId id, const HttpRequest& request, std::size_t life) {
    const Duration way = random_.between(Duration{5}, Duration{400});
    const bool troubled = random_.chance(trouble_);
    const auto kind = troubled ? random_.below(5) : 99;
    if (request.url.starts_with(SimChannel::kUrl)) {
        const bool arrives = kind != 0;
        if (arrives) {
            const std::string channel = request.url.substr(std::string{SimChannel::kUrl}.size());
            if (kind != 1) delivered_.insert(channel + "/" + request.body);
        }
        const HttpResponse response{kind == 1 ? 503 : 200, {}, ""};
        answer(id,
               kind == 0 || kind == 2 ? HttpAnswer{TransportFailure{kind == 2, "lost"}}
                                      : HttpAnswer{response},
               way, life);
        return;
    }
    if (kind == 0) {
        answer(id, HttpAnswer{TransportFailure{false, "connection refused"}}, way, life);
        return;
    }
    if (kind == 1) {
        answer(id, HttpAnswer{HttpResponse{429, {{"Retry-After", "20"}}, "{}"}}, way, life);
        return;
    }
    // It arrives after `way`, whatever became of the controller meanwhile; sometimes very late.
    ++requests_in_flight_;
    const Duration late =
        kind == 4 ? random_.between(Duration{1'000}, Duration{14'000}) : Duration{0};
    schedule_.in(way + late, [this, id, request, kind, way, life] {
        --requests_in_flight_;
        const HttpResponse response = world_.handle(request);
        if (kind == 2) {
            answer(id, HttpAnswer{TransportFailure{true, "reply lost"}}, way, life);
        } else if (kind == 3) {
            answer(id, HttpAnswer{HttpResponse{502, {{"Content-Type", "text/html"}}, "<html>"}},
                   way, life);
        } else {
            answer(id, HttpAnswer{response}, way, life);
        }
    });
}

// --- safety
// ---------------------------------------------------------------------------------------

void Simulation::fail(const std::string& what) {
    if (report_.failure.empty()) {
        report_.failure = what + " (at " + to_rfc3339(schedule_.wall()) + ")";
    }
}

void Simulation::committed(const std::vector<Change>& changes) {
    mix(changes.size());
    for (const Change& change : changes) {
        if (const auto* save = std::get_if<SaveDomain>(&change)) {
            wanted_[save->domain.name].insert(to_string(save->domain.record.desired));
        } else if (const auto* entry = std::get_if<Enqueue>(&change)) {
            enqueued_.insert(entry->id.value);
            if (entry->notice.type == NoticeType::FailoverTriggered) ++report_.switches;
            auto& balance = down_balance_[entry->notice.server.value];
            if (entry->notice.type == NoticeType::ServerDown) ++balance;
            if (entry->notice.type == NoticeType::ServerUp) balance = 0;
        }
    }
}

// A write of ours has just been applied.
void Simulation::check_write(const std::string& name) {
    mix(std::hash<std::string>{}(name));
    if (!allowed_.contains(name)) {
        fail("touched the unbound record " + name);
        return;
    }
    const auto records = world_.records(name);
    const std::string holds = to_string(world_.addresses(name));
    if (records.empty()) fail("left " + name + " without any address");
    if (!wanted_[name].contains(holds))
        fail("wrote " + holds + " to " + name + ", which no row wanted");
    if (!allowed_[name].contains(holds))
        fail("wrote " + holds + " to " + name + ", no member's address");
    if (foreign_.contains(name)) fail("wrote over a stranger's content of " + name);
    const bool proxied = records.front().proxied;
    for (const WorldRecord& record : records) {
        if (record.proxied != proxied) fail("mixed proxied flags on " + name);
        if (record.type == "A" && record.comment != "keep me") fail("lost the comment of " + name);
    }
}

void Simulation::check_step() {
    for (const auto& [name, before] : unbound_) {
        const auto now = world_.records(name);
        if (now.size() != before.size() || now.front().content != before.front().content) {
            fail("the unbound record " + name + " changed");
        }
    }
}

void Simulation::check_converged() {
    const Fleet& fleet = controller_->engine().fleet();
    for (const std::string& name : names_) {
        const Domain& domain = *fleet.domain_named(name);
        const Pool& pool = *fleet.pool(domain.pool);
        const AddressSet primary =
            fleet.addresses_of(pool, Target{pool.primary()}, domain.with_ipv6);
        if (!domain.record.settled()) fail(name + " never settled");
        if (domain.record.confirmed != primary) fail(name + " is not back on its primary");
        if (world_.addresses(name) != primary) {
            fail(name + " serves " + to_string(world_.addresses(name)) + ", not " +
                 to_string(primary));
        }
        if (domain.news != News::None) fail("something about " + name + " was never told");
        if (domain.announced_away) fail("people were never told that " + name + " is back");
    }
    for (const Server* server : fleet.servers()) {
        if (server->alarm != Alarm::None) fail(server->name + " is still alarmed");
    }
    const auto pending = store_.outbox({{}, NotificationState::Pending, {}, 10});
    ensure(pending.ok());
    if (!pending->empty())
        fail("notifications never delivered: " + std::to_string(pending->size()));
    const auto dead = store_.outbox({{}, NotificationState::Dead, {}, 10});
    if (!dead->empty()) fail("notifications given up: " + std::to_string(dead->size()));
}

}  // namespace understudy::simulation
