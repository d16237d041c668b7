// Server: one PowerDNS Authoritative Server's HTTP API (doc.powerdns.com/authoritative/http-api).
// Shared, unchanging, by all operations; builds requests and reads answers.
//
// Facts measured with 4.7.3: error bodies are JSON for 422 and most others, plain text for 400, 401
// and 404; an address that webserver-allow-from does not list gets its connection closed
// unanswered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/http_message.h"
#include "base/json.h"
#include "base/secret.h"
#include "providers/write_result.h"

namespace understudy::powerdns {

inline constexpr std::string_view kBaseUrl = "http://127.0.0.1:8081";

// The server said yes. A change is answered without a body.
struct Accepted {
    std::optional<json::Document> body;
    json::Value root() const { return body ? body->root() : json::Value{}; }
};
using Reply = std::variant<Accepted, Refused, Unknown>;

class Server {
  public:
    static Result<Server> make(std::string_view settings, const Secret& credential);

    // path: "/zones/..." below /api/v1/servers/localhost, already encoded.
    HttpRequest get(const std::string& path) const { return request("GET", path, {}); }
    HttpRequest patch(const std::string& path, std::string body) const;
    HttpRequest put(const std::string& path) const { return request("PUT", path, {}); }

    Reply reply(const HttpAnswer& answer) const;
    // For calls that change nothing: whatever is not a yes with JSON is an Error.
    Result<Accepted> read(const HttpAnswer& answer) const;

  private:
    Server() = default;
    HttpRequest request(std::string method, const std::string& path, std::string body) const;
    Refused refusal(const HttpResponse& response) const;

    std::string base_url_;
    Secret key_;
};

}  // namespace understudy::powerdns
