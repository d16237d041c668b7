#include "providers/powerdns/replace.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "providers/powerdns/set_reader.h"
#include "providers/replace_operation.h"

namespace understudy::powerdns {
namespace {

constexpr std::size_t kSetsPerName = 2;  // A and AAAA
constexpr Ttl kTtlOfNew{300};            // of a record that is made and is to have any TTL

std::vector<std::string> texts(const AddressSet& addresses, const std::string& type) {
    std::vector<std::string> out;
    if (type == "A") {
        for (const auto& address : addresses.ipv4)
            out.push_back(to_string(address));
    } else {
        for (const auto& address : addresses.ipv6)
            out.push_back(to_string(address));
    }
    return out;
}

const RrSet* find_set(const std::vector<RrSet>& sets, const std::string& type) {
    const auto found = std::ranges::find(sets, type, &RrSet::type);
    return found == sets.end() ? nullptr : &*found;
}

// The set as it shall be. Disabled records are not served, but a REPLACE without them would delete
// them: they are carried over.
RrSet wanted_set(const RecordReplacement& wanted, const RrSet* present, const std::string& type,
                 std::uint32_t ttl) {
    RrSet set{type, ttl, {}};
    for (auto& text : texts(wanted.wanted, type))
        set.records.push_back({std::move(text), false});
    if (present == nullptr) return set;
    for (const auto& record : present->records) {
        const auto same = [&record](const Content& each) {
            return same_address(each.text, record.text);
        };
        if (record.disabled && std::ranges::none_of(set.records, same))
            set.records.push_back(record);
    }
    return set;
}

// All changes are one transaction. REPLACE carries the set's comments over when it names none.
void write_set(json::Writer& writer, const std::string& name, const RrSet& set) {
    writer.begin_object().field("name", absolute(name)).field("type", set.type);
    if (set.records.empty()) {
        writer.field("changetype", "DELETE").end_object();
        return;
    }
    writer.field("ttl", set.ttl).field("changetype", "REPLACE").key("records").begin_array();
    for (const auto& record : set.records) {
        writer.begin_object().field("content", record.text);
        writer.field("disabled", record.disabled).end_object();
    }
    writer.end_array().end_object();
}

class Replace final : public ReplaceOperation {
  public:
    Replace(std::shared_ptr<const Server> server, const ZoneRef& zone,
            std::vector<RecordReplacement> replacements)
        : ReplaceOperation(zone, std::move(replacements), kBatchSize * kSetsPerName),
          server_(server),
          reader_(std::move(server), *this),
          path_("/zones/" + url_encode(zone.id)) {}

  private:
    Step read_names(const Items& items, ReadDone done) override {
        std::vector<std::string> names;
        for (const auto* item : items)
            names.push_back(item->wanted.name);
        const auto extent = items.front()->attempted ? Extent::Served : Extent::Whole;
        return reader_.read(zone().id, names, extent,
                            [this, items, done](Result<ZoneReading> read) {
                                if (!read) return done(read.error());
                                read_ = *std::move(read);
                                return done(readings_of(items));
                            });
    }

    std::vector<RecordReading> readings_of(const Items& items) {
        std::vector<RecordReading> readings;
        for (const auto* item : items)
            readings.push_back(fold(item->wanted.name, read_.sets[item->wanted.name]));
        return readings;
    }

    Step write(const Items& items, WriteDone done) override {
        json::Writer writer;
        writer.begin_object().key("rrsets").begin_array();
        for (const auto* item : items)
            write_item(writer, *item);
        writer.end_array().end_object();
        return ask(server_->patch(path_, writer.take()), [this, done](const HttpAnswer& answer) {
            auto reply = server_->reply(answer);
            if (auto* unknown = std::get_if<Unknown>(&reply)) return done(std::move(*unknown));
            if (auto* refused = std::get_if<Refused>(&reply)) return done(std::move(*refused));
            return rectify(done);
        });
    }

    std::size_t operations(const Item&) const override { return kSetsPerName; }
    Ttl ttl_to_write(const Item& item) const override {
        if (!item.wanted.ttl.automatic()) return item.wanted.ttl;
        return item.before.addresses.empty() ? kTtlOfNew : item.before.ttl;
    }

    void write_item(json::Writer& writer, const Item& item) const {
        const auto& wanted = item.wanted;
        const auto sets = read_.sets.find(wanted.name);
        ensure(sets != read_.sets.end());
        const auto ttl = ttl_to_write(item).seconds;
        for (const std::string type : {"A", "AAAA"}) {
            const auto* present = find_set(sets->second, type);
            const auto set = wanted_set(wanted, present, type, ttl);
            if (present != nullptr || !set.records.empty()) write_set(writer, wanted.name, set);
        }
    }

    // What follows a change is best effort: the change itself stands, the server notifies by itself
    // within a minute, and reading back decides.
    Step rectify(const WriteDone& done) {
        if (!read_.zone.needs_rectify) return notify(done);
        return ask(server_->put(path_ + "/rectify"),
                   [this, done](const HttpAnswer&) { return notify(done); });
    }

    Step notify(const WriteDone& done) {
        if (!read_.zone.sends_notify()) return done(Written{});
        return ask(server_->put(path_ + "/notify"),
                   [done](const HttpAnswer&) { return done(Written{}); });
    }

    std::shared_ptr<const Server> server_;
    SetReader reader_;
    std::string path_;
    ZoneReading read_;
};

}  // namespace

std::unique_ptr<Operation> make_replace(std::shared_ptr<const Server> server, const ZoneRef& zone,
                                        std::vector<RecordReplacement> replacements) {
    return std::make_unique<Replace>(std::move(server), zone, std::move(replacements));
}

}  // namespace understudy::powerdns
