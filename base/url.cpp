#include "base/url.h"

#include <algorithm>

#include "base/ascii.h"

namespace understudy {
namespace {

constexpr std::string_view kAfterScheme = "://";

}  // namespace

std::optional<UrlParts> split_url(std::string_view url) {
    const auto scheme_end = url.find(kAfterScheme);
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const std::string_view after = url.substr(scheme_end + kAfterScheme.size());
    const auto authority_end = std::min(after.find_first_of("/?#"), after.size());
    return UrlParts{url.substr(0, scheme_end), after.substr(0, authority_end),
                    after.substr(authority_end)};
}

std::optional<Authority> split_authority(std::string_view authority) {
    Authority parts;
    parts.bracketed = authority.starts_with('[');
    if (parts.bracketed) authority.remove_prefix(1);
    const auto host_end = authority.find(parts.bracketed ? ']' : ':');
    if (parts.bracketed && host_end == std::string_view::npos) return std::nullopt;
    parts.host = authority.substr(0, host_end);
    authority.remove_prefix(parts.host.size() + (parts.bracketed ? 1 : 0));
    if (authority.empty()) return parts;
    if (authority.front() != ':' || authority.size() == 1) return std::nullopt;
    parts.port = authority.substr(1);
    return parts;
}

std::optional<std::uint16_t> read_port(std::string_view text) {
    const auto port = whole_number<std::uint16_t>(text);
    return port == 0 ? std::nullopt : port;
}

}  // namespace understudy
