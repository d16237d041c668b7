#include "tests/scenarios/world.h"

#include <algorithm>

#include "controller/core/invariants.h"
#include "controller/core/restraint.h"
#include "tests/scenarios/script.h"

namespace understudy::scenarios {
namespace {

std::string quoted(const std::string& text) {
    return text.empty() ? std::string{} : " \"" + text + "\"";
}

std::string moved(const MovedDomain& domain) {
    return domain.from == domain.to ? domain.name
                                    : domain.name + " (" + domain.from + " -> " + domain.to + ")";
}

}  // namespace

World::World() {
    start_engine();
    const auto added = engine_->step(
        now_, Order{{}, AddProvider{{{}, "cloudflare", "cloudflare", "{}", "sealed"}}});
    ensure(store_.commit(added.changes, {}).ok());
}

void World::start_engine() {
    auto saved = store_.load();
    ensure(saved.ok());
    engine_ = std::make_unique<Engine>(timings_, policy_, std::move(saved).value(), now_, wall());
}

std::vector<std::string> World::run(const std::string& line) {
    trace_.clear();
    const Words words = split(line, ' ');
    const std::string& verb = words.at(0);
    if (verb == "server") {
        add_server(words);
    } else if (verb == "domain") {
        add_domain(words);
    } else if (verb == "channel") {
        add_channel(words);
    } else if (verb == "policy") {
        set_policy(words);
    } else if (verb == "timing") {
        set_timing(words);
    } else if (verb == "link") {
        link(words, true);
    } else if (verb == "link-failing") {
        link(words, false);
    } else if (verb == "leave") {
        leave(words);
    } else if (verb == "report") {
        report(words);
    } else if (verb == "freeze") {
        for (std::size_t i = 1; i < words.size(); ++i)
            frozen_.insert(words[i]);
    } else if (verb == "thaw") {
        for (std::size_t i = 1; i < words.size(); ++i)
            frozen_.erase(words[i]);
    } else if (verb == "advance") {
        advance(duration_of(words.at(1)));
    } else if (verb == "stall") {
        now_ += duration_of(words.at(1));
        apply(Stalled{duration_of(words.at(1))});
    } else if (verb == "provider") {
        provider_auto_ = words.at(1) == "auto";
        settle_records();
    } else if (verb == "confirm" || verb == "refuse" || verb == "observe") {
        record_event(words);
    } else if (verb == "restart") {
        links_.clear();
        frozen_.clear();
        last_link_ = 0;
        start_engine();
        apply(TimePassed{wall()});
    } else if (verb == "show") {
        show(words);
    } else {
        domain_order(words);
    }
    invariants::check_all(engine_->fleet());
    return trace_;
}

void World::apply(const Event& event) {
    commit_and_trace(engine_->step(now_, event));
    settle_records();
}

void World::commit_and_trace(const Decision& decision) {
    ensure(store_.commit(decision.changes, {}).ok());
    for (const Change& change : decision.changes)
        trace(change);
    for (const Reply& reply : decision.replies) {
        if (!reply.result) note("refused: " + reply.result.error().text());
    }
}

void World::trace(const Change& change) {
    if (const auto* log = std::get_if<AppendLog>(&change)) {
        const LogLine& line = log->line;
        std::string text = "log " + line.type;
        if (!line.domain_name.empty()) {
            text += " " + line.domain_name;
        } else if (!line.pool_name.empty()) {
            text += " " + line.pool_name;
        } else if (!line.server_name.empty()) {
            text += " " + line.server_name;
        }
        if (!line.from.empty() || !line.to.empty()) text += " " + line.from + " -> " + line.to;
        note(text + quoted(line.reason));
    } else if (const auto* entry = std::get_if<Enqueue>(&change)) {
        const Notice& notice = entry->notice;
        std::string text =
            "tell " + engine_->fleet().channel(entry->channel)->name + " " + to_text(notice.type);
        if (!notice.server_name.empty()) text += " " + notice.server_name;
        for (const MovedDomain& domain : notice.domains)
            text += ", " + moved(domain);
        for (const std::string& name : notice.pending)
            text += ", pending " + name;
        note(text + quoted(notice.reason));
    } else if (const auto* save = std::get_if<SaveDomain>(&change)) {
        const Publication& record = save->domain.record;
        if (!record.settled() && !record.in_conflict() && record.attempted.empty()) {
            note("want " + save->domain.name + " = " + to_string(record.desired) + ", ttl " +
                 to_string(record.desired_ttl));
        }
    }
}

// An obliging provider: whatever is behind is confirmed at once.
void World::settle_records() {
    while (provider_auto_) {
        const auto due = store_.due({}, 1000);
        ensure(due.ok());
        if (due->records.empty()) return;
        const RecordBehind& behind = due->records.front();
        const bool proxied = engine_->fleet().domain(behind.domain)->proxied;
        const RecordConfirmed confirmed{
            behind.domain, behind.generation, {behind.desired, behind.desired_ttl, proxied}};
        commit_and_trace(engine_->step(now_, confirmed));
    }
}

void World::step_to(Instant at) {
    now_ = at;
    for (const auto& [name, number] : links_) {
        const bool beats = !frozen_.contains(name) && now_.time_since_epoch().count() % 10'000 == 0;
        if (beats) apply(AgentSeen{server(name), number});
    }
    while (engine_->next_deadline() <= now_)
        apply(TimePassed{wall()});
}

void World::advance(Duration by) {
    const Instant end = now_ + by;
    constexpr Duration kBeat{10'000};
    while (now_ < end) {
        const Instant beat{now_.time_since_epoch() - now_.time_since_epoch() % kBeat + kBeat};
        step_to(std::min({end, beat, std::max(engine_->next_deadline(), now_ + Duration{1})}));
    }
}

void World::add_server(const Words& words) {
    const auto addresses = addresses_of(words.at(2));
    AddServer order_;
    order_.name = words.at(1);
    order_.ipv4 = addresses.ipv4.at(0);
    if (!addresses.ipv6.empty()) order_.ipv6 = addresses.ipv6.front();
    order_.token_prefix = words.at(1);
    order_.token_hash = "hash";
    order(std::move(order_));
}

void World::add_domain(const Words& words) {
    const auto given = options(words, 3);
    AddDomain add;
    add.name = words.at(1);
    add.provider = engine_->fleet().provider_named("cloudflare")->id;
    add.zone_id = "zone";
    add.zone_name = "example.org";
    for (const std::string& name : split(words.at(2), ',')) {
        if (engine_->fleet().pool_named(name) != nullptr) {
            add.pool.name = name;
        } else {
            add.pool.members.push_back(server(name));
        }
    }
    add.with_ipv6 = given.contains("ipv6");
    add.enforce = given.contains("enforce");
    add.exists = !given.contains("absent");
    add.observed.ttl = given.contains("ttl")
                           ? Ttl{static_cast<std::uint32_t>(std::stoul(given.at("ttl")))}
                           : Ttl{300};
    add.observed.proxied = given.contains("proxied");
    if (given.contains("holds")) {
        add.observed.addresses = addresses_of(given.at("holds"));
    } else if (add.exists && !add.pool.members.empty()) {
        const Server& first = *engine_->fleet().server(add.pool.members.front());
        add.observed.addresses =
            make_address_set(first.ipv4, add.with_ipv6 ? first.ipv6 : std::nullopt);
    }
    add.pool.policy = policy_;
    order(std::move(add));
}

void World::add_channel(const Words& words) {
    const auto given = options(words, 2);
    AddChannel add;
    add.channel.name = words.at(1);
    add.channel.kind = "webhook";
    add.channel.settings = "{}";
    if (given.contains("types")) {
        for (const auto& type : split(given.at("types"), ',')) {
            add.channel.types.insert(notice_type_from(type).value());
        }
    }
    if (given.contains("pool")) {
        add.channel.pools.push_back(engine_->fleet().pool_named(given.at("pool"))->id);
    }
    order(std::move(add));
}

void World::set_policy(const Words& words) {
    for (const auto& [key, text] : options(words, 1)) {
        const auto seconds = [&given = text] {
            return std::chrono::duration_cast<std::chrono::seconds>(duration_of(given));
        };
        if (key == "confirm") {
            policy_.confirm_s = seconds();
        } else if (key == "reaction") {
            policy_.reaction = reaction_from(text).value();
        } else if (key == "failback") {
            policy_.failback = failback_from(text).value();
        } else if (key == "failback_after") {
            policy_.failback_after_s = seconds();
        } else if (key == "ttl") {
            policy_.failover_ttl_s = static_cast<std::uint32_t>(seconds().count());
        } else if (key == "fallback") {
            policy_.fallback_ipv4 = parse_ipv4(text);
        } else {
            fail("unknown policy '" + key + "'");
        }
    }
}

void World::set_timing(const Words& words) {
    for (const auto& [key, text] : options(words, 1)) {
        if (key == "warm_up") {
            timings_.warm_up = duration_of(text);
        } else if (key == "maintenance") {
            timings_.maintenance_interval = duration_of(text);
        } else {
            fail("unknown timing '" + key + "'");
        }
    }
    start_engine();
}

void World::link(const Words& words, bool ok) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].find('=') != std::string::npos) fail("link takes names only");
        links_[words[i]] = ++last_link_;
        apply(AgentLinked{server(words[i]), last_link_, "", ok, ok ? "" : "haproxy: refused"});
    }
}

void World::leave(const Words& words) {
    static const std::map<std::string, Departure> kDepartures{{"closed", Departure::Closed},
                                                              {"old", Departure::Closed},
                                                              {"silent", Departure::Silent},
                                                              {"restart", Departure::Restart},
                                                              {"shutdown", Departure::Shutdown}};
    const std::string how = words.size() > 2 ? words[2] : "closed";
    if (!kDepartures.contains(how)) fail("unknown departure '" + how + "'");
    const bool old = how == "old";  // the end of a link that a newer one has replaced
    const LinkId number = old ? 1 : links_.at(words.at(1));
    if (!old) links_.erase(words.at(1));
    apply(AgentLeft{server(words.at(1)), number, kDepartures.at(how), ""});
}

void World::report(const Words& words) {
    const bool ok = words.at(2) == "ok";
    apply(AgentReported{server(words.at(1)), links_.at(words.at(1)), ok,
                        ok ? "" : words.at(2) + ": check fails"});
}

// confirm NAME | refuse NAME rejected|transient [attempts] | observe NAME ADDRESSES
void World::record_event(const Words& words) {
    const Domain& row = domain_row(words.at(1));
    const std::int64_t generation = row.record.generation;
    if (words[0] == "confirm") {
        apply(RecordConfirmed{
            row.id, generation, {row.record.desired, row.record.desired_ttl, row.proxied}});
    } else if (words[0] == "refuse") {
        const bool final = words.at(2) == "rejected";
        const int attempts = words.size() > 3 ? std::stoi(words[3]) : 1;
        apply(RecordRefused{row.id, generation,
                            final ? rejected("token lacks DNS edit") : transient("503"), attempts});
    } else {
        apply(RecordObserved{
            row.id, generation, {addresses_of(words.at(2)), row.record.desired_ttl, row.proxied}});
    }
}

void World::domain_order(const Words& words) {
    const std::string& verb = words.at(0);
    if (verb == "remove-server") {
        order(RemoveServer{server(words.at(1))});
    } else if (verb == "remove-domain") {
        order(RemoveDomain{domain(words.at(1))});
    } else if (verb == "remove-provider") {
        order(RemoveProvider{engine_->fleet().provider_named(words.at(1))->id});
    } else if (verb == "replace-credential") {
        order(ReplaceCredential{engine_->fleet().provider_named(words.at(1))->id, "sealed anew"});
    } else if (verb == "failback") {
        order(FailbackPool{engine_->fleet().pool_named(words.at(1))->id});
    } else if (verb == "adopt") {
        order(AdoptDomain{domain(words.at(1)), {addresses_of(words.at(2)), Ttl{300}, false}});
    } else if (verb == "enforce") {
        order(EnforceDomain{domain(words.at(1)), {addresses_of(words.at(2)), Ttl{300}, false}});
    } else if (verb == "test-channel") {
        order(TestChannel{engine_->fleet().channel_named(words.at(1))->id});
    } else if (verb == "certificate") {
        apply(CertificateSeen{domain(words.at(1)), server(words.at(2)), words.at(3),
                              std::stoi(words.at(4))});
    } else {
        fail("unknown command '" + verb + "'");
    }
}

void World::order(OrderAction action) {
    apply(Order{{1, "ops"}, std::move(action)});
}

// show: the state a person would see.
void World::show(const Words&) {
    for (const Server* known : engine_->fleet().servers()) {
        note(known->name + ": " + engine_->health_of(known->id, now_).sentence);
    }
    for (const Domain* known : engine_->fleet().domains()) {
        const Pool& pool = *engine_->fleet().pool(known->pool);
        std::string text = known->name + ": " + to_text(status_of(*known, pool)) + ", " +
                           to_string(known->record.confirmed);
        if (known->record.foreign) text += ", foreign " + to_string(*known->record.foreign);
        note(text);
    }
    for (const Restraint& held : engine_->restraints(now_))
        note("held: " + held.sentence());
}

ServerId World::server(const std::string& name) const {
    const Server* found = engine_->fleet().server_named(name);
    if (found == nullptr) fail("no server '" + name + "'");
    return found->id;
}

const Domain& World::domain_row(const std::string& name) const {
    const Domain* found = engine_->fleet().domain_named(name);
    if (found == nullptr) fail("no domain '" + name + "'");
    return *found;
}

DomainId World::domain(const std::string& name) const {
    return domain_row(name).id;
}

}  // namespace understudy::scenarios
