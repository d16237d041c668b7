// How records become others at DigitalOcean: one call for each, new ones first where none stays,
// those that go last, so that the name is never empty.
#include "providers/digitalocean/account.h"
#include "providers/record_changes.h"
#include "providers/record_sets.h"
#include "providers/relative_name.h"

namespace understudy::digitalocean {
namespace {

using Change = RecordChanges<Record>;

constexpr FoldingWords kWords{"at DigitalOcean", alias_in_the_way, records_differ_in_ttl};

// Each record by itself, since each has a TTL of its own.
std::vector<RecordSet> sets_of(const std::vector<Record>& records) {
    std::vector<RecordSet> sets;
    for (const auto& record : records)
        sets.push_back({record.type, record.ttl, {{record.content, {}}}, false});
    return sets;
}

std::string body_of(const Change::Patch& patch) {
    json::Writer writer;
    writer.begin_object().field("type", patch.record.type);
    if (patch.content) writer.field("data", *patch.content);
    if (patch.ttl) writer.field("ttl", *patch.ttl);
    return writer.end_object().take();
}

std::string body_of(const std::string& name, const Record& post) {
    json::Writer writer;
    writer.begin_object().field("type", post.type).field("name", name);
    writer.field("data", post.content).field("ttl", post.ttl);
    return writer.end_object().take();
}

class Names final : public NamesRead {
  public:
    Names(const Account& account, ZoneRef zone, RecordsByName records)
        : account_(account), zone_(std::move(zone)), records_(std::move(records)) {}

    RecordReading fold(const std::string& name) const override {
        return fold_sets(name, sets_of(records_.at(name)), kWords);
    }
    RecordReading fold_halfway(const std::string& name, Ttl wanted) const override {
        return fold_sets_halfway(name, sets_of(records_.at(name)), wanted, kWords);
    }

    // batch_size is 1.
    Talk<WriteResult> write(Writes writes) const override {
        const auto calls = calls_of(*writes.front());
        bool begun = false;
        for (const auto& each : calls) {
            const auto reply = co_await account_.call(each.method, each.path, each.body);
            auto result = written(reply);
            if (!std::holds_alternative<Written>(result)) co_return in_sequence(begun, result);
            begun = true;
        }
        co_return Written{};
    }

  private:
    struct Call {
        std::string method;
        std::string path;
        std::string body;
    };

    std::vector<Call> calls_of(const Write& write) const {
        Record model;
        model.ttl = ttl_to_write(account_.capabilities(), write).seconds;
        Change change;
        change.plan(write.wanted.wanted, records_.at(write.wanted.name), model);
        const auto name = relative_name(write.wanted.name, zone_);
        const auto all = account_.zone_path(zone_.id, "records");
        const auto one = [&all](const Record& record) { return all + "/" + record.id; };
        std::vector<Call> calls;
        for (const auto& post : change.posts_first)
            calls.push_back({"POST", all, body_of(name, post)});
        for (const auto& patch : change.patches)
            calls.push_back({"PATCH", one(patch.record), body_of(patch)});
        for (const auto& post : change.posts)
            calls.push_back({"POST", all, body_of(name, post)});
        for (const auto& record : change.deletes)
            calls.push_back({"DELETE", one(record), {}});
        return calls;
    }

    const Account& account_;
    ZoneRef zone_;
    RecordsByName records_;
};

}  // namespace

std::unique_ptr<const NamesRead> make_names(const Account& account, ZoneRef zone,
                                            RecordsByName records) {
    return std::make_unique<const Names>(account, std::move(zone), std::move(records));
}

}  // namespace understudy::digitalocean
