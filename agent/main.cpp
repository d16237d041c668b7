// understudy-agent: options, configuration, and then agent.h until a signal ends it.
//
// The four options are read by hand: an option parser would be a third of this program.

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/agent.h"
#include "agent/config.h"
#include "agent/enroll/enroll.h"
#include "agent/version.h"
#include "base/log.h"
#include "base/private_memory.h"
#include "base/service_user.h"

namespace {

constexpr char kDefaultConfig[] = "/etc/understudy/agent.json";
constexpr char kPackagedUser[] = "understudy-agent";
// Where the packaged unit's credentials are while it runs.
constexpr char kPackagedCredentials[] = "/run/credentials/understudy-agent.service";
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitConfig = 78;  // EX_CONFIG of sysexits.h: systemd need not try again

constexpr char kHelp[] =
    R"(Usage: understudy-agent [--config FILE] [--check-config]
       understudy-agent enroll wss://CONTROLLER:PORT CODE   ('enroll --help')

Keeps this shield server linked to understudy-controller and reports whether its
local checks pass. It only connects out; nothing listens here.

Options:
  --config FILE    configuration (default /etc/understudy/agent.json)
  --check-config   read the configuration, say everything that is wrong, and end; by root and
                   of the default file: with the eyes of the user "understudy-agent"
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

// Root may read everything, and the packaged unit's user may not: the answer is that user's. The
// token is systemd's to read, so that only its place is asked for.
int check_config(const std::string& file, std::string credentials) {
    const auto user = understudy::service_user_named(kPackagedUser);
    const bool as_user =
        geteuid() == 0 && file == kDefaultConfig && user && understudy::become(*user);
    if (credentials.empty()) credentials = kPackagedCredentials;
    const auto reading = understudy::load_config(file, credentials);
    const std::string whose = as_user ? " for user '" + user->name + "'" : "";
    if (reading.problems.empty()) {
        const bool by_systemd = reading.config.token_file == credentials + "/token";
        std::printf("%s is valid%s: %zu checks%s\n", file.c_str(), whose.c_str(),
                    reading.config.checks.size(),
                    by_systemd ? "; the token is the systemd credential \"token\"" : "");
        return 0;
    }
    refuse_config(file, reading.problems);
    if (as_user) std::fprintf(stderr, "%s: checked%s\n", file.c_str(), whose.c_str());
    return kExitConfig;
}

// Without the code in them, which every user of this machine could read there.
std::vector<std::string> take_words(int argc, char** argv) {
    std::vector<std::string> words{argv + 2, argv + argc};
    for (int i = 2; i < argc; ++i)
        explicit_bzero(argv[i], std::strlen(argv[i]));
    return words;
}

int enroll(const std::vector<std::string>& words) {
    if (std::ranges::find(words, "--help") != words.end()) {
        std::fputs(understudy::enroll::kHelp, stdout);
        return 0;
    }
    const auto request = understudy::enroll::read_request(words);
    if (!request) return wrong_usage(request.error().text());
    return understudy::enroll::run(*request, kDefaultConfig);
}

void wait_less_for_names() {
    // A lookup blocks the loop: at most some seconds instead of half a minute (resolv.conf(5)).
    setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
}

}  // namespace

int main(int argc, char** argv) {
    understudy::keep_memory_private();
    if (argc > 1 && std::string_view{argv[1]} == "enroll") {
        const auto words = take_words(argc, argv);
        std::signal(SIGPIPE, SIG_IGN);  // a peer that closes early is an error like others
        wait_less_for_names();
        return enroll(words);
    }
    Options options;
    if (const auto code = read_options(argc, argv, options)) return *code;

    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
    const std::string credentials = directory == nullptr ? "" : directory;
    if (options.check_config) return check_config(options.config, credentials);
    auto reading = understudy::load_config(options.config, credentials);
    if (!reading.problems.empty()) return refuse_config(options.config, reading.problems);
    understudy::log::configure(reading.config.log_level, reading.config.log_format);
    wait_less_for_names();
    understudy::Agent agent{std::move(reading.config), options.config, credentials};
    return agent.run() == 0 ? 0 : kExitFailed;
}
