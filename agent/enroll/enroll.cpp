#include "agent/enroll/enroll.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "agent/enroll/steps.h"
#include "base/json.h"

namespace understudy::enroll {
namespace {

constexpr int kExitFailed = 1;
constexpr int kTries = 3;
constexpr char kAuthorityFile[] = "controller.pem";
constexpr char kSystemd[] = "/run/systemd/system";

int failed(const Error& error) {
    std::fprintf(stderr, "understudy-agent: %s\n", error.text().c_str());
    return kExitFailed;
}

std::string quoted(const std::string& text) {
    json::Writer out;
    out.value(text);
    return out.take();
}

std::string config_text(const Request& request, const Plan& plan) {
    std::string text = "{\n  \"controller\": " + quoted(request.url);
    if (!plan.controller.ca_file.empty())
        text += ",\n  \"ca_file\": " + quoted(plan.controller.ca_file);
    if (!plan.token_by_systemd) text += ",\n  \"token_file\": " + quoted(plan.token_file);
    return text +
           ",\n  // Without checks only the link counts: a dead proxy is not noticed here.\n"
           "  // { \"name\": \"https\", \"type\": \"tcp\", \"port\": 443 }\n"
           "  \"checks\": []\n}\n";
}

// Which authority the agent is to trust from now on, in a file of its own where it has none.
Result<Done> trust(const Request& request, Plan& plan) {
    if (!plan.controller.tls || !plan.controller.ca_file.empty()) return Done{};
    const auto authority = find_authority(plan.controller, request.fingerprint);
    if (!authority) return authority.error();
    if (authority->empty()) return Done{};
    const std::filesystem::path folder = std::filesystem::path{plan.config_file}.parent_path();
    plan.controller.ca_file = folder / kAuthorityFile;
    if (plan.config_there) {
        return invalid({}, plan.config_file + " names no ca_file, and the controller needs one",
                       "write its authority's PEM file there");
    }
    const auto made = write_public(plan.controller.ca_file, *authority);
    if (!made) return made.error();
    plan.authority_made = *made;
    return Done{};
}

// A lost answer is asked for again, by the same token.
Result<std::string> exchange(const Request& request, const Plan& plan, const Secret& token) {
    auto server = have_taken(plan.controller, request.code, token);
    for (int tries = 1; tries < kTries && !server && server.error().code == Errc::Transient;
         ++tries) {
        server = have_taken(plan.controller, request.code, token);
    }
    if (server) return server;
    Error error = server.error();
    if (error.code == Errc::Transient) {
        error.remedy = "run the same line again: nothing is lost by that";
    } else {
        drop_draft(plan.token_file);
    }
    return error;
}

bool systemctl(std::string verb) {
    std::array<std::string, 3> words{"systemctl", std::move(verb), "understudy-agent"};
    std::array<char*, 4> given{words[0].data(), words[1].data(), words[2].data(), nullptr};
    pid_t child = 0;
    int status = 0;
    return posix_spawnp(&child, given[0], nullptr, nullptr, given.data(), environ) == 0 &&
           waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Started anew, since systemd hands the token over at a start.
int start(const Request& request, const Plan& plan) {
    // systemd reads as root what the configuration does not name; the agent the rest as its user.
    const bool to_be_given = plan.token_named && !plan.token_there && geteuid() == 0;
    if (to_be_given) {
        std::printf("%s is root's now: give it to the user that the agent runs as (chown)\n",
                    plan.token_file.c_str());
    }
    const bool unit = plan.token_by_systemd && access(kSystemd, F_OK) == 0;
    if (!unit) {
        std::printf("Start it: understudy-agent --config %s\n", plan.config_file.c_str());
        return 0;
    }
    if (!request.start || geteuid() != 0 || to_be_given) {
        std::puts(
            "Start it: systemctl enable understudy-agent; systemctl restart understudy-agent");
        return 0;
    }
    if (systemctl("enable") && systemctl("restart")) {
        std::puts("It is started, and will be at each boot: journalctl -u understudy-agent");
        return 0;
    }
    std::fputs(
        "understudy-agent: enrolled, but its unit does not start; see: "
        "systemctl status understudy-agent\n",
        stderr);
    return kExitFailed;
}

}  // namespace

const char* const kHelp =
    R"(Usage: understudy-agent enroll wss://CONTROLLER:PORT CODE [options]

Gives this agent a token of its own for the one-time code that 'understudyctl server add' or
'server rotate-token' printed, writes the configuration where there is none, and starts the
unit where systemd runs. A code counts once and for an hour; after a lost answer the same line
may be run again.

Options:
  --ca FILE        only these authorities vouch for the controller (PEM); without it the system's
                   do, or the certificate that the code names
  --config FILE    configuration (default /etc/understudy/agent.json); the token is written beside
                   it, unless it names a token_file
  --force          replace a token that is there; a configuration is never replaced
  --no-start       leave the unit alone
)";

int run(const Request& request, const std::string& default_config) {
    auto plan = make_plan(request, default_config);
    if (!plan) return failed(plan.error());
    if (const auto trusted = trust(request, *plan); !trusted) return failed(trusted.error());
    const auto token = draft_token(plan->token_file);
    if (!token) return failed(token.error());
    const auto server = exchange(request, *plan, *token);
    if (!server) {
        if (plan->authority_made) unlink(plan->controller.ca_file.c_str());
        return failed(server.error());
    }
    if (!plan->config_there) {
        const auto written = write_public(plan->config_file, config_text(request, *plan));
        if (!written) return failed(written.error());
    }
    if (const auto settled = settle_token(plan->token_file, request.force); !settled)
        return failed(settled.error());
    std::printf("Enrolled as server '%s': %s, %s\n", server->c_str(), plan->token_file.c_str(),
                plan->config_file.c_str());
    return start(request, *plan);
}

}  // namespace understudy::enroll
