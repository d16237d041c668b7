#include "controller/core/transaction.h"

#include <iterator>

#include "controller/core/hearing.h"

namespace understudy {
namespace {

// Room for the rows that a step seldom makes.
constexpr std::size_t kFewRows = 8;

}  // namespace

Controls& Transaction::edit_controls() {
    controls_ = true;
    return fleet_.edit_controls();
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

LogLine* Transaction::line_of_order(std::size_t since) {
    for (std::size_t i = since; i < messages_.size(); ++i) {
        auto* said = std::get_if<AppendLog>(&messages_[i]);
        if (said != nullptr && !said->line.who.empty()) return &said->line;
    }
    return nullptr;
}

// Where its incident is shown, or all that are open.
std::string Transaction::link_to(const Notice& notice) const {
    if (public_url_.empty() || notice.type == NoticeType::EscalationOver) return {};
    const bool several = notice.incidents.size() > 1;
    if (several) return public_url_ + "/#/incidents";
    const IncidentId one = notice.incidents.empty() ? notice.incident : notice.incidents.front();
    return one ? public_url_ + "/#/incidents/" + to_string(one) : std::string{};
}

void Transaction::enqueue(ChannelId channel, const Notice& notice, NotificationId id, bool held) {
    const Channel& to = *fleet_.channel(channel);
    messages_.emplace_back(Enqueue{id, channel, hearing::heard(fleet_, to, notice), held});
    std::get<Enqueue>(messages_.back()).notice.link = link_to(notice);
}

void Transaction::release(ChannelId channel) {
    messages_.emplace_back(ReleaseHeld{channel});
}

void Transaction::sight(ServerId server, Sight sight, Observer observer) {
    messages_.emplace_back(AppendSighting{next_id<EventId>(), server, sight, std::move(observer)});
}

void Transaction::keep(Drill ended) {
    messages_.emplace_back(SaveDrill{std::move(ended)});
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
    for (const auto id : tokens_.sorted())
        changes.emplace_back(SaveToken{*fleet_.token(id)});
    for (const auto id : servers_.sorted())
        changes.emplace_back(SaveServer{*fleet_.server(id)});
    for (const auto id : pools_.sorted())
        changes.emplace_back(SavePool{*fleet_.pool(id)});
    for (const auto id : incidents_.sorted())
        changes.emplace_back(SaveIncident{*fleet_.incident(id)});
    if (controls_) changes.emplace_back(SaveControls{fleet_.controls()});
    for (const auto id : domains_.sorted())
        changes.emplace_back(SaveDomain{*fleet_.domain(id)});
    std::move(deletions_.begin(), deletions_.end(), std::back_inserter(changes));
    std::move(messages_.begin(), messages_.end(), std::back_inserter(changes));
    return std::move(decision_);
}

}  // namespace understudy
