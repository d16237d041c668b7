// Section "access": how people are let in who come with a browser.
#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "controller/config/sections.h"

namespace understudy::config {
namespace {

// They say something else already.
constexpr std::string_view kTakenHeaders[] = {"authorization", "cookie", "host", "origin",
                                              "x-understudy"};

std::string read_header_name(Reading& reading, json::Value section, const std::string& key) {
    std::string name = lower(section[key].string().value_or(""));
    if (std::ranges::find(kTakenHeaders, name) != std::end(kTakenHeaders)) {
        reading.fail("access.trusted_proxy." + key,
                     "'" + name + "' says something else to the controller already",
                     "let the proxy send another one, such as X-Forwarded-User");
    }
    return name;
}

std::vector<Network> read_networks(Reading& reading, json::Value list) {
    std::vector<Network> networks;
    std::size_t count = 0;
    list.each([&](json::Value each) {
        const std::string text{each.string().value_or("")};
        const std::string place = "access.trusted_proxy.addresses[" + std::to_string(count++) + "]";
        const auto network = parse_network(text);
        if (network) {
            networks.push_back(*network);
        } else if (!text.empty()) {
            reading.fail(place, "'" + text + "' is no address and no network", kNetworkForms);
        }
        if (text.ends_with("/0")) {
            reading.fail(place, "from '" + text + "' everybody could say who he is",
                         "name the addresses of the proxy alone");
        }
    });
    return networks;
}

ProxyGrant read_grant(json::Value section) {
    ProxyGrant grant;
    grant.group = std::string{section["group"].string().value_or("")};
    grant.role = from_text<Role>(section["role"].string().value_or("")).value_or(Role::Viewer);
    if (section["pools"].is_array()) grant.pools.emplace();
    section["pools"].each(
        [&](json::Value each) { grant.pools->emplace_back(each.string().value_or("")); });
    section["labels"].each_member([&](std::string_view key, json::Value value) {
        grant.labels.emplace(key, value.string().value_or(""));
    });
    return grant;
}

void read_proxy(Reading& reading, json::Value section) {
    if (!section.is_object()) return;
    TrustedProxy proxy;
    proxy.user_header = read_header_name(reading, section, "user_header");
    proxy.groups_header = read_header_name(reading, section, "groups_header");
    proxy.addresses = read_networks(reading, section["addresses"]);
    section["grants"].each(
        [&proxy](json::Value each) { proxy.grants.push_back(read_grant(each)); });
    if (proxy.user_header == proxy.groups_header) {
        reading.fail("access.trusted_proxy.groups_header", "it is the header with the user's name",
                     "name another header, or leave it out");
    }
    const bool by_group = std::ranges::any_of(
        proxy.grants, [](const ProxyGrant& grant) { return grant.group != "*"; });
    if (by_group && proxy.groups_header.empty()) {
        reading.fail("access.trusted_proxy.groups_header", "it is missing, and grants name groups",
                     "name the header in which the proxy sends them, such as X-Forwarded-Groups");
    }
    reading.config().web.proxy = std::move(proxy);
}

}  // namespace

void read_access(Reading& reading) {
    const auto section = reading.root()["access"];
    section["origins"].each([&](json::Value each) {
        reading.config().web.origins.emplace_back(each.string().value_or(""));
    });
    read_proxy(reading, section["trusted_proxy"]);
    reading.config().web.tls = reading.config().tls.has_value();
}

}  // namespace understudy::config
