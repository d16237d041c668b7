// What a probe of a server's service asks, as people write it. Plain values. Used in policies, by
// whoever probes, and in the words of testimony.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

// "auto", "off", "tcp:8443", "http", "https:8443/health"
struct ProbeTarget {
    enum class Kind {
        Auto,  // whatever answers first of https on 443 and http on 80
        Off,
        Tcp,
        Http,
        Https,
    };
    Kind kind = Kind::Auto;
    std::uint16_t port = 0;  // 0: the usual one of its kind; of tcp always given
    std::string path = "/";  // of http and https
    friend bool operator==(const ProbeTarget&, const ProbeTarget&) = default;
};

std::string to_string(const ProbeTarget& target);
// The usual port of its kind where none is given.
ProbeTarget with_port(ProbeTarget target);
std::optional<ProbeTarget> parse_probe_target(std::string_view text);
inline constexpr const char* kProbeTargetForms =
    "give auto, off, tcp:PORT, http[:PORT][/PATH] or https[:PORT][/PATH]";

// RFC 3986 takes less than this; what is left out would end or split a request.
bool is_request_path(std::string_view text);

// Which HTTP statuses count as serving: "200-399", "204".
struct StatusRange {
    std::uint16_t low = 200;
    std::uint16_t high = 499;
    bool has(long status) const { return low <= status && status <= high; }
    friend bool operator==(const StatusRange&, const StatusRange&) = default;
};

std::string to_string(const StatusRange& range);
std::optional<StatusRange> parse_status_range(std::string_view text);
inline constexpr const char* kStatusRangeForms = "give a status or a range, like 204 or 200-399";

}  // namespace understudy
