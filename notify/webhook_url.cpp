#include "notify/webhook_url.h"

#include <algorithm>
#include <optional>

#include "base/address_range.h"
#include "base/ascii.h"
#include "base/url.h"

namespace understudy {
namespace {

constexpr std::size_t kUrlLimit = 2048;
constexpr std::string_view kRemedy = "give the receiver's URL, like https://hooks.example.org/path";

Error refused(std::string message, std::string remedy = std::string{kRemedy}) {
    return invalid("url", std::move(message), std::move(remedy));
}

bool is_host_name(std::string_view host) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
           host.find("..") == std::string_view::npos &&
           host.find_first_not_of(kAllowed) == std::string_view::npos;
}

// What the host is when it is not public; only its resolution tells where another name leads.
AddressRange range_of_host(std::string_view host) {
    if (const auto ipv4 = parse_ipv4(host)) return range_of(*ipv4);
    if (const auto ipv6 = parse_ipv6(host)) return range_of(*ipv6);
    if (is_loopback(host) || lower(host).ends_with(".localhost"))
        return {Reach::Loopback, "loopback"};
    return {};
}

std::optional<Error> check_host(const Authority& parts, bool secure, bool allow_private) {
    const bool is_address =
        parts.bracketed ? parse_ipv6(parts.host).has_value() : is_host_name(parts.host);
    if (!is_address) return refused("the host of the URL is neither a name nor an address");
    const AddressRange range = range_of_host(parts.host);
    if (range.reach != Reach::Public && !allow_private) {
        return refused("'" + std::string{parts.host} + "' is " + std::string{range.what},
                       "use a public receiver, or allow private webhooks in the controller's "
                       "configuration");
    }
    if (!secure && (!allow_private || range.reach != Reach::Loopback)) {
        return refused("the URL is http, which anybody on the way can read and change",
                       "use https; http is taken only for this host itself, and only where private "
                       "webhooks are allowed");
    }
    return std::nullopt;
}

std::optional<Error> check_characters(std::string_view url) {
    if (url.empty()) return refused("no URL is given");
    if (url.size() > kUrlLimit) {
        return refused("the URL has " + std::to_string(url.size()) + " characters, more than " +
                       std::to_string(kUrlLimit));
    }
    const bool printable =
        std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!printable || url.find_first_of("\"<>\\^`{|}") != std::string_view::npos) {
        return refused("the URL holds a space, a control character or one that URLs may not hold",
                       "percent-encode it; write host names in Punycode");
    }
    return std::nullopt;
}

}  // namespace

Result<std::string> read_webhook_url(std::string_view url, bool allow_private) {
    if (const auto problem = check_characters(url)) return *problem;
    const auto parts = split_url(url);
    const std::string scheme = lower(parts ? parts->scheme : std::string_view{});
    if (scheme != "https" && scheme != "http") {
        return refused("the URL does not begin with https://");
    }
    if (parts->authority.find('@') != std::string_view::npos) {
        return refused("the URL holds a user name or password before the host",
                       "leave them out: the signature proves who sends");
    }
    if (parts->rest.find('#') != std::string_view::npos) {
        return refused("the URL has a fragment (#...), which is never sent", "leave it out");
    }
    const auto authority = split_authority(parts->authority);
    if (!authority || (!authority->port.empty() && !read_port(authority->port)))
        return refused("the URL's port is not a number from 1 to 65535");
    if (const auto problem = check_host(*authority, scheme == "https", allow_private))
        return *problem;
    return std::string{url};
}

}  // namespace understudy
