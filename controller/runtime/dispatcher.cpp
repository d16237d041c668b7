#include "controller/runtime/dispatcher.h"

#include <algorithm>
#include <deque>

#include "base/log.h"
#include "controller/runtime/certificate_rounds.h"
#include "controller/runtime/delivery_queue.h"
#include "controller/runtime/operation_runner.h"
#include "controller/runtime/record_queue.h"
#include "controller/runtime/zone_reads.h"

namespace understudy {
namespace {

constexpr int kDueLimit = 20'000;
// While records in memory can still be started the store is asked no more often than this.
constexpr Duration kRereadInterval{250};
// Rows carry wall time; a step of the wall clock is noticed after so long at the latest.
constexpr Duration kWallCheck{60'000};

struct Question {
    ProviderId provider;
    std::function<std::unique_ptr<Operation>(const Provider&)> make;
    std::function<void(const Result<Outcome>&)> done;
};

RecordReplacement replacement_of(const RecordBehind& record) {
    RecordReplacement replacement;
    replacement.name = record.name;
    replacement.with_ipv6 = record.with_ipv6;
    replacement.wanted = record.desired;
    replacement.ttl = record.desired_ttl;
    replacement.acceptable = record.acceptable;
    return replacement;
}

Error no_such_provider() {
    return not_found("the provider does not exist", "see the list of providers");
}

Error budget_is_spent(Instant opens, Instant now) {
    Error error;
    error.code = Errc::Throttled;
    error.message =
        "the provider may not be called before " + to_text(opens - now) + " have passed";
    error.remedy = "try again then";
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(opens - now);
    return error;
}

Error wrong_outcome() {
    return Error{Errc::Corrupt, "the provider driver answered another question", {}, {}, {}};
}

}  // namespace

struct Dispatcher::Impl {
    Impl(Store& s, const Fleet& f, Drivers& d, Outbound& o, Random random,
         const DispatcherLimits& l)
        : store(s),
          fleet(f),
          drivers(d),
          limits(l),
          runner(o, ids, Random{random.below(UINT64_MAX)}, l.calls_reserved_for_failover),
          records(f, Random{random.below(UINT64_MAX)}, l.retry_base, l.retry_cap,
                  l.operations_in_flight_per_zone),
          reads(f),
          deliveries(f, d, o, ids, Random{random.below(UINT64_MAX)}),
          certificates(f, o, ids, Random{random.below(UINT64_MAX)}, l.certificates) {}

    void refresh(Instant now, WallTime wall);
    void start_everything(Instant now, WallTime wall);

    void start_writes(Instant now);
    void write(RecordBatch batch, Instant now);
    void written(const RecordBatch& batch, const Result<Outcome>& result, Instant now);
    void written_one(const RecordBehind& record, const ReplaceOutcome& outcome, Instant now);
    void refused(const RecordBehind& record, const Error& error, Instant now);

    void start_questions(Instant now);
    void ask(const Question& question, Instant now);

    void start_reads(Instant now);
    bool may_read(const ZoneRead& read, Instant now);
    void read(const ZoneRead& read, Instant now);
    void was_read(const ZoneRead& read, const std::vector<ReadName>& names, std::uint64_t starts,
                  const Result<Outcome>& result);

    Result<std::shared_ptr<const Provider>> provider(ProviderId id);
    bool open(ProviderId id, Instant now);
    int batch_size(ProviderId id);
    bool room() const { return runner.running() < limits.operations_in_flight; }
    Instant deadline(Instant now);
    DispatcherOutput take_output() { return std::exchange(output, {}); }

    Store& store;
    const Fleet& fleet;
    Drivers& drivers;
    const DispatcherLimits limits;
    TransferIds ids;
    OperationRunner runner;
    RecordQueue records;
    ZoneReads reads;
    DeliveryQueue deliveries;
    CertificateRounds certificates;
    std::deque<Question> questions;

    bool instance_known = false;
    bool stale = false;  // rows may have changed since they were read
    Instant last_read{};
    Instant next_notification = kNever;
    Instant next_deadline = Instant{};
    DispatcherOutput output;
};

// --- rows
// ------------------------------------------------------------------------------------------

void Dispatcher::Impl::refresh(Instant now, WallTime wall) {
    if (!stale) return;
    if (records.anything_startable(now) && now - last_read < kRereadInterval) return;
    if (!instance_known) {
        const auto instance = store.instance();
        if (instance) deliveries.set_instance(*instance);
        instance_known = instance.ok();
    }
    auto due = store.due(wall, kDueLimit);
    if (!due || !instance_known) {
        log::error("dispatcher", "cannot read what is due",
                   {{"error", due ? "no instance name" : due.error().text()}});
        next_notification = now + kRereadInterval;
        return;
    }
    stale = false;
    last_read = now;
    records.refill(std::move(due->records));
    deliveries.refill(std::move(due->notifications));
    next_notification = kNever;
    if (due->next_notification) {
        next_notification =
            now + std::clamp<Duration>(*due->next_notification - wall, Duration{1}, kWallCheck);
    }
}

void Dispatcher::Impl::start_everything(Instant now, WallTime wall) {
    start_writes(now);
    deliveries.start(wall, output);
    start_questions(now);
    start_reads(now);
    certificates.start(now);
    next_deadline = deadline(now);
}

Instant Dispatcher::Impl::deadline(Instant now) {
    Instant next = std::min(next_notification, certificates.next_deadline());
    if (stale) next = std::min(next, std::max(now + Duration{1}, last_read + kRereadInterval));
    next = std::min(next, records.next_try(now));
    if (!room()) return next;
    for (const ProviderId id : records.providers_wanted(now)) {
        const Instant opens = runner.opens_at(id, Urgency::Failover, now);
        if (opens > now) next = std::min(next, opens);
    }
    for (const auto& read : reads.waiting()) {
        const Instant opens = runner.opens_at(read.key.provider, Urgency::Background, now);
        if (opens > now) next = std::min(next, opens);
    }
    return next;
}

// --- providers
// -------------------------------------------------------------------------------------

Result<std::shared_ptr<const Provider>> Dispatcher::Impl::provider(ProviderId id) {
    const ProviderAccount* account = fleet.provider(id);
    if (account == nullptr) return no_such_provider();
    return drivers.provider(*account);
}

bool Dispatcher::Impl::open(ProviderId id, Instant now) {
    return runner.opens_at(id, Urgency::Failover, now) <= now;
}

int Dispatcher::Impl::batch_size(ProviderId id) {
    const auto driver = provider(id);
    return driver ? (*driver)->capabilities().batch_size : 1;
}

// --- writes
// ----------------------------------------------------------------------------------------

void Dispatcher::Impl::start_writes(Instant now) {
    while (room()) {
        auto batch = records.take(
            now, [&](ProviderId id) { return open(id, now); },
            [&](ProviderId id) { return batch_size(id); });
        if (!batch) return;
        write(std::move(*batch), now);
    }
}

void Dispatcher::Impl::write(RecordBatch batch, Instant now) {
    const auto driver = provider(batch.provider);
    if (!driver) {
        written(batch, driver.error(), now);
        return;
    }
    std::vector<RecordReplacement> replacements;
    replacements.reserve(batch.records.size());
    for (const auto& record : batch.records)
        replacements.push_back(replacement_of(record));
    auto operation = (*driver)->replace(batch.zone, std::move(replacements));
    const ProviderId account = batch.provider;
    runner.start(
        account, *driver, std::move(operation), Urgency::Failover,
        [this, batch = std::move(batch)](const Result<Outcome>& result, Instant then) {
            written(batch, result, then);
        },
        now);
}

void Dispatcher::Impl::written(const RecordBatch& batch, const Result<Outcome>& result,
                               Instant now) {
    records.batch_done(batch);
    const auto* outcomes = result ? std::get_if<std::vector<ReplaceOutcome>>(&*result) : nullptr;
    const bool complete = outcomes != nullptr && outcomes->size() == batch.records.size();
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
        if (complete) {
            written_one(batch.records[i], (*outcomes)[i], now);
        } else {
            refused(batch.records[i], result ? wrong_outcome() : result.error(), now);
        }
    }
}

void Dispatcher::Impl::written_one(const RecordBehind& record, const ReplaceOutcome& outcome,
                                   Instant now) {
    if (const auto* error = std::get_if<Error>(&outcome)) {
        refused(record, *error, now);
        return;
    }
    records.succeeded(record);
    if (const auto* confirmed = std::get_if<Confirmed>(&outcome)) {
        output.events.push_back(
            RecordConfirmed{record.domain, record.generation, confirmed->state});
    } else {
        output.events.push_back(
            RecordObserved{record.domain, record.generation, std::get<Stranger>(outcome).state});
    }
}

void Dispatcher::Impl::refused(const RecordBehind& record, const Error& error, Instant now) {
    const int attempts = records.failed(record, error, now);
    log::warning("dispatcher", "record not written",
                 {{"domain", record.name}, {"attempt", attempts}, {"error", error.text()}});
    output.events.push_back(RecordRefused{record.domain, record.generation, error, attempts});
    // It is still behind, with no commit to say so.
    stale = true;
}

// --- questions of people
// -----------------------------------------------------------------------------

void Dispatcher::Impl::start_questions(Instant now) {
    while (room() && !questions.empty()) {
        const Question question = std::move(questions.front());
        questions.pop_front();
        ask(question, now);
    }
}

void Dispatcher::Impl::ask(const Question& question, Instant now) {
    const auto driver = provider(question.provider);
    if (!driver) {
        question.done(driver.error());
        return;
    }
    // A person waits for the answer: better "not now" than minutes of silence.
    const Instant opens = runner.opens_at(question.provider, **driver, Urgency::Person, now);
    if (opens > now) {
        question.done(budget_is_spent(opens, now));
        return;
    }
    runner.start(
        question.provider, *driver, question.make(**driver), Urgency::Person,
        [done = question.done](const Result<Outcome>& result, Instant) { done(result); }, now);
}

// --- background reads
// ----------------------------------------------------------------------------------

bool Dispatcher::Impl::may_read(const ZoneRead& read, Instant now) {
    return !records.zone_busy(read.key) &&
           runner.opens_at(read.key.provider, Urgency::Background, now) <= now;
}

void Dispatcher::Impl::start_reads(Instant now) {
    const int most = std::max(1, limits.operations_in_flight / 4);
    while (room() && runner.running_in_background() < most) {
        const auto next =
            reads.take([&](const ZoneRead& candidate) { return may_read(candidate, now); });
        if (!next) return;
        read(*next, now);
    }
}

void Dispatcher::Impl::read(const ZoneRead& zone, Instant now) {
    auto names = reads.names_of(zone);
    const auto driver = provider(zone.key.provider);
    if (names.empty() || !driver) return;
    std::vector<std::string> texts;
    texts.reserve(names.size());
    for (const auto& name : names)
        texts.push_back(name.name);
    auto operation = (*driver)->read(ZoneRef{zone.key.zone_id, zone.zone_name}, std::move(texts),
                                     zone.with_ipv6);
    runner.start(
        zone.key.provider, *driver, std::move(operation), Urgency::Background,
        [this, zone, names = std::move(names), starts = records.starts()](
            const Result<Outcome>& result, Instant) { was_read(zone, names, starts, result); },
        now);
}

void Dispatcher::Impl::was_read(const ZoneRead& zone, const std::vector<ReadName>& names,
                                std::uint64_t starts, const Result<Outcome>& result) {
    const auto* readings = result ? std::get_if<std::vector<RecordReading>>(&*result) : nullptr;
    if (readings == nullptr) {
        const Error error = result ? wrong_outcome() : result.error();
        log::warning("dispatcher", "zone not read",
                     {{"zone", zone.zone_name}, {"error", error.text()}});
        // The next maintenance loop asks again; only who was told to wait keeps its place.
        if (error.code == Errc::Throttled) reads.put_back(zone);
        return;
    }
    for (const auto& name : names) {
        // A write that began meanwhile makes this reading worthless.
        if (records.started_since(name.domain, starts)) continue;
        const auto found = std::ranges::find(*readings, name.name, &RecordReading::name);
        if (found == readings->end()) continue;
        // Somebody made it something that is no record of ours: as good as other content, and told
        // with a reason.
        if (found->problem) {
            log::warning("dispatcher", "record cannot be read as one",
                         {{"domain", name.name}, {"error", found->problem->text()}});
        }
        output.events.push_back(RecordObserved{name.domain, name.generation, found->state});
    }
}

// --- the face
// ------------------------------------------------------------------------------------------

Dispatcher::Dispatcher(Store& store, const Fleet& fleet, Drivers& drivers, Outbound& outbound,
                       Random random, const DispatcherLimits& limits)
    : impl_(std::make_unique<Impl>(store, fleet, drivers, outbound, random, limits)) {}

Dispatcher::~Dispatcher() = default;

DispatcherOutput Dispatcher::dispatch(Instant now, WallTime wall) {
    impl_->stale = true;
    impl_->refresh(now, wall);
    impl_->start_everything(now, wall);
    return impl_->take_output();
}

DispatcherOutput Dispatcher::finished(const TransferDone& done, Instant now, WallTime wall) {
    const bool ours = impl_->runner.finished(done, now) ||
                      impl_->deliveries.finished(done, wall, impl_->output) ||
                      impl_->certificates.finished(done, wall, impl_->output);
    ensure(ours);
    impl_->start_everything(now, wall);
    return impl_->take_output();
}

void Dispatcher::check_records(Instant now, WallTime) {
    impl_->records.forget_waits();
    impl_->reads.plan();
    impl_->certificates.plan(now);
    impl_->stale = true;
    impl_->next_deadline = now;
}

void Dispatcher::ask(ProviderId provider,
                     std::function<std::unique_ptr<Operation>(const Provider&)> make,
                     std::function<void(const Result<Outcome>&)> done, Instant now, WallTime) {
    impl_->questions.push_back(Question{provider, std::move(make), std::move(done)});
    impl_->next_deadline = now;
}

Instant Dispatcher::next_deadline() const {
    return impl_->next_deadline;
}

DispatcherCounters Dispatcher::counters() const {
    DispatcherCounters counters;
    counters.provider_calls = impl_->runner.calls();
    counters.provider_failures = impl_->runner.failures();
    counters.notifications_delivered = impl_->deliveries.delivered();
    counters.notification_failures = impl_->deliveries.failures();
    return counters;
}

}  // namespace understudy
