#include "base/domain_name.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "base/ascii.h"
#include "base/ip_address.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestLabel = 63;  // RFC 1035 2.3.4
constexpr std::size_t kLongestName = 253;  // 255 bytes on the wire, as text

using Owned = std::unique_ptr<char, decltype(&idn2_free)>;

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Names in ASCII skip libidn2: registries hold xn-- names that IDNA 2008 would not let in today.
Result<std::string> to_ascii(const std::string& field, const std::string& text) {
    if (is_ascii(text)) return lower(text);
    char* raw = nullptr;
    const int code = idn2_to_ascii_8z(text.c_str(), &raw, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const Owned owned{raw, &idn2_free};
    if (code != IDN2_OK) {
        return invalid(field,
                       "'" + text + "' is not an international domain name: " + idn2_strerror(code),
                       "check the spelling, or give the xn-- form");
    }
    return lower(raw);
}

// Why a label cannot stand in a name; empty: it can. Underscores are no host names by RFC 952, but
// address records under such names exist.
std::string label_trouble(std::string_view label) {
    if (label.empty()) return "has an empty label";
    if (label.size() > kLongestLabel) {
        return "has the label '" + std::string{label} + "', longer than 63 characters";
    }
    if (label.front() == '-' || label.back() == '-') {
        return "has the label '" + std::string{label} + "', which begins or ends with a hyphen";
    }
    const auto bad = std::ranges::find_if(
        label, [](char c) { return !is_letter_or_digit(c) && c != '-' && c != '_'; });
    if (bad != label.end()) return std::string{"has the character '"} + *bad + "'";
    return {};
}

std::string name_trouble(std::string_view name) {
    if (name.size() > kLongestName) return "is longer than 253 characters";
    if (parse_ipv4(name) || parse_ipv6(name)) return "is an IP address";
    std::string_view last;
    for (std::string_view rest = name;;) {
        const auto dot = rest.find('.');
        last = rest.substr(0, dot);
        if (auto trouble = label_trouble(last); !trouble.empty()) return trouble;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    if (std::ranges::all_of(last, is_digit)) return "ends in a number, as only addresses do";
    return {};
}

}  // namespace

Result<std::string> canonical_name(std::string field, std::string_view text) {
    const std::string remedy = "give a name like www.example.org";
    if (text.empty()) return invalid(std::move(field), "the name is empty", remedy);
    const auto refuse = [&](const std::string& trouble) {
        return invalid(field, "'" + std::string{text.substr(0, 300)} + "' " + trouble, remedy);
    };
    if (text.size() > 4 * kLongestName) return refuse("is longer than 253 characters");
    if (text.find('\0') != std::string_view::npos) return refuse("has a NUL byte");

    std::string_view name = text;
    const bool wildcard = name.starts_with("*.");
    if (wildcard) name.remove_prefix(2);
    if (name.ends_with('.')) name.remove_suffix(1);
    const auto ascii = to_ascii(field, std::string{name});
    if (!ascii) return ascii.error();
    std::string canonical = wildcard ? "*." + *ascii : *ascii;
    if (canonical.size() > kLongestName) return refuse("is longer than 253 characters");
    if (const auto trouble = name_trouble(*ascii); !trouble.empty()) return refuse(trouble);
    return canonical;
}

std::string display_name(std::string_view canonical) {
    std::string copy{canonical};
    char* raw = nullptr;
    const int code = idn2_to_unicode_8z8z(copy.c_str(), &raw, IDN2_NONTRANSITIONAL);
    const Owned owned{raw, &idn2_free};
    if (code != IDN2_OK) return copy;
    // libidn2 decodes labels that nobody could have encoded; only what leads back is shown.
    const auto back = canonical_name({}, raw);
    return back && *back == canonical ? std::string{raw} : copy;
}

std::string both_forms(std::string_view canonical) {
    const std::string shown = display_name(canonical);
    return shown == canonical ? shown : shown + " (" + std::string{canonical} + ")";
}

bool name_in_zone(std::string_view name, std::string_view zone) {
    if (zone.empty() || !name.ends_with(zone)) return false;
    return name.size() == zone.size() || name[name.size() - zone.size() - 1] == '.';
}

std::vector<std::string> zone_candidates(std::string_view canonical) {
    if (canonical.starts_with("*.")) canonical.remove_prefix(2);
    std::vector<std::string> candidates;
    while (!canonical.empty()) {
        candidates.emplace_back(canonical);
        const auto dot = canonical.find('.');
        canonical.remove_prefix(dot == std::string_view::npos ? canonical.size() : dot + 1);
    }
    return candidates;
}

Result<std::string> read_label(std::string field, std::string_view text) {
    constexpr std::string_view kMarks = "._+-";
    const bool allowed = std::ranges::all_of(text, [kMarks](char c) {
        return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
    });
    if (text.empty() || text.size() > kLongestLabel || !allowed ||
        !is_letter_or_digit(text.front())) {
        return invalid(std::move(field), "'" + std::string{text.substr(0, 80)} + "' is not a name",
                       "use 1 to 63 of a-z, 0-9 and . _ + -, beginning with a letter or digit");
    }
    return std::string{text};
}

}  // namespace understudy
