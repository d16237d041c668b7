#include "controller/config.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "base/json_schema.h"
#include "controller/config/sections.h"
#include "embedded/config_schema.h"

namespace understudy {
namespace {

constexpr std::size_t kFileLimitBytes = 1u << 20;

std::string said(const json::Violation& violation) {
    // A whole object as "value" helps nobody.
    const bool show = !violation.value.empty() && violation.value.front() != '{' &&
                      violation.value.front() != '[';
    return show ? violation.value + " " + violation.message : violation.message;
}

void hold_against_schema(config::Reading& reading) {
    for (const auto& violation :
         json::violations(embedded::kSchema_config_schema_json, reading.root())) {
        reading.fail(violation.path, said(violation), {});
    }
}

// Whoever has the URL can keep the watcher quiet when the controller is silent.
bool shows_a_secret(const std::string& path, const ControllerConfig& config) {
    struct stat about {};
    return !config.alive_url.empty() && config.alive_url_file.empty() &&
           stat(path.c_str(), &about) == 0 && (about.st_mode & S_IROTH) != 0;
}

ControllerConfigReading only(Error error) {
    return {std::nullopt, {std::move(error)}, {}};
}

}  // namespace

ControllerConfigReading read_controller_config(std::string_view text, const std::string& folder) {
    json::ParseOptions options;
    options.comments = true;
    options.max_bytes = kFileLimitBytes;
    const auto document = json::Document::parse(text, options);
    if (!document) return only(document.error());
    config::Reading reading{document->root(), folder};
    hold_against_schema(reading);
    for (const auto read_section :
         {config::read_listen, config::read_access, config::read_files, config::read_smtp,
          config::read_timings, config::read_policy, config::read_guards, config::read_certificates,
          config::read_probes, config::read_alive, config::read_served, config::read_programs,
          config::read_log}) {
        read_section(reading);
    }
    return reading.finish();
}

ControllerConfigReading read_controller_config_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return only(invalid({}, "the file cannot be read",
                            "check the path, or give another one with --config"));
    }
    std::ostringstream text;
    text << file.rdbuf();
    const auto slash = path.rfind('/');
    auto reading = read_controller_config(text.str(),
                                          slash == std::string::npos ? "." : path.substr(0, slash));
    if (reading.config && shows_a_secret(path, *reading.config)) {
        reading.warnings.push_back(
            invalid("alive_url", "everybody on this machine can read '" + path + "'",
                    "chmod o-r " + path + ", or give \"alive_url_file\" in its place"));
    }
    return reading;
}

void log_warnings(const std::string& file, const std::vector<Error>& warnings) {
    for (const auto& warning : warnings) {
        log::warning("main", "configuration: " + warning.text(), {{"file", file}});
    }
}

}  // namespace understudy
