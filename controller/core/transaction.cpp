#include "controller/core/transaction.h"

#include <iterator>

namespace understudy {
namespace {

// Room for the rows that a step seldom makes.
constexpr std::size_t kFewRows = 8;

}  // namespace

Pool& Transaction::edit(PoolId id) {
    dirty(id);
    return fleet_.edit(id);
}
Domain& Transaction::edit(DomainId id) {
    dirty(id);
    return fleet_.edit(id);
}
Channel& Transaction::edit(ChannelId id) {
    dirty(id);
    return fleet_.edit(id);
}
Controls& Transaction::edit_controls() {
    controls_ = true;
    return fleet_.edit_controls();
}

void Transaction::clean(ServerId id) {
    servers_.erase(id);
    deletions_.emplace_back(DeleteServer{id});
}
void Transaction::clean(PoolId id) {
    pools_.erase(id);
    deletions_.emplace_back(DeletePool{id});
}
void Transaction::clean(DomainId id) {
    domains_.erase(id);
    deletions_.emplace_back(DeleteDomain{id});
}
void Transaction::clean(ProviderId id) {
    providers_.erase(id);
    deletions_.emplace_back(DeleteProvider{id});
}
void Transaction::clean(ChannelId id) {
    channels_.erase(id);
    deletions_.emplace_back(DeleteChannel{id});
}

EventId Transaction::log(LogLine line) {
    line.id = next_id<EventId>();
    const EventId id = line.id;
    if (const Server* server = fleet_.server(line.server)) line.server_name = server->name;
    if (const Pool* pool = fleet_.pool(line.pool)) line.pool_name = pool->name;
    if (const Domain* domain = fleet_.domain(line.domain)) line.domain_name = domain->name;
    messages_.emplace_back(AppendLog{std::move(line)});
    return id;
}

void Transaction::enqueue(ChannelId channel, const Notice& notice, NotificationId id) {
    messages_.emplace_back(Enqueue{id, channel, notice});
}

void Transaction::sight(ServerId server, Sight sight, Observer observer) {
    messages_.emplace_back(AppendSighting{next_id<EventId>(), server, sight, std::move(observer)});
}

void Transaction::prune() {
    messages_.emplace_back(PruneHistory{});
}

void Transaction::reply(std::uint64_t request, Result<OrderDone> result) {
    decision_.replies.push_back({request, std::move(result), {}});
}

Decision Transaction::finish() {
    auto& changes = decision_.changes;
    changes.reserve(pools_.sorted().size() + domains_.sorted().size() + deletions_.size() +
                    messages_.size() + kFewRows);
    for (const auto id : providers_.sorted())
        changes.emplace_back(SaveProvider{*fleet_.provider(id)});
    for (const auto id : channels_.sorted())
        changes.emplace_back(SaveChannel{*fleet_.channel(id)});
    for (const auto id : servers_.sorted())
        changes.emplace_back(SaveServer{*fleet_.server(id)});
    for (const auto id : pools_.sorted())
        changes.emplace_back(SavePool{*fleet_.pool(id)});
    if (controls_) changes.emplace_back(SaveControls{fleet_.controls()});
    for (const auto id : domains_.sorted())
        changes.emplace_back(SaveDomain{*fleet_.domain(id)});
    std::move(deletions_.begin(), deletions_.end(), std::back_inserter(changes));
    std::move(messages_.begin(), messages_.end(), std::back_inserter(changes));
    return std::move(decision_);
}

}  // namespace understudy
