#include "controller/runtime/desk.h"

namespace understudy {
namespace {

// An agent whose token no longer counts must not stay linked by it.
void note_ended_link(const OrderAction& action, std::vector<ServerId>& links) {
    const auto* rotated = std::get_if<RotateToken>(&action);
    if (rotated != nullptr && rotated->at_once) links.push_back(rotated->server);
    if (const auto* removed = std::get_if<RemoveServer>(&action)) links.push_back(removed->server);
}

}  // namespace

void Desk::give(const Caller& by, OrderAction action, Unmet unmet, Answered answered) {
    const std::uint64_t request = ++last_request_;
    Given given{[answered = std::move(answered)](const Result<OrderDone>& done, const auto&) {
                    answered(done);
                },
                {},
                std::move(unmet)};
    note_ended_link(action, given.links_to_close);
    given_.emplace(request, std::move(given));
    orders_.push_back(Order{OrderContext{request, by.who, by}, std::move(action)});
}

std::optional<Reply> Desk::refused(const Input& input) const {
    const auto* order = std::get_if<Order>(&input);
    const auto given = order == nullptr ? given_.end() : given_.find(order->context.request);
    if (given == given_.end() || !given->second.unmet) return std::nullopt;
    const auto why = given->second.unmet();
    return why ? std::optional{Reply{order->context.request, *why, {}}} : std::nullopt;
}

void Desk::give_batch(const Caller& by, std::vector<OrderAction> actions, BatchAnswered answered) {
    const std::uint64_t request = ++last_request_;
    Given given{std::move(answered), {}};
    for (const OrderAction& action : actions)
        note_ended_link(action, given.links_to_close);
    given_.emplace(request, std::move(given));
    orders_.push_back(OrderBatch{OrderContext{request, by.who, by}, std::move(actions)});
}

void Desk::ask(ProviderId provider, Question question) {
    questions_.push_back(PersonsQuestion{provider, std::move(question)});
}

void Desk::ask_patiently(ProviderId provider, Question question) {
    questions_.push_back(PersonsQuestion{provider, std::move(question), true});
}

std::optional<Duration> Desk::wait_for_calls(ProviderId provider, int calls) {
    return forecast_ ? forecast_(provider, calls) : std::nullopt;
}

std::vector<FoundOverIpv6> Desk::found_over_ipv6(ServerId server) {
    return findings_ ? findings_(server) : std::vector<FoundOverIpv6>{};
}

std::optional<AccountMeans> Desk::means_of(ProviderId provider) {
    return means_ ? means_(provider) : std::nullopt;
}

void Desk::retry_notification(NotificationRetried which, Retried retried) {
    retries_.push_back(Retry{std::move(which), std::move(retried)});
}

void Desk::note_use(TokenId token, const std::string& source) {
    if (uses_.insert(token).second)
        orders_.push_back(Order{OrderContext{}, TokenUsed{token, source}});
}

void Desk::retry_channel(ChannelId id, Retried retried) {
    retries_.push_back(Retry{ChannelRetried{id}, std::move(retried)});
}

Desk::Outcome Desk::answer(const Reply& reply) {
    const auto entry = given_.find(reply.request);
    if (entry == given_.end()) return {};
    Given given = std::move(entry->second);
    given_.erase(entry);
    given.answered(reply.result, reply.refused);
    if (!reply.result) return {};
    return Outcome{std::move(given.links_to_close)};
}

}  // namespace understudy
