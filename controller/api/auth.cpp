#include "controller/api/auth.h"

#include <algorithm>

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

Error unauthorised(const std::string& why) {
    return rejected(why, "send 'Authorization: Bearer <token>' with a token that counts");
}

std::string name_here(const LocalPeer& peer) {
    return "local:" + peer.user;
}

}  // namespace

Caller caller_of(Role role, std::string_view by, const std::string& name,
                 const ApiRequest& request) {
    Caller caller;
    caller.who = std::string{to_text(role)} + " " + std::string{by} + " '" + name + "'";
    caller.role = role;
    caller.name = name;
    caller.source = address_of(request.peer);
    return caller;
}

Result<Caller> caller_with(const Token& token, std::string_view by, const ApiRequest& request,
                           WallTime now) {
    if (token.expired(now))
        return unauthorised("the token expired at " + to_rfc3339(token.expires));
    Caller caller = caller_of(token.role, by, token.name, request);
    if (!token.sources.empty() && !is_from(token.sources, caller.source))
        return unauthorised("the token is not taken from this address");
    caller.scope = token.scope;
    caller.accessor = token.id;
    return caller;
}

Result<Caller> authenticate(const Fleet& fleet, const ApiRequest& request, WallTime now) {
    const std::string_view authorization = request.authorization;
    if (authorization.empty()) return unauthorised("there is no token");
    const std::string_view token = bearer_token(authorization);
    const auto prefix = token_lookup_prefix(token);
    if (!prefix) return unauthorised("this is no token of this controller");
    const Token* row = fleet.token_with_prefix(*prefix);
    if (row != nullptr && token_matches(token, row->hash))
        return caller_with(*row, "token", request, now);
    return unauthorised("the token is not known");
}

Result<Caller> caller_on_this_machine(const ApiRequest& request) {
    const LocalPeer& peer = *request.local;
    if (!peer.administers) {
        return rejected("'" + peer.user + "' does not administer this controller",
                        "use sudo, be in a group of listen.local.groups, or give a token");
    }
    Caller caller;
    caller.who = name_here(peer);
    caller.role = Role::Admin;
    caller.name = peer.user;
    caller.source = "local";
    return caller;
}

std::string lasting_name(const Caller& caller, const ApiRequest& request) {
    const bool by_kernel = request.local && caller.who == name_here(*request.local);
    return by_kernel ? request.peer : caller.who;
}

std::optional<ApiResponse> refusal_of(const Route& route, const Caller& caller) {
    Role least = Role::Guest;
    if (route.access == Access::Viewer || route.access == Access::Loopback) least = Role::Viewer;
    if (route.access == Access::Operator) least = Role::Operator;
    if (route.access == Access::Admin) least = Role::Admin;
    if (caller.role < least) {
        const std::string wanted = to_text(least);
        return problem(403, "forbidden",
                       rejected(caller.who + " may not do this: it takes the role " + wanted,
                                "use a token with the role " + wanted));
    }
    if (route.about == About::All && !caller.scope.everything()) {
        return problem(403, "forbidden",
                       rejected(caller.who + " may not do this: it is about more than its scope",
                                "use a token without a scope"));
    }
    return std::nullopt;
}

bool is_from(const std::vector<Network>& networks, std::string_view address) {
    const auto from = parse_either(address);
    return from && std::ranges::any_of(
                       networks, [&](const Network& network) { return holds(network, *from); });
}

std::string_view address_of(std::string_view peer) {
    if (peer.starts_with('[')) return peer.substr(1, peer.find(']') - 1);
    if (peer.find(':') == peer.rfind(':')) return peer.substr(0, peer.find(':'));
    return peer;
}

bool is_local(std::string_view peer) {
    peer = address_of(peer);
    // A peer is an address, never a name.
    if (const auto v4 = parse_ipv4(peer)) return is_loopback(*v4);
    const auto v6 = parse_ipv6(peer);
    return v6 && is_loopback(*v6);
}

}  // namespace understudy::api
