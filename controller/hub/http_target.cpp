#include "controller/hub/http_target.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/utf8.h"

namespace understudy {
namespace {

constexpr std::size_t kParametersLimit = 100;
constexpr std::size_t kNameShown = 80;
constexpr const char* kEscapeRemedy =
    "escape UTF-8 without control characters, for example caf%C3%A9";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char letter = lower(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// None: a broken escape, or text that is no clean UTF-8.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    const bool clean = std::ranges::none_of(
        decoded, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!clean || valid_utf8(decoded) != decoded) return std::nullopt;
    return decoded;
}

// Of the absolute form (RFC 9112 3.2.2) only path and query matter.
std::string_view origin_form(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        const bool absolute = same_ignoring_case(target.substr(0, scheme.size()), scheme);
        if (!absolute) continue;
        const std::size_t path = target.find_first_of("/?", scheme.size());
        return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
    }
    return target;
}

std::optional<Error> read_parameter(std::string_view pair, HttpTarget& target) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::optional<std::string> name = percent_decoded(pair.substr(0, equals), true);
    std::optional<std::string> value =
        percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) {
        const std::string field = name ? "?" + valid_utf8(name->substr(0, kNameShown)) : "";
        return invalid(field, "a percent escape in the query is broken or not allowed",
                       kEscapeRemedy);
    }
    if (target.query.size() == kParametersLimit) {
        return invalid(
            {}, "the query has more than " + std::to_string(kParametersLimit) + " parameters",
            "send fewer");
    }
    target.query.emplace_back(std::move(*name), std::move(*value));
    return std::nullopt;
}

}  // namespace

Result<HttpTarget> parse_http_target(std::string_view text) {
    text = origin_form(text);
    const bool printable = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!text.starts_with('/') || !printable) {
        return invalid({}, "the request target is not a path",
                       "ask for a path such as /api/v1/servers");
    }
    text = text.substr(0, text.find('#'));
    const std::size_t question = text.find('?');
    std::optional<std::string> path = percent_decoded(text.substr(0, question), false);
    if (!path) {
        return invalid({}, "a percent escape in the path is broken or not allowed", kEscapeRemedy);
    }
    HttpTarget target{std::move(*path), {}};
    std::string_view rest = question == std::string_view::npos ? "" : text.substr(question + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        if (pair.empty()) continue;
        if (auto wrong = read_parameter(pair, target)) return *std::move(wrong);
    }
    return target;
}

}  // namespace understudy
