// The sections of the controller's configuration: each function reads one into ControllerConfig.
// Used by config.cpp. Values of the wrong type are the schema's complaint and are passed over here,
// so that one run finds everything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/secret.h"
#include "controller/config.h"

namespace understudy::config {

class Reading {
  public:
    Reading(json::Value root, std::string folder) : root_(root), folder_(std::move(folder)) {}

    json::Value root() const { return root_; }
    ControllerConfig& config() { return config_; }

    void fail(std::string path, std::string message, std::string remedy);
    void warn(std::string path, std::string message, std::string remedy);
    ControllerConfigReading finish();

    // Relative to the configuration's folder, or systemd's credential. Empty when the key is absent
    // or cannot be a path. `place` is the key's full name, for people.
    std::string path_at(json::Value section, std::string_view key, const std::string& place);
    std::string readable_file(json::Value section, std::string_view key, const std::string& place);
    // The first line of a file that readable_file() found. `what` stands in it, for people.
    Secret secret_in(const std::string& path, const std::string& place, const std::string& what);
    // One that may not be there yet.
    void fail_if_closed(const std::string& path, const std::string& place, bool written);

  private:
    json::Value root_;
    std::string folder_;
    ControllerConfig config_;
    std::vector<Error> errors_;
    std::vector<Error> warnings_;
};

void read_listen(Reading& reading);
void read_access(Reading& reading);
void read_files(Reading& reading);
void read_smtp(Reading& reading);
void read_timings(Reading& reading);
void read_policy(Reading& reading);
void read_guards(Reading& reading);
void read_certificates(Reading& reading);
void read_probes(Reading& reading);
void read_alive(Reading& reading);
void read_served(Reading& reading);
void read_programs(Reading& reading);
void read_log(Reading& reading);

// Each leaves `out` as it is when the key is absent.
void set_seconds(json::Value section, std::string_view key, Duration& out);
void set_seconds(json::Value section, std::string_view key, std::chrono::seconds& out);
void set_flag(json::Value section, std::string_view key, bool& out);
void set_days(json::Value section, std::string_view key, std::chrono::hours& out);
void set_port(json::Value section, std::string_view key, std::uint16_t& out);
template <typename Number>
void set_count(json::Value section, std::string_view key, Number& out) {
    if (const auto count = section[key].integer()) out = static_cast<Number>(*count);
}

}  // namespace understudy::config
