// A person's contexts: several controllers by name, each with what it takes to reach it, in one
// file that only that person may read, since tokens may be kept in it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "ctl/options.h"

namespace understudy::ctl {

// The environment as a function, so that tests bring their own; empty: not set.
using Environment = std::function<std::string(const char* name)>;

struct Context {
    std::string controller, ca_file;  // no ca_file: the system's authorities
    std::string token_file;           // or
    Secret token;                     // kept here; neither: no token
};

struct Contexts {
    std::string current;  // empty: none
    std::map<std::string, Context> all;
};

// Empty: the environment names no home.
std::string contexts_file(const Environment& environment);

// No file: no contexts. Refused when others may read it.
Result<Contexts> read_contexts(const std::string& path);
// Makes folder and file, which never holds half of it.
Result<Done> write_contexts(const std::string& path, const Contexts& contexts);

// The one that --context or UNDERSTUDY_CONTEXT names (`asked`), else the current one.
struct ChosenContext {
    Context context;
    bool asked = false;
};
Result<std::optional<ChosenContext>> choose_context(const Arguments& arguments,
                                                    const Environment& environment);

}  // namespace understudy::ctl
