// Account: one Cloudflare account as the provider was configured for it. Shared, unchanging, by all
// operations; builds requests with their headers and reads answers into the three things they can
// mean.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/http_message.h"
#include "base/json.h"
#include "base/secret.h"
#include "providers/cloudflare/errors.h"

namespace understudy::cloudflare {

inline constexpr std::string_view kBaseUrl = "https://api.cloudflare.com/client/v4";

struct Plan {
    std::size_t batch_operations = 200;
    std::uint32_t minimum_ttl_s = 60;
};

// The service said yes. `body` is the whole envelope: "result", "result_info", ...
struct Accepted {
    json::Document body;
    json::Value result() const { return body.root()["result"]; }
};
// Nobody knows: no answer, HTML, half a body, 5xx. For a read simply a failure.
struct Lost {
    Error error;
    bool may_have_arrived = true;
};
using Reply = std::variant<Accepted, Refusal, Lost>;

class Account {
  public:
    static Result<Account> make(std::string_view settings, const Secret& credential);

    // path: "/zones?..." below the base URL, already encoded.
    HttpRequest get(const std::string& path) const { return request("GET", path, {}); }
    HttpRequest patch(const std::string& path, std::string body) const;
    HttpRequest post(const std::string& path, std::string body) const;

    Reply reply(const HttpAnswer& answer) const;
    // For calls that change nothing: whatever is not a yes is an Error.
    Result<Accepted> read(const HttpAnswer& answer) const;

    const std::optional<std::string>& zone_id() const { return zone_id_; }
    const std::optional<std::string>& account_id() const { return account_id_; }
    const Plan& plan() const { return plan_; }

  private:
    Account() = default;
    HttpRequest request(std::string method, const std::string& path, std::string body) const;

    std::string base_url_;
    Secret token_;
    std::optional<std::string> zone_id_;
    std::optional<std::string> account_id_;
    Plan plan_;
};

}  // namespace understudy::cloudflare
