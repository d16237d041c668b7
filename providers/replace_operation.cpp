#include "providers/replace_operation.h"

#include <algorithm>
#include <set>

#include "base/domain_name.h"

namespace understudy {

ReplaceOperation::ReplaceOperation(ZoneRef zone, std::vector<RecordReplacement> replacements,
                                   std::size_t operations_per_write)
    : zone_(std::move(zone)), operations_per_write_(operations_per_write) {
    for (auto& each : replacements) {
        each.wanted.normalise();
        for (auto& set : each.acceptable)
            set.normalise();
        items_.push_back(Item{std::move(each), {}, {}, false});
    }
}

Step ReplaceOperation::start() {
    refuse_nonsense();
    return read_and_judge();
}

void ReplaceOperation::refuse_nonsense() {
    std::set<std::string> names;
    for (auto& item : items_) {
        const auto& name = item.wanted.name;
        if (item.wanted.wanted.empty()) {
            item.outcome = invalid({}, "'" + name + "' would be left without any address");
        } else if (!name_in_zone(name, zone_.name)) {
            // Some services would take the name as relative and create it below the zone.
            item.outcome = invalid({}, "'" + name + "' is not in the zone '" + zone_.name + "'");
        } else if (!names.insert(name).second) {
            item.outcome = invalid({}, "'" + name + "' is there twice in one change");
        }
    }
}

ReplaceOperation::Items ReplaceOperation::pointers(const Chunk& chunk) const {
    Items items;
    for (const auto index : chunk)
        items.push_back(&items_[index]);
    return items;
}

ReplaceOperation::Chunk ReplaceOperation::open_items(bool attempted) const {
    Chunk chunk;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (!items_[i].outcome && items_[i].attempted == attempted) chunk.push_back(i);
    }
    return chunk;
}

Step ReplaceOperation::read_and_judge() {
    const auto chunk = open_items(false);
    if (chunk.empty()) return read_back();
    return read_names(pointers(chunk), [this, chunk](Result<std::vector<RecordReading>> read) {
        if (!read) return give_up(read.error());
        ensure(read->size() == chunk.size());
        for (std::size_t i = 0; i < chunk.size(); ++i)
            judge(items_[chunk[i]], (*read)[i]);
        queue_writes();
        return write_next();
    });
}

void ReplaceOperation::judge(Item& item, const RecordReading& reading) const {
    if (reading.problem) {
        item.outcome = *reading.problem;
        return;
    }
    item.before = reading.state;
    const auto& present = reading.state.addresses;
    const auto& acceptable = item.wanted.acceptable;
    if (present == item.wanted.wanted) {
        if (reading.state.ttl == ttl_to_write(item)) item.outcome = Confirmed{reading.state};
    } else if (std::ranges::find(acceptable, present) == acceptable.end()) {
        item.outcome = Stranger{reading.state};
    } else if (!reading.exists) {
        item.before.proxied = item.wanted.proxied;  // nothing is there to copy it from
    }
}

void ReplaceOperation::queue_writes() {
    queue_.clear();
    Chunk chunk;
    std::size_t used = 0;
    for (const auto index : open_items(false)) {
        const auto needed = operations(items_[index]);
        if (!chunk.empty() && used + needed > operations_per_write_) {
            queue_.push_back(std::exchange(chunk, {}));
            used = 0;
        }
        chunk.push_back(index);
        used += needed;
    }
    if (!chunk.empty()) queue_.push_back(std::move(chunk));
}

Step ReplaceOperation::write_next() {
    if (queue_.empty()) return read_back();
    const auto chunk = queue_.front();
    queue_.pop_front();
    return write(pointers(chunk),
                 [this, chunk](const WriteResult& result) { return on_written(chunk, result); });
}

Step ReplaceOperation::on_written(const Chunk& chunk, const WriteResult& result) {
    if (const auto* refused = std::get_if<Refused>(&result)) return on_refused(chunk, *refused);
    if (const auto* wrong = std::get_if<Misapplied>(&result)) {
        for (const auto index : chunk)
            items_[index].outcome = wrong->error;
        return write_next();
    }
    const auto* unknown = std::get_if<Unknown>(&result);
    if (unknown == nullptr || unknown->may_have_arrived) {
        for (const auto index : chunk)
            items_[index].attempted = true;
    }
    if (unknown == nullptr) return write_next();
    if (unknown->may_have_arrived) lost_ = unknown->error;
    return stop_writing(unknown->error);
}

Step ReplaceOperation::on_refused(const Chunk& chunk, const Refused& refused) {
    if (refused.scope == RefusalScope::Call) return stop_writing(refused.error);
    if (refused.scope == RefusalScope::Stale && !read_again_) {
        read_again_ = true;
        return read_and_judge();
    }
    if (chunk.size() > 1) {
        halve(chunk);
    } else {
        items_[chunk.front()].outcome = refused.error;
    }
    return write_next();
}

void ReplaceOperation::halve(const Chunk& chunk) {
    const auto middle = chunk.begin() + static_cast<std::ptrdiff_t>(chunk.size() / 2);
    queue_.emplace_front(middle, chunk.end());
    queue_.emplace_front(chunk.begin(), middle);
}

// What was written by then is read back, unless the service wants no more calls.
Step ReplaceOperation::stop_writing(const Error& error) {
    queue_.clear();
    if (error.code == Errc::Throttled || open_items(true).empty()) return give_up(error);
    for (const auto index : open_items(false))
        items_[index].outcome = error;
    return read_back();
}

// Whoever gets an error tries again later; what was written by then is found confirmed. A reason
// that is everybody's is the operation's: whoever counts the calls must hear of a throttling.
Step ReplaceOperation::give_up(const Error& error) {
    const auto unwritten = open_items(false);
    const auto written = open_items(true);
    const bool others = unwritten.size() + written.size() < items_.size();
    const bool alike = !others && (unwritten.empty() || written.empty());
    if (alike || (unwritten.empty() && error.code == Errc::Throttled)) return failed(error);
    for (const auto index : unwritten)
        items_[index].outcome = error;
    for (const auto index : written) {
        items_[index].outcome =
            transient("'" + items_[index].wanted.name +
                      "' was written, but could not be read back: " + error.message);
    }
    return finish();
}

Step ReplaceOperation::read_back() {
    const auto chunk = open_items(true);
    if (chunk.empty()) return finish();
    return read_names(pointers(chunk), [this, chunk](Result<std::vector<RecordReading>> read) {
        if (!read) return give_up(read.error());
        ensure(read->size() == chunk.size());
        for (std::size_t i = 0; i < chunk.size(); ++i)
            settle(items_[chunk[i]], (*read)[i]);
        return finish();
    });
}

void ReplaceOperation::settle(Item& item, const RecordReading& reading) const {
    const auto& name = item.wanted.name;
    if (reading.problem) {
        item.outcome = *reading.problem;
    } else if (reading.state.addresses == item.wanted.wanted) {
        if (reading.state.proxied == item.before.proxied) {
            // A service that took the write may still keep a TTL of its own.
            const bool arrived = !lost_ || reading.state.ttl == ttl_to_write(item);
            item.outcome = arrived ? ReplaceOutcome{Confirmed{reading.state}} : *lost_;
            return;
        }
        const std::string now = reading.state.proxied ? "on" : "off";
        item.outcome = conflict(
            "the proxy of '" + name + "' was switched " + now + " while its addresses were changed",
            "set it as it should be at the provider");
    } else if (reading.state.addresses == item.before.addresses) {
        item.outcome = lost_ ? *lost_
                             : transient("the change of '" + name +
                                         "' was accepted, but the old content is still there");
    } else {
        item.outcome = Stranger{reading.state};
    }
}

Step ReplaceOperation::finish() {
    std::vector<ReplaceOutcome> outcomes;
    for (auto& item : items_) {
        ensure(item.outcome.has_value());
        outcomes.push_back(std::move(*item.outcome));
    }
    return finished(std::move(outcomes));
}

}  // namespace understudy
