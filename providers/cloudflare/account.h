// The "cloudflare" provider: Cloudflare's API v4 with an API token. What an account is asked is in
// a file for each.
//
// settings: {"base_url"?, "zone_id"?, "account_id"?, "plan"?, "allow_plain_http"?}. zone_id lets a
// token do without Zone:Read's list and picks one of two zones with one name; account_id is for
// account-owned tokens; plan ("free", "pro", "business", "enterprise") sets the batch size and the
// lowest TTL.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/cloudflare/record.h"
#include "providers/json_service.h"
#include "providers/paging.h"

namespace understudy::cloudflare {

inline constexpr std::string_view kBaseUrl = "https://api.cloudflare.com/client/v4";

struct Plan {
    std::size_t batch_operations = 200;
    std::uint32_t minimum_ttl_s = 60;
};

class Account final : public JsonService {
  public:
    static Result<std::unique_ptr<Provider>> make(std::string_view settings,
                                                  const Secret& credential);

    const std::optional<std::string>& zone_id() const { return zone_id_; }
    const std::optional<std::string>& account_id() const { return account_id_; }
    const Plan& plan() const { return plan_; }

    Capabilities capabilities() const override;
    // Which zones some names live in.
    //
    //   * One name is asked for by its candidates, longest first: subdomain zones are legal, and a
    //     token made for single zones may be refused the unfiltered list.
    //   * Many names are looked up in the list of all zones, read once; whoever is refused that, or
    //     sees nothing in it, asks for all zones below a common suffix at once, and by name for
    //     what that does not find. A zone that a configured id names is the only one.
    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string> names) const override;
    // All records of some names of one zone, with as few calls as possible.
    //
    // One or two names are asked for by name; more are picked from the zone's list, page by page -
    // unless the first page shows that the zone has more pages than there are names. No type
    // filter: a CNAME has to be noticed.
    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override;
    Talk<Result<Verification>> verify() const override;
    std::optional<CallsLeft> calls_left(const HttpResponse& response) const override;

  private:
    using JsonService::JsonService;
    Reply judge(const HttpResponse& response) const override;

    std::optional<std::string> zone_id_;
    std::optional<std::string> account_id_;
    Plan plan_;
};

// Names that were read, an entry for each, and how a change of them is written.
std::unique_ptr<const NamesRead> make_names(const Account& account, const std::string& zone_id,
                                            RecordsByName records);

// What a page of a list says of the whole.
void take_totals(json::Value body, Paging& paging);

}  // namespace understudy::cloudflare
