// Where the controller is and how it proves itself: read from the URL in the configuration. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy {

struct LinkTarget {
    bool tls = true;
    std::string host;  // name or address, without brackets
    std::uint16_t port = 443;
    std::string path;              // with the leading slash
    std::string ca_file;           // only these authorities count; empty: those of the system
    std::string certificate_name;  // what the certificate must be for; also sent as Host and SNI
    friend bool operator==(const LinkTarget&, const LinkTarget&) = default;
};

// "wss://host[:port][/path]"; without a path it is wire::kPath. "ws://" is taken for loopback only:
// the token must not travel in the clear.
Result<LinkTarget> read_controller_url(const std::string& field, std::string_view url);

}  // namespace understudy
