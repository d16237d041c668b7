#include "tests/scenarios/world.h"

#include <algorithm>

#include "controller/core/invariants.h"
#include "tests/scenarios/script.h"

namespace understudy::scenarios {

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

const World::Commands& World::agent_commands() {
    static const Commands commands{{"address", &World::report_address},
                                   {"advance", &World::advance},
                                   {"answers-replaced", &World::answer_replaced},
                                   {"certificate", &World::see_certificate},
                                   {"clock-step", &World::step_clock},
                                   {"confirm", &World::confirm},
                                   {"freeze", &World::freeze},
                                   {"guards", &World::set_guards},
                                   {"leave", &World::leave},
                                   {"link", &World::link_all},
                                   {"link-failing", &World::link_failing},
                                   {"load", &World::set_load},
                                   {"incidents", &World::show_incidents},
                                   {"outlook", &World::show_outlook},
                                   {"own-certificate", &World::see_own_certificate},
                                   {"policy", &World::set_default_policy},
                                   {"probe", &World::probe},
                                   {"proof", &World::say_proof},
                                   {"provider", &World::set_provider},
                                   {"refuse", &World::refuse},
                                   {"report", &World::report},
                                   {"restart", &World::restart},
                                   {"served", &World::say_served},
                                   {"show", &World::show},
                                   {"sees", &World::observe_record},
                                   {"stall", &World::stall},
                                   {"sweep", &World::sweep},
                                   {"thaw", &World::thaw},
                                   {"timing", &World::set_timing},
                                   {"what-if", &World::show_what_if},
                                   {"witnesses", &World::set_witnesses}};
    return commands;
}

std::vector<std::string> World::run(const std::string& line) {
    trace_.clear();
    const Words words = split(line, ' ');
    if (words.at(0) == "batch") {
        give_batch(words);
    } else if (words.at(0) == "rehearse") {
        rehearse(words);
    } else {
        run_one(words);
    }
    invariants::check_all(engine_->fleet());
    return trace_;
}

void World::run_one(const Words& words) {
    for (const Commands* commands : {&agent_commands(), &fleet_commands()}) {
        const auto found = commands->find(words.at(0));
        if (found == commands->end()) continue;
        (this->*found->second)(words);
        return;
    }
    auto spoken = plain_order(words);
    if (!spoken) fail("no such command: '" + words.at(0) + "', or not with these words");
    order(*std::move(spoken));
}

// --- the engine and its store --------------------------------------------------------------------

void World::apply(const Input& input) {
    commit_and_trace(engine_->step(now_, input));
    settle_records();
}

void World::commit_and_trace(const Decision& decision) {
    ensure(store_.commit(decision.changes, {}).ok());
    for (const Change& change : decision.changes)
        trace(change);
    for (const Reply& reply : decision.replies) {
        for (const RefusedOrder& each : reply.refused)
            note("refused: order " + std::to_string(each.order) + ": " + each.error.text());
        if (!reply.result && reply.refused.empty()) note("refused: " + reply.result.error().text());
    }
    witness_asked_ = witness_asked_ || decision.ask_witnesses;
    for (const ServerId asked : decision.ask_observers)
        say_probes(asked);
    for (const AskServed& asked : decision.ask_served)
        note("ask who serves " + engine_->fleet().domain(asked.domain)->name + " = " +
             to_string(asked.content));
    for (const ServerId asked : decision.ask_readiness)
        note("ask for a sweep of " + engine_->fleet().server(asked)->name);
    for (const AskProof& asked : decision.ask_proofs)
        trace_proof(asked);
}

// An obliging provider: whatever is behind is confirmed at once.
void World::settle_records() {
    while (provider_auto_) {
        const auto due = store_.due(1000);
        ensure(due.ok());
        if (due->records.empty()) return;
        const RecordBehind& behind = due->records.front();
        const bool proxied = engine_->fleet().domain(behind.domain)->proxied;
        const RecordConfirmed confirmed{
            behind.domain, behind.generation, {behind.desired, behind.desired_ttl, proxied}};
        commit_and_trace(engine_->step(now_, confirmed));
    }
}

// --- the clock -----------------------------------------------------------------------------------

void World::answer_for_witnesses() {
    if (!witness_asked_) return;
    witness_asked_ = false;
    apply(WitnessesAnswered{2, witnesses_});
}

void World::step_to(Instant at) {
    now_ = at;
    for (const auto& [name, number] : links_) {
        const bool beats = !frozen_.contains(name) && now_.time_since_epoch().count() % 10'000 == 0;
        if (!beats) continue;
        const auto load = loads_.find(name);
        apply(AgentSeen{server(name), number,
                        load == loads_.end() ? std::nullopt : std::optional{load->second}});
    }
    if (now_.time_since_epoch().count() % 10'000 == 0) say_probes({});
    answer_for_witnesses();
    while (engine_->next_deadline() <= now_)
        apply(TimePassed{wall()});
}

void World::advance(const Words& words) {
    const Instant end = now_ + duration_of(words.at(1));
    constexpr Duration kBeat{10'000};
    while (now_ < end) {
        const Instant beat{now_.time_since_epoch() - now_.time_since_epoch() % kBeat + kBeat};
        step_to(std::min({end, beat, std::max(engine_->next_deadline(), now_ + Duration{1})}));
    }
}

void World::stall(const Words& words) {
    now_ += duration_of(words.at(1));
    apply(Stalled{duration_of(words.at(1))});
}

void World::step_clock(const Words& words) {
    clock_step_ += duration_of(words.at(1));
    apply(TimePassed{wall()});
}

void World::restart(const Words&) {
    links_.clear();
    frozen_.clear();
    probes_.clear();
    last_link_ = 0;
    start_engine();
    apply(TimePassed{wall()});
}

void World::set_timing(const Words& words) {
    for (const auto& [key, text] : options(words, 1)) {
        if (key == "warm_up") {
            timings_.warm_up = duration_of(text);
        } else if (key == "maintenance") {
            timings_.maintenance_interval = duration_of(text);
        } else if (key == "private_addresses") {
            timings_.private_addresses = text == "yes";
        } else if (key == "served_bound") {
            timings_.served_bound = duration_of(text);
        } else {
            fail("unknown timing '" + key + "'");
        }
    }
    start_engine();
}

void World::set_guards(const Words& words) {
    GuardLimits& guards = timings_.guards;
    for (const auto& [key, text] : options(words, 1)) {
        if (key == "mass_loss") {
            guards.mass_loss_percent = std::stoi(text);
        } else if (key == "mass_loss_window") {
            guards.mass_loss_window = duration_of(text);
        } else if (key == "witnesses") {
            guards.witnesses = text == "yes";
        } else if (key == "changes_per_record") {
            guards.changes_per_record = static_cast<std::uint32_t>(std::stoul(text));
        } else if (key == "changes_per_pool") {
            guards.changes_per_pool = static_cast<std::uint32_t>(std::stoul(text));
        } else if (key == "changes_per_provider") {
            guards.changes_per_provider = static_cast<std::uint32_t>(std::stoul(text));
        } else if (key == "brake_domains") {
            guards.brake_domains = std::stoi(text);
        } else {
            fail("unknown guard '" + key + "'");
        }
    }
    start_engine();
}

// --- agents --------------------------------------------------------------------------------------

void World::link_all(const Words& words) {
    link(words, true);
}

void World::link_failing(const Words& words) {
    link(words, false);
}

// A name may stand for the machine it is on, "web1@clone", and for the newer of two tokens,
// "web1+".
void World::link(const Words& words, bool ok) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].find('=') != std::string::npos) fail("link takes names only");
        const bool newer = words[i].back() == '+';
        const Words parts = split(words[i].substr(0, words[i].size() - (newer ? 1 : 0)), '@');
        const std::string& name = parts.at(0);
        if (links_.contains(name)) replaced_[name] = links_.at(name);
        links_[name] = ++last_link_;
        const Machine machine{name, parts.size() > 1 ? parts[1] : "boot", ""};
        apply(AgentLinked{server(name), last_link_, "", ok, ok ? "" : "haproxy: refused", machine,
                          newer ? name + "+" : name});
    }
}

// The link before the newest answers that it was replaced.
void World::answer_replaced(const Words& words) {
    apply(AgentDisplaced{server(words.at(1)), replaced_.at(words.at(1)), "198.51.100.7"});
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
    for (const std::string& name : split(words.at(1), ',')) {
        const LinkId number = old ? 1 : links_.at(name);
        if (!old) links_.erase(name);
        apply(AgentLeft{server(name), number, kDepartures.at(how), ""});
    }
}

void World::report(const Words& words) {
    const bool ok = words.at(2) == "ok";
    apply(AgentReported{server(words.at(1)), links_.at(words.at(1)), ok,
                        ok ? "" : words.at(2) + ": check fails"});
}

void World::set_load(const Words& words) {
    loads_[words.at(1)] = std::stod(words.at(2));
}

void World::freeze(const Words& words) {
    frozen_.insert(words.begin() + 1, words.end());
}

void World::thaw(const Words& words) {
    for (std::size_t i = 1; i < words.size(); ++i)
        frozen_.erase(words[i]);
}

void World::set_witnesses(const Words& words) {
    witnesses_ = std::stoi(words.at(1));
}

// --- providers -----------------------------------------------------------------------------------

void World::set_provider(const Words& words) {
    provider_auto_ = words.at(1) == "auto";
    settle_records();
}

void World::confirm(const Words& words) {
    const Domain& row = domain_row(words.at(1));
    apply(RecordConfirmed{
        row.id, row.record.generation, {row.record.desired, row.record.desired_ttl, row.proxied}});
}

void World::refuse(const Words& words) {
    const Domain& row = domain_row(words.at(1));
    const int attempts = words.size() > 3 ? std::stoi(words[3]) : 1;
    Error error = words.at(2) == "rejected" ? rejected("token lacks DNS edit") : transient("503");
    if (words.at(2) == "throttled") {
        error = transient("429: too many calls");
        error.code = Errc::Throttled;
        error.retry_after = std::chrono::seconds{300};
    }
    apply(RecordRefused{row.id, row.record.generation, error, attempts});
}

void World::observe_record(const Words& words) {
    const Domain& row = domain_row(words.at(1));
    const auto given = options(words, 3);
    Ttl ttl = row.record.desired_ttl;
    if (given.contains("ttl"))
        ttl.seconds = static_cast<std::uint32_t>(std::stoul(given.at("ttl")));
    apply(RecordObserved{row.id,
                         row.record.generation,
                         {addresses_of(words.at(2)), ttl, row.proxied},
                         given.contains("problem") ? given.at("problem") : ""});
}

namespace {

// "9" are days, "7h" hours.
Duration span_in(const std::string& text) {
    const std::chrono::hours count{std::stoi(text)};
    return text.ends_with('h') ? count : 24 * count;
}

CertificateTerm term_in(const std::vector<std::string>& words, std::size_t at) {
    CertificateTerm term{words.at(at), {}, span_in(words.at(at + 1)), {}};
    for (std::size_t i = at + 2; i < words.size(); ++i) {
        if (words[i].starts_with("life=")) {
            term.lifetime = span_in(words[i].substr(5));
        } else {
            term.serial = words[i];
        }
    }
    return term;
}

template <typename Thing>
const Thing& known(const Thing* found, const std::string& kind, const std::string& name) {
    if (found == nullptr) fail("no " + kind + " '" + name + "'");
    return *found;
}

}  // namespace

void World::see_certificate(const Words& words) {
    CertificateSeen seen{server(words.at(2)), {}, term_in(words, 3)};
    for (const std::string& name : split(words.at(1), ','))
        seen.domains.push_back(domain(name));
    apply(std::move(seen));
}

void World::see_own_certificate(const Words& words) {
    apply(OwnCertificateSeen{words.at(1), term_in(words, 2)});
}

// --- names ---------------------------------------------------------------------------------------

ServerId World::server(const std::string& name) const {
    return known(engine_->fleet().server_named(name), "server", name).id;
}

PoolId World::pool(const std::string& name) const {
    return known(engine_->fleet().pool_named(name), "pool", name).id;
}

ProviderId World::provider(const std::string& name) const {
    return known(engine_->fleet().provider_named(name), "provider", name).id;
}

ChannelId World::channel(const std::string& name) const {
    return known(engine_->fleet().channel_named(name), "channel", name).id;
}

const Domain& World::domain_row(const std::string& name) const {
    return known(engine_->fleet().domain_named(name), "domain", name);
}

DomainId World::domain(const std::string& name) const {
    return domain_row(name).id;
}

}  // namespace understudy::scenarios
