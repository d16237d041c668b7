#include "providers/replace_operation.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>

#include "base/domain_name.h"
#include "providers/halfway.h"

namespace understudy {
namespace {

// One name on its way.
struct Item : Write {
    std::optional<ReplaceOutcome> outcome;
    bool attempted = false;  // written, or perhaps written: to be read back
    // Why it may have been written only in part, or not at all.
    std::optional<Error> lost = {};
};

using Outcomes = Result<std::vector<ReplaceOutcome>>;
using Chunk = std::vector<std::size_t>;  // indices into items_

class Replacement {
  public:
    Replacement(const Service& service, ZoneRef zone, std::vector<RecordReplacement> replacements);
    Talk<Outcomes> run();

  private:
    void refuse_nonsense();
    std::vector<std::string> names(const Chunk& chunk) const;
    Writes writes(const Chunk& chunk) const;
    Chunk open_items(bool attempted) const;
    Talk<std::optional<Error>> read_and_judge();
    RecordReading fold(const NamesRead& read, const Item& item) const;
    bool halfway(const Item& item, const AddressSet& present) const;
    void judge(Item& item, const RecordReading& reading) const;
    void queue_writes();
    Talk<std::optional<Error>> write_queued();
    // What ends the writing: nothing, or why.
    std::optional<Error> take(const Chunk& chunk, const WriteResult& result);
    std::optional<Error> take_in_doubt(const Chunk& chunk, const Unknown& unknown);
    void refuse(const Chunk& chunk, const Refused& refused);
    bool read_once_more(RefusalScope scope);
    void halve(const Chunk& chunk);
    Talk<std::optional<Error>> read_back();
    void settle(Item& item, const RecordReading& reading) const;
    Outcomes give_up(const Error& error);
    Outcomes finish();

    const Service& service_;
    Capabilities can_;
    ZoneRef zone_;
    std::vector<Item> items_;
    std::unique_ptr<const NamesRead> read_;
    std::deque<Chunk> queue_;
    bool moved_ = false;  // the world, under a write
    bool read_again_ = false;
};

Replacement::Replacement(const Service& service, ZoneRef zone,
                         std::vector<RecordReplacement> replacements)
    : service_(service), can_(service.capabilities()), zone_(std::move(zone)) {
    for (auto& each : replacements) {
        each.wanted.normalise();
        for (auto& set : each.acceptable)
            set.normalise();
        items_.push_back(Item{{std::move(each), {}}, {}});
    }
}

Talk<Outcomes> Replacement::run() {
    refuse_nonsense();
    do {
        moved_ = false;
        if (const auto error = co_await read_and_judge()) co_return give_up(*error);
        if (const auto error = co_await write_queued()) {
            // What was written by then is read back, unless the service wants no more calls.
            if (error->code == Errc::Throttled || open_items(true).empty())
                co_return give_up(*error);
            for (const auto index : open_items(false))
                items_[index].outcome = *error;
        }
    } while (moved_);
    if (const auto error = co_await read_back()) co_return give_up(*error);
    co_return finish();
}

void Replacement::refuse_nonsense() {
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

std::vector<std::string> Replacement::names(const Chunk& chunk) const {
    std::vector<std::string> names;
    for (const auto index : chunk)
        names.push_back(items_[index].wanted.name);
    return names;
}

Writes Replacement::writes(const Chunk& chunk) const {
    Writes writes;
    for (const auto index : chunk)
        writes.push_back(&items_[index]);
    return writes;
}

Chunk Replacement::open_items(bool attempted) const {
    Chunk chunk;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (!items_[i].outcome && items_[i].attempted == attempted) chunk.push_back(i);
    }
    return chunk;
}

Talk<std::optional<Error>> Replacement::read_and_judge() {
    queue_.clear();
    const auto chunk = open_items(false);
    if (chunk.empty()) co_return std::nullopt;
    auto read = co_await service_.read(zone_, names(chunk), Extent::Whole);
    if (!read) co_return read.error();
    read_ = *std::move(read);
    can_ = limits_of(service_, *read_);
    for (const auto index : chunk)
        judge(items_[index], fold(*read_, items_[index]));
    queue_writes();
    co_return std::nullopt;
}

// A TTL of ours at one family and not yet at the other is not what its owner made of it.
RecordReading Replacement::fold(const NamesRead& read, const Item& item) const {
    auto reading = read.fold(item.wanted.name);
    if (!reading.problem || can_.whole_names) return reading;
    return read.fold_halfway(item.wanted.name, ttl_to_write(can_, item));
}

bool Replacement::halfway(const Item& item, const AddressSet& present) const {
    return may_be_halfway(can_, item.wanted, present);
}

void Replacement::judge(Item& item, const RecordReading& reading) const {
    if (reading.problem) {
        item.outcome = *reading.problem;
        return;
    }
    item.before = reading.state;
    const auto& present = reading.state.addresses;
    const auto& acceptable = item.wanted.acceptable;
    if (present == item.wanted.wanted) {
        if (reading.state.ttl == ttl_to_write(can_, item)) item.outcome = Confirmed{reading.state};
    } else if (std::ranges::find(acceptable, present) == acceptable.end() &&
               !halfway(item, present)) {
        item.outcome = Foreign{reading.state};
    } else if (!reading.exists) {
        item.before.proxied = item.wanted.proxied;  // nothing is there to copy it from
    }
}

void Replacement::queue_writes() {
    const auto most = static_cast<std::size_t>(can_.batch_size);
    Chunk chunk;
    std::size_t used = 0;
    for (const auto index : open_items(false)) {
        const auto needed = read_->operations(items_[index]);
        if (!chunk.empty() && used + needed > most) {
            queue_.push_back(std::exchange(chunk, {}));
            used = 0;
        }
        chunk.push_back(index);
        used += needed;
    }
    if (!chunk.empty()) queue_.push_back(std::move(chunk));
}

Talk<std::optional<Error>> Replacement::write_queued() {
    while (!queue_.empty()) {
        const auto chunk = queue_.front();
        queue_.pop_front();
        const auto result = co_await read_->write(writes(chunk));
        if (auto end = take(chunk, result)) co_return end;
    }
    co_return std::nullopt;
}

std::optional<Error> Replacement::take(const Chunk& chunk, const WriteResult& result) {
    if (const auto* refused = std::get_if<Refused>(&result)) {
        if (refused->scope == RefusalScope::Call) return refused->error;
        refuse(chunk, *refused);
        return std::nullopt;
    }
    if (const auto* wrong = std::get_if<Misapplied>(&result)) {
        for (const auto index : chunk)
            items_[index].outcome = wrong->error;
        return std::nullopt;
    }
    if (const auto* unknown = std::get_if<Unknown>(&result)) return take_in_doubt(chunk, *unknown);
    for (const auto index : chunk)
        items_[index].attempted = true;
    return std::nullopt;
}

std::optional<Error> Replacement::take_in_doubt(const Chunk& chunk, const Unknown& unknown) {
    if (read_once_more(unknown.scope)) return std::nullopt;
    if (unknown.may_have_arrived) {
        for (const auto index : chunk) {
            items_[index].attempted = true;
            items_[index].lost = unknown.error;
        }
    }
    // What is wrong with one name, or takes its time, keeps nobody else waiting.
    if (unknown.scope != RefusalScope::Call) return std::nullopt;
    return unknown.error;
}

void Replacement::refuse(const Chunk& chunk, const Refused& refused) {
    if (read_once_more(refused.scope)) return;
    const bool told = refused.parts.size() == chunk.size() &&
                      std::ranges::find(refused.parts, true) != refused.parts.end();
    if (!told && chunk.size() > 1) return halve(chunk);
    Chunk others;
    for (std::size_t i = 0; i < chunk.size(); ++i) {
        if (!told || refused.parts[i]) {
            items_[chunk[i]].outcome = refused.error;
        } else {
            others.push_back(chunk[i]);
        }
    }
    if (!others.empty()) queue_.push_front(std::move(others));
}

bool Replacement::read_once_more(RefusalScope scope) {
    if (scope != RefusalScope::Stale || read_again_) return false;
    read_again_ = true;
    moved_ = true;
    queue_.clear();
    return true;
}

void Replacement::halve(const Chunk& chunk) {
    const auto middle = chunk.begin() + static_cast<std::ptrdiff_t>(chunk.size() / 2);
    queue_.emplace_front(middle, chunk.end());
    queue_.emplace_front(chunk.begin(), middle);
}

Talk<std::optional<Error>> Replacement::read_back() {
    const auto chunk = open_items(true);
    if (chunk.empty()) co_return std::nullopt;
    const auto read = co_await service_.read(zone_, names(chunk), Extent::Served);
    if (!read) co_return read.error();
    for (const auto index : chunk) {
        auto& item = items_[index];
        settle(item, item.lost ? fold(**read, item) : (*read)->fold(item.wanted.name));
    }
    co_return std::nullopt;
}

void Replacement::settle(Item& item, const RecordReading& reading) const {
    const auto& name = item.wanted.name;
    if (reading.problem) {
        item.outcome = *reading.problem;
    } else if (reading.state.addresses == item.wanted.wanted) {
        if (reading.state.proxied == item.before.proxied) {
            // A service that took the write may still keep a TTL of its own.
            const bool arrived = !item.lost || reading.state.ttl == ttl_to_write(can_, item);
            item.outcome = arrived ? ReplaceOutcome{Confirmed{reading.state}} : *item.lost;
            return;
        }
        const std::string now = reading.state.proxied ? "on" : "off";
        item.outcome = conflict(
            "the proxy of '" + name + "' was switched " + now + " while its addresses were changed",
            "set it as it should be at the provider");
    } else if (reading.state.addresses == item.before.addresses) {
        item.outcome = item.lost ? *item.lost
                                 : transient("the change of '" + name +
                                             "' was accepted, but the old content is still there");
    } else if (halfway(item, reading.state.addresses)) {
        item.outcome =
            item.lost ? *item.lost : transient("the change of '" + name + "' is done by half");
    } else {
        item.outcome = Foreign{reading.state};
    }
}

// Whoever gets an error tries again later; what was written by then is found confirmed. A reason
// that is everybody's is the operation's: whoever counts the calls must hear of a throttling.
Outcomes Replacement::give_up(const Error& error) {
    const auto unwritten = open_items(false);
    const auto written = open_items(true);
    const bool others = unwritten.size() + written.size() < items_.size();
    const bool alike = !others && (unwritten.empty() || written.empty());
    if (alike || (unwritten.empty() && error.code == Errc::Throttled)) return error;
    for (const auto index : unwritten)
        items_[index].outcome = error;
    for (const auto index : written) {
        items_[index].outcome =
            transient("'" + items_[index].wanted.name +
                      "' was written, but could not be read back: " + error.message);
    }
    return finish();
}

Outcomes Replacement::finish() {
    std::vector<ReplaceOutcome> outcomes;
    for (auto& item : items_) {
        ensure(item.outcome.has_value());
        outcomes.push_back(std::move(*item.outcome));
    }
    return outcomes;
}

}  // namespace

Talk<Outcomes> replace_records(const Service& service, ZoneRef zone,
                               std::vector<RecordReplacement> replacements) {
    Replacement replacement{service, std::move(zone), std::move(replacements)};
    co_return co_await replacement.run();
}

}  // namespace understudy
