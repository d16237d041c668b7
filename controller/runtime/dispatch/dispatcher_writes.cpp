// Records on their way to their providers, and what follows every answer.
#include <algorithm>

#include "base/log.h"
#include "controller/runtime/dispatch/dispatcher_impl.h"

namespace understudy {
namespace {

RecordReplacement replacement_of(const RecordBehind& record) {
    RecordReplacement replacement;
    replacement.name = record.name;
    replacement.wanted = record.desired;
    replacement.ttl = record.desired_ttl;
    replacement.acceptable = record.acceptable;
    replacement.proxied = record.proxied;
    return replacement;
}

Error wrong_outcome() {
    return Error{Errc::Corrupt, "the provider driver answered another question", {}, {}, {}};
}

}  // namespace

void Dispatcher::Impl::start_writes(Instant now, WallTime wall) {
    while (room() && start_write(Urgency::Failover, now, wall)) {
    }
    while (room_without_need() && start_write(Urgency::Move, now, wall)) {
    }
}

bool Dispatcher::Impl::start_write(Urgency urgency, Instant now, WallTime wall) {
    auto batch = records.take(
        urgency, now,
        [&](const RecordBehind& record) { return opens_at(record, urgency, now) <= now; },
        [&](ProviderId id) { return batch_limit(id, urgency, now); });
    if (!batch) return false;
    write(std::move(*batch), now, wall);
    return true;
}

void Dispatcher::Impl::write(RecordBatch batch, Instant now, WallTime wall) {
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
    const auto* const writing = operation.get();
    const ProviderId account = batch.provider;
    const int most = std::max(1, (*driver)->capabilities().batch_size);
    const int writes = (batch.changes + most - 1) / most;
    const int calls = calls_beside_writes(batch.key()) + writes;
    const Urgency urgency = batch.urgency;
    runner.start(
        account, *driver, std::move(operation), urgency,
        [this, batch = std::move(batch), writing](const Error* failure, Instant then, int) {
            using Outcomes = Result<std::vector<ReplaceOutcome>>;
            written(batch, failure != nullptr ? Outcomes{*failure} : writing->result(), then);
        },
        now, wall, calls);
}

void Dispatcher::Impl::written(const RecordBatch& batch,
                               const Result<std::vector<ReplaceOutcome>>& result, Instant now) {
    records.batch_done(batch);
    const bool complete = result && result->size() == batch.records.size();
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
        if (complete) {
            written_one(batch.records[i], (*result)[i], now);
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
        output.inputs.push_back(
            RecordConfirmed{record.domain, record.generation, confirmed->state});
    } else {
        output.inputs.push_back(
            RecordObserved{record.domain, record.generation, std::get<Foreign>(outcome).state});
    }
}

void Dispatcher::Impl::refused(const RecordBehind& record, const Error& met, Instant now) {
    const Error error = told_of(record.provider, met);
    const int attempts = records.failed(record, error, now);
    log::warning("dispatcher", "record not written",
                 {{"domain", record.name}, {"attempt", attempts}, {"error", error.text()}});
    output.inputs.push_back(RecordRefused{record.domain, record.generation, error, attempts});
    // It is still behind, with no commit to say so.
    stale = true;
}

}  // namespace understudy
