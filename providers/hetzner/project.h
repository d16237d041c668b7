// The "hetzner" provider: DNS in the Hetzner Cloud API with a project's token
// (docs.hetzner.cloud/reference/cloud#zones). The former DNS Console's API is no more.
//
// settings: {"base_url"?, "allow_plain_http"?}.
//
// The unit is a record set, and a change is an action: it is accepted first and carried out later.
// What is known of it is asked a few times; one that takes longer is left to the next try, which
// begins by reading.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/record_sets.h"

namespace understudy::hetzner {

class Project final : public RestService {
  public:
    static Result<std::unique_ptr<Provider>> make(std::string_view settings,
                                                  const Secret& credential);

    Capabilities capabilities() const override;
    std::optional<CallsLeft> calls_left(const HttpResponse& response) const override;
    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override;

  private:
    using RestService::RestService;
};

// Names that were read, an entry for each, and how a change of them is written.
std::unique_ptr<const NamesRead> make_names(const Project& project, ZoneRef zone, RecordSets sets);

}  // namespace understudy::hetzner
