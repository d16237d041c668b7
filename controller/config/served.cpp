// Section "served": who is asked, after a change, what the zone's name servers answer.
#include "base/ip_address.h"
#include "base/url.h"
#include "controller/config/sections.h"

namespace understudy::config {
namespace {

constexpr std::optional<std::uint16_t> kDnsPort = 53;

// "192.0.2.53", "127.0.0.1:5300", "[2001:db8::53]:53" or "2001:db8::53".
bool set_resolver(std::string_view text, ServedLimits& limits) {
    // Without brackets all of its colons are its own.
    const auto parts = parse_ipv6(text) ? Authority{text, {}, true} : split_authority(text);
    if (!parts) return false;
    const auto port = parts->port.empty() ? kDnsPort : read_port(parts->port);
    const bool sound = parts->bracketed ? parse_ipv6(parts->host).has_value()
                                        : parse_ipv4(parts->host).has_value();
    if (!sound || !port) return false;
    limits.resolver = std::string{parts->host};
    limits.resolver_port = *port;
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
