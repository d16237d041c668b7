// The dispatcher's inside, shared by dispatcher.cpp (rows, providers, the face),
// dispatcher_writes.cpp and dispatcher_reads.cpp. Nobody else includes this.
#pragma once

#include <algorithm>
#include <deque>
#include <map>

#include "controller/runtime/certificate_rounds.h"
#include "controller/runtime/delivery_queue.h"
#include "controller/runtime/dispatcher.h"
#include "controller/runtime/operation_runner.h"
#include "controller/runtime/record_queue.h"
#include "controller/runtime/witness_rounds.h"
#include "controller/runtime/zone_reads.h"

namespace understudy {

// What a person waits for (OrderDesk::ask).
struct Question {
    ProviderId provider;
    std::function<std::unique_ptr<Operation>(const Provider&)> make;
    std::function<void(const Result<Outcome>&)> done;
};

struct Dispatcher::Impl {
    Impl(Store& s, const Fleet& f, Drivers& d, Outlets o, Random random, const DispatcherLimits& l)
        : store(s),
          fleet(f),
          drivers(d),
          limits(l),
          runner(o.providers, ids, Random{random.below(UINT64_MAX)}, l.calls_reserved_for_failover),
          records(f, Random{random.below(UINT64_MAX)}, l.retry_base, l.retry_cap,
                  l.operations_in_flight_per_zone),
          reads(f),
          deliveries(f, d, o.notifications, ids, Random{random.below(UINT64_MAX)}),
          certificates(f, o.providers, ids, Random{random.below(UINT64_MAX)}, l.certificates),
          witnesses(o.providers, ids, l.witnesses) {}

    void refresh(Instant now, WallTime wall);
    void start_everything(Instant now, WallTime wall);

    void start_writes(Instant now, WallTime wall);
    bool start_write(Urgency urgency, Instant now, WallTime wall);
    void write(RecordBatch batch, Instant now, WallTime wall);
    void written(const RecordBatch& batch, const Result<Outcome>& result, Instant now);
    void written_one(const RecordBehind& record, const ReplaceOutcome& outcome, Instant now);
    void refused(const RecordBehind& record, const Error& error, Instant now);

    void start_questions(Instant now, WallTime wall);
    void start_questions(std::deque<Question>& waiting, Urgency urgency, Instant now,
                         WallTime wall);
    void ask(const Question& question, Urgency urgency, Instant now, WallTime wall);
    void answered(const Question& question, Urgency urgency, const Result<Outcome>& result);
    void go_on_with_parked(Instant now);
    Error told_of(ProviderId id, Error error) const;

    void start_reads(Instant now, WallTime wall);
    bool may_read(const ZoneRead& read, Instant now);
    void read(const ZoneRead& read, Instant now, WallTime wall);
    void was_read(const ZoneRead& read, const std::vector<ReadName>& names, std::uint64_t starts,
                  const Result<Outcome>& result);

    Result<std::shared_ptr<const Provider>> provider(ProviderId id);
    // For a write of that record alone.
    Instant opens_at(const RecordBehind& record, Urgency urgency, Instant now);
    int calls_beside_writes(const ZoneKey& zone) const;
    BatchLimit batch_limit(ProviderId id, Urgency urgency, Instant now);
    bool room() const { return runner.running() < limits.operations_in_flight; }
    // Half of the places are the failovers': slow answers to others must not keep them waiting.
    bool room_without_need() const {
        return room() &&
               runner.running_without_need() < std::max(1, limits.operations_in_flight / 2);
    }
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
    std::map<ZoneKey, int> calls_of_reading;  // that the last one of a zone took
    DeliveryQueue deliveries;
    CertificateRounds certificates;
    WitnessRounds witnesses;
    std::deque<Question> questions;
    std::deque<Question> patient_questions;

    bool instance_known = false;
    bool stale = false;  // rows may have changed since they were read
    Instant last_read{};
    Instant read_again = kNever;  // the rows, which could not be read
    Instant next_deadline = Instant{};
    DispatcherOutput output;
};

// A driver's result of another kind than was asked for.
Error wrong_outcome();

}  // namespace understudy
