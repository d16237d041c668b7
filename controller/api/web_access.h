// How people are let in who come with a browser and not with a token: the section "access" of the
// configuration. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/network.h"
#include "controller/core/access.h"

namespace understudy {

// What members of a group that the proxy names may do, and to what; the first that fits counts.
struct ProxyGrant {
    std::string group;  // "*": whoever the proxy lets through
    Role role = Role::Viewer;
    std::optional<std::vector<std::string>> pools = {};  // by name; none: whichever
    std::map<std::string, std::string> labels = {};
    friend bool operator==(const ProxyGrant&, const ProxyGrant&) = default;
};

// A reverse proxy that has asked people who they are (OIDC, SAML) and says so in headers.
struct TrustedProxy {
    std::string user_header, groups_header;  // in lower case; groups: separated by commas
    std::vector<Network> addresses;  // where it is; from elsewhere the headers are a forgery
    std::vector<ProxyGrant> grants;
    friend bool operator==(const TrustedProxy&, const TrustedProxy&) = default;
};

struct WebAccess {
    std::vector<std::string> origins;  // of our page, where a proxy gives it another name
    std::optional<TrustedProxy> proxy;
    bool tls = false;  // ends here
    friend bool operator==(const WebAccess&, const WebAccess&) = default;
};

}  // namespace understudy
