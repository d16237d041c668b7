// The dispatcher's inside, shared by dispatcher.cpp (rows, providers, the face),
// dispatcher_writes.cpp and dispatcher_reads.cpp. Nobody else includes this.
#pragma once

#include <algorithm>
#include <deque>
#include <map>

#include "controller/runtime/dispatch/delivery_queue.h"
#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/dispatch/operation_runner.h"
#include "controller/runtime/dispatch/record_queue.h"
#include "controller/runtime/dispatch/zone_reads.h"
#include "controller/runtime/probes/certificate_rounds.h"
#include "controller/runtime/probes/witness_rounds.h"
#include "controller/runtime/served/served_rounds.h"

namespace understudy {

// A person's question (OrderDesk::ask) that has no place, or no call of the provider's, yet.
struct WaitingQuestion {
    ProviderId provider;
    Question question;
};

struct Dispatcher::Impl {
    Impl(Store& s, std::string instance, const Fleet& f, Drivers& d, Outlets o, Random random,
         const DispatcherLimits& l)
        : store(s),
          fleet(f),
          drivers(d),
          limits(l),
          runner(o.providers, ids, Random{random.below(UINT64_MAX)}, l.calls_reserved_for_failover),
          records(f, Random{random.below(UINT64_MAX)}, l.retry_base, l.retry_cap,
                  l.operations_in_flight_per_zone),
          reads(f),
          deliveries(std::move(instance), f, d, o.notifications, ids,
                     Random{random.below(UINT64_MAX)}),
          certificates(f, o.providers, ids, Random{random.below(UINT64_MAX)}, l.certificates),
          witnesses(o.providers, ids, l.witnesses),
          served(f, o, ids, l.served) {}

    void refresh(Instant now, WallTime wall);
    void start_everything(Instant now, WallTime wall);

    void start_writes(Instant now, WallTime wall);
    bool start_write(Urgency urgency, Instant now, WallTime wall);
    void write(RecordBatch batch, Instant now, WallTime wall);
    void written(const RecordBatch& batch, const Result<std::vector<ReplaceOutcome>>& result,
                 Instant now);
    void written_one(const RecordBehind& record, const ReplaceOutcome& outcome, Instant now);
    void refused(const RecordBehind& record, const Error& error, Instant now);

    void start_questions(Instant now, WallTime wall);
    void start_questions(std::deque<WaitingQuestion>& waiting, Urgency urgency, Instant now,
                         WallTime wall);
    void ask(const WaitingQuestion& asked, Urgency urgency, Instant now, WallTime wall);
    void answered(const WaitingQuestion& asked, Urgency urgency, const AnyOperation& operation,
                  const Error* failure);
    void go_on_with_parked(Instant now);
    Error told_of(ProviderId id, Error error) const;

    void start_reads(Instant now, WallTime wall);
    bool may_read(const ZoneRead& read, Instant now);
    void read(const ZoneRead& read, Instant now, WallTime wall);
    bool may_be_halfway(ProviderId account, DomainId domain);
    void was_read(const ZoneRead& read, const std::vector<ReadName>& names, std::uint64_t starts,
                  const Result<std::vector<RecordReading>>& result);

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
    ServedRounds served;
    std::deque<WaitingQuestion> questions;
    std::deque<WaitingQuestion> patient_questions;

    bool stale = false;  // rows may have changed since they were read
    Instant last_read{};
    Instant read_again = kNever;  // the rows, which could not be read
    Instant next_deadline = Instant{};
    DispatcherOutput output;
};

}  // namespace understudy
