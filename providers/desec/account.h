// The "desec" provider: deSEC's API with a token (desec.readthedocs.io/en/latest/dns/rrsets.html).
//
// settings: {"base_url"?, "allow_plain_http"?}.
//
// The unit is a record set; many are changed by one call, wholly or not at all. The least TTL is
// the domain's own (minimum_ttl), mostly an hour.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/record_sets.h"

namespace understudy::desec {

class Account final : public RestService {
  public:
    static Result<std::unique_ptr<Provider>> make(std::string_view settings,
                                                  const Secret& credential);

    Capabilities capabilities() const override;
    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override;

  private:
    using RestService::RestService;
};

}  // namespace understudy::desec
