#include "agent/config.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "agent/object_reader.h"
#include "base/ascii.h"
#include "base/ip_address.h"

namespace understudy {
namespace {

constexpr std::size_t kConfigLimitBytes = 256 * 1024;
constexpr std::size_t kChecksLimit = 32;  // as many as one status message can name
constexpr std::size_t kPortsLimit = 32;
constexpr std::size_t kTokenLimitBytes = 512;

Result<std::string> read_file(const std::string& file, std::size_t limit_bytes) {
    std::ifstream stream{file, std::ios::binary};
    std::string text(limit_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    const auto size = static_cast<std::size_t>(stream.gcount());
    if (!stream.is_open() || stream.bad()) {
        return not_found("cannot read " + file + ": " + std::strerror(errno),
                         "check the path and its permissions");
    }
    if (size > limit_bytes) {
        return invalid({}, file + " is longer than " + std::to_string(limit_bytes) + " bytes");
    }
    text.resize(size);
    return text;
}

void read_controller(ObjectReader& reader, AgentConfig& config, std::vector<Error>& problems) {
    const std::string url =
        reader.required_text("controller", "write wss://controller.example.org:8443/agent");
    const std::string ca_file = reader.text("ca_file").value_or("");
    const std::string name = reader.text("certificate_name").value_or("");
    if (!ca_file.empty()) {
        const auto authorities = read_file(ca_file, kConfigLimitBytes * 16);
        if (!authorities) {
            reader.problem("ca_file", authorities.error().message, authorities.error().remedy);
        } else if (authorities->find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
            reader.bad_value("ca_file", "holds no certificate", "name a file in PEM form");
        }
    }
    if (url.empty()) return;
    auto target = read_controller_url(reader.path("controller"), url);
    if (!target) {
        problems.push_back(target.error());
        return;
    }
    config.controller = *std::move(target);
    config.controller.ca_file = ca_file;
    if (!name.empty()) config.controller.certificate_name = name;
    if (config.controller.certificate_name.empty()) {
        // libwebsockets compares a certificate with names only, never with the addresses in it.
        reader.problem("certificate_name", "is missing, and the controller is given by address",
                       "write the name that the controller's certificate is for");
    }
}

void read_log(ObjectReader& reader, AgentConfig& config) {
    const auto level = from_text<log::Level>(reader.text("log_level").value_or("info"));
    if (!level) reader.bad_value("log_level", "is no level", "write debug, info, warning or error");
    config.log_level = level.value_or(log::Level::Info);
    const auto format = reader.text("log_format").value_or("key_value");
    if (format == "json") {
        config.log_format = log::Format::Json;
    } else if (format != "key_value") {
        reader.bad_value("log_format", "is no format", "write key_value or json");
    }
}

void read_checks(ObjectReader& reader, AgentConfig& config, std::vector<Error>& problems) {
    const json::Value checks = reader.array("checks");
    if (checks.size() > kChecksLimit) {
        reader.problem("checks", "has " + std::to_string(checks.size()) + " entries",
                       "list at most " + std::to_string(kChecksLimit));
        return;
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const std::string path = "checks[" + std::to_string(i) + "]";
        config.checks.push_back(read_check(checks[i], path, problems));
        const std::string& name = config.checks.back().name;
        if (!name.empty() && !names.insert(name).second) {
            problems.push_back(invalid(path + ".name", "\"" + name + "\" is used twice",
                                       "give every check a name of its own"));
        }
    }
}

std::vector<std::uint16_t> read_ports(ObjectReader& reader) {
    const json::Value values = reader.array("ports");
    if (!values.exists()) return ProbeSettings{}.ports;
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto port = values[i].integer();
        if (port && *port >= 1 && *port <= 65'535)
            ports.push_back(static_cast<std::uint16_t>(*port));
    }
    if (ports.empty() || ports.size() != values.size() || ports.size() > kPortsLimit)
        reader.bad_value("ports", "is no list of ports", "write such as [80, 443], at most 32");
    return ports;
}

void read_probing(ObjectReader& outer, AgentConfig& config, std::vector<Error>& problems) {
    const json::Value value = outer.any("probe_for_others");
    if (!value.exists()) return;
    ObjectReader reader{value, "probe_for_others", problems};
    if (!value.is_object()) return;
    config.probing.enabled = reader.boolean("enabled", true);
    config.probing.ports = read_ports(reader);
    config.probing.allow_private = reader.boolean("allow_private", false);
    reader.refuse_unknown_keys();
}

constexpr std::size_t kInterfaceLimitBytes = 15;

void read_public_address(ObjectReader& reader, AgentConfig& config) {
    const auto said = reader.text("public_address");
    if (!said) return;
    config.public_address = *said;
    const bool name = !said->empty() && said->size() <= kInterfaceLimitBytes &&
                      said->find_first_of(" /:") == std::string::npos;
    // An address would be one that does not change: the server's own, which the controller has.
    if (!name || parse_ipv4(*said))
        reader.bad_value("public_address", "is no interface",
                         "write off, auto, link or the name of an interface, such as \"eth0\"");
}

}  // namespace

ConfigReading parse_config(std::string_view text, const std::string& credentials) {
    ConfigReading reading;
    const auto document =
        json::Document::parse(text, {.comments = true, .max_bytes = kConfigLimitBytes});
    if (!document) {
        reading.problems.push_back(document.error());
        return reading;
    }
    ObjectReader reader{document->root(), "", reading.problems};
    if (!document->root().is_object()) return reading;
    read_controller(reader, reading.config, reading.problems);
    reading.config.token_file = reader.text("token_file").value_or("");
    if (reading.config.token_file.empty() && !credentials.empty()) {
        reading.config.token_file = credentials + "/token";
    }
    if (reading.config.token_file.empty()) {
        reader.problem("token_file", "is missing, and systemd passes no credential",
                       "name the file that holds the token, or use LoadCredential=token:...");
    }
    read_log(reader, reading.config);
    read_checks(reader, reading.config, reading.problems);
    read_probing(reader, reading.config, reading.problems);
    read_public_address(reader, reading.config);
    reader.refuse_unknown_keys();
    return reading;
}

ConfigReading load_config(const std::string& file, const std::string& credentials) {
    const auto text = read_file(file, kConfigLimitBytes);
    if (!text) return {{}, {text.error()}};
    return parse_config(*text, credentials);
}

Result<Secret> read_token(const std::string& file) {
    auto text = read_file(file, kTokenLimitBytes);
    if (!text) return text.error();
    Secret token{std::string{trimmed(*text, kBlanksAndLines)}};
    if (token.empty()) return invalid({}, "the token file " + file + " is empty");
    for (const char c : token.reveal()) {
        if (c > 0x20 && c < 0x7f) continue;
        return invalid({}, "the token file " + file + " holds more than a token",
                       "put the token alone on one line");
    }
    return token;
}

}  // namespace understudy
