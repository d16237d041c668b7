// What is less urgent than a failover: people's questions, and the comparison of every record with
// its provider.
#include <algorithm>

#include "base/log.h"
#include "controller/runtime/dispatch/dispatcher_impl.h"

namespace understudy {
namespace {

// What a person's question takes: finding a zone, and reading a name in it.
constexpr int kCallsOfQuestion = 4;

}  // namespace

void Dispatcher::Impl::start_questions(Instant now, WallTime wall) {
    start_questions(questions, Urgency::Person, now, wall);
    start_questions(patient_questions, Urgency::Patient, now, wall);
}

void Dispatcher::Impl::start_questions(std::deque<WaitingQuestion>& waiting, Urgency urgency,
                                       Instant now, WallTime wall) {
    std::deque<WaitingQuestion> kept;
    while (!waiting.empty() && room_without_need()) {
        WaitingQuestion asked = std::move(waiting.front());
        waiting.pop_front();
        const bool patient = urgency == Urgency::Patient;
        if (patient && runner.opens_at(asked.provider, urgency, now) > now) {
            kept.push_back(std::move(asked));
        } else {
            ask(asked, urgency, now, wall);
        }
    }
    waiting.insert(waiting.begin(), std::make_move_iterator(kept.begin()),
                   std::make_move_iterator(kept.end()));
}

void Dispatcher::Impl::ask(const WaitingQuestion& asked, Urgency urgency, Instant now,
                           WallTime wall) {
    const auto driver = provider(asked.provider);
    if (!driver) {
        asked.question.failed(told_of(asked.provider, driver.error()));
        return;
    }
    const int calls = urgency == Urgency::Person ? kCallsOfQuestion : 1;
    const Instant opens = runner.opens_at(asked.provider, **driver, urgency, now, calls);
    if (opens > now) {
        // A person waits for the answer: better "not now" than minutes of silence.
        if (urgency == Urgency::Person) {
            asked.question.failed(told_of(asked.provider, budget_is_spent(opens, now)));
        } else {
            patient_questions.push_back(asked);
        }
        return;
    }
    auto operation = asked.question.make(**driver);
    const auto& running = *operation;
    runner.start(
        asked.provider, *driver, std::move(operation), urgency,
        [this, asked, urgency, &running](const Error* failure, Instant, int) {
            answered(asked, urgency, running, failure);
        },
        now, wall, calls);
}

void Dispatcher::Impl::answered(const WaitingQuestion& asked, Urgency urgency,
                                const AnyOperation& operation, const Error* failure) {
    if (failure == nullptr) return asked.question.answered(operation);
    if (urgency == Urgency::Patient && failure->code == Errc::Throttled) {
        patient_questions.push_back(asked);
        return;
    }
    asked.question.failed(told_of(asked.provider, *failure));
}

void Dispatcher::Impl::go_on_with_parked(Instant now) {
    runner.go_on_with_parked(
        [this](ProviderId id, const std::shared_ptr<const Provider>& used) {
            const auto present = provider(id);
            return present && *present == used;
        },
        now);
}

bool Dispatcher::Impl::may_read(const ZoneRead& read, Instant now) {
    return !records.zone_busy(read.key) &&
           runner.opens_at(read.key.provider, Urgency::Background, now) <= now;
}

void Dispatcher::Impl::start_reads(Instant now, WallTime wall) {
    const int most = std::max(1, limits.operations_in_flight / 4);
    while (room_without_need() && runner.running_in_background() < most) {
        const auto next =
            reads.take([&](const ZoneRead& candidate) { return may_read(candidate, now); });
        if (!next) return;
        read(*next, now, wall);
    }
}

void Dispatcher::Impl::read(const ZoneRead& zone, Instant now, WallTime wall) {
    auto names = reads.names_of(zone);
    const auto driver = provider(zone.key.provider);
    if (names.empty() || !driver) return;
    std::vector<std::string> texts;
    texts.reserve(names.size());
    for (const auto& name : names)
        texts.push_back(name.name);
    auto operation = (*driver)->read(ZoneRef{zone.key.zone_id, zone.zone_name}, std::move(texts));
    const auto* const reading = operation.get();
    runner.start(
        zone.key.provider, *driver, std::move(operation), Urgency::Background,
        [this, zone, names = std::move(names), starts = records.starts(), reading](
            const Error* failure, Instant, int calls) {
            using Readings = Result<std::vector<RecordReading>>;
            calls_of_reading[zone.key] = calls;
            was_read(zone, names, starts,
                     failure != nullptr ? Readings{*failure} : reading->result());
        },
        now, wall);
}

// Between two tries of such a change the record may hold, and differ in, what no reading alone can
// tell from somebody else's. The next try reads it first, and knows. In conflict nothing is tried,
// and a reading is how it ends.
bool Dispatcher::Impl::may_be_halfway(ProviderId account, DomainId id) {
    const Domain* domain = fleet.domain(id);
    if (domain == nullptr || domain->record.settled() || domain->record.in_conflict()) return false;
    const auto driver = provider(account);
    return driver && !(*driver)->capabilities().whole_names;
}

void Dispatcher::Impl::was_read(const ZoneRead& zone, const std::vector<ReadName>& names,
                                std::uint64_t starts,
                                const Result<std::vector<RecordReading>>& result) {
    if (!result) {
        const Error error = told_of(zone.key.provider, result.error());
        log::warning("dispatcher", "zone not read",
                     {{"zone", zone.zone_name}, {"error", error.text()}});
        // The next maintenance loop asks again; only who was told to wait keeps its place.
        if (error.code == Errc::Throttled) reads.put_back(zone);
        return;
    }
    for (const auto& name : names) {
        // A write that began meanwhile makes this reading worthless.
        if (records.started_since(name.domain, starts)) continue;
        const auto found = std::ranges::find(*result, name.name, &RecordReading::name);
        if (found == result->end() || may_be_halfway(zone.key.provider, name.domain)) continue;
        // Somebody made it something that is no record of ours: as good as other content, and told
        // with a reason.
        if (found->problem) {
            log::warning("dispatcher", "record cannot be read as one",
                         {{"domain", name.name}, {"error", found->problem->text()}});
        }
        output.inputs.push_back(RecordObserved{name.domain, name.generation, found->state,
                                               found->problem ? found->problem->text() : ""});
    }
}

}  // namespace understudy
