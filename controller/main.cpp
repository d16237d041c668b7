// understudy-controller: options, configuration, and then controller.h until a signal ends it.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <cxxopts.hpp>
#include <fstream>
#include <string>

#include "base/crypto.h"
#include "base/log.h"
#include "base/private_memory.h"
#include "base/service_user.h"
#include "controller/admin_token.h"
#include "controller/check_files.h"
#include "controller/config.h"
#include "controller/controller.h"
#include "controller/restore.h"
#include "controller/store/sqlite_store.h"
#include "controller/version.h"

namespace {

using namespace understudy;

constexpr char kDefaultConfig[] = "/etc/understudy/controller.json";
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitConfig = 78;  // EX_CONFIG of sysexits.h: systemd need not try again

constexpr char kHelp[] =
    R"(Usage: understudy-controller [--config FILE] [--check-config]

Keeps sites reachable when a shield server dies: agents on the shields link to it, and
when a primary is down it points the sites' DNS records at a healthy secondary, says
why, tells people, and points them back when the primary has recovered.

Options:
  --config FILE            configuration (default /etc/understudy/controller.json)
  --check-config           read the configuration, say everything that is wrong, and end;
                           by root: with the eyes of the user who owns the store's folder
  --new-store              make an empty store though a key or a token of a former one is
                           there, and end; otherwise a missing store is a refusal then
  --restore FILE           put what 'understudyctl backup' has fetched in the store's place, and
                           end; the controller must not be running on it, and the key of
                           that store has to be in key_file
  --force                  for --restore: set aside a store that is there
  --new-admin-token NAME   make another administrator's token, print it, and end; the
                           controller must not be running on the same store
  --version                print the version
  --help                   print this

A configuration that is enough, comments allowed:
  {
    "listen": {
      "agents": [{ "address": "0.0.0.0", "port": 8443 }],
      "api":    [{ "address": "0.0.0.0", "port": 8444 }]
    },
    "tls": { "certificate": "/etc/understudy/tls.crt", "key": "/etc/understudy/tls.key" },
    "store": { "path": "/var/lib/understudy/understudy.db" },
    "key_file": "/var/lib/understudy/secret.key",       // made at the first start
    "smtp": { "host": "mail.example.org", "from": "understudy@example.org",
              "username": "understudy", "password_file": "/etc/understudy/smtp.password" }
  }
The first start prints an administrator's token, once. Everything else (servers, pools,
domains, providers, channels) is managed with understudyctl or the REST API.

Signals: SIGTERM stops gracefully: agents are told to come back, requests under way are
finished. SIGHUP reads the configuration and the TLS certificate again and says what
counts only after a restart.

Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage, 78 wrong configuration.
)";

struct Options {
    std::string config = kDefaultConfig;
    std::string new_admin_token;
    std::string restore;
    bool makes_token = false;  // that it was asked for, be the name as empty as it is
    bool restores = false;
    bool force = false;
    bool check_config = false;
    bool new_store = false;
    bool version = false;
    bool help = false;
};

// The library reports wrong usage by exceptions; they end here.
bool read_options(int argc, char** argv, Options& options) {
    try {
        cxxopts::Options parser{"understudy-controller"};
        parser.add_options()("config", "", cxxopts::value(options.config))(
            "check-config", "", cxxopts::value(options.check_config))(
            "new-store", "", cxxopts::value(options.new_store))(
            "new-admin-token", "", cxxopts::value(options.new_admin_token))(
            "restore", "", cxxopts::value(options.restore))("force", "",
                                                            cxxopts::value(options.force))(
            "version", "", cxxopts::value(options.version))("help", "",
                                                            cxxopts::value(options.help));
        const auto parsed = parser.parse(argc, argv);
        options.makes_token = parsed.count("new-admin-token") > 0;
        options.restores = parsed.count("restore") > 0;
        if (parsed.unmatched().empty()) return true;
        std::fprintf(stderr, "understudy-controller: unexpected argument '%s' (see --help)\n",
                     parsed.unmatched().front().c_str());
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "understudy-controller: %s (see --help)\n", problem.what());
    }
    return false;
}

int complain(const Error& error) {
    std::fprintf(stderr, "understudy-controller: %s\n", error.text().c_str());
    return kExitFailed;
}

int complain(const std::string& file, const std::vector<Error>& errors) {
    for (const auto& error : errors) {
        std::fprintf(stderr, "%s: %s\n", file.c_str(), error.text().c_str());
    }
    return kExitConfig;
}

void warn(const std::string& file, const std::vector<Error>& warnings) {
    for (const auto& warning : warnings) {
        std::fprintf(stderr, "%s: warning: %s\n", file.c_str(), warning.text().c_str());
    }
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
}

// Root may do everything, and the unit's user may not. Nobody: it stays as it is.
std::optional<ServiceUser> become_owner_of(const std::string& folder) {
    auto user = owner_of(folder);
    if (geteuid() != 0 || !user || !become(*user)) user.reset();
    return user;
}

int make_store(const std::string& file) {
    const auto reading = read_controller_config_file(file);
    if (!reading.config) return complain(file, reading.errors);
    become_owner_of(folder_of(reading.config->store_path));  // else the unit could not open it
    const auto store = SqliteStore::open(reading.config->store_path, reading.config->retention);
    if (!store) return complain(store.error());
    std::printf("%s: there, and sound\n", reading.config->store_path.c_str());
    return 0;
}

int restore(const std::string& file, const std::string& backup, bool force) {
    const auto reading = read_controller_config_file(file);
    if (!reading.config) return complain(file, reading.errors);
    std::ifstream content{backup, std::ios::binary};  // which may be for root's eyes alone
    if (!content)
        return complain(
            invalid("--restore", "'" + backup + "' cannot be read: " + std::strerror(errno)));
    become_owner_of(folder_of(reading.config->store_path));
    const auto aside = restore_store(reading.config->store_path, content, force);
    if (!aside) return complain(aside.error());
    std::printf("%s: restored, and sound\n", reading.config->store_path.c_str());
    if (!aside->empty()) std::printf("%s: what was there before\n", aside->c_str());
    return 0;
}

ControllerConfigReading read_config(const std::string& file) {
    auto reading = read_controller_config_file(file);
    if (reading.config) check_files(reading, wall_now());
    return reading;
}

// The answer is that of the unit's user.
int check_config(const std::string& file, ControllerConfigReading reading) {
    std::string whose;
    const std::string store = reading.config ? reading.config->store_path : std::string{};
    if (const auto user = become_owner_of(folder_of(store))) {
        whose = " for user '" + user->name + "', who owns " + folder_of(store);
        reading = read_config(file);
    }
    warn(file, reading.warnings);
    if (reading.errors.empty()) {
        std::printf("%s: good%s\n", file.c_str(), whose.c_str());
        return 0;
    }
    complain(file, reading.errors);
    if (!whose.empty()) std::fprintf(stderr, "%s: checked%s\n", file.c_str(), whose.c_str());
    return kExitConfig;
}

int add_admin_token(const ControllerConfig& config, const std::string& name) {
    auto store = SqliteStore::open(config.store_path, config.retention);
    if (!store) return complain(store.error());
    const auto done = make_admin_token(**store, name, {}, wall_now());
    return done ? 0 : complain(done.error());
}

int run(ControllerConfig config, const std::string& file) {
    log::info("main", "starting", {{"version", kControllerVersion}, {"config", file}});
    auto controller = Controller::start(std::move(config), file);
    if (!controller) {
        complain(controller.error());
        // A key that is not there or not fit is for a person, as any wrong configuration is.
        return controller.error().field == "key_file" ? kExitConfig : kExitFailed;
    }
    const auto done = (*controller)->run();
    if (done) return 0;
    log::error("main", "stopped acting: nothing can be written", {{"error", done.error().text()}});
    return complain(done.error());
}

}  // namespace

int main(int argc, char** argv) {
    keep_memory_private();
    Options options;
    if (!read_options(argc, argv, options)) return kExitUsage;
    if (options.help || options.version) {
        if (options.help) std::fputs(kHelp, stdout);
        if (options.version) std::printf("understudy-controller %s\n", kControllerVersion);
        return 0;
    }
    initialise_crypto();
    if (options.new_store) return make_store(options.config);
    if (options.restores) return restore(options.config, options.restore, options.force);
    auto reading = read_config(options.config);
    if (options.check_config) return check_config(options.config, std::move(reading));
    if (!reading.errors.empty()) return complain(options.config, reading.errors);
    log::configure(reading.config->log.level, reading.config->log.format);
    log_warnings(options.config, reading.warnings);
    if (options.makes_token) {
        return add_admin_token(*reading.config, options.new_admin_token);
    }
    return run(std::move(*reading.config), options.config);
}
