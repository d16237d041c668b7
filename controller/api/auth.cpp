#include "controller/api/auth.h"

#include "base/address_range.h"
#include "base/crypto.h"

namespace understudy::api {
namespace {

// The scheme's name is case-insensitive (RFC 9110 11.1).
std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view kScheme = "bearer ";
    if (authorization.size() <= kScheme.size()) return {};
    for (std::size_t i = 0; i < kScheme.size(); ++i) {
        if ((authorization[i] | 0x20) != kScheme[i]) return {};
    }
    authorization.remove_prefix(kScheme.size());
    while (authorization.starts_with(' '))
        authorization.remove_prefix(1);
    return authorization;
}

Error unauthorised(const char* why) {
    return rejected(why, "send 'Authorization: Bearer <token>' with an administrator's token");
}

}  // namespace

Result<std::string> authenticate(std::span<const AdminToken> tokens,
                                 std::string_view authorization) {
    if (authorization.empty()) return unauthorised("there is no token");
    const std::string_view token = bearer_token(authorization);
    const auto prefix = token_lookup_prefix(token);
    if (!prefix) return unauthorised("this is no token of this controller");
    for (const AdminToken& row : tokens) {
        if (row.prefix == *prefix && token_matches(token, row.hash)) {
            return "admin token '" + row.name + "'";
        }
    }
    return unauthorised("the token is not known");
}

bool is_local(std::string_view peer) {
    if (peer.starts_with('[')) {
        peer = peer.substr(1, peer.find(']') - 1);
    } else if (peer.find(':') == peer.rfind(':')) {
        peer = peer.substr(0, peer.find(':'));
    }
    // A peer is an address, never a name.
    if (const auto v4 = parse_ipv4(peer)) return is_loopback(*v4);
    const auto v6 = parse_ipv6(peer);
    return v6 && is_loopback(*v6);
}

}  // namespace understudy::api
