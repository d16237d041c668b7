#include "controller/runtime/desk.h"

namespace understudy {
namespace {

// An agent whose token no longer counts must not stay linked by it.
ServerId link_ended_by(const OrderAction& action) {
    if (const auto* rotated = std::get_if<RotateToken>(&action)) return rotated->server;
    if (const auto* removed = std::get_if<RemoveServer>(&action)) return removed->server;
    return {};
}

}  // namespace

void Desk::give(std::string who, OrderAction action, Answered answered) {
    const std::uint64_t request = ++last_request_;
    given_.emplace(request, Given{std::move(answered), link_ended_by(action)});
    orders_.push_back(Order{OrderContext{request, std::move(who)}, std::move(action)});
}

void Desk::ask(ProviderId provider, MakeOperation make, JobDone done) {
    questions_.push_back(Question{provider, std::move(make), std::move(done)});
}

void Desk::retry_notification(NotificationId id, Answered answered) {
    retries_.push_back(Retry{id, std::move(answered)});
}

Desk::Outcome Desk::answer(const Reply& reply) {
    const auto entry = given_.find(reply.request);
    if (entry == given_.end()) return {};
    const Given given = std::move(entry->second);
    given_.erase(entry);
    given.answered(reply.result);
    return Outcome{reply.result ? given.link_to_close : ServerId{}};
}

}  // namespace understudy
