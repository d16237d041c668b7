#include "agent/link_target.h"

#include <charconv>
#include <optional>

#include "base/address_range.h"
#include "schema/wire.h"

namespace understudy {
namespace {

constexpr char kRemedy[] = "write wss://controller.example.org:8443/agent";

struct Authority {
    std::string_view host;
    std::string_view port;  // empty: not given
};

// RFC 3986 3.2 without user information; an IPv6 address stands in brackets.
std::optional<Authority> split_authority(std::string_view text) {
    const bool bracketed = text.substr(0, 1) == "[";
    const auto host_end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && host_end == std::string_view::npos) return std::nullopt;
    Authority out{bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end), {}};
    std::string_view rest;
    if (host_end != std::string_view::npos) rest = text.substr(bracketed ? host_end + 1 : host_end);
    if (rest.empty()) return out;
    if (rest.front() != ':' || rest.size() == 1) return std::nullopt;
    out.port = rest.substr(1);
    return out;
}

std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

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
    LinkTarget target;
    std::string_view rest = url;
    if (rest.substr(0, 6) == "wss://") {
        rest.remove_prefix(6);
    } else if (rest.substr(0, 5) == "ws://") {
        target.tls = false;
        rest.remove_prefix(5);
    } else {
        return refuse("is not a wss:// URL");
    }
    if (rest.find_first_of("@?# \t\"") != std::string_view::npos) {
        return refuse("has a user name, a query, a fragment or a space");
    }
    const auto slash = rest.find('/');
    const auto authority = split_authority(rest.substr(0, slash));
    if (!authority || !is_plain_name(authority->host)) return refuse("has no valid host");
    const auto port = authority->port.empty() ? std::optional<std::uint16_t>{target.tls ? 443 : 80}
                                              : read_port(authority->port);
    if (!port) return refuse("has no valid port");
    if (!target.tls && !is_loopback(authority->host)) {
        return refuse("would send the token in the clear: ws:// is for loopback only");
    }
    target.host = authority->host;
    target.port = *port;
    target.path = slash == std::string_view::npos ? std::string{wire::kPath}
                                                  : std::string{rest.substr(slash)};
    if (!target.tls || !is_address(target.host)) target.certificate_name = target.host;
    return target;
}

}  // namespace understudy
