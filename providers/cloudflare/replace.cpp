#include "providers/cloudflare/replace.h"

#include <map>
#include <utility>

#include "providers/cloudflare/change.h"
#include "providers/cloudflare/record_reader.h"
#include "providers/replace_operation.h"

namespace understudy::cloudflare {
namespace {

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
                readings.push_back(
                    fold(item->wanted.name, records_[item->wanted.name], item->wanted.with_ipv6));
            }
            return done(std::move(readings));
        });
    }

    Step write(const Items& items, WriteDone done) override {
        Change change;
        for (const auto* item : items)
            change.append(plan(*item));
        std::map<std::string, Record> meant;
        for (const auto& patch : change.patches)
            meant.emplace(patch.record.id, patch.record);
        auto request = change.is_one_patch()
                           ? account_->patch(path_ + url_encode(change.patches.front().record.id),
                                             patch_body(change.patches.front()))
                           : account_->post(path_ + "batch", batch_body(change));
        return ask(std::move(request), [this, meant, done](const HttpAnswer& answer) {
            return done(result_of(answer, meant));
        });
    }

    std::size_t operations(const Item& item) const override { return plan(item).operations(); }

    Change plan(const Item& item) const {
        const auto found = records_.find(item.wanted.name);
        ensure(found != records_.end());
        return plan_change(item.wanted, found->second, item.before.proxied,
                           account_->plan().minimum_ttl_s);
    }

    WriteResult result_of(const HttpAnswer& answer,
                          const std::map<std::string, Record>& meant) const {
        auto reply = account_->reply(answer);
        if (auto* lost = std::get_if<Lost>(&reply)) {
            return Unknown{std::move(lost->error), lost->may_have_arrived};
        }
        if (auto* refusal = std::get_if<Refusal>(&reply)) {
            return Refused{std::move(refusal->error), refusal->scope};
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
