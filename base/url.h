// Where the parts of a URL are (RFC 3986 3), as views of its text. Which schemes, hosts and
// characters are good is for whoever asks: webhooks, providers, the agent and understudyctl take
// different ones. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace understudy {

struct UrlParts {
    std::string_view scheme;     // as it is written
    std::string_view authority;  // what is between "://" and the rest; may be empty
    std::string_view rest;       // path, query and fragment, with the character that begins them
};
// None: there is no "://".
std::optional<UrlParts> split_url(std::string_view url);

struct Authority {
    std::string_view host;   // without brackets; may be empty
    std::string_view port;   // as it is written; empty: none is given
    bool bracketed = false;  // as an IPv6 address has to be
};
// Knows no user name: refuse or strip it before. None: a bracket stays open, or something else than
// a colon and a port follows the host.
std::optional<Authority> split_authority(std::string_view authority);

// None: no number from 1 to 65535.
std::optional<std::uint16_t> read_port(std::string_view text);

}  // namespace understudy
