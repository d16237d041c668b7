// The "powerdns" provider: a PowerDNS Authoritative Server's HTTP API with its API key.
//
// settings: {"base_url"?, "allow_plain_http"?}; base_url is the web server's address,
// "http://127.0.0.1:8081" if left out. The server has no TLS of its own: across machines put a TLS
// proxy or a tunnel in between.
#pragma once

#include <memory>
#include <string_view>

#include "base/secret.h"
#include "providers/provider.h"

namespace understudy::powerdns {

Result<std::unique_ptr<Provider>> make(std::string_view settings, const Secret& credential);

}  // namespace understudy::powerdns
