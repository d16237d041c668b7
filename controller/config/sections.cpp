#include "controller/config/sections.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "base/ip_address.h"

namespace understudy::config {
namespace {

constexpr std::string_view kCredentials = "$CREDENTIALS_DIRECTORY/";

}  // namespace

void Reading::fail(std::string path, std::string message, std::string remedy) {
    // The first complaint about a place says most, which is the schema's.
    if (!path.empty() && std::ranges::find(errors_, path, &Error::field) != errors_.end()) return;
    errors_.push_back(invalid(std::move(path), std::move(message), std::move(remedy)));
}

void Reading::warn(std::string path, std::string message, std::string remedy) {
    warnings_.push_back(invalid(std::move(path), std::move(message), std::move(remedy)));
}

ControllerConfigReading Reading::finish() {
    if (!errors_.empty()) return {std::nullopt, std::move(errors_), std::move(warnings_)};
    return {std::move(config_), {}, std::move(warnings_)};
}

std::string Reading::path_at(json::Value section, std::string_view key, const std::string& place) {
    const auto text = section[key].string();
    if (!text || text->empty()) return {};
    if (text->starts_with(kCredentials)) {
        const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
        if (directory == nullptr) {
            fail(place, "'" + std::string{*text} + "' needs a service started by systemd",
                 "give LoadCredential= in the unit, or an ordinary path here");
            return {};
        }
        return std::string{directory} + "/" + std::string{text->substr(kCredentials.size())};
    }
    if (text->front() == '/') return std::string{*text};
    return folder_ + "/" + std::string{*text};
}

std::string Reading::readable_file(json::Value section, std::string_view key,
                                   const std::string& place) {
    auto path = path_at(section, key, place);
    if (!path.empty() && access(path.c_str(), R_OK) != 0) {
        fail(place, "the file '" + path + "' cannot be read",
             "check that it is there and that this user may read it");
    }
    return path;
}

Secret Reading::secret_in(const std::string& path, const std::string& place,
                          const std::string& what) {
    struct stat about {};
    if (stat(path.c_str(), &about) == 0 && (about.st_mode & S_IROTH) != 0) {
        fail(place, "everybody on this machine can read '" + path + "'", "chmod 600 " + path);
    }
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (file.is_open() && line.empty()) {
        fail(place, "'" + path + "' is empty", "write " + what + " into it");
    }
    return Secret{std::move(line)};
}

void Reading::fail_if_closed(const std::string& path, const std::string& place, bool written) {
    if (access(path.c_str(), F_OK) != 0) return;
    if (access(path.c_str(), written ? R_OK | W_OK : R_OK) == 0) return;
    fail(place,
         "the file '" + path + "' is there, and this user may not " +
             (written ? "write it" : "read it"),
         "give it to the user that the controller runs as");
}

void set_seconds(json::Value section, std::string_view key, Duration& out) {
    const auto seconds = section[key].number();
    if (seconds) out = Duration{static_cast<Duration::rep>(std::llround(*seconds * 1000.0))};
}

void set_seconds(json::Value section, std::string_view key, std::chrono::seconds& out) {
    if (const auto seconds = section[key].integer()) out = std::chrono::seconds{*seconds};
}

void set_flag(json::Value section, std::string_view key, bool& out) {
    out = section[key].boolean().value_or(out);
}

void set_days(json::Value section, std::string_view key, std::chrono::hours& out) {
    if (const auto days = section[key].integer()) out = std::chrono::hours{24 * *days};
}

void set_port(json::Value section, std::string_view key, std::uint16_t& out) {
    const auto port = section[key].integer();
    if (port && *port >= 0 && *port <= 65535) out = static_cast<std::uint16_t>(*port);
}

}  // namespace understudy::config
