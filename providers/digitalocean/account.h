// The "digitalocean" provider: DigitalOcean's API v2 with a personal access token
// (docs.digitalocean.com/reference/api/reference/domain-records).
//
// settings: {"base_url"?, "allow_plain_http"?}.
//
// The unit is a record under an id of its own, and each is changed by a call of its own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/rest_service.h"

namespace understudy::digitalocean {

struct Record {
    std::string id;
    std::string type;
    std::string content;
    std::uint32_t ttl = 0;

    bool is_address() const { return type == "A" || type == "AAAA"; }
};

using RecordsByName = std::map<std::string, std::vector<Record>>;

class Account final : public RestService {
  public:
    static Result<std::unique_ptr<Provider>> make(std::string_view settings,
                                                  const Secret& credential);

    Capabilities capabilities() const override;
    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override;

  private:
    using RestService::RestService;
};

// Names that were read, an entry for each, and how a change of them is written.
std::unique_ptr<const NamesRead> make_names(const Account& account, ZoneRef zone,
                                            RecordsByName records);

}  // namespace understudy::digitalocean
