// Section "guards": how much doubt (controller/core/guard_limits.h), and whom to ask.
#include <algorithm>

#include "base/address_range.h"
#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/url.h"
#include "controller/config/sections.h"

namespace understudy::config {
namespace {

// "9.9.9.9", "[2620:fe::fe]" or a name; empty: none of these.
std::string host_of(const Authority& parts) {
    if (parts.bracketed) {
        const auto inner = parse_ipv6(parts.host);
        return inner ? to_string(*inner) : std::string{};
    }
    if (parse_ipv4(parts.host) || same_ignoring_case(parts.host, "localhost"))
        return lower(parts.host);
    const auto name = canonical_name({}, parts.host);
    return name && !name->starts_with("*.") ? *name : std::string{};
}

// Copied from an example, it would hold every failover: nobody ever answers there.
bool is_example(const std::string& host) {
    if (const auto v4 = parse_ipv4(host)) return range_of(*v4).reach == Reach::Documentation;
    if (const auto v6 = parse_ipv6(host)) return range_of(*v6).reach == Reach::Documentation;
    return false;
}

std::optional<TcpEndpoint> endpoint_of(std::string_view text) {
    const auto parts = split_authority(text);
    if (!parts) return std::nullopt;
    const auto port = read_port(parts->port);
    auto host = host_of(*parts);
    if (!port || host.empty()) return std::nullopt;
    return TcpEndpoint{std::move(host), *port};
}

void read_witness(Reading& reading, std::string_view text, const std::string& place) {
    const auto endpoint = endpoint_of(text);
    auto& witnesses = reading.config().witnesses;
    const std::string quoted = "'" + std::string{text} + "'";
    if (!endpoint) {
        reading.fail(place, quoted + " is not an address with a port",
                     "give \"host:port\", \"9.9.9.9:53\" or \"[2620:fe::fe]:53\"");
    } else if (is_example(endpoint->host)) {
        reading.fail(place, quoted + " is an address for documentation: nobody answers there",
                     "name an address outside of your own network, such as your resolver's, or "
                     "leave witnesses out");
    } else if (std::ranges::find(witnesses, *endpoint) != witnesses.end()) {
        reading.fail(place, quoted + " is listed twice", "name every witness once");
    } else {
        if (is_loopback(endpoint->host)) {
            reading.warn(place, quoted + " is this machine itself: it answers without a network",
                         "name an address outside of your own network");
        }
        witnesses.push_back(*endpoint);
    }
}

void read_witnesses(Reading& reading, json::Value section) {
    std::size_t index = 0;
    section["witnesses"].each([&](json::Value each) {
        const std::string place = "guards.witnesses[" + std::to_string(index++) + "]";
        if (const auto text = each.string()) read_witness(reading, *text, place);
    });
    const auto& witnesses = reading.config().witnesses;
    reading.config().timings.guards.witnesses = !witnesses.empty();
    if (index == 1 && witnesses.size() == 1) {
        reading.warn("guards.witnesses",
                     "there is only one witness: while it is down, no loss is believed",
                     "name at least two that do not share a network");
    }
}

}  // namespace

void read_guards(Reading& reading) {
    const auto section = reading.root()["guards"];
    auto& limits = reading.config().timings.guards;
    set_count(section, "mass_loss_percent", limits.mass_loss_percent);
    set_count(section, "mass_loss_servers", limits.mass_loss_servers);
    set_seconds(section, "mass_loss_window_s", limits.mass_loss_window);
    set_seconds(section, "witness_retry_s", limits.witness_retry);
    set_count(section, "changes_per_record", limits.changes_per_record);
    set_count(section, "changes_per_pool", limits.changes_per_pool);
    set_count(section, "changes_per_provider", limits.changes_per_provider);
    set_seconds(section, "change_window_s", limits.change_window);
    set_count(section, "brake_percent", limits.brake_percent);
    set_count(section, "brake_domains", limits.brake_domains);
    read_witnesses(reading, section);
}

}  // namespace understudy::config
