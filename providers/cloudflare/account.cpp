#include "providers/cloudflare/account.h"

#include <algorithm>

#include "providers/cloudflare/errors.h"
#include "providers/rate_limit.h"
#include "providers/settings.h"

namespace understudy::cloudflare {
namespace {

// The most records that a zone holds by default: a dead shield's whole zone is one operation, which
// reads the zone once, however many batches its changes take.
// developers.cloudflare.com/dns/manage-dns-records
constexpr int kOperationSize = 3500;

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

Result<std::unique_ptr<Provider>> Account::make(std::string_view settings_text,
                                                const Secret& credential) {
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
    return make_provider_of(std::make_unique<const Account>(std::move(account)));
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

Capabilities Account::capabilities() const {
    return {.operation_size = kOperationSize,
            .batch_size = static_cast<int>(plan_.batch_operations),
            .minimum_ttl_s = plan_.minimum_ttl_s,
            .maximum_ttl_s = 86'400,
            .automatic_ttl = true,
            .proxying = true,
            .calls_per_window = 1200,
            .window = std::chrono::minutes{5}};
}

std::optional<CallsLeft> Account::calls_left(const HttpResponse& response) const {
    return read_calls_left(response.header("Ratelimit"));
}

void take_totals(json::Value body, Paging& paging) {
    paging.total_pages = body["result_info"]["total_pages"].integer().value_or(0);
    paging.total_count = body["result_info"]["total_count"].integer().value_or(-1);
}

}  // namespace understudy::cloudflare
