// The operations that turn the address records of some names into others, as Cloudflare takes them.
//
// PATCH leaves proxy, comment, tags and settings of a record whatever they are; PUT would reset
// them. A new record copies `proxied`: one unproxied address beside proxied ones would publish it.
// It copies comment and tags as well. Cloudflare carries out a batch's deletes first and publishes
// record by record; hence RecordChanges::posts_first.
#include "providers/cloudflare/account.h"

#include <map>
#include <utility>

#include "providers/record_changes.h"

namespace understudy::cloudflare {
namespace {

using Change = RecordChanges<Record>;

constexpr int kTooManyTags = 9300;
constexpr int kLongComment = 9313;

void write_patch(json::Writer& writer, const Change::Patch& patch) {
    if (patch.content) writer.field("content", *patch.content);
    if (patch.ttl) writer.field("ttl", *patch.ttl);
}

void write_post(json::Writer& writer, const Record& post) {
    writer.field("name", post.name).field("type", post.type);
    writer.field("content", post.content).field("ttl", post.ttl);
    writer.field("proxied", post.proxied);
    if (!post.comment.empty()) writer.field("comment", post.comment);
    if (!post.tags.empty()) writer.list("tags", post.tags);
}

template <typename Item, typename Write>
void write_objects(json::Writer& writer, const char* name, const std::vector<Item>& items,
                   Write write) {
    if (!items.empty()) writer.objects(name, items, write);
}

bool is_one_patch(const Change& change) {
    return change.operations() == 1 && change.patches.size() == 1;
}

// Takes comments and tags off the new records; whether there were any.
bool strip_notes(Change& change) {
    bool any = false;
    for (auto* list : {&change.posts_first, &change.posts}) {
        for (auto& post : *list) {
            any = any || !post.comment.empty() || !post.tags.empty();
            post.comment.clear();
            post.tags.clear();
        }
    }
    return any;
}

// `present`: the records of that name, sound by fold(); `ttl`: what they shall have.
Change plan_change(const Write& write, const std::vector<Record>& present, Ttl ttl) {
    Record model;
    model.name = write.wanted.name;
    model.ttl = ttl.automatic() ? kAutomaticTtl : ttl.seconds;
    model.proxied = write.before.proxied;
    Change change;
    change.plan(write.wanted.wanted, present, model);
    return change;
}

std::string patch_body(const Change::Patch& patch) {
    json::Writer writer;
    writer.begin_object();
    write_patch(writer, patch);
    return writer.end_object().take();
}

// first: posts_first alone; otherwise all but them.
std::string batch_body(const Change& change, bool first) {
    json::Writer writer;
    writer.begin_object();
    if (!first) {
        write_objects(writer, "deletes", change.deletes,
                      [&](const Record& record) { writer.field("id", record.id); });
        write_objects(writer, "patches", change.patches, [&](const Change::Patch& patch) {
            writer.field("id", patch.record.id);
            write_patch(writer, patch);
        });
    }
    write_objects(writer, "posts", first ? change.posts_first : change.posts,
                  [&](const Record& post) { write_post(writer, post); });
    return writer.end_object().take();
}

using PatchedRecords = std::map<std::string, Record>;  // by their ids

Error misapplied(const Record& meant, const Record& answered) {
    return Error{Errc::Corrupt,
                 "Cloudflare changed the " + answered.type + " record of '" + answered.name +
                     "' where the " + meant.type + " record of '" + meant.name + "' was meant",
                 {},
                 "look at both names at Cloudflare at once",
                 {}};
}

// A patch names a record by its id only. The service does not compare names, so we do.
std::optional<Error> check_patched(const PatchedRecords& meant, json::Value value) {
    const auto answered = read_record(value);
    if (!answered) return std::nullopt;  // says nothing: reading back will tell
    const auto found = meant.find(answered->id);
    if (found == meant.end()) return std::nullopt;
    const bool same = found->second.name == answered->name && found->second.type == answered->type;
    return same ? std::nullopt : std::optional{misapplied(found->second, *answered)};
}

WriteResult result_of(const Reply& reply, const PatchedRecords& meant) {
    const auto* accepted = std::get_if<Accepted>(&reply);
    if (accepted == nullptr) return written(reply);
    const auto result = accepted->root()["result"];
    std::optional<Error> wrong = check_patched(meant, result);
    result["patches"].each([&](json::Value value) {
        if (!wrong) wrong = check_patched(meant, value);
    });
    return wrong ? WriteResult{Misapplied{*std::move(wrong)}} : WriteResult{Written{}};
}

// Records keep what a richer plan once allowed, but new ones may not copy it; addresses matter
// more.
bool too_many_notes(const Reply& reply) {
    const auto* refused = std::get_if<Refused>(&reply);
    return refused != nullptr && (refused->code == kTooManyTags || refused->code == kLongComment);
}

class Names final : public NamesRead {
  public:
    Names(const Account& account, const std::string& zone_id, RecordsByName records)
        : account_(account),
          path_("/zones/" + url_encode(zone_id) + "/dns_records/"),
          records_(std::move(records)) {}

    RecordReading fold(const std::string& name) const override {
        return cloudflare::fold(name, records_.at(name));
    }

    std::size_t operations(const Write& write) const override { return plan(write).operations(); }

    Talk<WriteResult> write(Writes writes) const override {
        Change change;
        for (const auto* each : writes)
            change.append(plan(*each));
        if (!change.posts_first.empty()) {
            const auto reply = co_await send(change, true);
            auto result = result_of(reply, {});
            if (!std::holds_alternative<Written>(result)) co_return result;
            change.posts_first.clear();
            // Of a name that was missing nothing is left to patch or delete.
            if (change.operations() == 0) co_return Written{};
        }
        const auto reply = co_await send(change, false);
        PatchedRecords meant;
        for (const auto& patch : change.patches)
            meant.emplace(patch.record.id, patch.record);
        co_return result_of(reply, meant);
    }

  private:
    Change plan(const Write& write) const {
        return plan_change(write, records_.at(write.wanted.name),
                           ttl_to_write(account_.capabilities(), write));
    }

    // What goes before all else, or the rest.
    Talk<Reply> send(Change& change, bool first) const {
        for (;;) {
            auto call =
                !first && is_one_patch(change)
                    ? account_.call("PATCH", path_ + url_encode(change.patches.front().record.id),
                                    patch_body(change.patches.front()))
                    : account_.call("POST", path_ + "batch", batch_body(change, first));
            auto reply = co_await call;
            if (!too_many_notes(reply) || !strip_notes(change)) co_return reply;
        }
    }

    const Account& account_;
    std::string path_;
    RecordsByName records_;
};

}  // namespace

std::unique_ptr<const NamesRead> make_names(const Account& account, const std::string& zone_id,
                                            RecordsByName records) {
    return std::make_unique<const Names>(account, zone_id, std::move(records));
}

}  // namespace understudy::cloudflare
