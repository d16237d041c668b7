#include "controller/runtime/dispatch/operation_runner.h"

#include <algorithm>

namespace understudy {
namespace {

// "Throttled" without a Retry-After. Cloudflare refuses everything for five minutes once its limit
// is reached.
constexpr Duration kThrottledLow{60'000};
constexpr Duration kThrottledHigh{90'000};
// Of a Retry-After: none is taken as leave to ask without pause, nor to stay away for good.
constexpr Duration kLeastAsked{1'000};
constexpr Duration kMostAsked{3'600'000};

StepAnswer step_answer(const TransferAnswer& answer) {
    if (const auto* dns = std::get_if<DnsAnswer>(&answer)) return *dns;
    const auto* http = std::get_if<HttpAnswer>(&answer);
    ensure(http != nullptr);
    return *http;
}

const HttpResponse* response_in(const StepAnswer& answer) {
    const auto* http = std::get_if<HttpAnswer>(&answer);
    return http == nullptr ? nullptr : std::get_if<HttpResponse>(http);
}

bool served(const StepAnswer& answer) {
    if (const auto* dns = std::get_if<DnsAnswer>(&answer))
        return std::holds_alternative<DnsResponse>(*dns);
    const auto* response = response_in(answer);
    return response != nullptr && response->status < 500 && response->status != 429;
}

}  // namespace

Error budget_is_spent(Instant opens, Instant now) {
    return throttled("it may not be called before " + to_text(opens - now) +
                         " have passed: the calls that are left are kept for failovers",
                     "try again then", std::chrono::ceil<std::chrono::seconds>(opens - now));
}

CallBudget& OperationRunner::budget_of(ProviderId account, const Provider& provider) {
    auto& budget = budgets_[account];
    budget.configure(provider.capabilities(), reserved_calls_);
    return budget;
}

Instant OperationRunner::opens_at(ProviderId account, const Provider& provider, Urgency urgency,
                                  Instant now, int calls) {
    return budget_of(account, provider).opens_at(urgency, now, calls);
}

Instant OperationRunner::opens_at(ProviderId account, Urgency urgency, Instant now, int calls) {
    const auto known = budgets_.find(account);
    return known == budgets_.end() ? now : known->second.opens_at(urgency, now, calls);
}

std::optional<int> OperationRunner::calls_free(ProviderId account, const Provider& provider,
                                               Urgency urgency, Instant now) {
    return budget_of(account, provider).calls_free(urgency, now);
}

std::optional<Duration> OperationRunner::wait_for(ProviderId account, int calls, Instant now) {
    const auto known = budgets_.find(account);
    if (known == budgets_.end()) return std::nullopt;
    return known->second.wait_for(calls, now);
}

void OperationRunner::start(ProviderId account, std::shared_ptr<const Provider> provider,
                            std::unique_ptr<AnyOperation> operation, Urgency urgency, Ended ended,
                            Instant now, WallTime wall, int calls) {
    budget_of(account, *provider).promised(calls);
    Running running{
        account, std::move(provider), std::move(operation), urgency, std::move(ended), calls, 0};
    auto step = running.operation->start(wall);
    go_on(std::move(running), std::move(step), now);
}

bool OperationRunner::finished(const TransferDone& done, Instant now, WallTime wall) {
    const auto entry = operations_.find(done.id);
    if (entry == operations_.end()) return false;
    Running running = std::move(entry->second);
    operations_.erase(entry);
    count(running, -1);

    const StepAnswer answer = step_answer(done.answer);
    if (!served(answer)) ++failures_;
    if (const auto* response = response_in(answer)) {
        if (const auto left = running.provider->calls_left(*response)) {
            budget_of(running.account, *running.provider).told_calls_left(*left, now);
        }
    }
    auto step = running.operation->resume(answer, wall);
    go_on(std::move(running), std::move(step), now);
    return true;
}

void OperationRunner::go_on(Running running, Step step, Instant now) {
    if (std::holds_alternative<Finished>(step)) {
        const Error* failure = running.operation->failure();
        return end(std::move(running), failure, now);
    }
    auto* http = std::get_if<HttpRequest>(&step);
    Transfer request = http != nullptr ? Transfer{std::move(*http)}
                                       : Transfer{std::move(std::get<DnsExchange>(step))};
    if (!out_of_turn(running, now)) return send(std::move(running), std::move(request), now);
    if (running.urgency == Urgency::Person) {
        const Instant opens = opens_at(running.account, Urgency::Person, now);
        const Error spent = budget_is_spent(opens, now);
        // Our word and not the provider's: it keeps nobody else from calling.
        return running.ended(&spent, now, running.made);
    }
    parked_.push_back({std::move(running), std::move(request)});
}

bool OperationRunner::out_of_turn(const Running& running, Instant now) {
    const bool writes = running.urgency == Urgency::Failover || running.urgency == Urgency::Move;
    if (writes || running.promised > 0) return false;
    return opens_at(running.account, *running.provider, running.urgency, now) > now;
}

void OperationRunner::send(Running running, Transfer request, Instant now) {
    auto& budget = budget_of(running.account, *running.provider);
    budget.called(now);
    if (running.promised > 0) {
        budget.promised(-1);
        --running.promised;
    }
    ++calls_;
    ++running.made;
    count(running, 1);
    const TransferId id = ids_.next();
    operations_.emplace(id, std::move(running));
    outbound_.submit(id, std::move(request));
}

void OperationRunner::count(const Running& running, int one) {
    if (running.urgency == Urgency::Background) in_background_ += one;
    if (running.urgency != Urgency::Failover) without_need_ += one;
}

void OperationRunner::go_on_with_parked(const StillGood& still_good, Instant now) {
    for (auto& [running, request] : std::exchange(parked_, {})) {
        if (!still_good(running.account, running.provider)) {
            const Error changed = transient("the provider's account was changed meanwhile");
            end(std::move(running), &changed, now);
        } else if (out_of_turn(running, now)) {
            parked_.push_back({std::move(running), std::move(request)});
        } else {
            send(std::move(running), std::move(request), now);
        }
    }
}

Instant OperationRunner::next_parked(Instant now) {
    Instant next = kNever;
    for (const auto& each : parked_) {
        const Instant opens = opens_at(each.running.account, each.running.urgency, now);
        next = std::min(next, std::max(opens, now));
    }
    return next;
}

void OperationRunner::end(Running running, const Error* failure, Instant now) {
    budget_of(running.account, *running.provider).promised(-running.promised);
    const auto troubles = failure != nullptr ? std::vector{failure} : running.operation->troubles();
    count_errors(running.account, troubles);
    const auto told = std::ranges::find(troubles, Errc::Throttled, &Error::code);
    if (told != troubles.end()) wait_as_told(running, **told, now);
    running.ended(failure, now, running.made);
}

// Each kind once: one answer may be about a hundred names. What was wrong with a name itself is no
// trouble of the provider's.
void OperationRunner::count_errors(ProviderId account, const std::vector<const Error*>& troubles) {
    const auto any = [&](Errc code) {
        return std::ranges::find(troubles, code, &Error::code) != troubles.end() ? 1u : 0u;
    };
    const ProviderErrors found{any(Errc::Rejected), any(Errc::Throttled), any(Errc::Transient)};
    if (found.rejected + found.throttled + found.transient == 0) return;
    ProviderErrors& known = errors_[account];
    known.rejected += found.rejected;
    known.throttled += found.throttled;
    known.transient += found.transient;
}

void OperationRunner::wait_as_told(const Running& running, const Error& error, Instant now) {
    Duration wait = random_.between(kThrottledLow, kThrottledHigh);
    if (error.retry_after) wait = std::clamp<Duration>(*error.retry_after, kLeastAsked, kMostAsked);
    budget_of(running.account, *running.provider).blocked(now + wait);
}

}  // namespace understudy
