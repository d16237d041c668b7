#include "providers/cloudflare/names.h"

#include <map>
#include <utility>

#include "providers/cloudflare/change.h"

namespace understudy::cloudflare {
namespace {

constexpr int kTooManyTags = 9300;
constexpr int kLongComment = 9313;

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
    Names(const Account& account, const std::string& zone_id, RecordsByName records,
          const Capabilities& can)
        : account_(account),
          path_("/zones/" + url_encode(zone_id) + "/dns_records/"),
          records_(std::move(records)),
          can_(can) {}

    RecordReading fold(const std::string& name) const override {
        return cloudflare::fold(name, records_.at(name));
    }

    std::size_t operations(const Write& write) const override { return plan(write).operations(); }

    Talk<WriteResult> write(Writes writes) const override {
        Change change;
        for (const auto* each : writes)
            change.append(plan(*each));
        if (!change.posts_first.empty()) {
            const auto reply = co_await send_posts_first(change);
            auto result = result_of(reply, {});
            if (!std::holds_alternative<Written>(result)) co_return result;
            change.posts_first.clear();
            // Of a name that was missing nothing is left to patch or delete.
            if (change.operations() == 0) co_return Written{};
        }
        const auto reply = co_await send_rest(change);
        PatchedRecords meant;
        for (const auto& patch : change.patches)
            meant.emplace(patch.record.id, patch.record);
        co_return result_of(reply, meant);
    }

  private:
    Change plan(const Write& write) const {
        return plan_change(write, records_.at(write.wanted.name), ttl_to_write(can_, write));
    }

    Talk<Reply> send_posts_first(Change& change) const {
        for (;;) {
            Change first;
            first.posts = change.posts_first;
            auto reply = co_await account_.call("POST", path_ + "batch", batch_body(first));
            if (!too_many_notes(reply) || !change.strip_notes()) co_return reply;
        }
    }

    Talk<Reply> send_rest(Change& change) const {
        for (;;) {
            auto call =
                change.is_one_patch()
                    ? account_.call("PATCH", path_ + url_encode(change.patches.front().record.id),
                                    patch_body(change.patches.front()))
                    : account_.call("POST", path_ + "batch", batch_body(change));
            auto reply = co_await call;
            if (!too_many_notes(reply) || !change.strip_notes()) co_return reply;
        }
    }

    const Account& account_;
    std::string path_;
    RecordsByName records_;
    Capabilities can_;
};

}  // namespace

std::unique_ptr<const NamesRead> make_names(const Account& account, const std::string& zone_id,
                                            RecordsByName records, const Capabilities& can) {
    return std::make_unique<const Names>(account, zone_id, std::move(records), can);
}

}  // namespace understudy::cloudflare
