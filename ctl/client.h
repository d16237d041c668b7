// How understudyctl reaches the controller: one blocking request at a time. client.cpp is the only
// place of ctl that knows curl; tests bring a Transport of their own.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/http_message.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy::ctl {

class Transport {
  public:
    virtual ~Transport() = default;
    // `path` begins with a slash; `body` is JSON, empty for none. The error (Transient) says why
    // there was no answer.
    virtual Result<HttpResponse> send(const std::string& method, const std::string& path,
                                      const std::string& body) = 0;
};

inline constexpr std::string_view kUnixScheme = "unix:";

struct ClientSettings {
    std::string url;  // "https://controller.example.org:8444", or a Unix socket: kUnixScheme, path
    Secret token;
    std::string ca_file;        // empty: the system's
    Duration timeout{130'000};  // longer than the controller gives itself for any answer
};

std::unique_ptr<Transport> make_client(ClientSettings settings);

}  // namespace understudy::ctl
