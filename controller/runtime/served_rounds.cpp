#include "controller/runtime/served_rounds.h"

#include <algorithm>

#include "controller/runtime/probe_plan.h"

namespace understudy {
namespace {

using What = NameServerSaid::What;

constexpr Duration kFirstPause{1'000};
constexpr Duration kLongestPause{8'000};
// So long nobody else finds out again that an address is silent.
constexpr Duration kSilence{5'000};
constexpr std::size_t kMannersKept = 10'000;
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
    return terms;
}

}  // namespace

// --- what one name server says -------------------------------------------------------------------

bool ServedRounds::Server::agrees() const {
    return said(false).what == What::Wanted;
}

// One address that answers is enough, as long as no other contradicts it.
NameServerSaid ServedRounds::Server::said(bool edge) const {
    NameServerSaid said{name, What::Nothing, {}, places.empty() ? "has no address" : ""};
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
        std::erase_if(due_, [&](const auto& each) { return each.second == asked.domain; });
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
    jobs_[asked.domain] = std::move(job);
    due_.emplace(now, asked.domain);
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

void ServedRounds::start(Instant now, DispatcherOutput& output) {
    while (!due_.empty() && due_.begin()->first <= now) {
        const auto entry = jobs_.find(due_.begin()->second);
        due_.erase(due_.begin());
        if (entry == jobs_.end() || entry->second.open > 0) continue;
        if (overtaken(entry->second)) {
            jobs_.erase(entry);
        } else {
            begin_round(entry->second, now, output);
        }
    }
    pump(now, output);
}

Instant ServedRounds::next_deadline() const {
    return due_.empty() ? kNever : due_.begin()->first;
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
        job.servers.push_back({each.name, {}});
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

// --- what is under way ---------------------------------------------------------------------------

void ServedRounds::queue(Job& job, std::size_t server, std::size_t place,
                         std::variant<NameQuestion, ServiceProbe> what) {
    ++job.open;
    queues_[job.zone].push_back({job.domain, job.serial, server, place, std::move(what), job.zone});
}

bool ServedRounds::room() const {
    return in_flight_.size() + zones_.in_flight() < static_cast<std::size_t>(limits_.in_flight);
}

// They go first, and get no more than half: a resolver that is slow holds up no name server.
std::size_t ServedRounds::room_for_look_ups() const {
    const auto limit = static_cast<std::size_t>(limits_.in_flight);
    const std::size_t half = std::max<std::size_t>(1, limit / 2);
    if (!room() || zones_.in_flight() >= half) return 0;
    return std::min(half - zones_.in_flight(), limit - in_flight_.size() - zones_.in_flight());
}

// A question from each zone in turn.
void ServedRounds::pump(Instant now, DispatcherOutput& output) {
    if (!on_) return;
    const auto limit = static_cast<std::size_t>(limits_.in_flight);
    zones_.start(room_for_look_ups());
    const std::size_t share = std::max<std::size_t>(1, limit / 4);
    for (std::size_t passed_over = 0; room() && passed_over < queues_.size();) {
        auto waiting = queues_.upper_bound(last_zone_);
        if (waiting == queues_.end()) waiting = queues_.begin();
        last_zone_ = waiting->first;
        const auto its = zone_in_flight_.find(last_zone_);
        if (its != zone_in_flight_.end() && its->second >= share) {
            ++passed_over;
            continue;
        }
        passed_over = 0;
        Ask next = std::move(waiting->second.front());
        waiting->second.pop_front();
        if (waiting->second.empty()) queues_.erase(waiting);
        submit(std::move(next), now, output);
    }
}

void ServedRounds::submit(Ask ask, Instant now, DispatcherOutput& output) {
    Job* const job = job_of(ask);
    if (job == nullptr) return;
    if (const auto* question = std::get_if<NameQuestion>(&ask.what)) {
        if (is_silent(*question, now)) {
            NameAnswer nothing;
            nothing.problem = "no answer";
            return heard(ask, nothing, now, output);
        }
    }
    ask.sent = std::min(ask.sent, now);
    const TransferId id = ids_.next();
    ++zone_in_flight_[ask.zone];
    if (const auto* question = std::get_if<NameQuestion>(&ask.what)) {
        outlets_.names->submit(id, *question);
    } else {
        outlets_.edges->submit(id, std::get<ServiceProbe>(ask.what));
    }
    in_flight_.emplace(id, std::move(ask));
}

bool ServedRounds::finished(const TransferDone& done, Instant now, DispatcherOutput& output) {
    std::string found;
    if (zones_.finished(done, now, found)) {
        const auto waiting = wait_for_zone_.extract(found);
        if (waiting.empty()) return true;
        for (const DomainId domain : waiting.mapped())
            due_.emplace(now, domain);
        return true;
    }
    const auto entry = in_flight_.find(done.id);
    if (entry == in_flight_.end()) return false;
    const Ask ask = std::move(entry->second);
    in_flight_.erase(entry);
    if (--zone_in_flight_[ask.zone] == 0) zone_in_flight_.erase(ask.zone);
    note_manner(ask, done.answer, now);
    heard(ask, done.answer, now, output);
    return true;
}

void ServedRounds::heard(const Ask& ask, const TransferAnswer& answer, Instant now,
                         DispatcherOutput& output) {
    Job* const job = job_of(ask);
    if (job == nullptr) return;
    if (const auto* service = std::get_if<ServiceAnswer>(&answer)) {
        Place& place = job->servers.front().places.at(ask.place);
        const bool serves = service->verdict == Verdict::Serves;
        if (serves || service->spoke) place.what = serves ? What::Wanted : What::Other;
        if (serves || service->spoke || place.what == What::Nothing)
            place.words = service->sentence;
    } else if (!heard_name(*job, ask, std::get<NameAnswer>(answer))) {
        return;  // asked once more
    }
    if (--job->open == 0) end_round(job->domain, now, output);
}

bool ServedRounds::is_silent(const NameQuestion& question, Instant now) const {
    const auto known = manners_.find(question.server);
    return !question.recurse && known != manners_.end() && now < known->second.silent_until;
}

// One question that was lost is no silence where others were answered meanwhile.
void ServedRounds::note_manner(const Ask& ask, const TransferAnswer& answer, Instant now) {
    if (!std::holds_alternative<NameAnswer>(answer)) return;
    const auto& question = std::get<NameQuestion>(ask.what);
    const bool silent = std::get<NameAnswer>(answer).silent;
    if (question.recurse || (silent && !question.tcp)) return;
    if (manners_.size() >= kMannersKept && !manners_.contains(question.server)) manners_.clear();
    Manner& manner = manners_[question.server];
    if (!silent) {
        manner = {now, {}};
    } else if (manner.answered < ask.sent) {
        manner.silent_until = now + kSilence;
    }
}

// False: over UDP it was silent, and is asked over TCP.
bool ServedRounds::heard_name(Job& job, const Ask& ask, const NameAnswer& answer) {
    const auto& question = std::get<NameQuestion>(ask.what);
    if (question.recurse) {
        heard_edge_name(job, answer);
        return true;
    }
    if (answer.silent && !question.tcp) {
        NameQuestion again = question;
        again.tcp = true;
        queues_[ask.zone].push_front(
            {ask.domain, ask.serial, ask.server, ask.place, std::move(again), ask.zone, ask.sent});
        return false;
    }
    heard_place(job, job.servers.at(ask.server).places.at(ask.place), answer);
    return true;
}

void ServedRounds::heard_place(Job& job, Place& place, const NameAnswer& answer) const {
    if (answer.answered) {
        place.heard.ipv4.insert(place.heard.ipv4.end(), answer.addresses.ipv4.begin(),
                                answer.addresses.ipv4.end());
        place.heard.ipv6.insert(place.heard.ipv6.end(), answer.addresses.ipv6.begin(),
                                answer.addresses.ipv6.end());
    } else {
        place.failed = true;
        if (place.what == What::Nothing) place.words = answer.problem;
    }
    if (--place.open > 0 || place.failed) return;
    place.content = std::move(place.heard);
    place.content.normalise();
    place.what = place.content == job.content ? What::Wanted : What::Other;
    place.words = to_string(place.content);
}

// One address of each family: they are all the same service.
void ServedRounds::heard_edge_name(Job& job, const NameAnswer& answer) {
    if (!answer.answered && job.problem.empty()) job.problem = "the resolver " + answer.problem;
    if (!answer.addresses.ipv4.empty()) ask_edge(job, to_string(answer.addresses.ipv4.front()));
    if (!answer.addresses.ipv6.empty()) ask_edge(job, to_string(answer.addresses.ipv6.front()));
}

// --- what follows --------------------------------------------------------------------------------

void ServedRounds::end_round(DomainId domain, Instant now, DispatcherOutput& output) {
    Job& job = jobs_.at(domain);
    if (overtaken(job)) {
        jobs_.erase(domain);
        return;
    }
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
        jobs_.erase(domain);
        return;
    }
    if (job.rounds == 1) report(job, false, now, output);
    due_.emplace(std::min(end, now + pause_after(job.rounds)), domain);
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
