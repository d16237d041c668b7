#include "providers/cloudflare/replace.h"

#include <map>
#include <utility>

#include "providers/cloudflare/change.h"
#include "providers/cloudflare/record_reader.h"
#include "providers/replace_operation.h"

namespace understudy::cloudflare {
namespace {

constexpr int kTooManyTags = 9300;
constexpr int kLongComment = 9313;

Error misapplied(const Record& meant, const Record& answered) {
    return Error{Errc::Corrupt,
                 "Cloudflare changed the " + answered.type + " record of '" + answered.name +
                     "' where the " + meant.type + " record of '" + meant.name + "' was meant",
                 {},
                 "look at both names at Cloudflare at once",
                 {}};
}

// A patch names a record by its id only. The service does not compare names, so we do.
std::optional<Error> check_patched(const std::map<std::string, Record>& meant, json::Value value) {
    const auto answered = read_record(value);
    if (!answered) return std::nullopt;  // says nothing: reading back will tell
    const auto found = meant.find(answered->id);
    if (found == meant.end()) return std::nullopt;
    const bool same = found->second.name == answered->name && found->second.type == answered->type;
    return same ? std::nullopt : std::optional{misapplied(found->second, *answered)};
}

class Replace final : public ReplaceOperation {
  public:
    Replace(std::shared_ptr<const Account> account, const ZoneRef& zone,
            std::vector<RecordReplacement> replacements)
        : ReplaceOperation(zone, std::move(replacements), account->plan().batch_operations),
          account_(account),
          reader_(std::move(account), *this),
          path_("/zones/" + url_encode(zone.id) + "/dns_records/") {}

  private:
    Step read_names(const Items& items, ReadDone done) override {
        std::vector<std::string> names;
        for (const auto* item : items)
            names.push_back(item->wanted.name);
        return reader_.read(zone().id, names, [this, items, done](Result<RecordsByName> records) {
            if (!records) return done(records.error());
            records_ = *std::move(records);
            std::vector<RecordReading> readings;
            for (const auto* item : items) {
                readings.push_back(fold(item->wanted.name, records_[item->wanted.name]));
            }
            return done(std::move(readings));
        });
    }

    Step write(const Items& items, WriteDone done) override {
        Change change;
        for (const auto* item : items)
            change.append(plan(*item));
        return write_change(std::move(change), done);
    }

    Step write_change(Change change, const WriteDone& done) {
        if (change.posts_first.empty()) return write_rest(std::move(change), done);
        Change first;
        first.posts = change.posts_first;
        return ask(account_->post(path_ + "batch", batch_body(first)),
                   [this, change = std::move(change), done](const HttpAnswer& answer) mutable {
                       const auto reply = account_->reply(answer);
                       if (too_many_notes(reply) && change.strip_notes())
                           return write_change(std::move(change), done);
                       auto result = result_of(reply, {});
                       if (!std::holds_alternative<Written>(result)) return done(std::move(result));
                       change.posts_first.clear();
                       // Of a name that was missing nothing is left to patch or delete.
                       if (change.operations() == 0) return done(Written{});
                       return write_rest(std::move(change), done);
                   });
    }

    Step write_rest(Change change, const WriteDone& done) {
        auto request = change.is_one_patch()
                           ? account_->patch(path_ + url_encode(change.patches.front().record.id),
                                             patch_body(change.patches.front()))
                           : account_->post(path_ + "batch", batch_body(change));
        return ask(std::move(request),
                   [this, change = std::move(change), done](const HttpAnswer& answer) mutable {
                       const auto reply = account_->reply(answer);
                       if (too_many_notes(reply) && change.strip_notes())
                           return write_rest(std::move(change), done);
                       std::map<std::string, Record> meant;
                       for (const auto& patch : change.patches)
                           meant.emplace(patch.record.id, patch.record);
                       return done(result_of(reply, meant));
                   });
    }

    // Records keep what a richer plan once allowed, but new ones may not copy it; addresses matter
    // more.
    static bool too_many_notes(const Reply& reply) {
        const auto* refusal = std::get_if<Refusal>(&reply);
        return refusal != nullptr &&
               (refusal->code == kTooManyTags || refusal->code == kLongComment);
    }

    std::size_t operations(const Item& item) const override { return plan(item).operations(); }

    Ttl ttl_to_write(const Item& item) const override {
        const auto ttl =
            ttl_within(item.wanted.ttl, item.before.proxied, account_->plan().minimum_ttl_s);
        return Ttl{ttl == kAutomaticTtl ? 0 : ttl};
    }

    Change plan(const Item& item) const {
        const auto found = records_.find(item.wanted.name);
        ensure(found != records_.end());
        return plan_change(item.wanted, found->second, item.before.proxied,
                           account_->plan().minimum_ttl_s);
    }

    static WriteResult result_of(const Reply& reply, const std::map<std::string, Record>& meant) {
        if (const auto* lost = std::get_if<Lost>(&reply)) {
            return Unknown{lost->error, lost->may_have_arrived};
        }
        if (const auto* refusal = std::get_if<Refusal>(&reply)) {
            return Refused{refusal->error, refusal->scope};
        }
        const auto result = std::get<Accepted>(reply).result();
        std::optional<Error> wrong = check_patched(meant, result);
        result["patches"].each([&](json::Value value) {
            if (!wrong) wrong = check_patched(meant, value);
        });
        return wrong ? WriteResult{Misapplied{*std::move(wrong)}} : WriteResult{Written{}};
    }

    std::shared_ptr<const Account> account_;
    RecordReader reader_;
    std::string path_;
    RecordsByName records_;
};

}  // namespace

std::unique_ptr<Operation> make_replace(std::shared_ptr<const Account> account, const ZoneRef& zone,
                                        std::vector<RecordReplacement> replacements) {
    return std::make_unique<Replace>(std::move(account), zone, std::move(replacements));
}

}  // namespace understudy::cloudflare
