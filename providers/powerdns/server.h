// Server: one PowerDNS Authoritative Server's HTTP API (doc.powerdns.com/authoritative/http-api).
//
// Facts measured with 4.7.3: error bodies are JSON for 422 and most others, plain text for 400, 401
// and 404; an address that webserver-allow-from does not list gets its connection closed
// unanswered.
#pragma once

#include <string_view>

#include "providers/json_service.h"

namespace understudy::powerdns {

inline constexpr std::string_view kBaseUrl = "http://127.0.0.1:8081";

class Server final : public JsonService {
  public:
    // Paths of calls ("/zones/...") are below /api/v1/servers/localhost.
    static Result<Server> make(std::string_view settings, const Secret& credential);

  private:
    using JsonService::JsonService;
    Reply judge(const HttpResponse& response) const override;
    Refused refusal(const HttpResponse& response) const;
};

}  // namespace understudy::powerdns
