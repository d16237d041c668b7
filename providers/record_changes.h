// RecordChanges: how the address records of a name become others, where a service keeps each record
// by itself under an id of its own. Pure.
//
// The set difference comes first and the rest is paired as patches. A patch names only the content
// (and the TTL where it differs), so that whatever else hangs on a record stays. A new record takes
// after one that is there: people find their records by what they wrote on them.
//
// A name is never without an address in between: a record is deleted only where another one stays
// or is patched, and where none does the new ones go before all else (`posts_first`).
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "providers/folding.h"

namespace understudy {

// A Record has id, type, content, ttl (as the service has it) and is_address().
template <typename Record>
struct RecordChanges {
    struct Patch {
        Record record;  // as it was read
        std::optional<std::string> content;
        std::optional<std::uint32_t> ttl;
    };
    std::vector<Record> posts_first;  // a call of their own, before all others
    std::vector<Record> deletes;
    std::vector<Patch> patches;
    std::vector<Record> posts;  // without an id

    std::size_t operations() const {
        return posts_first.size() + deletes.size() + patches.size() + posts.size();
    }

    void append(RecordChanges other) {
        move_all(other.posts_first, posts_first);
        move_all(other.deletes, deletes);
        move_all(other.patches, patches);
        move_all(other.posts, posts);
    }

    // Of one name: `present` holds all its records. `model`: a new one, where there is none to take
    // after; and the TTL that all shall have.
    void plan(const AddressSet& wanted, const std::vector<Record>& present, const Record& model) {
        for (const std::string type : {"A", "AAAA"})
            plan_type(type, address_texts(wanted, type), present, model);
        const auto addresses = std::ranges::count_if(present, &Record::is_address);
        if (static_cast<std::size_t>(addresses) == deletes.size())
            posts_first = std::exchange(posts, {});
    }

  private:
    void plan_type(const std::string& type, std::vector<std::string> missing,
                   const std::vector<Record>& present, const Record& model) {
        const auto ttl_of = [&model](const Record& record) {
            return record.ttl == model.ttl ? std::nullopt : std::optional{model.ttl};
        };
        std::vector<Record> surplus;
        for (const auto& record : present) {
            if (record.type != type) continue;
            const auto kept = std::ranges::find(missing, plain_address(record.content));
            if (kept == missing.end()) {
                surplus.push_back(record);
                continue;
            }
            missing.erase(kept);
            if (ttl_of(record)) patches.push_back({record, std::nullopt, ttl_of(record)});
        }
        for (auto& record : surplus) {
            if (missing.empty()) {
                deletes.push_back(std::move(record));
            } else {
                const auto changed_ttl = ttl_of(record);
                patches.push_back({std::move(record), missing.front(), changed_ttl});
                missing.erase(missing.begin());
            }
        }
        for (auto& address : missing) {
            Record& post = posts.emplace_back(taking_after(present, type, model));
            post.id.clear();
            post.type = type;
            post.content = std::move(address);
            post.ttl = model.ttl;
        }
    }

    // The first one of its type, or else of the other.
    static const Record& taking_after(const std::vector<Record>& present, const std::string& type,
                                      const Record& model) {
        const auto same = std::ranges::find(present, type, &Record::type);
        if (same != present.end()) return *same;
        const auto other = std::ranges::find_if(present, &Record::is_address);
        return other == present.end() ? model : *other;
    }

    template <typename T>
    static void move_all(std::vector<T>& from, std::vector<T>& to) {
        to.insert(to.end(), std::make_move_iterator(from.begin()),
                  std::make_move_iterator(from.end()));
    }
};

}  // namespace understudy
