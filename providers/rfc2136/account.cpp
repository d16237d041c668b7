#include <string>
#include <utility>

#include "base/address_range.h"
#include "base/ascii.h"
#include "base/crypto.h"
#include "base/domain_name.h"
#include "base/url.h"
#include "providers/rfc2136/server.h"
#include "providers/settings.h"

namespace understudy::rfc2136 {
namespace {

constexpr std::string_view kDefaultAlgorithm = "hmac-sha256";
constexpr std::size_t kShortestSecret = 16;

std::string quoted_setting(std::string_view text) {
    return "'" + foreign_text(text, {}) + "'";
}

// None: it is no address.
std::optional<AddressRange> range_of_address(std::string_view host) {
    if (const auto ipv4 = parse_ipv4(host)) return range_of(*ipv4);
    if (const auto ipv6 = parse_ipv6(host)) return range_of(*ipv6);
    return std::nullopt;
}

// "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353".
std::optional<Error> take_server(const ProviderSettings& settings, Account& account) {
    const std::string field = "settings.server";
    const auto given = settings.text("server");
    if (!given) return given.error();
    const std::string remedy = "give the primary name server's address, like 192.0.2.53:53";
    if (!*given) return invalid(field, "is missing", remedy);
    const std::string& text = **given;
    std::string_view host = text;
    if (!parse_ipv6(text)) {
        const auto authority = split_authority(text);
        if (!authority) return invalid(field, quoted_setting(text) + " is no address", remedy);
        host = authority->host;
        if (!authority->port.empty() || text.ends_with(':')) {
            const auto port = read_port(authority->port);
            if (!port) return invalid(field, quoted_setting(text) + " has no such port", remedy);
            account.port = *port;
        }
    }
    const auto range = range_of_address(host);
    if (!range) {
        return invalid(field, quoted_setting(text) + " is no address",
                       remedy + "; a name would have to be looked up in the DNS that may be down");
    }
    if (range->reach == Reach::Nobody && !is_loopback(host))
        return invalid(field, quoted_setting(text) + " is " + std::string{range->what}, remedy);
    account.address = host;
    return std::nullopt;
}

std::optional<Error> take_zone(const ProviderSettings& settings, Account& account) {
    const auto given = settings.text("zone");
    if (!given) return given.error();
    if (!*given) return std::nullopt;
    auto zone = canonical_name("settings.zone", **given);
    if (!zone) return zone.error();
    if (zone->starts_with("*."))
        return invalid("settings.zone", quoted_setting(**given) + " is no zone", "without '*.'");
    account.zone = *std::move(zone);
    return std::nullopt;
}

bool is_key_name(std::string_view name) {
    const auto plain = [](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '"'; };
    return !name.empty() && name != "." && std::ranges::all_of(name, plain) &&
           dns_wire_name(name).has_value();
}

std::optional<Error> take_key_name(const ProviderSettings& settings, Account& account) {
    const auto given = settings.text("key_name");
    if (!given) return given.error();
    const std::string remedy = "give the name of the TSIG key as the server has it";
    if (!*given) return invalid("settings.key_name", "is missing", remedy);
    if (!is_key_name(**given))
        return invalid("settings.key_name", quoted_setting(**given) + " is no name of a key",
                       remedy);
    account.key.name = lower(**given);
    if (account.key.name.ends_with('.')) account.key.name.pop_back();
    return std::nullopt;
}

std::optional<Error> take_algorithm(const ProviderSettings& settings, Account& account) {
    const auto given = settings.text("algorithm");
    if (!given) return given.error();
    const auto text = given->value_or(std::string{kDefaultAlgorithm});
    std::string name = lower(text);
    if (name.ends_with('.')) name.pop_back();
    const auto algorithm = algorithm_named(name);
    if (!algorithm) {
        const bool weak = name.starts_with("hmac-md5") || name == "hmac-sha1";
        return invalid("settings.algorithm",
                       quoted_setting(text) + (weak ? " is too weak" : " is not known"),
                       "make a key with hmac-sha256, hmac-sha384 or hmac-sha512: "
                       "tsig-keygen -a hmac-sha256 NAME");
    }
    account.key.algorithm = *algorithm;
    return std::nullopt;
}

std::optional<Error> take_secret(const Secret& credential, Account& account) {
    const auto text = read_credential(credential);
    if (!text) return text.error();
    auto bytes = from_base64(text->reveal());
    const std::string remedy =
        "give what stands between the quotes after 'secret' in the key file, and nothing else";
    if (!bytes) return invalid(kCredentialField, "is no base64", remedy);
    account.key.secret = Secret{*std::move(bytes)};
    if (account.key.secret.reveal().size() >= kShortestSecret) return std::nullopt;
    return invalid(kCredentialField,
                   "is shorter than " + std::to_string(kShortestSecret) + " bytes",
                   "make a longer one: tsig-keygen -a hmac-sha256 NAME");
}

}  // namespace

Result<Account> read_account(std::string_view text, const Secret& credential) {
    const auto settings =
        ProviderSettings::parse(text, {"server", "zone", "key_name", "algorithm"});
    if (!settings) return settings.error();
    Account account;
    for (const auto take : {take_server, take_zone, take_key_name, take_algorithm}) {
        if (auto error = take(*settings, account)) return *std::move(error);
    }
    if (auto error = take_secret(credential, account)) return *std::move(error);
    return account;
}

}  // namespace understudy::rfc2136
