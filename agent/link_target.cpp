#include "agent/link_target.h"

#include <optional>

#include "base/address_range.h"
#include "base/url.h"
#include "schema/wire.h"

namespace understudy {
namespace {

constexpr char kRemedy[] = "write wss://controller.example.org:8443/agent";

bool is_plain_name(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    return host.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") ==
           std::string_view::npos;
}

bool is_address(std::string_view host) {
    return parse_ipv4(host) || parse_ipv6(host);
}

}  // namespace

Result<LinkTarget> read_controller_url(const std::string& field, std::string_view url) {
    const auto refuse = [&](const std::string& why) {
        return invalid(field, "\"" + std::string{url} + "\" " + why, kRemedy);
    };
    const auto parts = split_url(url);
    if (!parts || (parts->scheme != "wss" && parts->scheme != "ws"))
        return refuse("is not a wss:// URL");
    LinkTarget target;
    target.tls = parts->scheme == "wss";
    if (url.find_first_of("@?# \t\"") != std::string_view::npos) {
        return refuse("has a user name, a query, a fragment or a space");
    }
    const auto authority = split_authority(parts->authority);
    if (!authority || !is_plain_name(authority->host)) return refuse("has no valid host");
    const auto port = authority->port.empty() ? std::optional<std::uint16_t>{target.tls ? 443 : 80}
                                              : read_port(authority->port);
    if (!port) return refuse("has no valid port");
    if (!target.tls && !is_loopback(authority->host)) {
        return refuse("would send the token in the clear: ws:// is for loopback only");
    }
    target.host = authority->host;
    target.port = *port;
    target.path = parts->rest.empty() ? wire::kPath : parts->rest;
    if (!target.tls || !is_address(target.host)) target.certificate_name = target.host;
    return target;
}

}  // namespace understudy
