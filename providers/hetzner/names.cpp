// How sets become others at Hetzner. set_records replaces all records of a set and leaves its TTL,
// which has an action of its own; a set that exists cannot be made (409), and one without records
// goes by DELETE. Contents come before TTLs: visitors wait for the former.
#include "providers/folding.h"
#include "providers/hetzner/project.h"
#include "providers/relative_name.h"

namespace understudy::hetzner {
namespace {

constexpr FoldingWords kWords{"at Hetzner", alias_in_the_way, sets_differ_in_ttl};
constexpr int kTimesAsked = 5;

void write_records(json::Writer& writer, const RecordSet& set) {
    writer.objects("records", set.records, [&](const SetRecord& record) {
        writer.field("value", record.text);
        if (!record.comment.empty()) writer.field("comment", record.comment);
    });
}

std::string body_of_new(const std::string& name, const RecordSet& set) {
    json::Writer writer;
    writer.begin_object().field("name", name).field("type", set.type).field("ttl", set.ttl);
    write_records(writer, set);
    return writer.end_object().take();
}

std::string body_of_records(const RecordSet& set) {
    json::Writer writer;
    writer.begin_object();
    write_records(writer, set);
    return writer.end_object().take();
}

std::string body_of_ttl(const RecordSet& set) {
    return json::Writer{}.begin_object().field("ttl", set.ttl).end_object().take();
}

class Names final : public NamesRead {
  public:
    Names(const Project& project, ZoneRef zone, RecordSets sets)
        : project_(project), zone_(std::move(zone)), sets_(std::move(sets)) {}

    RecordReading fold(const std::string& name) const override {
        return fold_sets(name, sets_.at(name), kWords);
    }
    RecordReading fold_halfway(const std::string& name, Ttl wanted) const override {
        return fold_sets_halfway(name, sets_.at(name), wanted, kWords);
    }

    // batch_size is 1.
    Talk<WriteResult> write(Writes writes) const override {
        const Write& write = *writes.front();
        const auto name = relative_name(write.wanted.name, zone_);
        const auto ttl = ttl_to_write(project_.capabilities(), write).seconds;
        const auto changes = set_changes(write, sets_.at(write.wanted.name), ttl);
        bool begun = false;
        for (const auto& change : changes) {
            if (!change.content) continue;
            auto result = co_await change_content(name, change);
            if (!std::holds_alternative<Written>(result)) co_return in_sequence(begun, result);
            begun = true;
        }
        for (const auto& change : changes) {
            if (!change.there || !change.ttl || change.wanted.records.empty()) continue;
            auto result = co_await act("POST", path_of(name, change.wanted, "/actions/change_ttl"),
                                       body_of_ttl(change.wanted));
            if (!std::holds_alternative<Written>(result)) co_return in_sequence(begun, result);
            begun = true;
        }
        co_return Written{};
    }

  private:
    std::string path_of(const std::string& name, const RecordSet& set, std::string_view end) const {
        return project_.zone_path(zone_.id, "rrsets/") + url_encode(name) + "/" + set.type +
               std::string{end};
    }

    Talk<WriteResult> change_content(std::string name, SetChange change) const {
        const auto& set = change.wanted;
        if (!change.there)
            return act("POST", project_.zone_path(zone_.id, "rrsets"), body_of_new(name, set));
        if (set.records.empty()) return act("DELETE", path_of(name, set, ""), {});
        return act("POST", path_of(name, set, "/actions/set_records"), body_of_records(set));
    }

    // Until the action has ended. One that goes on may yet do its work: reading tells, when the
    // other names have been written.
    Talk<WriteResult> act(std::string method, std::string path, std::string body) const {
        auto reply = co_await project_.call(std::move(method), std::move(path), std::move(body));
        for (int asked = 0;; ++asked) {
            if (!std::holds_alternative<Accepted>(reply)) co_return written(reply);
            const auto action = std::get<Accepted>(reply).root()["action"];
            const auto status = text_of(action["status"]);
            if (status == "success") co_return Written{};
            if (status == "error") co_return failed(action);
            const auto id = action["id"].integer();
            if (!id || asked == kTimesAsked) {
                const Error unfinished =
                    transient("Hetzner has not finished the change yet",
                              "nothing: the record is read before the next try");
                co_return Unknown{unfinished, true, RefusalScope::OneRecord};
            }
            reply = co_await project_.call("GET", "/actions/" + std::to_string(*id));
            // The change itself was accepted.
            if (const auto* error = error_of(reply)) co_return Unknown{*error};
        }
    }

    Refused failed(json::Value action) const {
        const auto error = action["error"];
        return project_.refused({text_of(error["code"]), text_of(error["message"])},
                                HttpResponse{200, {}, {}});
    }

    const Project& project_;
    ZoneRef zone_;
    RecordSets sets_;
};

}  // namespace

std::unique_ptr<const NamesRead> make_names(const Project& project, ZoneRef zone, RecordSets sets) {
    return std::make_unique<const Names>(project, std::move(zone), std::move(sets));
}

}  // namespace understudy::hetzner
