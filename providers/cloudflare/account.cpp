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
    Account account;
    account.base_url_ = *std::move(base_url);
    account.zone_id_ = *std::move(zone_id);
    account.account_id_ = *std::move(account_id);
    account.plan_ = *plan;
    account.token_ = *std::move(token);
    return account;
}

HttpRequest Account::patch(const std::string& path, std::string body) const {
    return request("PATCH", path, std::move(body));
}

HttpRequest Account::post(const std::string& path, std::string body) const {
    return request("POST", path, std::move(body));
}

HttpRequest Account::request(std::string method, const std::string& path, std::string body) const {
    HttpRequest request;
    request.method = std::move(method);
    request.url = base_url_ + path;
    request.headers = {{"Authorization", "Bearer " + token_.reveal()},
                       {"Accept", "application/json"},
                       {"User-Agent", "understudy/" UNDERSTUDY_VERSION}};
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    return request;
}

Reply Account::reply(const HttpAnswer& answer) const {
    Reply reply = read_envelope(answer);
    // Foreign words end up in logs and mails; nothing says that they do not repeat the token.
    if (auto* refusal = std::get_if<Refusal>(&reply)) {
        refusal->error.message = foreign_text(refusal->error.message, token_);
    } else if (auto* lost = std::get_if<Lost>(&reply)) {
        lost->error.message = foreign_text(lost->error.message, token_);
    }
    return reply;
}

Result<Accepted> Account::read(const HttpAnswer& answer) const {
    Reply got = reply(answer);
    if (auto* refusal = std::get_if<Refusal>(&got)) return std::move(refusal->error);
    if (auto* lost = std::get_if<Lost>(&got)) return std::move(lost->error);
    return std::get<Accepted>(std::move(got));
}

}  // namespace understudy::cloudflare
