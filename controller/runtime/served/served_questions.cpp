// The questions of ServedRounds that are under way: whose turn it is, and what their answers say.
#include <algorithm>

#include "controller/runtime/served/served_rounds.h"

namespace understudy {
namespace {

using SaidWhat = NameServerSaid::What;

// So long nobody else finds out again that an address is silent.
constexpr Duration kSilence{5'000};
constexpr std::size_t kMannersKept = 10'000;
// What one call does: the controller has other things to do between two of them.
constexpr std::size_t kSilentPerCall = 1'000;

}  // namespace

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
void ServedRounds::pump(Instant now, DispatcherOutput& output, std::size_t enough) {
    if (!on_) return;
    const auto limit = static_cast<std::size_t>(limits_.in_flight);
    zones_.start(room_for_look_ups());
    const std::size_t share = std::max<std::size_t>(1, limit / 4);
    std::size_t silent_ones = 0;
    for (std::size_t passed_over = 0; room() && passed_over < queues_.size();) {
        if (silent_ones >= kSilentPerCall || output.inputs.size() >= enough) {
            again_ = now;
            return;
        }
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
        if (job_of(next) == nullptr) continue;
        const auto* question = std::get_if<NameQuestion>(&next.what);
        if (question == nullptr || !is_silent(*question, now)) {
            submit(std::move(next), now);
            continue;
        }
        ++silent_ones;
        NameAnswer nothing;
        nothing.problem = "no answer";
        heard(next, nothing, now, output);
    }
}

void ServedRounds::submit(Ask ask, Instant now) {
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
        zone_found_.insert(zone_found_.end(), waiting.mapped().begin(), waiting.mapped().end());
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
        if (serves || service->spoke) place.what = serves ? SaidWhat::Wanted : SaidWhat::Other;
        if (serves || service->spoke || place.what == SaidWhat::Nothing)
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
        if (place.what == SaidWhat::Nothing) place.words = answer.problem;
    }
    if (--place.open > 0 || place.failed) return;
    place.content = std::move(place.heard);
    place.content.normalise();
    place.what = place.content == job.content ? SaidWhat::Wanted : SaidWhat::Other;
    place.words = to_string(place.content);
}

// One address of each family: they are all the same service.
void ServedRounds::heard_edge_name(Job& job, const NameAnswer& answer) {
    if (!answer.answered && job.problem.empty()) job.problem = "the resolver " + answer.problem;
    if (!answer.addresses.ipv4.empty()) ask_edge(job, to_string(answer.addresses.ipv4.front()));
    if (!answer.addresses.ipv6.empty()) ask_edge(job, to_string(answer.addresses.ipv6.front()));
}

}  // namespace understudy
