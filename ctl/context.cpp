// context add, use, list, remove: which controllers this person works with.
#include <cstdlib>
#include <memory>
#include <ostream>

#include "base/text.h"
#include "ctl/command.h"
#include "ctl/contexts.h"
#include "ctl/here.h"
#include "ctl/input.h"
#include "ctl/table.h"

namespace understudy::ctl {
namespace {

Result<std::string> file_for_contexts(const Here& here) {
    const std::string path = contexts_file(here.environment);
    if (!path.empty()) return path;
    return invalid("HOME", "it is not set, so there is no place for contexts",
                   "set HOME or XDG_CONFIG_HOME");
}

// As it is found from everywhere; empty stays empty.
Result<std::string> whole_path(const std::string& option, const std::string& path) {
    if (path.empty()) return path;
    const std::unique_ptr<char, decltype(&std::free)> real{::realpath(path.c_str(), nullptr),
                                                           std::free};
    if (real) return std::string{real.get()};
    return invalid(option, quoted(path) + " is not there", "give a file that is");
}

Result<Context> context_of(const Arguments& arguments) {
    Context context;
    context.controller = arguments.text("controller").value_or("");
    if (auto wrong = check_controller_url(context.controller)) return *wrong;
    auto ca_file = whole_path("--ca-file", arguments.text("ca-file").value_or(""));
    if (!ca_file) return ca_file.error();
    context.ca_file = std::move(*ca_file);
    auto token_file = whole_path("--token-file", arguments.text("token-file").value_or(""));
    if (!token_file) return token_file.error();
    if (!arguments.flag("keep-token")) {
        context.token_file = std::move(*token_file);
        return context;
    }
    auto token = token_file->empty() ? read_stdin(1u << 16) : read_file(*token_file);
    if (!token) return token.error();
    context.token = trimmed(*token);
    if (auto wrong = check_token(context.token)) return *wrong;
    return context;
}

// A name stands in scripts and on lines of its own.
bool good_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && name.front() != '-' &&
           name.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
               "0123456789._-") == std::string::npos;
}

Result<int> change(const Here& here, const std::string& said,
                   const std::function<Result<Done>(Contexts&)>& how) {
    const auto path = file_for_contexts(here);
    if (!path) return path.error();
    auto contexts = read_contexts(*path);
    if (!contexts) return contexts.error();
    if (const auto done = how(*contexts); !done) return done.error();
    if (const auto done = write_contexts(*path, *contexts); !done) return done.error();
    here.streams.out << said << "\n";
    return static_cast<int>(kOk);
}

Result<int> add_context(const Here& here, const Arguments& arguments) {
    const std::string& name = arguments.words[0];
    if (!good_name(name)) {
        return invalid("NAME", quoted(name) + " is no name for a context",
                       "use letters, digits and . _ -");
    }
    auto context = context_of(arguments);
    if (!context) return context.error();
    return change(here, "Context '" + name + "' added.", [&](Contexts& contexts) -> Result<Done> {
        if (contexts.all.contains(name))
            return conflict("there is a context '" + name + "' already",
                            "remove it first: understudyctl context remove " + name);
        contexts.all.emplace(name, std::move(*context));
        // The first one is meant.
        if (contexts.all.size() == 1) contexts.current = name;
        return Done{};
    });
}

Result<Done> find_named(const Contexts& contexts, const std::string& name) {
    if (contexts.all.contains(name)) return Done{};
    return not_found("there is no context " + quoted(name), "see: understudyctl context list");
}

Result<int> use_context(const Here& here, const Arguments& arguments) {
    const std::string& name = arguments.words[0];
    return change(here, "'" + name + "' is used from now on.", [&](Contexts& contexts) {
        auto found = find_named(contexts, name);
        if (found) contexts.current = name;
        return found;
    });
}

Result<int> remove_context(const Here& here, const Arguments& arguments) {
    const std::string& name = arguments.words[0];
    return change(here, "Context '" + name + "' removed.", [&](Contexts& contexts) {
        auto found = find_named(contexts, name);
        contexts.all.erase(name);
        if (contexts.current == name) contexts.current.clear();
        return found;
    });
}

std::string token_place(const Context& context) {
    if (!context.token.empty()) return "kept in the context";
    return context.token_file.empty() ? "none" : context.token_file;
}

std::string contexts_json(const Contexts& contexts) {
    json::Writer out;
    out.begin_object().key("items").begin_array();
    for (const auto& [name, context] : contexts.all) {
        out.begin_object().field("name", name).field("current", name == contexts.current);
        out.field("controller", context.controller).field("ca_file", context.ca_file);
        out.field("token_file", context.token_file);
        out.field("token_kept", !context.token.empty()).end_object();
    }
    out.end_array().end_object();
    return out.take();
}

Result<int> list_contexts(const Here& here, const Arguments&) {
    const auto contexts = read_contexts(contexts_file(here.environment));
    if (!contexts) return contexts.error();
    if (here.output == Output::Json) {
        here.streams.out << contexts_json(*contexts) << "\n";
        return static_cast<int>(kOk);
    }
    Table table;
    table.header = {"IN USE", "NAME", "CONTROLLER", "TOKEN", "AUTHORITY"};
    table.optional = {"AUTHORITY"};
    table.when_empty = "No contexts: understudyctl context add NAME --controller URL";
    for (const auto& [name, context] : contexts->all) {
        table.rows.push_back({std::string{name == contexts->current ? "*" : ""}, name,
                              context.controller, token_place(context), context.ca_file});
    }
    here.streams.out << render(table, here.streams.colours);
    return static_cast<int>(kOk);
}

}  // namespace

std::vector<Command> context_commands() {
    std::vector<Command> all = {
        {"context",
         "add",
         "NAME --controller URL [--token-file FILE] [options]",
         "Give a controller and its token a name",
         "The first one is used at once, another after 'context use NAME', or for one command with "
         "--context NAME or in UNDERSTUDY_CONTEXT. The path of --token-file is noted, and the file "
         "read each time. Contexts stand in ~/.config/understudy/contexts.json "
         "($XDG_CONFIG_HOME), which nobody else may read.\n"
         "\n"
         "Examples:\n"
         "  understudyctl context add home --controller https://10.0.0.1:8444 --token-file t.txt\n"
         "  understudyctl context add acme --controller https://c.example.org:8444 --keep-token\n",
         {{"keep-token", "", "Keep the token itself, from --token-file or stdin"}},
         1,
         1},
        {"context",
         "use",
         "NAME",
         "Use a controller from now on",
         "What UNDERSTUDY_URL and its like say comes before it; --context and UNDERSTUDY_CONTEXT "
         "come before those.\n",
         {},
         1,
         1},
        {"context", "list", "", "List the controllers that have a name", "", {}, 0, 0},
        {"context", "remove", "NAME", "Forget a controller's name and token", "", {}, 1, 1},
    };
    const std::vector<decltype(Command::here)> run = {add_context, use_context, list_contexts,
                                                      remove_context};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].here = run[i];
    return all;
}

}  // namespace understudy::ctl
