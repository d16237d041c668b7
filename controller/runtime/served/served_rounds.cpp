#include "controller/runtime/served/served_rounds.h"

#include <algorithm>

#include "controller/runtime/probes/probe_plan.h"

namespace understudy {
namespace {

using What = NameServerSaid::What;

constexpr Duration kFirstPause{1'000};
constexpr Duration kLongestPause{8'000};
// Each is a handful of questions; the others wait for their turn.
constexpr std::size_t kJobsInRound = 1'000;
// What one call does: the controller has other things to do between two of them.
constexpr std::size_t kReportsPerCall = 200;
constexpr std::uint16_t kHttps = 443;
constexpr std::uint16_t kHttp = 80;

Duration pause_after(int rounds) {
    return std::min(kLongestPause, kFirstPause * (1 << std::min(rounds - 1, 10)));
}

// A name that "*.example.org" covers.
std::string name_at_edge(const std::string& domain) {
    return domain.starts_with("*.") ? "understudy" + domain.substr(1) : domain;
}

// The pool's own path and expectations; but an edge listens where visitors come.
ServiceTerms terms_at_edge(const Policy& policy) {
    ServiceTerms terms = probe_rules_of(policy).terms;
    const bool plain = terms.target.kind == ProbeTarget::Kind::Http;
    if (!plain) terms.target.kind = ProbeTarget::Kind::Https;
    terms.target.port = plain ? kHttp : kHttps;
    terms.certificate = ProbeCertificate::Record;
    terms.proxy_protocol = ProxyProtocol::Off;
    return terms;
}

}  // namespace

// --- what one name server says -------------------------------------------------------------------

bool ServedRounds::Server::agrees() const {
    return said(false).what == What::Wanted;
}

// One address that answers is enough, as long as no other contradicts it.
NameServerSaid ServedRounds::Server::said(bool edge) const {
    NameServerSaid said{name, What::Nothing, {}, ""};
    if (places.empty())
        said.words = left_out.empty() ? "has no address" : "not asked: " + left_out + " address";
    for (const Place& place : places) {
        const bool stronger = (place.what == What::Other && said.what != What::Other) ||
                              (place.what == What::Wanted && said.what == What::Nothing) ||
                              said.words.empty();
        if (!stronger) continue;
        said.what = place.what;
        said.content = place.what == What::Other && !edge ? place.content : AddressSet{};
        said.words = place.words;
    }
    return said;
}

// --- jobs ----------------------------------------------------------------------------------------

void ServedRounds::ask(const AskServed& asked, Instant now) {
    const Domain* domain = fleet_.domain(asked.domain);
    if (!on_ || domain == nullptr) return;
    const auto known = jobs_.find(asked.domain);
    if (known != jobs_.end()) {
        if (known->second.generation == asked.generation) return;
        drop(asked.domain);
    }
    Job job;
    job.domain = asked.domain;
    job.generation = asked.generation;
    job.content = asked.content;
    job.with_ipv6 = domain->with_ipv6 || !asked.content.ipv6.empty();
    job.edge = domain->proxied;
    job.name = domain->name;
    job.zone = domain->zone_name;
    job.serial = ++serials_;
    plan(jobs_[asked.domain] = std::move(job), now);
}

void ServedRounds::plan(Job& job, Instant due) {
    due_.erase({job.due, job.domain});
    job.due = due;
    if (due != kNever) due_.emplace(due, job.domain);
}

void ServedRounds::leave_round(Job& job) {
    if (std::exchange(job.in_round, false)) --in_round_;
}

void ServedRounds::drop(DomainId domain) {
    const auto entry = jobs_.find(domain);
    leave_round(entry->second);
    plan(entry->second, kNever);
    jobs_.erase(entry);
}

ServedRounds::Job* ServedRounds::job_of(const Ask& ask) {
    const auto job = jobs_.find(ask.domain);
    return job == jobs_.end() || job->second.serial != ask.serial ? nullptr : &job->second;
}

// The engine asks about the newer one when that is confirmed.
bool ServedRounds::overtaken(const Job& job) const {
    const Domain* domain = fleet_.domain(job.domain);
    return domain == nullptr || domain->record.generation != job.generation;
}

void ServedRounds::go_on(DomainId domain, Instant now, DispatcherOutput& output) {
    const auto entry = jobs_.find(domain);
    if (entry == jobs_.end() || entry->second.open > 0) return;
    if (overtaken(entry->second)) return drop(domain);
    plan(entry->second, kNever);
    if (!std::exchange(entry->second.in_round, true)) ++in_round_;
    begin_round(entry->second, now, output);
}

void ServedRounds::start(Instant now, DispatcherOutput& output) {
    const std::size_t enough = output.inputs.size() + kReportsPerCall;
    again_ = kNever;
    while (!zone_found_.empty() && output.inputs.size() < enough) {
        const DomainId next = zone_found_.front();
        zone_found_.pop_front();
        go_on(next, now, output);
    }
    for (std::size_t begun = 0; begun < kJobsInRound && in_round_ < kJobsInRound; ++begun) {
        if (due_.empty() || due_.begin()->first > now || output.inputs.size() >= enough) break;
        const DomainId next = due_.begin()->second;
        due_.erase(due_.begin());
        go_on(next, now, output);
    }
    pump(now, output, enough);
    if (output.inputs.size() >= enough) again_ = now;
}

Instant ServedRounds::next_deadline() const {
    const bool full = in_round_ >= kJobsInRound;  // an answer makes room
    return std::min(again_, due_.empty() || full ? kNever : due_.begin()->first);
}

void ServedRounds::begin_round(Job& job, Instant now, DispatcherOutput& output) {
    job.begun = std::min(job.begun, now);
    job.problem.clear();
    if (job.edge) {
        look_up_edge(job);
        return;
    }
    const ZoneServers::Zone* zone = zones_.of(job.zone, now);
    if (zone == nullptr) {
        wait_for_zone_[job.zone].insert(job.domain);
        return;
    }
    job.problem = zone->problem;
    ask_servers(job, zone->servers);
    if (job.open == 0) end_round(job.domain, now, output);
}

// Silence takes nothing back: who has given the old answer is believed to give it until it answers.
ServedRounds::Place ServedRounds::as_known(const std::vector<Place>& before,
                                           const std::string& address) {
    Place place{address};
    const auto known = std::ranges::find(before, address, &Place::address);
    if (known == before.end()) return place;
    place.what = known->what;
    place.content = known->content;
    if (place.what != What::Nothing) place.words = known->words;
    return place;
}

// Whoever agreed in an earlier round is believed.
void ServedRounds::ask_servers(Job& job, const std::vector<ZoneServer>& servers) {
    if (servers.empty()) return;  // not found this time: what is known of them stands
    std::vector<Server> before = std::exchange(job.servers, {});
    for (const ZoneServer& each : servers) {
        const auto known = std::ranges::find(before, each.name, &Server::name);
        if (known != before.end() && known->agrees()) {
            job.servers.push_back(std::move(*known));
            continue;
        }
        job.servers.push_back({each.name, {}, each.left_out});
        const std::vector<Place> places =
            known == before.end() ? std::vector<Place>{} : std::move(known->places);
        for (const std::string& address : each.addresses)
            job.servers.back().places.push_back(as_known(places, address));
    }
    for (std::size_t server = 0; server < job.servers.size(); ++server) {
        if (job.servers[server].agrees()) continue;
        for (std::size_t place = 0; place < job.servers[server].places.size(); ++place)
            ask_place(job, server, place);
    }
}

void ServedRounds::ask_place(Job& job, std::size_t server, std::size_t place) {
    NameQuestion question;
    question.name = job.name;
    question.server = job.servers[server].places[place].address;
    question.port = limits_.port;
    for (const auto type : {NameQuestion::Type::A, NameQuestion::Type::Aaaa}) {
        if (type == NameQuestion::Type::Aaaa && !job.with_ipv6) continue;
        question.type = type;
        ++job.servers[server].places[place].open;
        queue(job, server, place, question);
    }
}

void ServedRounds::look_up_edge(Job& job) {
    if (!job.servers.empty()) job.edges_before = std::move(job.servers.front().places);
    job.servers = {Server{"the edge", {}}};
    NameQuestion question;
    question.name = name_at_edge(job.name);
    question.server = limits_.resolver;
    question.port = limits_.resolver_port;
    question.recurse = true;
    for (const auto type : {NameQuestion::Type::A, NameQuestion::Type::Aaaa}) {
        question.type = type;
        queue(job, 0, 0, question);
    }
}

void ServedRounds::ask_edge(Job& job, const std::string& address) {
    const Domain* domain = fleet_.domain(job.domain);
    if (domain == nullptr) return;
    ServiceProbe probe;
    probe.address = address;
    probe.name = name_at_edge(job.name);
    probe.terms = terms_at_edge(fleet_.pool(domain->pool)->policy);
    auto& places = job.servers.front().places;
    places.push_back(as_known(job.edges_before, address));
    queue(job, 0, places.size() - 1, std::move(probe));
}

// --- what follows --------------------------------------------------------------------------------

void ServedRounds::end_round(DomainId domain, Instant now, DispatcherOutput& output) {
    Job& job = jobs_.at(domain);
    if (overtaken(job)) return drop(domain);
    leave_round(job);
    ++job.rounds;
    if (job.edge && job.servers.front().places.empty()) {
        const bool unknown = !job.problem.empty();
        if (unknown) job.servers.front().places = job.edges_before;
        if (!unknown) job.problem = "its name has no address";
        if (job.servers.front().places.empty()) job.servers.clear();
    }
    const bool all = !job.servers.empty() && std::ranges::all_of(job.servers, &Server::agrees);
    const Instant end = job.begun + limits_.bound;
    if (all || now >= end) {
        report(job, true, now, output);
        drop(domain);
        return;
    }
    if (job.rounds == 1) report(job, false, now, output);
    plan(job, std::min(end, now + pause_after(job.rounds)));
}

void ServedRounds::report(const Job& job, bool final, Instant now, DispatcherOutput& output) const {
    RecordServed served;
    served.domain = job.domain;
    served.generation = job.generation;
    served.final = final;
    served.edge = job.edge;
    served.problem = job.problem;
    served.took = now - job.begun;
    for (const Server& each : job.servers)
        served.said.push_back(each.said(job.edge));
    output.inputs.push_back(std::move(served));
}

}  // namespace understudy
