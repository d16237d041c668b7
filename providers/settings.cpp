#include "providers/settings.h"

#include <algorithm>

#include "base/address_range.h"
#include "base/text.h"
#include "base/url.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestForeignText = 300;
constexpr std::string_view kHidden = "[hidden]";

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool plain_character(char c) {
    return c > ' ' && c < 0x7f &&
           std::string_view{"\"'<>\\^`{|}@?#"}.find(c) == std::string_view::npos;
}

// Of "https://host[:port][/path]", or the same with http; none: it is no such URL.
std::optional<Authority> authority_of(std::string_view url) {
    const auto parts = split_url(url);
    if (!parts || (parts->scheme != "https" && parts->scheme != "http")) return std::nullopt;
    const auto authority = split_authority(parts->authority);
    const bool sound = authority && !authority->host.empty() && authority->port.size() <= 5 &&
                       all_digits(authority->port) && std::ranges::all_of(url, plain_character);
    return sound ? authority : std::nullopt;
}

// Only its resolution tells where a name leads; the worker looks at that when it connects.
std::string_view nowhere(std::string_view host) {
    AddressRange range;
    if (const auto ipv4 = parse_ipv4(host)) range = range_of(*ipv4);
    if (const auto ipv6 = parse_ipv6(host)) range = range_of(*ipv6);
    return range.reach == Reach::Nobody ? range.what : std::string_view{};
}

std::string field_of(std::string_view key) {
    return "settings." + std::string{key};
}

}  // namespace

Result<ProviderSettings> ProviderSettings::parse(std::string_view text,
                                                 std::initializer_list<std::string_view> known) {
    auto document = json::Document::parse(text.empty() ? "{}" : text);
    if (!document) return invalid("settings", document.error().message);
    if (!document->root().is_object()) return invalid("settings", "must be a JSON object");
    std::string names;
    for (const auto key : known)
        add_item(names, key);
    std::optional<Error> unknown;
    document->root().each_member([&](std::string_view key, json::Value) {
        if (unknown || std::ranges::find(known, key) != known.end()) return;
        unknown = invalid(field_of(foreign_text(key, {})), "is no setting of this provider",
                          "known are " + names);
    });
    if (unknown) return *unknown;
    return ProviderSettings{std::move(*document)};
}

Result<std::optional<std::string>> ProviderSettings::text(std::string_view key) const {
    const auto value = document_.root()[key];
    if (!value.exists() || value.is_null()) return std::optional<std::string>{};
    const auto text = value.string();
    if (!text) return invalid(field_of(key), "must be a string");
    return std::optional{std::string{*text}};
}

Result<bool> ProviderSettings::flag(std::string_view key) const {
    const auto value = document_.root()[key];
    if (!value.exists()) return false;
    if (const auto flag = value.boolean()) return *flag;
    return invalid(field_of(key), "must be true or false");
}

Result<std::string> ProviderSettings::base_url(std::string_view fallback) const {
    const auto given = text("base_url");
    if (!given) return given.error();
    std::string url = given->value_or(std::string{fallback});
    while (url.ends_with('/'))
        url.pop_back();
    const auto plain_allowed = flag("allow_plain_http");
    if (!plain_allowed) return plain_allowed.error();
    const auto authority = authority_of(url);
    const std::string field = field_of("base_url");
    if (!authority) {
        return invalid(field, "'" + foreign_text(url, {}) + "' is no base URL",
                       "give one like https://host:port/path, without user, query or fragment");
    }
    if (const auto what = nowhere(authority->host); !what.empty()) {
        return invalid(field, "'" + std::string{authority->host} + "' is " + std::string{what},
                       "give the address of the service's own machine: a public or a private one");
    }
    if (url.starts_with("http:") && !*plain_allowed && !is_loopback(authority->host)) {
        return invalid(field, "'" + url + "' would send the credential unencrypted to another host",
                       "use https, a tunnel to loopback, or set allow_plain_http to true");
    }
    return url;
}

Result<Secret> read_credential(const Secret& given) {
    std::string_view text = given.reveal();
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    const std::string remedy =
        "give exactly the characters of the token or key, nothing around them";
    if (text.empty()) return invalid("credential", "is empty", remedy);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte == '"' || byte == '\'' || byte == '`') {
            return invalid("credential", "contains a quote", remedy);
        }
        if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
            return invalid("credential", "contains white space", remedy);
        }
        if (byte < 0x20 || byte == 0x7f) {
            return invalid("credential", "contains a control character", remedy);
        }
        if (byte > 0x7f) return invalid("credential", "contains a character beyond ASCII", remedy);
    }
    return Secret{std::string{text}};
}

std::string foreign_text(std::string_view text, const Secret& secret) {
    std::string whole{text.substr(0, 16 * kLongestForeignText)};
    const std::string& hidden = secret.reveal();
    std::size_t at = hidden.empty() ? std::string::npos : whole.find(hidden);
    while (at != std::string::npos) {
        whole.replace(at, hidden.size(), kHidden);
        at = whole.find(hidden, at + kHidden.size());
    }
    return plain_text(whole, kLongestForeignText, "...");
}

}  // namespace understudy
