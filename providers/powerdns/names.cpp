#include "providers/powerdns/server.h"

#include <algorithm>
#include <utility>

namespace understudy::powerdns {
namespace {

const RrSet* find_set(const std::vector<RrSet>& sets, const std::string& type) {
    const auto found = std::ranges::find(sets, type, &RrSet::type);
    return found == sets.end() ? nullptr : &*found;
}

// The set as it shall be. Disabled records are not served, but a REPLACE without them would delete
// them: they are carried over.
RrSet wanted_set(const RecordReplacement& wanted, const RrSet* present, const std::string& type,
                 std::uint32_t ttl) {
    RrSet set{type, ttl, {}};
    for (auto& text : address_texts(wanted.wanted, type))
        set.records.push_back({std::move(text), false});
    if (present == nullptr) return set;
    for (const auto& record : present->records) {
        const auto same = [&record](const Content& each) {
            return each.text == plain_address(record.text);
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
    writer.field("ttl", set.ttl).field("changetype", "REPLACE");
    writer.objects("records", set.records, [&](const auto& record) {
        writer.field("content", record.text).field("disabled", record.disabled);
    });
    writer.end_object();
}

class Names final : public NamesRead {
  public:
    Names(const Server& server, const std::string& zone_id, ZoneReading read)
        : server_(server), path_("/zones/" + url_encode(zone_id)), read_(std::move(read)) {}

    RecordReading fold(const std::string& name) const override {
        return powerdns::fold(name, read_.sets.at(name));
    }

    Talk<WriteResult> write(Writes writes) const override {
        const auto reply = co_await server_.call("PATCH", path_, body_of(writes));
        auto result = written(reply);
        if (!std::holds_alternative<Written>(result)) co_return result;
        // What follows a change is best effort: the change itself stands, the server notifies by
        // itself within a minute, and reading back decides.
        if (read_.zone.needs_rectify)
            static_cast<void>(co_await server_.call("PUT", path_ + "/rectify"));
        if (read_.zone.sends_notify())
            static_cast<void>(co_await server_.call("PUT", path_ + "/notify"));
        co_return result;
    }

  private:
    std::string body_of(const Writes& writes) const {
        json::Writer writer;
        writer.begin_object().key("rrsets").begin_array();
        for (const auto* each : writes)
            write_name(writer, *each);
        return writer.end_array().end_object().take();
    }

    void write_name(json::Writer& writer, const Write& write) const {
        const auto& name = write.wanted.name;
        const auto ttl = ttl_to_write(server_.capabilities(), write).seconds;
        for (const std::string type : {"A", "AAAA"}) {
            const auto* present = find_set(read_.sets.at(name), type);
            const auto set = wanted_set(write.wanted, present, type, ttl);
            if (present != nullptr || !set.records.empty()) write_set(writer, name, set);
        }
    }

    const Server& server_;
    std::string path_;
    ZoneReading read_;
};

}  // namespace

std::unique_ptr<const NamesRead> make_names(const Server& server, const std::string& zone_id,
                                            ZoneReading read) {
    return std::make_unique<const Names>(server, zone_id, std::move(read));
}

}  // namespace understudy::powerdns
