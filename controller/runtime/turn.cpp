#include "controller/runtime/turn.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "controller/core/engine_view.h"
#include "controller/runtime/committed_log.h"

namespace understudy {
namespace {

constexpr Duration kCountInterval{100};
constexpr Duration kLongestCountInterval{1'000};
constexpr std::size_t kCountedPerMillisecond = 100;

bool concerns_dispatcher(const Change& change) {
    return std::visit(
        [](const auto& each) {
            using T = std::decay_t<decltype(each)>;
            // A server's alarm makes failovers of the records that show it.
            return std::is_same_v<T, SaveServer> || std::is_same_v<T, SaveDomain> ||
                   std::is_same_v<T, DeleteDomain> || std::is_same_v<T, Enqueue> ||
                   std::is_same_v<T, ReleaseHeld> || std::is_same_v<T, NotificationDelivered> ||
                   std::is_same_v<T, NotificationDeferred> || std::is_same_v<T, NotificationDead> ||
                   std::is_same_v<T, NotificationRetried> || std::is_same_v<T, ChannelRetried> ||
                   std::is_same_v<T, NotificationsFolded> || std::is_same_v<T, SaveChannel> ||
                   std::is_same_v<T, DeleteChannel> || std::is_same_v<T, SaveProvider> ||
                   std::is_same_v<T, DeleteProvider>;
        },
        change);
}

// What answers about the whole fleet are made from (ControllerState::fleet_changes).
bool changes_fleet(const Change& change) {
    return std::visit(
        [](const auto& each) {
            using T = std::decay_t<decltype(each)>;
            return std::is_same_v<T, SaveServer> || std::is_same_v<T, DeleteServer> ||
                   std::is_same_v<T, SavePool> || std::is_same_v<T, DeletePool> ||
                   std::is_same_v<T, SaveDomain> || std::is_same_v<T, DeleteDomain> ||
                   std::is_same_v<T, SaveControls>;
        },
        change);
}

double elapsed_s(std::chrono::microseconds begun) {
    return std::chrono::duration<double>(stopwatch_now() - begun).count();
}

// The same without rows.
bool changes_fleet(const Input& input) {
    return std::holds_alternative<AgentLinked>(input) || std::holds_alternative<AgentLeft>(input) ||
           std::holds_alternative<ReadinessFound>(input);
}

}  // namespace

Turn::Turn(TurnParts parts, const TurnSettings& settings)
    : parts_(std::move(parts)), settings_(settings) {}

Result<Instant> Turn::run(Instant now, WallTime wall) {
    const auto begun = stopwatch_now();
    take_arrivals(now);
    take_answers(now, wall);
    step_everything(now, wall);
    const auto committed = commit(now, wall);
    if (!committed) return committed.error();
    release(wall);
    handle_requests(now, wall);
    dispatch(now, wall);
    probe(now, wall);
    if (parts_.alive != nullptr) parts_.alive->start(now);
    if (parts_.onlooker != nullptr) parts_.onlooker->turn_ends(now);
    update_state(now);
    const Instant until = next(now);
    // Counted from the start of this turn, so that a turn that takes too long is a stall as well.
    expected_by_ = std::max(until, now);
    parts_.state.measures.turn.add(elapsed_s(begun));
    return until;
}

template <typename Said>
void Turn::take_words(std::vector<Said> said) {
    std::ranges::move(said, std::back_inserter(reports_));
}

// A stall comes first: what is late then is our fault, and the engine must know before it looks at
// anything.
void Turn::take_arrivals(Instant now) {
    if (now - settings_.stall_limit > expected_by_) {
        const Duration late = now - expected_by_;
        log::warning("turn", "the controller itself stood still", {{"late", to_text(late)}});
        step(now, Stalled{late});
    }
    auto arrivals = parts_.hub.take_arrivals();
    std::ranges::move(arrivals.inputs, std::back_inserter(inbox_));
    std::ranges::move(arrivals.requests, std::back_inserter(requests_));
    std::ranges::move(arrivals.gone, std::back_inserter(gone_));
    if (parts_.siblings != nullptr) take_words(parts_.siblings->take(arrivals.probed, now));
    for (const Enrolment& enrolment : arrivals.enrolments)
        take_enrolment(enrolment);
    for (auto& order : parts_.desk.take_orders())
        inbox_.push_back(std::move(order));
}

// An order like a person's: it is answered after the commit. Of both secrets only hashes go on.
void Turn::take_enrolment(const Enrolment& enrolment) {
    const std::string& token = enrolment.token.reveal();
    parts_.desk.give(own_caller("the agent at " + enrolment.peer),
                     EnrollAgent{token_hash(enrolment.code.reveal()), token_hash(token),
                                 token_lookup_prefix(token).value_or("")},
                     {}, [this, id = enrolment.id](const Result<OrderDone>& done) {
                         if (!done) return parts_.hub.answer_enrolment(id, done.error());
                         const Server* server = parts_.engine.fleet().server(ServerId{done->id});
                         parts_.hub.answer_enrolment(id, server ? server->name : std::string{});
                     });
}

void Turn::take_answers(Instant now, WallTime wall) {
    for (const auto& done : parts_.answers.take_all()) {
        if (parts_.alive != nullptr && parts_.alive->finished(done, wall)) continue;
        take_report(parts_.dispatcher.finished(done, now, wall));
    }
    if (parts_.probes != nullptr) take_words(parts_.probes->take_answers(now, wall));
    // After them: what was delivered meanwhile is not put back.
    for (auto& retry : parts_.desk.take_retries()) {
        changes_.push_back(retry.change);
        retries_.push_back(std::move(retry.retried));
    }
}

void Turn::take_report(DispatcherOutput report) {
    std::ranges::move(report.inputs, std::back_inserter(reports_));
    std::ranges::move(report.changes, std::back_inserter(changes_));
}

void Turn::step_everything(Instant now, WallTime wall) {
    for (const auto& input : std::exchange(reports_, {}))
        step(now, input);
    for (int count = 0; count < settings_.inputs_per_turn && !inbox_.empty(); ++count) {
        const Input input = std::move(inbox_.front());
        inbox_.pop_front();
        if (auto refused = parts_.desk.refused(input)) {
            replies_.push_back(*std::move(refused));
        } else {
            step(now, input);
        }
    }
    // Time comes after input: a heartbeat that has arrived never loses to its own deadline.
    if (inbox_.empty() && now >= parts_.engine.next_deadline()) step(now, TimePassed{wall});
}

void Turn::step(Instant now, const Input& input) {
    auto decision = parts_.engine.step(now, input);
    ++parts_.state.steps;
    if (changes_fleet(input)) ++parts_.state.fleet_changes;
    if (parts_.onlooker != nullptr) {
        for (const Change& change : decision.changes)
            parts_.onlooker->decided(change);
    }
    std::ranges::move(decision.changes, std::back_inserter(changes_));
    std::ranges::move(decision.replies, std::back_inserter(replies_));
    check_records_ = check_records_ || decision.check_records;
    ask_witnesses_ = ask_witnesses_ || decision.ask_witnesses;
    std::ranges::move(decision.ask_observers, std::back_inserter(ask_observers_));
    std::ranges::move(decision.ask_served, std::back_inserter(ask_served_));
    std::ranges::move(decision.ask_proofs, std::back_inserter(ask_proofs_));
    std::ranges::move(decision.ask_readiness, std::back_inserter(ask_readiness_));
    if (parts_.siblings != nullptr) parts_.siblings->note(input, now);
    if (parts_.onlooker != nullptr) parts_.onlooker->heard(input);
}

// With nothing to write it only asks whether something could be written.
Result<Done> Turn::write(WallTime wall) {
    if (changes_.empty()) return parts_.store.check();
    const auto begun = stopwatch_now();
    auto committed = parts_.store.commit(changes_, wall);
    if (!committed) return committed.error();
    parts_.state.measures.commit.add(elapsed_s(begun));
    committed_ = std::move(*committed);
    return Done{};
}

Result<Done> Turn::commit(Instant now, WallTime wall) {
    if (changes_.empty() && now < check_store_at_) return Done{};
    check_store_at_ = now + settings_.tick;
    auto done = write(wall);
    for (const Duration pause : settings_.commit_pauses) {
        if (done || done.error().code == Errc::Corrupt) break;
        log::error("turn", "cannot write to the store; trying again",
                   {{"error", done.error().text()}});
        parts_.state.store_writable = false;
        parts_.pause(pause);
        done = write(wall);
    }
    parts_.state.store_writable = done.ok();
    if (done && !changes_.empty()) {
        ++parts_.state.commits;
        note_committed(now);
    }
    return done;
}

void Turn::note_committed(Instant now) {
    const EngineView view = parts_.engine.view(now);
    for (const auto& change : changes_) {
        failover_watch_.note(change, view, parts_.state.measures);
        if (const auto* line = std::get_if<AppendLog>(&change)) log_committed(line->line);
        if (changes_fleet(change)) ++parts_.state.fleet_changes;
        if (concerns_dispatcher(change)) rows_changed_ = counts_changed_ = true;
        if (parts_.plan != nullptr) parts_.plan->note(change);
        if (parts_.probes != nullptr) parts_.probes->note(change);
        if (parts_.siblings != nullptr) parts_.siblings->note(change);
        if (parts_.onlooker != nullptr) parts_.onlooker->committed(change);
    }
    changes_.clear();
}

void Turn::release(WallTime) {
    for (const auto& reply : std::exchange(replies_, {})) {
        const auto outcome = parts_.desk.answer(reply);
        for (const ServerId server : outcome.links_to_close)
            parts_.hub.revoke(server);
    }
    const auto retried = std::exchange(committed_.retries, {});
    ensure(retried.size() == retries_.size());
    for (std::size_t i = 0; const auto& answer : std::exchange(retries_, {}))
        answer(retried[i++]);
}

// After the commit: what the API shows is then never ahead of what is written.
void Turn::handle_requests(Instant now, WallTime wall) {
    if (!requests_.empty()) parts_.state.budgets = parts_.hub.budgets();  // as they are now
    for (const auto& request : std::exchange(requests_, {})) {
        parts_.handle_request(request, now, wall);
    }
    for (const HttpRequestId client : std::exchange(gone_, {})) {
        if (parts_.client_gone) parts_.client_gone(client);
    }
    answering_ = parts_.time_passed && parts_.time_passed(now);
}

// At the start and with every maintenance loop: the engine decides whether it is worth a word.
void Turn::report_own_certificate(WallTime wall) {
    if (parts_.state.tls == nullptr || !parts_.state.tls->certificate) return;
    const OwnCertificate& own = *parts_.state.tls->certificate;
    std::string names;
    for (const std::string& name : own.names)
        add_item(names, name);
    reports_.push_back(
        OwnCertificateSeen{names, term_of(own.not_before, own.not_after, own.serial, wall)});
}

void Turn::dispatch(Instant now, WallTime wall) {
    if (std::exchange(check_records_, false)) {
        parts_.dispatcher.check_records(now, wall);
        report_own_certificate(wall);
    }
    if (std::exchange(ask_witnesses_, false)) parts_.dispatcher.ask_witnesses(now);
    parts_.dispatcher.ask_served(std::exchange(ask_served_, {}), now);
    for (auto& asked : parts_.desk.take_questions()) {
        if (asked.patient) {
            parts_.dispatcher.ask_patiently(asked.provider, std::move(asked.question), now);
        } else {
            parts_.dispatcher.ask(asked.provider, std::move(asked.question), now);
        }
    }
    const bool rows_changed = std::exchange(rows_changed_, false);
    if (!rows_changed && now < parts_.dispatcher.next_deadline()) return;
    take_report(parts_.dispatcher.dispatch(now, wall, rows_changed));
}

void Turn::probe(Instant now, WallTime wall) {
    const auto asked = std::exchange(ask_observers_, {});
    const auto proofs = std::exchange(ask_proofs_, {});
    const auto unswept = std::exchange(ask_readiness_, {});
    if (parts_.plan != nullptr) parts_.plan->keep_up(now);
    if (parts_.probes != nullptr) {
        parts_.probes->prove(proofs, now);
        parts_.probes->ask(asked, now);
        parts_.probes->sweep(unswept, now);
        take_words(parts_.probes->start(now, wall));
    }
    if (parts_.siblings != nullptr) {
        parts_.siblings->prove(proofs, now);
        parts_.siblings->ask(asked, now);
        take_words(parts_.siblings->start(now));
    }
}

void Turn::show_probes(const ProbeCounters& counters) {
    auto& state = parts_.state;
    state.probes_serving = counters.serves;
    state.probes_dead = counters.dead;
    state.probes_nothing = counters.nothing;
    state.probes_behind = counters.behind;
    state.probes_in_flight = counters.in_flight;
}

void Turn::show_siblings(const SiblingCounters& counters) {
    auto& state = parts_.state;
    state.siblings_serving = counters.serves;
    state.siblings_dead = counters.dead;
    state.siblings_nothing = counters.nothing;
    state.siblings_silent = counters.unanswered;
}

void Turn::show_alive(const AliveCounters& counters) {
    auto& state = parts_.state;
    state.alive_watched = counters.watched;
    state.alive_answered = counters.answered;
    state.alive_failed = counters.failed;
    state.alive_last = counters.last;
}

void Turn::update_state(Instant now) {
    auto& state = parts_.state;
    const auto counters = parts_.dispatcher.counters();
    state.provider_calls = counters.provider_calls;
    state.provider_failures = counters.provider_failures;
    state.notifications_delivered = counters.notifications_delivered;
    state.notifications_failed = counters.notification_failures;
    state.notifications_folded = counters.notifications_folded;
    if (parts_.probes != nullptr) show_probes(parts_.probes->counters());
    if (parts_.siblings != nullptr) show_siblings(parts_.siblings->counters());
    if (parts_.alive != nullptr) show_alive(parts_.alive->counters());
    state.agents_linked = parts_.hub.agents_linked();
    state.hub = parts_.hub.counters();
    if (now < count_at()) return;
    counts_changed_ = false;
    counted_at_ = now;
    const auto domains = parts_.engine.fleet().domains();
    state.records_behind = static_cast<std::size_t>(
        std::ranges::count_if(domains, [](const Domain* d) { return !d->record.settled(); }));
    if (const auto counts = parts_.store.count_outbox()) {  // else they stay as they were
        state.notifications_pending = counts->pending;
        state.notifications_dead = counts->dead;
        state.oldest_pending = counts->oldest_pending;
    }
}

// The more there is to count, the seldomer: counting must not hold up what it counts.
Instant Turn::count_at() const {
    if (!counts_changed_) return kNever;
    const std::size_t rows = parts_.state.notifications_pending + parts_.state.notifications_dead;
    const Duration pause{static_cast<Duration::rep>(rows / kCountedPerMillisecond)};
    return counted_at_ + std::clamp(pause, kCountInterval, kLongestCountInterval);
}

Instant Turn::next(Instant now) const {
    const bool more = !inbox_.empty() || !reports_.empty() || !changes_.empty() ||
                      parts_.desk.anything_waits() || answering_;
    if (more) return now;
    const Instant plan = parts_.plan != nullptr ? parts_.plan->next_deadline() : kNever;
    const Instant probes = parts_.probes != nullptr ? parts_.probes->next_deadline() : kNever;
    const Instant siblings = parts_.siblings != nullptr ? parts_.siblings->next_deadline() : kNever;
    const Instant alive = parts_.alive != nullptr ? parts_.alive->next_deadline() : kNever;
    const Instant told = parts_.onlooker != nullptr ? parts_.onlooker->next_deadline() : kNever;
    return std::min({parts_.engine.next_deadline(), parts_.dispatcher.next_deadline(), plan, probes,
                     siblings, alive, told, now + settings_.tick, count_at()});
}

}  // namespace understudy
