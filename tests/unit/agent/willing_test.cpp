// What an agent is willing to probe for others: a table.
#include "agent/siblings/willing.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace understudy {
namespace {

wire::Probe probe_of(std::string address, std::uint16_t port = 443) {
    wire::Probe probe;
    probe.kind = wire::ProbeKind::Https;
    probe.address = std::move(address);
    probe.port = port;
    probe.host = "www.example.org";
    return probe;
}

struct Row {
    const char* address;
    const char* why;          // by default; empty: willing
    const char* why_private;  // with allow_private
};

const std::vector<Row> kRows{
    {"9.9.9.9", "", ""},
    {"2620:fe::fe", "", ""},
    {"10.1.2.3", "10.1.2.3 is not a public address: private (RFC 1918)", ""},
    {"172.31.0.1", "172.31.0.1 is not a public address: private (RFC 1918)", ""},
    {"192.168.0.1", "192.168.0.1 is not a public address: private (RFC 1918)", ""},
    {"100.64.0.1", "100.64.0.1 is not a public address: carrier-grade NAT space (RFC 6598)", ""},
    {"fd00::1", "fd00::1 is not a public address: a unique local address (RFC 4193)", ""},
    {"127.0.0.1", "127.0.0.1 is not a public address: loopback", ""},
    {"127.8.9.1", "127.8.9.1 is not a public address: loopback", ""},
    {"::1", "::1 is not a public address: loopback", ""},
    {"203.0.113.7", "203.0.113.7 is not a public address: for documentation (RFC 5737)", ""},
    // Never, whatever is allowed.
    {"169.254.169.254", "169.254.169.254 is not a public address: link-local",
     "169.254.169.254 is not a public address: link-local"},
    {"fe80::1", "fe80::1 is not a public address: link-local (needs a scope)",
     "fe80::1 is not a public address: link-local (needs a scope)"},
    {"224.0.0.1", "224.0.0.1 is not a public address: multicast or reserved",
     "224.0.0.1 is not a public address: multicast or reserved"},
    {"255.255.255.255", "255.255.255.255 is not a public address: multicast or reserved",
     "255.255.255.255 is not a public address: multicast or reserved"},
    {"ff02::1", "ff02::1 is not a public address: multicast",
     "ff02::1 is not a public address: multicast"},
    {"0.0.0.0", "0.0.0.0 is not a public address: of the 'this network' range",
     "0.0.0.0 is not a public address: of the 'this network' range"},
    {"::", ":: is not a public address: the unspecified address",
     ":: is not a public address: the unspecified address"},
    {"::ffff:127.0.0.1", "::ffff:127.0.0.1 is not a public address: an IPv4-mapped address",
     "::ffff:127.0.0.1 is not a public address: an IPv4-mapped address"},
    {"64:ff9b::7f00:1",
     "64:ff9b::7f00:1 is not a public address: a translated address (RFC 6052) of one that is not "
     "public",
     "64:ff9b::7f00:1 is not a public address: a translated address (RFC 6052) of one that is not "
     "public"},
    {"100.100.100.200",
     "100.100.100.200 is not a public address: carrier-grade NAT space (RFC 6598)",
     "100.100.100.200 is not a public address: carrier-grade NAT space (RFC 6598)"},
    {"fd00:ec2::254", "fd00:ec2::254 is not a public address: a unique local address (RFC 4193)",
     "fd00:ec2::254 is not a public address: a unique local address (RFC 4193)"},
    {"www.example.org", "the address is not numeric", "the address is not numeric"},
    {"", "the address is not numeric", "the address is not numeric"},
};

}  // namespace

TEST_CASE("willing: which addresses") {
    ProbeSettings with_private;
    with_private.allow_private = true;
    for (const Row& row : kRows) {
        CAPTURE(row.address);
        CHECK(unwilling(probe_of(row.address), {}) == row.why);
        CHECK(unwilling(probe_of(row.address), with_private) == row.why_private);
    }
}

TEST_CASE("willing: only ports that are configured") {
    ProbeSettings settings;
    CHECK(unwilling(probe_of("9.9.9.9", 80), settings).empty());
    for (const std::uint16_t port : std::vector<std::uint16_t>{0, 22, 25, 53, 8443, 65535}) {
        CAPTURE(port);
        CHECK(unwilling(probe_of("9.9.9.9", port), settings) ==
              "port " + std::to_string(port) + " is not one this agent may probe");
    }
    settings.ports = {8443};
    CHECK(unwilling(probe_of("9.9.9.9", 8443), settings).empty());
    CHECK_FALSE(unwilling(probe_of("9.9.9.9", 443), settings).empty());
}

TEST_CASE("willing: nobody, where it is switched off; and no kind that is unknown") {
    CHECK(unwilling(probe_of("9.9.9.9"), {.enabled = false}) == "this agent probes for nobody");
    wire::Probe probe = probe_of("9.9.9.9");
    probe.kind = wire::ProbeKind::Unknown;
    CHECK(unwilling(probe, {}) == "the kind of probe is unknown here");
}

TEST_CASE("willing: neither many attempts nor long ones") {
    wire::Probe probe = probe_of("9.9.9.9");
    probe.fall = 10;
    CHECK(unwilling(probe, {}).empty());
    probe.fall = 11;
    CHECK(unwilling(probe, {}) == "more than 10 attempts are asked for");
    probe.fall = 10;
    probe.fast_interval_ms = 3'600'000;
    CHECK(unwilling(probe, {}) == "it would take longer than 2 min 0 s");
    probe.fall = 1;  // then the interval is of no account
    CHECK(unwilling(probe, {}).empty());
}

}  // namespace understudy
