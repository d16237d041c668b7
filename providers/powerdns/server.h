// The "powerdns" provider: a PowerDNS Authoritative Server's HTTP API with its API key
// (doc.powerdns.com/authoritative/http-api).
//
// settings: {"base_url"?, "allow_plain_http"?}; base_url is the web server's address,
// "http://127.0.0.1:8081" if left out. The server has no TLS of its own: across machines put a TLS
// proxy or a tunnel in between.
//
// Facts measured with 4.7.3: error bodies are JSON for 422 and most others, plain text for 400, 401
// and 404; an address that webserver-allow-from does not list gets its connection closed
// unanswered.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/json_service.h"
#include "providers/powerdns/zone.h"

namespace understudy::powerdns {

inline constexpr std::string_view kBaseUrl = "http://127.0.0.1:8081";

class Server final : public JsonService {
  public:
    // Paths of calls ("/zones/...") are below /api/v1/servers/localhost.
    static Result<std::unique_ptr<Provider>> make(std::string_view settings,
                                                  const Secret& credential);

    Capabilities capabilities() const override;
    // Which zones some names live in. One name is asked for by its candidates; many are looked up
    // in the list of all zones, unless that is too long to be had.
    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string> names) const override;
    // An error, too, when the zone's records come from elsewhere.
    //
    // What is served of a few names is asked for one by one; for more, and for sets that shall be
    // replaced, the whole zone is read once, and if that fails (it may be huge), one by one after
    // all.
    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override;
    Talk<Result<Verification>> verify() const override;

  private:
    using JsonService::JsonService;
    Reply judge(const HttpResponse& response) const override;
};

struct ZoneReading {
    Zone zone;
    SetsByName sets;  // an entry for every name
};
// Names that were read, and how a change of them is written.
std::unique_ptr<const NamesRead> make_names(const Server& server, const std::string& zone_id,
                                            ZoneReading read);

}  // namespace understudy::powerdns
