// The "gandi" provider: Gandi's LiveDNS with a personal access token
// (api.gandi.net/docs/livedns).
//
// settings: {"base_url"?, "allow_plain_http"?}.
//
// The unit is a record set, and each is replaced by a call of its own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/record_sets.h"

namespace understudy::gandi {

class Account final : public RestService {
  public:
    static Result<std::unique_ptr<Provider>> make(std::string_view settings,
                                                  const Secret& credential);

    Capabilities capabilities() const override;
    // Always the zone's list: a name that is not there and a zone that is not there would both be
    // told with 404.
    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override;

  private:
    using RestService::RestService;
};

}  // namespace understudy::gandi
