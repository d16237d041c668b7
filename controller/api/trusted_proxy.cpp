#include "controller/api/trusted_proxy.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "base/utf8.h"
#include "controller/api/auth.h"

namespace understudy::api {
namespace {

constexpr std::size_t kPersonLimit = 128;  // bytes

bool has_header(const ApiRequest& request, const std::string& name) {
    return !name.empty() && std::ranges::any_of(request.headers, [&name](const auto& each) {
        return each.first == name;
    });
}

bool is_member(std::string_view groups, std::string_view group) {
    if (group == "*") return true;
    while (!groups.empty()) {
        const std::size_t end = std::min(groups.find(','), groups.size());
        if (trimmed(groups.substr(0, end)) == group) return true;
        groups.remove_prefix(std::min(end + 1, groups.size()));
    }
    return false;
}

Scope scope_of(const ProxyGrant& grant, const Fleet& fleet) {
    Scope scope;
    scope.labels = grant.labels;
    if (!grant.pools) return scope;
    scope.pools.emplace();
    for (const std::string& name : *grant.pools) {
        if (const Pool* pool = fleet.pool_named(name)) scope.pools->push_back(pool->id);
    }
    return scope;
}

}  // namespace

bool names_a_person(const TrustedProxy& proxy, const ApiRequest& request) {
    return has_header(request, proxy.user_header) || has_header(request, proxy.groups_header);
}

bool comes_from(const TrustedProxy& proxy, const ApiRequest& request) {
    return is_from(proxy.addresses, address_of(request.peer));
}

Result<Caller> caller_by_proxy(const TrustedProxy& proxy, const Fleet& fleet,
                               const ApiRequest& request) {
    const std::string user{request.header(proxy.user_header)};
    if (user.empty() || user.size() > kPersonLimit || valid_utf8(user) != user) {
        return rejected("the proxy's header " + proxy.user_header + " names nobody",
                        "let the proxy send a name of 1 to 128 bytes of UTF-8");
    }
    const std::string_view groups = request.header(proxy.groups_header);
    const auto grant = std::ranges::find_if(
        proxy.grants, [groups](const ProxyGrant& each) { return is_member(groups, each.group); });
    if (grant == proxy.grants.end()) {
        return rejected(
            "'" + user + "' is in no group that may do anything here",
            "let access.trusted_proxy.grants name one of the groups in " + proxy.groups_header);
    }
    Caller caller = caller_of(grant->role, "user", user, request);
    caller.scope = scope_of(*grant, fleet);
    caller.vouched = true;
    return caller;
}

}  // namespace understudy::api
