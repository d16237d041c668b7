#include "controller/runtime/dispatch/dispatcher.h"

#include <algorithm>
#include <climits>

#include "base/log.h"
#include "controller/runtime/dispatch/dispatcher_impl.h"

namespace understudy {
namespace {

constexpr int kDueLimit = 20'000;
// While records in memory can still be started the store is asked no more often than this.
constexpr Duration kRereadInterval{250};

// Reading, reading back, and a second page of either.
constexpr int kCallsBesideWrites = 4;

Error no_such_provider() {
    return not_found("the provider does not exist", "see the list of providers");
}

}  // namespace

// --- rows ------------------------------------------------------------------------------------

void Dispatcher::Impl::refresh(Instant now, WallTime wall) {
    if (!stale) return;
    if (records.anything_startable(now) && now - last_read < kRereadInterval) return;
    auto due = store.due(kDueLimit);
    if (!due) {
        log::error("dispatcher", "cannot read what is due", {{"error", due.error().text()}});
        read_again = now + kRereadInterval;
        return;
    }
    stale = false;
    last_read = now;
    records.refill(std::move(due->records));
    deliveries.refill(std::move(due->notifications), now, wall);
    read_again = kNever;
}

void Dispatcher::Impl::start_everything(Instant now, WallTime wall) {
    start_writes(now, wall);
    deliveries.start(now, wall, output);
    go_on_with_parked(now);
    start_questions(now, wall);
    start_reads(now, wall);
    certificates.start(now, wall, output);
    served.start(now, output);
    next_deadline = deadline(now);
}

Instant Dispatcher::Impl::deadline(Instant now) {
    Instant next = std::min({read_again, deliveries.next_try(), certificates.next_deadline()});
    if (stale) next = std::min(next, std::max(now + Duration{1}, last_read + kRereadInterval));
    next = std::min(next, records.next_try(now));
    next = std::min(next, runner.next_parked(now));
    if (!room()) return next;
    for (const Urgency urgency : {Urgency::Failover, Urgency::Move}) {
        for (const RecordBehind* record : records.startable(urgency, now)) {
            const Instant opens = opens_at(*record, urgency, now);
            if (opens > now) next = std::min(next, opens);
        }
    }
    for (const auto& read : reads.waiting()) {
        const Instant opens = runner.opens_at(read.key.provider, Urgency::Background, now);
        if (opens > now) next = std::min(next, opens);
    }
    for (const auto& asked : patient_questions) {
        const Instant opens = runner.opens_at(asked.provider, Urgency::Patient, now);
        if (opens > now) next = std::min(next, opens);
    }
    return next;
}

// --- providers -------------------------------------------------------------------------------

Result<std::shared_ptr<const Provider>> Dispatcher::Impl::provider(ProviderId id) {
    const ProviderAccount* account = fleet.provider(id);
    if (account == nullptr) return no_such_provider();
    return drivers.provider(*account);
}

// People have several accounts: an error says which one it is about, and where it is the
// credential's fault how that is replaced.
Error Dispatcher::Impl::told_of(ProviderId id, Error error) const {
    const ProviderAccount* account = fleet.provider(id);
    const bool about_a_name = error.code == Errc::NotFound || error.code == Errc::Conflict;
    if (account == nullptr || about_a_name) return error;
    error.message = "provider '" + account->name + "': " + error.message;
    if (error.field == kCredentialField) {
        error.field.clear();
        error.remedy += (error.remedy.empty() ? "" : ": ") +
                        ("understudyctl provider set-credential " + account->name);
    }
    return error;
}

Instant Dispatcher::Impl::opens_at(const RecordBehind& record, Urgency urgency, Instant now) {
    const int calls = calls_beside_writes({record.provider, record.zone_id}) + 1;
    return runner.opens_at(record.provider, urgency, now, calls);
}

// A zone is read before the write and after it, over as many pages as it was last time.
int Dispatcher::Impl::calls_beside_writes(const ZoneKey& zone) const {
    const auto known = calls_of_reading.find(zone);
    return 2 * (known == calls_of_reading.end() ? 1 : known->second);
}

// A whole zone at once, unless the calls that are left are too few for it: an operation that runs
// out of them in the middle leaves its end to the next window.
BatchLimit Dispatcher::Impl::batch_limit(ProviderId id, Urgency urgency, Instant now) {
    const auto driver = provider(id);
    if (!driver) return {};
    const Capabilities can = (*driver)->capabilities();
    BatchLimit limit{can.operation_size, INT_MAX};
    if (const auto free = runner.calls_free(id, **driver, urgency, now)) {
        const int writes = std::clamp(*free - kCallsBesideWrites, 1, INT_MAX / can.batch_size);
        limit.changes = writes * can.batch_size;
    }
    return limit;
}

// --- the face --------------------------------------------------------------------------------

Dispatcher::Dispatcher(Store& store, std::string instance, const Fleet& fleet, Drivers& drivers,
                       Outlets outlets, Random random, const DispatcherLimits& limits)
    : impl_(std::make_unique<Impl>(store, std::move(instance), fleet, drivers, outlets, random,
                                   limits)) {}

Dispatcher::~Dispatcher() = default;

DispatcherOutput Dispatcher::dispatch(Instant now, WallTime wall, bool rows_changed) {
    if (!rows_changed && now < impl_->next_deadline) {
        impl_->served.start(now, impl_->output);
        return impl_->take_output();
    }
    if (rows_changed) impl_->drivers.forget_removed(impl_->fleet);
    impl_->stale = true;
    impl_->refresh(now, wall);
    impl_->start_everything(now, wall);
    return impl_->take_output();
}

DispatcherOutput Dispatcher::finished(const TransferDone& done, Instant now, WallTime wall) {
    // After a mass switch these come by the thousand, and nothing else waits for them.
    if (impl_->served.finished(done, now, impl_->output)) {
        impl_->served.start(now, impl_->output);
        return impl_->take_output();
    }
    const bool ours = impl_->runner.finished(done, now, wall) ||
                      impl_->deliveries.finished(done, now, wall, impl_->output) ||
                      impl_->certificates.finished(done, wall, impl_->output) ||
                      impl_->witnesses.finished(done, now, impl_->output);
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

void Dispatcher::ask_witnesses(Instant now) {
    impl_->witnesses.ask(now);
}

void Dispatcher::ask_served(const std::vector<AskServed>& asked, Instant now) {
    for (const AskServed& each : asked)
        impl_->served.ask(each, now);
}

void Dispatcher::ask(ProviderId provider, Question question, Instant now) {
    impl_->questions.push_back(WaitingQuestion{provider, std::move(question)});
    impl_->next_deadline = now;
}

void Dispatcher::ask_patiently(ProviderId provider, Question question, Instant now) {
    impl_->patient_questions.push_back(WaitingQuestion{provider, std::move(question)});
    impl_->next_deadline = now;
}

std::optional<Duration> Dispatcher::wait_for_calls(ProviderId provider, int calls, Instant now) {
    return impl_->runner.wait_for(provider, calls, now);
}

std::optional<AccountMeans> Dispatcher::means_of(ProviderId provider, Instant now) {
    const auto driver = impl_->provider(provider);
    if (!driver) return std::nullopt;
    return AccountMeans{(*driver)->capabilities(),
                        impl_->runner.calls_free(provider, **driver, Urgency::Failover, now)};
}

Instant Dispatcher::next_deadline() const {
    return std::min(impl_->next_deadline, impl_->served.next_deadline());
}

DispatcherCounters Dispatcher::counters() const {
    DispatcherCounters counters;
    counters.provider_calls = impl_->runner.calls();
    counters.provider_failures = impl_->runner.failures();
    counters.notifications_delivered = impl_->deliveries.delivered();
    counters.notification_failures = impl_->deliveries.failures();
    counters.notifications_folded = impl_->deliveries.folded();
    return counters;
}

const std::map<ProviderId, ProviderErrors>& Dispatcher::provider_errors() const {
    return impl_->runner.errors();
}

}  // namespace understudy
