#include "providers/cloudflare/account.h"

#include <algorithm>

#include "providers/cloudflare/envelope.h"
#include "providers/settings.h"

namespace understudy::cloudflare {
namespace {

bool is_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<std::optional<std::string>> read_id(const ProviderSettings& settings, std::string_view key) {
    auto id = settings.text(key);
    if (!id || !*id) return id;
    if ((*id)->size() != 32 || !is_hex(**id)) {
        return invalid("settings." + std::string{key}, "'" + foreign_text(**id, {}) + "' is no id",
                       "give the 32 hex digits shown on the zone's overview page");
    }
    return id;
}

// developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes
Result<Plan> read_plan(const ProviderSettings& settings) {
    const auto name = settings.text("plan");
    if (!name) return name.error();
    const std::string plan = name->value_or("free");
    if (plan == "free") return Plan{200, 60};
    if (plan == "pro" || plan == "business") return Plan{3500, 60};
    if (plan == "enterprise") return Plan{3500, 30};
    return invalid("settings.plan", "'" + foreign_text(plan, {}) + "' is no plan",
                   "give free, pro, business or enterprise");
}

// Global keys: "cfk_..." since 2026, 37 to 45 hex digits before. Tokens hold more than hex digits.
Result<Secret> read_token(const Secret& credential) {
    auto token = read_credential(credential);
    if (!token) return token;
    const std::string& text = token->reveal();
    if (text.starts_with("cfk_") || (text.size() >= 37 && text.size() <= 45 && is_hex(text))) {
        return invalid("credential", "looks like a global API key, which may do everything",
                       "create an API token with Zone:Read and DNS:Edit for the zones served");
    }
    return token;
}

}  // namespace

Result<Account> Account::make(std::string_view settings_text, const Secret& credential) {
    const auto settings = ProviderSettings::parse(
        settings_text, {"base_url", "zone_id", "account_id", "plan", "allow_plain_http"});
    if (!settings) return settings.error();
    auto base_url = settings->base_url(kBaseUrl);
    if (!base_url) return base_url.error();
    auto zone_id = read_id(*settings, "zone_id");
    if (!zone_id) return zone_id.error();
    auto account_id = read_id(*settings, "account_id");
    if (!account_id) return account_id.error();
    const auto plan = read_plan(*settings);
    if (!plan) return plan.error();
    auto token = read_token(credential);
    if (!token) return token.error();
    Account account{
        Terms{"Cloudflare", *std::move(base_url), "Authorization", "Bearer ", *std::move(token)}};
    account.zone_id_ = *std::move(zone_id);
    account.account_id_ = *std::move(account_id);
    account.plan_ = *plan;
    return account;
}

// Foreign words end up in logs and mails; nothing says that they do not repeat the token.
Reply Account::judge(const HttpResponse& response) const {
    Reply reply = read_envelope(response);
    if (auto* refused = std::get_if<Refused>(&reply)) {
        refused->error.message = foreign(refused->error.message);
    } else if (auto* lost = std::get_if<Unknown>(&reply)) {
        lost->error.message = foreign(lost->error.message);
    }
    return reply;
}

}  // namespace understudy::cloudflare
