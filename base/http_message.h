// HTTP requests and answers as values. Providers and webhooks build and read them; only the
// outbound worker sends them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace understudy {

struct Header {
    std::string name;
    std::string value;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<Header> headers;  // may hold credentials: headers and URLs are never logged whole
    std::string body;
    Duration timeout{15'000};
    std::size_t answer_limit_bytes = 8u << 20;
    // Once the status line is there the answer is: a body that is slow, cut or too large is cut.
    bool status_decides = false;
    // Any: wherever it leads. OwnNetwork: loopback and private addresses too, but none where no
    // service can be (address_range.h). PublicOnly: those alone.
    enum class Peers { Any, OwnNetwork, PublicOnly };
    Peers peers = Peers::OwnNetwork;
};

struct HttpResponse {
    int status = 0;
    std::vector<Header> headers;
    std::string body;

    // First header of that name, case-insensitive; empty when absent.
    std::string_view header(std::string_view name) const;
};

// No answer arrived. What matters is whether the request may have been acted upon all the same.
struct TransportFailure {
    bool may_have_arrived =
        true;  // false only when it certainly never left (no connection, no TLS)
    std::string message;
};

using HttpAnswer = std::variant<HttpResponse, TransportFailure>;

// "Retry-After" as RFC 9110 10.2.3 has it: seconds or an HTTP date (compared with `now`).
std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, WallTime now);

// Percent-encodes everything but RFC 3986 unreserved characters.
std::string url_encode(std::string_view text);

}  // namespace understudy
