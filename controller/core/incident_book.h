// IncidentBook: which things each open incident is about, and what of them channels were told by
// escalation. Derived from the fleet, or soon made again, and not stored; kept so that nobody has
// to walk over what is well. Owned by the engine.
//
// A thing is a server, a pool or a domain by its id: no two have the same (base/ids.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/notice.h"
#include "base/undo_log.h"

namespace understudy {

class IncidentBook {
  public:
    using Thing = std::int64_t;
    // Something is wrong with a thing.
    struct Entry {
        IncidentId incident;
        NoticeType told = NoticeType::ServerDown;  // the worst that people heard of it
        PoolId pool;                               // of a record
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    // What a channel was told of a thing of an incident, and when.
    struct Heard {
        NoticeType told = NoticeType::ServerDown;
        WallTime at{};
        bool again = false;  // it was well, or better, since, and is broken again
    };
    explicit IncidentBook(UndoLog& log)
        : entries_(log), things_(log), records_(log), heard_(log), left_(log, {}) {}

    // None: nothing is wrong with it.
    const Entry* find(Thing thing) const { return entries_.find(thing); }
    IncidentId of(Thing thing) const {
        const Entry* entry = find(thing);
        return entry == nullptr ? IncidentId{} : entry->incident;
    }
    void put(Thing thing, const Entry& entry) {
        const Entry* before = find(thing);
        if (before != nullptr && *before == entry) return;
        erase(thing);
        entries_.put(thing, entry);
        things_.insert({entry.incident, thing});
        if (entry.pool) records_.insert(place_of(thing, entry));
    }
    void erase(Thing thing) {
        const Entry* before = find(thing);
        if (before == nullptr) return;
        things_.erase({before->incident, thing});
        if (before->pool) records_.erase(place_of(thing, *before));
        note_left(before->incident);
        entries_.erase(thing);
    }
    // In the order of incidents.
    const std::set<std::pair<IncidentId, Thing>>& all() const { return things_.all(); }
    std::vector<Thing> things_of(IncidentId incident) const {
        std::vector<Thing> things;
        for (auto at = all().lower_bound({incident, 0}); at != all().end(); ++at) {
            if (at->first != incident) break;
            things.push_back(at->second);
        }
        return things;
    }
    bool is_open(IncidentId incident) const {
        const auto at = all().lower_bound({incident, 0});
        return at != all().end() && at->first == incident;
    }
    // That of the pool's records that are in trouble now; none: all of them are well.
    IncidentId of_records(PoolId pool) const {
        const auto at = records_.all().lower_bound({pool, {}, {}, 0});
        const bool any = at != records_.all().end() && std::get<PoolId>(*at) == pool;
        return any ? std::get<IncidentId>(*at) : IncidentId{};
    }
    // A record of the pool in that incident with which it is as bad at least.
    std::optional<Thing> record_in(PoolId pool, IncidentId incident, Severity severity) const {
        const auto at = records_.all().lower_bound({pool, incident, severity, 0});
        if (at == records_.all().end()) return std::nullopt;
        const auto [of, in, how_bad, thing] = *at;
        if (of != pool || in != incident) return std::nullopt;
        return thing;
    }

    // Null: the channel was not told of it.
    const Heard* heard(IncidentId incident, Thing thing, ChannelId channel) const {
        return heard_.find({incident, thing, channel});
    }
    void note_heard(IncidentId incident, Thing thing, ChannelId channel, const Heard& heard) {
        heard_.put({incident, thing, channel}, heard);
    }
    void note_again(IncidentId incident, Thing thing) {
        for (const auto& key : heard_of(incident, thing))
            heard_.edit_known(key).again = true;
    }
    // Who heard of the one has heard enough of the other.
    void share_heard(IncidentId incident, Thing known, Thing other) {
        for (const auto& key : heard_of(incident, known)) {
            const ChannelId channel = std::get<ChannelId>(key);
            if (heard(incident, other, channel) != nullptr) continue;
            const Heard same = heard_.at(key);
            note_heard(incident, other, channel, same);
        }
    }
    void forget_heard(IncidentId incident) {
        for (const auto& key : heard_of(incident, std::nullopt))
            heard_.erase(key);
    }

    // Those that something has left, since they were taken: perhaps nothing remains of them.
    void note_left(IncidentId incident) { left_->push_back(incident); }
    std::vector<IncidentId> take_left() { return std::exchange(*left_, {}); }

  private:
    using RecordPlace = std::tuple<PoolId, IncidentId, Severity, Thing>;
    using HeardKey = std::tuple<IncidentId, Thing, ChannelId>;

    static RecordPlace place_of(Thing thing, const Entry& entry) {
        return {entry.pool, entry.incident, severity_of(entry.told), thing};
    }
    // None: of all things of the incident.
    std::vector<HeardKey> heard_of(IncidentId incident, std::optional<Thing> thing) const {
        std::vector<HeardKey> keys;
        const auto& all = heard_.all();
        for (auto at = all.lower_bound({incident, thing.value_or(0), {}}); at != all.end(); ++at) {
            if (std::get<IncidentId>(at->first) != incident) break;
            if (thing && std::get<Thing>(at->first) != *thing) break;
            keys.push_back(at->first);
        }
        return keys;
    }

    UndoMap<std::unordered_map<Thing, Entry>> entries_;
    UndoSet<std::pair<IncidentId, Thing>> things_;
    UndoSet<RecordPlace> records_;
    UndoMap<std::map<HeardKey, Heard>> heard_;
    UndoValue<std::vector<IncidentId>> left_;
};

}  // namespace understudy
