// Account: one Cloudflare account as the provider was configured for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/json_service.h"

namespace understudy::cloudflare {

inline constexpr std::string_view kBaseUrl = "https://api.cloudflare.com/client/v4";

struct Plan {
    std::size_t batch_operations = 200;
    std::uint32_t minimum_ttl_s = 60;
};

class Account final : public JsonService {
  public:
    static Result<Account> make(std::string_view settings, const Secret& credential);

    const std::optional<std::string>& zone_id() const { return zone_id_; }
    const std::optional<std::string>& account_id() const { return account_id_; }
    const Plan& plan() const { return plan_; }

  private:
    using JsonService::JsonService;
    Reply judge(const HttpResponse& response) const override;

    std::optional<std::string> zone_id_;
    std::optional<std::string> account_id_;
    Plan plan_;
};

}  // namespace understudy::cloudflare
