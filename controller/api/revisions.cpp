#include "controller/api/revisions.h"

#include <variant>

namespace understudy {
namespace {

// Of which thing it is a row; none: of nothing that has a tag.
struct RowOfThing {
    std::optional<Revisions::Thing> thing = {};
    bool gone = false;
};

struct NameThing {
    static RowOfThing saved(Topic kind, std::int64_t id) {
        return {Revisions::Thing{kind, id}, false};
    }
    static RowOfThing gone(Topic kind, std::int64_t id) {
        return {Revisions::Thing{kind, id}, true};
    }

    RowOfThing operator()(const SaveServer& row) {
        return saved(Topic::Servers, row.server.id.value);
    }
    RowOfThing operator()(const SavePool& row) { return saved(Topic::Pools, row.pool.id.value); }
    RowOfThing operator()(const SaveDomain& row) {
        return saved(Topic::Domains, row.domain.id.value);
    }
    RowOfThing operator()(const SaveProvider& row) {
        return saved(Topic::Providers, row.account.id.value);
    }
    RowOfThing operator()(const SaveChannel& row) {
        return saved(Topic::Channels, row.channel.id.value);
    }
    RowOfThing operator()(const SaveIncident& row) {
        return saved(Topic::Incidents, row.incident.id.value);
    }
    RowOfThing operator()(const DeleteIncident& row) {
        return gone(Topic::Incidents, row.id.value);
    }
    RowOfThing operator()(const SaveControls&) { return saved(Topic::Controls, 0); }
    RowOfThing operator()(const DeleteServer& row) { return gone(Topic::Servers, row.id.value); }
    RowOfThing operator()(const DeletePool& row) { return gone(Topic::Pools, row.id.value); }
    RowOfThing operator()(const DeleteDomain& row) { return gone(Topic::Domains, row.id.value); }
    RowOfThing operator()(const DeleteProvider& row) {
        return gone(Topic::Providers, row.id.value);
    }
    RowOfThing operator()(const DeleteChannel& row) { return gone(Topic::Channels, row.id.value); }
    RowOfThing operator()(const auto&) { return {}; }
};

}  // namespace

void Revisions::note(const Change& change) {
    const RowOfThing named = std::visit(NameThing{}, change);
    if (!named.thing) return;
    if (named.gone) {
        revisions_.erase(*named.thing);
    } else {
        revisions_[*named.thing] = ++last_;
    }
}

std::uint64_t Revisions::of(const Thing& thing) const {
    const auto found = revisions_.find(thing);
    return found == revisions_.end() ? 0 : found->second;
}

}  // namespace understudy
