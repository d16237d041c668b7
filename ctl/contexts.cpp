#include "ctl/contexts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/descriptor.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/input.h"

namespace understudy::ctl {
namespace {

Error cannot(const std::string& path, const char* what) {
    return invalid(path, std::string{what} + std::strerror(errno),
                   "check the folder and its permissions");
}

// The member of that name, or what is wrong with another one.
std::string* place_of(Context& context, std::string_view name) {
    return name == "controller"   ? &context.controller
           : name == "token_file" ? &context.token_file
           : name == "ca_file"    ? &context.ca_file
                                  : nullptr;
}

Result<Context> read_context(const std::string& where, json::Value value) {
    Context context;
    std::optional<Error> trouble;
    value.each_member([&](std::string_view name, json::Value content) {
        const auto text = content.string();
        std::string* into = place_of(context, name);
        if (text && into != nullptr) {
            *into = std::string{*text};
        } else if (text && name == "token") {
            context.token = Secret{std::string{*text}};
        } else {
            trouble = invalid(where + "." + std::string{name}, "there is no such text here",
                              "known here: controller, token_file, token, ca_file, all strings");
        }
    });
    if (!trouble && context.controller.empty())
        trouble = invalid(where, "controller is missing", "remove the context and add it anew");
    if (trouble) return *trouble;
    return context;
}

Secret text_of_contexts(const Contexts& contexts) {
    json::Writer out;
    out.begin_object().field("current", contexts.current).key("contexts").begin_object();
    for (const auto& [name, context] : contexts.all) {
        out.key(name).begin_object().field("controller", context.controller);
        if (!context.ca_file.empty()) out.field("ca_file", context.ca_file);
        if (!context.token_file.empty()) out.field("token_file", context.token_file);
        if (!context.token.empty()) out.field("token", context.token.reveal());
        out.end_object();
    }
    out.end_object().end_object();
    return Secret{out.take() + "\n"};
}

bool make_folders(const std::string& path) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        if (::mkdir(path.substr(0, slash).c_str(), 0700) != 0 && errno != EEXIST) return false;
    }
    return true;
}

Error no_such_context(const std::string& name, const Contexts& contexts) {
    std::string names;
    for (const auto& [each, context] : contexts.all)
        add_item(names, each);
    return invalid("--context", "there is no context " + quoted(name),
                   names.empty() ? "make one: understudyctl context add " + name +
                                       " --controller URL --token-file FILE"
                                 : "one of: " + names);
}

}  // namespace

std::string contexts_file(const Environment& environment) {
    const std::string config = environment("XDG_CONFIG_HOME");
    const std::string home = environment("HOME");
    if (config.empty() && home.empty()) return {};
    return (config.empty() ? home + "/.config" : config) + "/understudy/contexts.json";
}

Result<Contexts> read_contexts(const std::string& path) {
    Contexts contexts;
    struct stat about {};
    if (path.empty() || (::stat(path.c_str(), &about) != 0 && errno == ENOENT)) return contexts;
    if ((about.st_mode & 077) != 0) {
        return invalid(path, "others may read it, and it is a place for tokens",
                       "chmod 600 " + path);
    }
    const auto text = read_file(path);
    if (!text) return text.error();
    const auto document = json::Document::parse(text->reveal());
    if (!document) return invalid(path, document.error().message, "correct the file");
    contexts.current = std::string{document->root()["current"].string().value_or("")};
    std::optional<Error> trouble;
    document->root()["contexts"].each_member([&](std::string_view name, json::Value value) {
        auto context = read_context(path + ": " + std::string{name}, value);
        if (context) {
            contexts.all.emplace(name, std::move(*context));
        } else {
            trouble = context.error();
        }
    });
    if (trouble) return *trouble;
    return contexts;
}

Result<Done> write_contexts(const std::string& path, const Contexts& contexts) {
    const std::string beside = path + ".new";
    if (!make_folders(path)) return cannot(path, "its folder cannot be made: ");
    ::unlink(beside.c_str());
    if (write_new_file(beside, text_of_contexts(contexts).reveal()) &&
        std::rename(beside.c_str(), path.c_str()) == 0)
        return Done{};
    const Error error = cannot(path, "cannot be written: ");
    ::unlink(beside.c_str());
    return error;
}

Result<std::optional<ChosenContext>> choose_context(const Arguments& arguments,
                                                    const Environment& environment) {
    const std::string asked = arguments.text("context").value_or(environment("UNDERSTUDY_CONTEXT"));
    auto contexts = read_contexts(contexts_file(environment));
    if (!contexts) return contexts.error();
    const std::string& name = asked.empty() ? contexts->current : asked;
    if (name.empty()) return std::optional<ChosenContext>{};
    const auto found = contexts->all.find(name);
    if (found == contexts->all.end()) return no_such_context(name, *contexts);
    return std::optional{ChosenContext{found->second, !asked.empty()}};
}

}  // namespace understudy::ctl
