#include "controller/store/last_id.h"

#include <algorithm>

namespace understudy {
namespace {

struct IdsOf {
    std::int64_t operator()(const SaveServer& change) const {
        return std::max(change.server.id.value, change.server.incident.value);
    }
    std::int64_t operator()(const SavePool& change) const {
        const DrillId drill = change.pool.drill ? change.pool.drill->id : DrillId{};
        return std::max({change.pool.id.value, change.pool.incident.value, drill.value});
    }
    std::int64_t operator()(const SaveDrill& change) const { return change.drill.id.value; }
    std::int64_t operator()(const SaveDomain& change) const {
        return std::max({change.domain.id.value, change.domain.news_incident.value,
                         change.domain.incident.value});
    }
    std::int64_t operator()(const SaveProvider& change) const { return change.account.id.value; }
    std::int64_t operator()(const SaveToken& change) const { return change.token.id.value; }
    std::int64_t operator()(const SaveChannel& change) const {
        return std::max(change.channel.id.value, change.channel.escalation.value);
    }
    std::int64_t operator()(const SaveIncident& change) const { return change.incident.id.value; }
    std::int64_t operator()(const AppendLog& change) const {
        return std::max(change.line.id.value, change.line.incident.value);
    }
    std::int64_t operator()(const Enqueue& change) const {
        return std::max({change.id.value, change.notice.incident.value, change.notice.event.value});
    }
    std::int64_t operator()(const AppendSighting& change) const { return change.id.value; }
    std::int64_t operator()(const SaveControls&) const { return 0; }
    std::int64_t operator()(const PruneHistory&) const { return 0; }
    // The rest speaks of rows that are there already.
    template <typename Existing>
    std::int64_t operator()(const Existing& change) const {
        return change.id.value;
    }
};

}  // namespace

std::int64_t highest_id(std::span<const Change> changes) {
    std::int64_t highest = 0;
    for (const Change& change : changes)
        highest = std::max(highest, std::visit(IdsOf{}, change));
    return highest;
}

}  // namespace understudy
