#include "providers/cloudflare/account.h"

#include "providers/cloudflare/zone.h"
#include "providers/settings.h"

namespace understudy::cloudflare {
namespace {

// A name that nobody can own (RFC 6761 6.4): a sound token gets an empty list, a bad one a refusal.
constexpr const char* kNobodysName = "understudy.invalid";

using Trouble = std::optional<Error>;

// The token check knows only tokens of its own kind: on the user's endpoint account-owned tokens
// fail, so a refusal there proves nothing. The zone calls that follow do.
Talk<Trouble> check_token(const Account& account, Verification& report) {
    const auto& id = account.account_id();
    const std::string path = id ? "/accounts/" + *id + "/tokens/verify" : "/user/tokens/verify";
    const auto reply = co_await account.call("GET", path);
    if (const auto* error = error_of(reply)) {
        const auto* refused = std::get_if<Refused>(&reply);
        const bool other_kind = refused && (refused->code == 1000 || refused->code == 1001);
        if (!other_kind || id) co_return *error;
        report.unproven.push_back(
            "that the token is active: Cloudflare's check for user tokens refused it, as it does "
            "for account-owned ones (set settings.account_id to have it checked)");
        co_return std::nullopt;
    }
    const auto result = std::get<Accepted>(reply).root()["result"];
    const auto status = result["status"].string().value_or("unknown");
    if (status != "active") {
        co_return rejected("Cloudflare: the token is " + foreign_text(status, {}),
                           "activate it or create a new one");
    }
    report.proven.push_back("the token is valid and active");
    const auto note_time = [&](const char* key, const std::string& words) {
        if (const auto text = result[key].string())
            report.warnings.push_back(words + foreign_text(*text, {}));
    };
    note_time("expires_on", "the token expires on ");
    note_time("not_before", "the token is not valid before ");
    co_return std::nullopt;
}

Talk<Trouble> check_zone(const Account& account, Verification& report) {
    const std::string path = "/zones/" + *account.zone_id();
    const auto reply = co_await account.call("GET", path);
    if (const auto* error = error_of(reply)) {
        if (!may_hide(reply)) co_return *error;
        report.unproven.push_back("that the token may read the zone: " + error->message);
    } else {
        const auto zone = read_zone(std::get<Accepted>(reply).root()["result"]);
        if (!zone) co_return zone.error();
        if (auto unusable = refuse(*zone)) co_return unusable;
        report.proven.push_back("the zone '" + zone->name + "' can be read");
        for (auto& warning : warnings(*zone, account.plan().batch_operations))
            report.warnings.push_back(std::move(warning));
    }
    const auto records = co_await account.get(path + "/dns_records?per_page=5&page=1");
    if (!records) co_return records.error();
    report.proven.push_back("the zone's records can be read");
    co_return std::nullopt;
}

Talk<Trouble> probe(const Account& account, Verification& report) {
    const auto reply =
        co_await account.call("GET", std::string{"/zones?per_page=5&name="} + kNobodysName);
    if (const auto* error = error_of(reply)) {
        if (!may_hide(reply) || report.proven.empty()) co_return *error;
        report.unproven.push_back("that zones can be found by name: " + error->message);
    } else {
        report.proven.push_back("the token may ask for zones by name");
    }
    report.reading_unproven =
        "that a zone's records can be read: known when a domain is added, or now with "
        "settings.zone_id";
    co_return std::nullopt;
}

}  // namespace

Talk<Result<Verification>> Account::verify() const {
    Verification report;
    if (const auto trouble = co_await check_token(*this, report)) co_return *trouble;
    auto zones = zone_id_ ? check_zone(*this, report) : probe(*this, report);
    if (const auto trouble = co_await zones) co_return *trouble;
    report.unproven.push_back("that records may be changed (DNS:Edit): only a change proves it");
    co_return std::move(report);
}

}  // namespace understudy::cloudflare
