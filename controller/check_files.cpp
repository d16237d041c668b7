#include "controller/check_files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace understudy {
namespace {

bool is_there(const std::string& path) {
    struct stat status {};
    return !path.empty() && stat(path.c_str(), &status) == 0;
}

bool is_missing(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) != 0 && errno == ENOENT;
}

bool is_credential(const std::string& path) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    return folder != nullptr && path.starts_with(std::string{folder} + "/");
}

std::optional<Error> ends_soon(const OwnCertificate& own, const ControllerConfig& config,
                               WallTime now) {
    const CertificateTerm term = term_of(own, now);
    if (!near_end(term, config.timings.certificate_warn_days)) return std::nullopt;
    return invalid("tls.certificate", config.tls->certificate + " " + ending(term),
                   "renew it, then: systemctl reload understudy-controller");
}

void check_certificate(ControllerConfigReading& reading, WallTime now) {
    const ControllerConfig& config = *reading.config;
    const auto own = Tls{*config.tls}.check();
    if (!own) {
        reading.errors.push_back(own.error());
        return;
    }
    auto doubt = unfit(*own, config.tls->certificate, config.tls->names, now);
    if (!doubt) doubt = ends_soon(*own, config, now);
    if (doubt) reading.warnings.push_back(std::move(*doubt));
}

// A key or an administrator's token lies there, but the store it belongs to does not: somebody
// removed or moved it, and an empty one in its place would guard nothing without a word. A systemd
// credential is no such sign: it is there before the first start.
std::optional<Error> lost_store(const ControllerConfig& config) {
    if (!is_missing(config.store_path)) return std::nullopt;
    for (const std::string& trace : {config.key_file, config.admin_token_file}) {
        if (!is_there(trace) || is_credential(trace)) continue;
        return invalid(
            "store.path",
            config.store_path + " is not there, but " + trace + " is, which was made with a store",
            "put the store or a backup of it back; to begin with an empty one, run "
            "understudy-controller --new-store");
    }
    return std::nullopt;
}

}  // namespace

void check_files(ControllerConfigReading& reading, WallTime now) {
    if (auto lost = lost_store(*reading.config)) reading.errors.push_back(std::move(*lost));
    if (reading.config->tls) check_certificate(reading, now);
}

}  // namespace understudy
