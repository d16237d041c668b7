#include "ctl/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/json.h"
#include "ctl/input.h"

namespace understudy::ctl {
namespace {

// A file's are those of a context that has no name.
using FileSettings = Context;

// Also one that may not be looked at: passed over, another controller would be asked.
bool exists(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 || errno == EACCES;
}

bool is_socket(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode);
}

bool readable(const std::string& path) {
    return ::access(path.c_str(), R_OK) == 0;
}

Result<FileSettings> read_settings_file(const std::string& path) {
    const auto text = read_file(path);
    if (!text) return text.error();
    json::ParseOptions options;
    options.comments = true;
    const auto document = json::Document::parse(text->reveal(), options);
    if (!document) return invalid(path, document.error().message, "correct the file");
    FileSettings settings;
    std::optional<Error> trouble;
    document->root().each_member([&](std::string_view name, json::Value value) {
        std::string* into = name == "controller"   ? &settings.controller
                            : name == "token_file" ? &settings.token_file
                            : name == "ca_file"    ? &settings.ca_file
                                                   : nullptr;
        if (into != nullptr && value.is_string()) {
            *into = std::string{*value.string()};
        } else {
            trouble = invalid(path + ": " + std::string{name},
                              into ? "this is not a string" : "there is no such field",
                              "known here: controller, token_file, ca_file, all strings");
        }
    });
    if (trouble) return *trouble;
    return settings;
}

std::string first_of(const std::optional<std::string>& option, const std::string& environment,
                     const std::string& file) {
    if (option) return *option;
    return environment.empty() ? file : environment;
}

Result<Secret> find_token(const Arguments& arguments, const Environment& environment,
                          const FileSettings& file) {
    if (!arguments.text("token-file") && environment("UNDERSTUDY_TOKEN_FILE").empty() &&
        !environment("UNDERSTUDY_TOKEN").empty()) {
        return Secret{environment("UNDERSTUDY_TOKEN")};
    }
    const std::string path = first_of(arguments.text("token-file"),
                                      environment("UNDERSTUDY_TOKEN_FILE"), file.token_file);
    if (path.empty()) return file.token;
    auto content = read_file(path);
    if (!content) return content.error();
    Secret token = trimmed(*content);
    if (token.empty()) return invalid("token file " + path, "it is empty", "put the token into it");
    return token;
}

// Whether no file is needed: the controller and a token are given.
bool all_given(const Arguments& arguments, const Environment& environment) {
    const bool token = arguments.text("token-file") ||
                       !environment("UNDERSTUDY_TOKEN_FILE").empty() ||
                       !environment("UNDERSTUDY_TOKEN").empty();
    return token && (arguments.text("controller") || !environment("UNDERSTUDY_URL").empty());
}

Error unreadable(const std::string& path) {
    return invalid(
        path,
        std::string{"it says where the controller is and cannot be read: "} + std::strerror(EACCES),
        "be one of those who may read it, or give --controller and --token-file");
}

// The first of them that is there.
Result<FileSettings> first_file(const Arguments& arguments, const Environment& environment,
                                const std::vector<std::string>& files) {
    for (const std::string& path : files) {
        if (!exists(path)) continue;
        if (readable(path)) return read_settings_file(path);
        if (!all_given(arguments, environment)) return unreadable(path);
    }
    return FileSettings{};
}

// What is used where nobody says where the controller is. Whoever gives a token means the API's
// port; without one the kernel says who we are.
std::string usual_url(const Secret& token, const std::string& local_socket) {
    return token.empty() && is_socket(local_socket) ? std::string{kUnixScheme} + local_socket
                                                    : "https://127.0.0.1:8444";
}

Result<ClientSettings> settings_from(const Arguments& arguments, const Environment& environment,
                                     const FileSettings& file, const std::string& local_socket) {
    ClientSettings settings;
    auto token = find_token(arguments, environment, file);
    if (!token) return token.error();
    settings.token = std::move(token).value();
    if (const auto wrong = check_token(settings.token)) return *wrong;
    settings.url =
        first_of(arguments.text("controller"), environment("UNDERSTUDY_URL"), file.controller);
    if (settings.url.empty()) settings.url = usual_url(settings.token, local_socket);
    if (const auto wrong = check_controller_url(settings.url)) return *wrong;
    settings.ca_file =
        first_of(arguments.text("ca-file"), environment("UNDERSTUDY_CA_FILE"), file.ca_file);
    return settings;
}

}  // namespace

std::vector<std::string> settings_files(const Environment& environment) {
    std::vector<std::string> files;
    const std::string config = environment("XDG_CONFIG_HOME");
    const std::string home = environment("HOME");
    if (!config.empty()) {
        files.push_back(config + "/understudy/ctl.json");
    } else if (!home.empty()) {
        files.push_back(home + "/.config/understudy/ctl.json");
    }
    files.emplace_back("/etc/understudy/ctl.json");
    return files;
}

std::optional<Error> check_controller_url(const std::string& url) {
    if (url.starts_with("https://") || url.starts_with("http://")) return std::nullopt;
    if (url.starts_with(std::string{kUnixScheme} + "/")) return std::nullopt;
    return invalid("--controller", "'" + url + "' is not a URL",
                   "give it like https://controller.example.org:8444, or "
                   "unix:/run/understudy/controller.sock");
}

// Curl would pass a line break on into the request.
std::optional<Error> check_token(const Secret& token) {
    for (const char c : token.reveal()) {
        if (c <= ' ' || c > '~') {
            return invalid("token", "it holds blanks or control characters",
                           "put only the token into the file");
        }
    }
    return std::nullopt;
}

Result<ClientSettings> find_settings(const Arguments& arguments, const Environment& environment,
                                     const std::vector<std::string>& files,
                                     const std::string& local_socket) {
    const bool asked = arguments.text("context") || !environment("UNDERSTUDY_CONTEXT").empty();
    // What is told by the environment is for another controller than that of the context in use,
    // and neither's token is for the other.
    const bool elsewhere = arguments.text("controller") || !environment("UNDERSTUDY_URL").empty() ||
                           !environment("UNDERSTUDY_TOKEN").empty() ||
                           !environment("UNDERSTUDY_TOKEN_FILE").empty();
    if (asked || !elsewhere) {
        const auto chosen = choose_context(arguments, environment);
        if (!chosen) return chosen.error();
        if (*chosen && (*chosen)->asked) {
            if (arguments.text("controller")) {
                return invalid("--controller", "a context is asked for, which has its own",
                               "give one of them");
            }
            // Whole: no piece of another controller's, a token least of all, is mixed in.
            return settings_from(
                arguments, [](const char*) { return std::string{}; }, (*chosen)->context,
                local_socket);
        }
        if (*chosen) return settings_from(arguments, environment, (*chosen)->context, local_socket);
    }
    auto file = first_file(arguments, environment, files);
    if (!file) return file.error();
    return settings_from(arguments, environment, *file, local_socket);
}

}  // namespace understudy::ctl
