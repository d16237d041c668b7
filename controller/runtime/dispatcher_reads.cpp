// What is less urgent than a failover: people's questions, and the comparison of every record with
// its provider.
#include <algorithm>

#include "base/log.h"
#include "controller/runtime/dispatcher_impl.h"

namespace understudy {
namespace {

Error budget_is_spent(Instant opens, Instant now) {
    Error error;
    error.code = Errc::Throttled;
    error.message =
        "the provider may not be called before " + to_text(opens - now) + " have passed";
    error.remedy = "try again then";
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(opens - now);
    return error;
}

}  // namespace

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
    auto operation = (*driver)->read(ZoneRef{zone.key.zone_id, zone.zone_name}, std::move(texts));
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
        output.events.push_back(RecordObserved{name.domain, name.generation, found->state,
                                               found->problem ? found->problem->text() : ""});
    }
}

}  // namespace understudy
