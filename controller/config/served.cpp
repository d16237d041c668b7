// Section "served": who is asked, after a change, what the zone's name servers answer.
#include "base/ip_address.h"
#include "controller/config/sections.h"

namespace understudy::config {
namespace {

constexpr std::uint16_t kDnsPort = 53;

// "192.0.2.53", "127.0.0.1:5300", "[2001:db8::53]:53" or "2001:db8::53".
bool set_resolver(std::string_view text, ServedLimits& limits) {
    std::string_view host = text;
    limits.resolver_port = kDnsPort;
    const auto colon = text.rfind(':');
    const bool bracketed = text.starts_with('[');
    const bool one_colon = colon != std::string_view::npos && text.find(':') == colon;
    if (bracketed ? text.find("]:") != std::string_view::npos : one_colon) {
        const auto port = parse_port(text.substr(colon + 1));
        if (!port) return false;
        limits.resolver_port = *port;
        host = text.substr(0, colon);
    }
    if (bracketed) {
        if (!host.ends_with(']')) return false;
        host = host.substr(1, host.size() - 2);
        if (!parse_ipv6(host)) return false;
    } else if (!parse_ipv4(host) && !parse_ipv6(host)) {
        return false;
    }
    limits.resolver = std::string{host};
    return true;
}

}  // namespace

void read_served(Reading& reading) {
    const auto section = reading.root()["served"];
    ServedLimits& limits = reading.config().served;
    set_flag(section, "enabled", limits.enabled);
    set_port(section, "port", limits.port);
    set_seconds(section, "bound_s", limits.bound);
    set_count(section, "in_flight", limits.in_flight);
    const auto resolver = section["resolver"].string();
    if (resolver && !resolver->empty() && !set_resolver(*resolver, limits)) {
        reading.fail("served.resolver", "'" + std::string{*resolver} + "' is not an address",
                     "give \"192.0.2.53\", \"192.0.2.53:5300\" or \"[2001:db8::53]:53\", or leave "
                     "it out for the system's resolver");
    }
    reading.config().timings.served_bound = limits.enabled ? limits.bound : Duration{0};
}

}  // namespace understudy::config
