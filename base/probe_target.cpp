#include "base/probe_target.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/words.h"

namespace understudy {
namespace {

using Kind = ProbeTarget::Kind;

constexpr Words<Kind, 5> kKindWords{{{Kind::Auto, "auto"},
                                     {Kind::Off, "off"},
                                     {Kind::Tcp, "tcp"},
                                     {Kind::Http, "http"},
                                     {Kind::Https, "https"}}};
constexpr std::size_t kLongestPath = 512;

std::optional<std::uint16_t> number_in(std::string_view text, std::uint16_t low,
                                       std::uint16_t high) {
    const auto number = whole_number<std::uint16_t>(text);
    return number && low <= *number && *number <= high ? number : std::nullopt;
}

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

}  // namespace

bool is_request_path(std::string_view text) {
    const auto printable = [](char c) { return c > ' ' && c < '\x7f' && c != '#'; };
    return text.starts_with('/') && text.size() <= kLongestPath &&
           std::ranges::all_of(text, printable);
}

ProbeTarget with_port(ProbeTarget target) {
    if (target.port == 0) target.port = target.kind == Kind::Https ? kHttpsPort : kHttpPort;
    return target;
}

std::string to_string(const ProbeTarget& target) {
    std::string text = word(kKindWords, target.kind);
    if (target.port != 0) text += ":" + std::to_string(target.port);
    const bool http = target.kind == Kind::Http || target.kind == Kind::Https;
    return http && target.path != "/" ? text + target.path : text;
}

std::optional<ProbeTarget> parse_probe_target(std::string_view text) {
    const std::string_view kind = text.substr(0, text.find_first_of(":/"));
    const auto known = value(kKindWords, kind);
    if (!known) return std::nullopt;
    ProbeTarget target;
    target.kind = *known;
    text.remove_prefix(kind.size());
    if (text.starts_with(':')) {
        const std::string_view digits = text.substr(1, text.find('/') - 1);
        const auto port = number_in(digits, 1, 65'535);
        if (!port) return std::nullopt;
        target.port = *port;
        text.remove_prefix(1 + digits.size());
    }
    const bool http = target.kind == Kind::Http || target.kind == Kind::Https;
    if (!text.empty()) {
        if (!http || !is_request_path(text)) return std::nullopt;
        target.path = text;
    }
    const bool needs_port = target.kind == Kind::Tcp;
    const bool may_have_port = needs_port || http;
    if (needs_port != (target.port != 0) && (needs_port || !may_have_port)) return std::nullopt;
    return target;
}

std::string to_string(const StatusRange& range) {
    const std::string low = std::to_string(range.low);
    return range.low == range.high ? low : low + "-" + std::to_string(range.high);
}

std::optional<StatusRange> parse_status_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto low = number_in(text.substr(0, dash), 100, 599);
    const auto high =
        dash == std::string_view::npos ? low : number_in(text.substr(dash + 1), 100, 599);
    if (!low || !high || *low > *high) return std::nullopt;
    return StatusRange{*low, *high};
}

}  // namespace understudy
