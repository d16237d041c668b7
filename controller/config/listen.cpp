#include "controller/config/sections.h"

#include <grp.h>

#include "base/address_range.h"
#include "base/domain_name.h"
#include "base/ip_address.h"

namespace understudy::config {
namespace {

void check_listen(Reading& reading, const std::string& address, const std::string& place) {
    if (address.empty()) return;  // the schema said so
    if (!parse_ipv4(address) && !parse_ipv6(address)) {
        reading.fail(place + ".address", "'" + address + "' is not an IP address",
                     "give \"0.0.0.0\", \"::\" or one address of this machine");
    } else if (!reading.config().tls && !reading.config().allow_plain_text &&
               !is_loopback(address)) {
        reading.fail(place + ".address",
                     "'" + address +
                         "' can be reached from outside, and there is no TLS: tokens "
                         "would travel in plain text",
                     "add \"tls\", listen on 127.0.0.1, or set \"allow_plain_text\": true");
    }
}

std::vector<ListenAddress> read_addresses(Reading& reading, const std::string& kind) {
    std::vector<ListenAddress> addresses;
    reading.root()["listen"][kind].each([&](json::Value each) {
        const std::string place = "listen." + kind + "[" + std::to_string(addresses.size()) + "]";
        ListenAddress listen;
        listen.address = std::string{each["address"].string().value_or("")};
        set_port(each, "port", listen.port);
        check_listen(reading, listen.address, place);
        addresses.push_back(std::move(listen));
    });
    return addresses;
}

std::vector<std::string> read_names(Reading& reading, json::Value tls) {
    std::vector<std::string> names;
    tls["names"].each([&](json::Value each) {
        const std::string text{each.string().value_or("")};
        const std::string place = "tls.names[" + std::to_string(names.size()) + "]";
        const auto ipv4 = parse_ipv4(text);
        const auto ipv6 = parse_ipv6(text);
        const auto name = ipv4   ? Result<std::string>{to_string(*ipv4)}
                          : ipv6 ? Result<std::string>{to_string(*ipv6)}
                                 : canonical_name(place, text);
        names.push_back(name ? *name : text);
        if (!name && !text.empty())
            reading.fail(place, name.error().message, "give a host name or an address");
    });
    return names;
}

std::vector<gid_t> read_groups(Reading& reading, json::Value names) {
    std::vector<gid_t> gids;
    names.each([&](json::Value each) {
        const std::string name{each.string().value_or("")};
        const std::string place = "listen.local.groups[" + std::to_string(gids.size()) + "]";
        const group* found = name.empty() ? nullptr : getgrnam(name.c_str());
        gids.push_back(found != nullptr ? found->gr_gid : 0);
        if (found == nullptr && !name.empty())
            reading.fail(place, "there is no group '" + name + "' on this machine",
                         "make it, or leave it out");
    });
    return gids;
}

void read_local(Reading& reading, json::Value section) {
    auto& local = reading.config().local;
    local->gids = read_groups(reading, section["groups"]);
    if (auto path = reading.path_at(section, "path", "listen.local.path"); !path.empty()) {
        local->path = std::move(path);
        local->wanted = true;
    }
    if (local->path.size() > kSocketPathLimit) {
        reading.fail("listen.local.path",
                     "it has " + std::to_string(local->path.size()) +
                         " bytes with its folder, and a socket's path at most " +
                         std::to_string(kSocketPathLimit),
                     "choose a shorter one, such as " + std::string{kLocalSocketPath});
    }
    bool enabled = true;
    set_flag(section, "enabled", enabled);
    if (!enabled) local.reset();
}

}  // namespace

void read_listen(Reading& reading) {
    set_flag(reading.root(), "allow_plain_text", reading.config().allow_plain_text);
    const auto tls = reading.root()["tls"];
    if (tls.is_object()) {
        reading.config().tls =
            TlsFiles{reading.readable_file(tls, "certificate", "tls.certificate"),
                     reading.readable_file(tls, "key", "tls.key"), read_names(reading, tls)};
    }
    reading.config().agents = read_addresses(reading, "agents");
    reading.config().api = read_addresses(reading, "api");
    read_local(reading, reading.root()["listen"]["local"]);
}

}  // namespace understudy::config
