#include "providers/record_sets.h"

#include <algorithm>

#include "providers/folding.h"
#include "providers/relative_name.h"

namespace understudy {
namespace {

bool is_address(const RecordSet& set) {
    return set.type == "A" || set.type == "AAAA";
}

const RecordSet* find_set(const std::vector<RecordSet>& sets, const std::string& type) {
    const auto found = std::ranges::find(sets, type, &RecordSet::type);
    return found == sets.end() ? nullptr : &*found;
}

// Of the records that are there: kept, or to be given to others.
RecordSet wanted_set(const RecordReplacement& replacement, const RecordSet* present,
                     const std::string& type, std::uint32_t ttl) {
    RecordSet set{type, ttl, {}, false};
    for (auto& text : address_texts(replacement.wanted, type))
        set.records.push_back({std::move(text), {}});
    if (present == nullptr || present->records.empty()) return set;
    std::vector<std::string> free;
    std::vector<SetRecord*> open;
    for (auto& record : set.records)
        open.push_back(&record);
    for (const auto& old : present->records) {
        const auto same = std::ranges::find_if(open, [&old](const SetRecord* record) {
            return record->text == plain_address(old.text);
        });
        if (same == open.end()) {
            free.push_back(old.comment);
        } else {
            (*same)->comment = old.comment;
            open.erase(same);
        }
    }
    const auto& first = present->records.front().comment;
    for (std::size_t i = 0; i < open.size(); ++i)
        open[i]->comment = i < free.size() ? free[i] : first;
    return set;
}

std::vector<std::string> contents(const RecordSet& set) {
    std::vector<std::string> texts;
    for (const auto& record : set.records)
        texts.push_back(plain_address(record.text));
    std::ranges::sort(texts);
    return texts;
}

}  // namespace

RecordReading fold_sets(const std::string& name, const std::vector<RecordSet>& sets,
                        const FoldingWords& words) {
    Folding folding{name, words};
    for (const auto& set : sets) {
        std::vector<std::string> served;
        for (const auto& record : set.records)
            served.push_back(record.text);
        folding.add(set.type, served, Ttl{set.ttl});
    }
    auto reading = std::move(folding).take();
    const auto locked = std::ranges::find_if(
        sets, [](const RecordSet& set) { return set.locked && is_address(set); });
    if (locked == sets.end() || reading.problem) return reading;
    return {
        name,
        false,
        {},
        conflict("the " + locked->type + " records of '" + name + "' are protected against changes",
                 std::string{"switch their protection off "} + words.where)};
}

RecordReading fold_sets_halfway(const std::string& name, std::vector<RecordSet> sets, Ttl wanted,
                                const FoldingWords& words) {
    const auto other = std::ranges::find_if(
        sets, [&](const RecordSet& set) { return is_address(set) && set.ttl != wanted.seconds; });
    if (other != sets.end()) {
        const auto ttl = other->ttl;
        for (auto& set : sets) {
            if (is_address(set) && set.ttl == wanted.seconds) set.ttl = ttl;
        }
    }
    return fold_sets(name, sets, words);
}

std::vector<SetChange> set_changes(const Write& write, const std::vector<RecordSet>& present,
                                   std::uint32_t ttl) {
    std::vector<SetChange> changes;
    for (const std::string type : {"A", "AAAA"}) {
        const auto* now = find_set(present, type);
        SetChange change{wanted_set(write.wanted, now, type, ttl), now != nullptr, false, false};
        if (now == nullptr && change.wanted.records.empty()) continue;
        change.content = now == nullptr || contents(*now) != contents(change.wanted);
        change.ttl = now == nullptr || now->ttl != ttl;
        if (change.content || change.ttl) changes.push_back(std::move(change));
    }
    std::stable_partition(changes.begin(), changes.end(),
                          [](const SetChange& change) { return !change.wanted.records.empty(); });
    return changes;
}

Talk<Result<RecordSets>> read_sets(const RestService& service, ZoneRef zone, NameList list,
                                   std::vector<std::string> names, ReadSet read_set) {
    RecordSets found;
    list.begin = [&] {
        for (const auto& name : names)
            found[name].clear();
    };
    list.take = [&](json::Value value) -> Result<std::string> {
        auto read = read_set(value);
        if (!read) return read.error();
        auto& [relative, set] = *read;
        auto id = relative + "/" + set.type;
        const auto entry = found.find(name_in(zone, relative));
        if (entry == found.end()) return id;
        const auto known = std::ranges::find(entry->second, set.type, &RecordSet::type);
        if (known == entry->second.end()) {
            entry->second.push_back(std::move(set));
        } else {
            *known = std::move(set);
        }
        return id;
    };
    auto read = read_names(service, list, names);
    if (const auto error = co_await read) co_return *error;
    co_return std::move(found);
}

}  // namespace understudy
