#include "ctl/input.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/ascii.h"

namespace understudy::ctl {
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<Secret> read_stream(const std::string& name, std::FILE* file,
                           std::size_t limit_bytes = 1u << 20) {
    std::string text;
    char buffer[4096];
    std::size_t got = 0;
    while ((got = std::fread(buffer, 1, sizeof buffer, file)) > 0) {
        text.append(buffer, got);
        if (text.size() > limit_bytes) {
            return invalid(name, "it is longer than " + std::to_string(limit_bytes >> 20) + " MiB",
                           "is it the right file?");
        }
    }
    if (std::ferror(file) != 0)
        return invalid(name, std::string{"cannot be read: "} + std::strerror(errno));
    return Secret{std::move(text)};
}

}  // namespace

Result<Secret> read_file(const std::string& path, std::size_t limit_bytes) {
    const std::unique_ptr<std::FILE, CloseFile> file{std::fopen(path.c_str(), "re")};
    if (!file) {
        return invalid(path, std::string{"cannot be read: "} + std::strerror(errno),
                       "check the path and its permissions");
    }
    return read_stream(path, file.get(), limit_bytes);
}

Result<Secret> read_stdin(std::size_t limit_bytes) {
    return read_stream("stdin", stdin, limit_bytes);
}

Secret trimmed(const Secret& text) {
    return Secret{std::string{understudy::trimmed(text.reveal(), kBlanksAndLines)}};
}

Result<Secret> read_secret(const Arguments& arguments, const std::string& name) {
    const std::string ways =
        "give --" + name + "-file FILE, --" + name + "-env VARIABLE, or pipe it in";
    const auto file = arguments.text(name + "-file");
    const auto variable = arguments.text(name + "-env");
    if (file && variable) return invalid(name, "it is given twice", ways);
    Result<Secret> read = Secret{};
    if (variable) {
        const char* content = std::getenv(variable->c_str());
        if (content == nullptr)
            return invalid("--" + name + "-env", "$" + *variable + " is not set", ways);
        read = Secret{content};
    } else if (file && *file != "-") {
        read = read_file(*file);
    } else if (!file && ::isatty(STDIN_FILENO) == 1) {
        return invalid(name, "this is missing", ways);
    } else {
        read = read_stream("stdin", stdin);
    }
    if (!read) return read.error();
    Secret secret = trimmed(*read);
    if (secret.empty()) return invalid(name, "it is empty", ways);
    return secret;
}

std::vector<Option> secret_options(const std::string& name, const std::string& what) {
    return {{name + "-file", "FILE", what + ", from a file (- for stdin)"},
            {name + "-env", "VARIABLE", what + ", from an environment variable"}};
}

}  // namespace understudy::ctl
