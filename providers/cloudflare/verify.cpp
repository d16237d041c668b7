#include "providers/cloudflare/verify.h"

#include <utility>

#include "providers/cloudflare/zone.h"
#include "providers/conversation.h"
#include "providers/settings.h"

namespace understudy::cloudflare {
namespace {

// A name that nobody can own (RFC 6761 6.4): a sound token gets an empty list, a bad one a refusal.
constexpr const char* kNobodysName = "understudy.invalid";

// The token check knows only tokens of its own kind: on the user's endpoint account-owned tokens
// fail, so a refusal there proves nothing. The zone calls that follow do.
class Verify final : public Conversation {
  public:
    explicit Verify(std::shared_ptr<const Account> account) : account_(std::move(account)) {}

    Step start() override {
        const auto& id = account_->account_id();
        const std::string path = id ? "/accounts/" + *id + "/tokens/verify" : "/user/tokens/verify";
        return ask(account_->get(path),
                   [this](const HttpAnswer& answer) { return on_token(answer); });
    }

  private:
    Step on_token(const HttpAnswer& answer) {
        auto reply = account_->reply(answer);
        if (auto* lost = std::get_if<Lost>(&reply)) return failed(std::move(lost->error));
        if (auto* refusal = std::get_if<Refusal>(&reply)) {
            const bool other_kind = refusal->code == 1000 || refusal->code == 1001;
            if (!other_kind || account_->account_id()) return failed(std::move(refusal->error));
            report_.unproven.push_back(
                "that the token is active: Cloudflare's check for user tokens refused it, as it "
                "does "
                "for account-owned ones (set settings.account_id to have it checked)");
            return ask_zone();
        }
        const auto result = std::get<Accepted>(reply).result();
        const std::string status{result["status"].string().value_or("unknown")};
        if (status != "active") {
            return failed(rejected("Cloudflare: the token is " + foreign_text(status, {}),
                                   "activate it or create a new one"));
        }
        report_.proven.push_back("the token is valid and active");
        note_time(result["expires_on"], "the token expires on ");
        note_time(result["not_before"], "the token is not valid before ");
        return ask_zone();
    }

    void note_time(json::Value time, const std::string& words) {
        if (const auto text = time.string()) {
            report_.warnings.push_back(words + foreign_text(*text, {}));
        }
    }

    Step ask_zone() {
        if (!account_->zone_id()) return probe();
        return ask(account_->get("/zones/" + *account_->zone_id()),
                   [this](const HttpAnswer& answer) {
                       auto reply = account_->reply(answer);
                       if (auto* lost = std::get_if<Lost>(&reply))
                           return failed(std::move(lost->error));
                       if (auto* refusal = std::get_if<Refusal>(&reply)) {
                           if (!refusal->may_hide_zone) return failed(std::move(refusal->error));
                           report_.unproven.push_back("that the token may read the zone: " +
                                                      refusal->error.message);
                           return ask_records();
                       }
                       auto zone = read_zone(std::get<Accepted>(reply).result());
                       if (!zone) return failed(zone.error());
                       if (auto error = refuse(*zone)) return failed(*std::move(error));
                       report_.proven.push_back("the zone '" + zone->name + "' can be read");
                       for (auto& warning : warnings(*zone, account_->plan().batch_operations)) {
                           report_.warnings.push_back(std::move(warning));
                       }
                       return ask_records();
                   });
    }

    Step ask_records() {
        const auto path = "/zones/" + *account_->zone_id() + "/dns_records?per_page=5&page=1";
        return ask(account_->get(path), [this](const HttpAnswer& answer) {
            const auto accepted = account_->read(answer);
            if (!accepted) return failed(accepted.error());
            report_.proven.push_back("the zone's records can be read");
            return finish();
        });
    }

    Step probe() {
        const auto path = std::string{"/zones?per_page=5&name="} + kNobodysName;
        return ask(account_->get(path), [this](const HttpAnswer& answer) {
            auto reply = account_->reply(answer);
            if (auto* lost = std::get_if<Lost>(&reply)) return failed(std::move(lost->error));
            if (auto* refusal = std::get_if<Refusal>(&reply)) {
                const bool known_good = !report_.proven.empty();
                if (!refusal->may_hide_zone || !known_good)
                    return failed(std::move(refusal->error));
                report_.unproven.push_back("that zones can be found by name: " +
                                           refusal->error.message);
            } else {
                report_.proven.push_back("the token may ask for zones by name");
            }
            report_.reading_unproven =
                "that a zone's records can be read: known when a domain is added, or now with "
                "settings.zone_id";
            return finish();
        });
    }

    Step finish() {
        report_.unproven.push_back(
            "that records may be changed (DNS:Edit): only a change proves it");
        return finished(std::move(report_));
    }

    std::shared_ptr<const Account> account_;
    Verification report_;
};

}  // namespace

std::unique_ptr<Operation> make_verify(std::shared_ptr<const Account> account) {
    return std::make_unique<Verify>(std::move(account));
}

}  // namespace understudy::cloudflare
