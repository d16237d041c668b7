// understudy-agent: options, configuration, and then agent.h until a signal ends it.
//
// The four options are read by hand: an option parser would be a third of this program.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "agent/agent.h"
#include "agent/config.h"
#include "agent/version.h"
#include "base/log.h"
#include "base/private_memory.h"

namespace {

constexpr char kDefaultConfig[] = "/etc/understudy/agent.json";
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitConfig = 78;  // EX_CONFIG of sysexits.h: systemd need not try again

constexpr char kHelp[] =
    R"(Usage: understudy-agent [--config FILE] [--check-config]

Keeps this shield server linked to understudy-controller and reports whether its
local checks pass. It only connects out; nothing listens here.

Options:
  --config FILE    configuration (default /etc/understudy/agent.json)
  --check-config   read the configuration, say everything that is wrong, and end
  --version        print the version
  --help           print this

A configuration that is enough, comments allowed:
  {
    "controller": "wss://controller.example.org:8443/agent",
    "token_file": "/etc/understudy/agent.token",  // left out: the systemd credential "token"
    "ca_file": "/etc/understudy/ca.pem",          // left out: the system's authorities
    "checks": [
      { "name": "https", "type": "tcp", "port": 443 },
      { "name": "proxies", "type": "haproxy", "socket": "/run/haproxy/admin.sock" }
    ]
  }
Kinds of checks: tcp, http, systemd_unit, haproxy, command. Each takes interval_s (5),
timeout_s (2), fall (3 failures in a row take it down) and rise (2 bring it up).

Signals: SIGTERM says goodbye to the controller and ends; SIGHUP reads the checks again
without touching the link. A new token in token_file counts from the next connection on; a
systemd credential is a copy made at the start of the unit, so a new one needs a restart.

Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage, 78 wrong configuration.
)";

struct Options {
    std::string config = kDefaultConfig;
    bool check_config = false;
};

int wrong_usage(const std::string& problem) {
    std::fprintf(stderr, "understudy-agent: %s\nTry 'understudy-agent --help'.\n", problem.c_str());
    return kExitUsage;
}

// The exit code when there is nothing more to do.
std::optional<int> read_options(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view option{argv[i]};
        if (option == "--help" || option == "-h") {
            std::fputs(kHelp, stdout);
            return 0;
        }
        if (option == "--version") {
            std::printf("understudy-agent %s\n", understudy::kAgentVersion);
            return 0;
        }
        if (option == "--check-config") {
            options.check_config = true;
        } else if (option == "--config" || option == "-c") {
            if (++i == argc) return wrong_usage("--config needs a file");
            options.config = argv[i];
        } else if (option.substr(0, 9) == "--config=") {
            options.config = option.substr(9);
        } else {
            return wrong_usage("unknown argument \"" + std::string{option} + "\"");
        }
    }
    return std::nullopt;
}

int refuse_config(const std::string& file, const std::vector<understudy::Error>& problems) {
    for (const auto& problem : problems) {
        std::fprintf(stderr, "%s: %s\n", file.c_str(), problem.text().c_str());
    }
    return kExitConfig;
}

}  // namespace

int main(int argc, char** argv) {
    understudy::keep_memory_private();
    Options options;
    if (const auto code = read_options(argc, argv, options)) return *code;

    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
    const std::string credentials = directory == nullptr ? "" : directory;
    auto reading = understudy::load_config(options.config, credentials);
    if (!reading.problems.empty()) return refuse_config(options.config, reading.problems);
    if (options.check_config) {
        std::printf("%s is valid: %zu checks\n", options.config.c_str(),
                    reading.config.checks.size());
        return 0;
    }
    understudy::log::configure(reading.config.log_level, reading.config.log_format);
    // A name lookup blocks the loop: at most some seconds instead of half a minute
    // (resolv.conf(5)).
    setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
    understudy::Agent agent{std::move(reading.config), options.config, credentials};
    return agent.run() == 0 ? 0 : kExitFailed;
}
