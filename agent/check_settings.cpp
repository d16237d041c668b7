#include <algorithm>
#include <optional>
#include <utility>

#include "agent/config.h"
#include "agent/object_reader.h"
#include "base/ip_address.h"
#include "schema/wire.h"

namespace understudy {
namespace {

constexpr Duration kShortest{100};
constexpr Duration kLongest{3'600'000};
constexpr char kNameCharacters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

std::string read_absolute_path(ObjectReader& reader, std::string_view key) {
    std::string path = reader.required_text(key, "write an absolute path");
    if (!path.empty() && path.front() != '/') {
        reader.bad_value(key, "is not an absolute path", "begin it with /");
    }
    return path;
}

TcpCheck read_tcp(ObjectReader& reader) {
    TcpCheck check;
    check.address = reader.text("address").value_or("127.0.0.1");
    if (!parse_ipv4(check.address) && !parse_ipv6(check.address)) {
        reader.bad_value("address", "is not an IP address",
                         "write a numeric one, such as 127.0.0.1");
    }
    check.port = static_cast<std::uint16_t>(reader.integer("port", 1, 65535, {}));
    return check;
}

// 200, "200" or "200-399".
std::optional<StatusRange> read_range(json::Value value) {
    const auto text = value.string();
    return parse_status_range(text ? std::string{*text} : value.text());
}

std::vector<StatusRange> read_expect(ObjectReader& reader) {
    const json::Value values = reader.array("expect");
    if (!values.exists()) return HttpCheck{}.expect;
    std::vector<StatusRange> ranges;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (const auto range = read_range(values[i])) ranges.push_back(*range);
    }
    if (ranges.empty() || ranges.size() != values.size()) {
        reader.bad_value("expect", "is no list of HTTP statuses",
                         "write such as [200, \"300-399\"]");
    }
    return ranges;
}

HttpCheck read_http(ObjectReader& reader) {
    HttpCheck check;
    check.peer = read_tcp(reader);
    check.method = reader.text("method").value_or("GET");
    if (check.method != "GET" && check.method != "HEAD") {
        reader.bad_value("method", "is not supported", "write GET or HEAD");
    }
    check.path = reader.text("path").value_or("/");
    if (check.path.front() != '/' || check.path.find(' ') != std::string::npos) {
        reader.bad_value("path", "is no path of a URL", "begin it with / and use no spaces");
    }
    const bool v6 = check.peer.address.find(':') != std::string::npos;
    check.host =
        reader.text("host").value_or(v6 ? "[" + check.peer.address + "]" : check.peer.address);
    check.expect = read_expect(reader);
    return check;
}

SystemdUnitCheck read_systemd_unit(ObjectReader& reader) {
    const std::string unit = reader.required_text("unit", "write such as haproxy.service");
    if (unit.size() > 255 || unit.find_first_of(" /") != std::string::npos) {
        reader.bad_value("unit", "is no name of a unit", "write such as haproxy.service");
    }
    return {unit};
}

HaproxyCheck read_haproxy(ObjectReader& reader) {
    HaproxyCheck check;
    check.socket = read_absolute_path(reader, "socket");
    if (check.socket.size() > 107) {
        reader.bad_value("socket", "is too long for a UNIX socket", "use at most 107 characters");
    }
    check.proxy = reader.text("proxy").value_or("");
    check.server = reader.text("server").value_or("");
    if (!check.server.empty() && check.proxy.empty()) {
        reader.problem("server", "is given without its proxy", "add \"proxy\"");
    }
    return check;
}

CommandCheck read_command(ObjectReader& reader) {
    CommandCheck check;
    const json::Value command = reader.array("command");
    for (std::size_t i = 0; i < command.size(); ++i) {
        const auto argument = command[i].string();
        const bool usable = argument && argument->find('\0') == std::string_view::npos;
        if (!usable) {
            reader.bad_value("command", "must hold texts only", "put every argument in quotes");
            return {{"/"}};
        }
        check.arguments.emplace_back(*argument);
    }
    if (check.arguments.empty() || check.arguments[0].substr(0, 1) != "/") {
        reader.problem("command", "must name a program by its absolute path",
                       "write such as [\"/usr/local/bin/is-well\", \"--quick\"]; no shell is used");
        return {{"/"}};
    }
    return check;
}

std::optional<CheckKind> read_kind(ObjectReader& reader) {
    constexpr char kKinds[] = "write tcp, http, systemd_unit, haproxy or command";
    const std::string type = reader.required_text("type", kKinds);
    if (type == "tcp") return read_tcp(reader);
    if (type == "http") return read_http(reader);
    if (type == "systemd_unit") return read_systemd_unit(reader);
    if (type == "haproxy") return read_haproxy(reader);
    if (type == "command") return read_command(reader);
    if (!type.empty()) reader.bad_value("type", "is no kind of check", kKinds);
    return std::nullopt;
}

}  // namespace

CheckSettings read_check(json::Value value, const std::string& path, std::vector<Error>& problems) {
    CheckSettings settings;
    ObjectReader reader{value, path, problems};
    if (!value.is_object()) return settings;
    settings.name = reader.required_text("name", "name it for the people who get the alarm");
    if (settings.name.size() > 63 ||
        settings.name.find_first_not_of(kNameCharacters) != std::string::npos) {
        reader.bad_value("name", "is no name of a check",
                         "use up to 63 letters, digits, dots, hyphens and underscores");
    }
    settings.interval = reader.seconds("interval_s", kShortest, kLongest, Duration{5'000});
    settings.timeout = reader.seconds("timeout_s", kShortest, kLongest,
                                      std::min(settings.interval, Duration{2'000}));
    if (settings.timeout > settings.interval) {
        reader.problem("timeout_s", "is longer than interval_s", "write at most interval_s");
    }
    settings.fast_interval = reader.seconds("fast_interval_s", wire::kShortestFastInterval,
                                            kLongest, std::min(settings.interval, Duration{1'000}));
    if (settings.fast_interval > settings.interval) {
        reader.problem("fast_interval_s", "is longer than interval_s",
                       "leave it out, or write at most interval_s");
    }
    settings.rise = static_cast<int>(reader.integer("rise", 1, 100, 2));
    settings.fall = static_cast<int>(reader.integer("fall", 1, 100, 3));
    // With an unknown kind every other key would look unknown too.
    if (const auto kind = read_kind(reader)) {
        settings.kind = *kind;
        reader.refuse_unknown_keys();
    }
    return settings;
}

}  // namespace understudy
