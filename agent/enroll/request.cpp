#include "agent/enroll/request.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "agent/config.h"
#include "base/token_shape.h"

namespace understudy::enroll {
namespace {

constexpr std::size_t kFingerprintLetters = 32;
constexpr char kWholeLine[] = "copy the whole line that 'understudyctl server add' printed";
// Stands for what systemd would hand over, so that a configuration without token_file is whole.
constexpr char kBySystemd[] = "/";

bool exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

std::string beside(const std::string& file, const char* name) {
    return std::filesystem::path{file}.parent_path() / name;
}

Result<Done> read_code(std::string_view text, Request& request) {
    const auto dot = std::min(text.find('.'), text.size());
    const std::string_view code = text.substr(0, dot);
    const std::string_view fingerprint = text.substr(std::min(dot + 1, text.size()));
    const bool fingerprint_sound =
        fingerprint.size() == (dot == text.size() ? 0 : kFingerprintLetters) &&
        fingerprint.find_first_not_of(kTokenAlphabet.substr(0, 62)) == std::string_view::npos;
    const bool good = is_token(code, kEnrolmentCode) && fingerprint_sound;
    if (!good && text.starts_with(kAgentToken))
        return invalid({}, "this is a token, not a code", "write it into the agent's token file");
    if (!good) return invalid({}, "this is no whole code", kWholeLine);
    request.code = Secret{std::string{code}};
    request.fingerprint = fingerprint;
    return Done{};
}

// What is there speaks for the same controller, or a person has to look at it.
Result<Done> take_over_config(const Request& request, Plan& plan) {
    const ConfigReading reading = load_config(plan.config_file, kBySystemd);
    if (!reading.problems.empty()) {
        const Error& first = reading.problems.front();
        return invalid({}, plan.config_file + ": " + first.text(),
                       "mend it, or move it away: a new one is written then");
    }
    const LinkTarget& known = reading.config.controller;
    const bool same = known.host == plan.controller.host && known.port == plan.controller.port;
    if (!same || (!request.ca_file.empty() && request.ca_file != known.ca_file)) {
        return conflict(plan.config_file + " is for another controller or ca_file",
                        "change it there, or move it away: a new one is written then");
    }
    plan.controller = known;
    plan.token_named = reading.config.token_file != std::string{kBySystemd} + "/token";
    if (plan.token_named) plan.token_file = reading.config.token_file;
    if (!plan.token_named && !plan.token_by_systemd) {
        return invalid({}, plan.config_file + " names no token_file",
                       "name one there, such as \"" + plan.token_file + "\"");
    }
    return Done{};
}

}  // namespace

Result<Request> read_request(const std::vector<std::string>& words) {
    Request request;
    std::vector<std::string> plain;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const bool takes_file = word == "--ca" || word == "--config";
        if (takes_file && i + 1 == words.size()) return invalid({}, word + " needs a file");
        if (takes_file) {
            (word == "--ca" ? request.ca_file : request.config) =
                std::filesystem::absolute(words[++i]);
        } else if (word == "--force") {
            request.force = true;
        } else if (word == "--no-start") {
            request.start = false;
        } else if (word.starts_with('-')) {
            return invalid({}, "unknown option \"" + word + "\"");
        } else {
            plain.push_back(word);
        }
    }
    if (plain.size() != 2)
        return invalid({}, "enroll needs the controller's address and a code", kWholeLine);
    request.url = plain[0];
    if (const auto code = read_code(plain[1], request); !code) return code.error();
    return request;
}

Result<Plan> make_plan(const Request& request, const std::string& default_config) {
    Plan plan;
    plan.config_file = request.config.empty() ? default_config : request.config;
    const auto target = read_controller_url({}, request.url);
    if (!target) return target.error();
    plan.controller = *target;
    plan.controller.ca_file = request.ca_file;
    plan.token_file = beside(plan.config_file, "agent.token");
    plan.token_by_systemd = plan.config_file == default_config;
    plan.config_there = exists(plan.config_file);
    if (plan.config_there) {
        if (const auto taken = take_over_config(request, plan); !taken) return taken.error();
    }
    if (plan.controller.certificate_name.empty()) {
        return invalid({}, "the controller is given by address, and its certificate is for a name",
                       "connect by that name");
    }
    plan.token_there = exists(plan.token_file);
    if (!request.force && plan.token_there) {
        return conflict(plan.token_file + " is there: this agent is enrolled",
                        "--force gives it another token");
    }
    return plan;
}

}  // namespace understudy::enroll
