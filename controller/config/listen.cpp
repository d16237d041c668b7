#include "controller/config/sections.h"

#include "base/address_range.h"

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

}  // namespace

void read_listen(Reading& reading) {
    set_flag(reading.root(), "allow_plain_text", reading.config().allow_plain_text);
    const auto tls = reading.root()["tls"];
    if (tls.is_object()) {
        reading.config().tls =
            TlsFiles{reading.readable_file(tls, "certificate", "tls.certificate"),
                     reading.readable_file(tls, "key", "tls.key")};
    }
    reading.config().agents = read_addresses(reading, "agents");
    reading.config().api = read_addresses(reading, "api");
}

}  // namespace understudy::config
