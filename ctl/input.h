// What commands read from outside: files, the environment, stdin. Contents are treated as secrets.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "ctl/options.h"

namespace understudy::ctl {

// The error says so when there is more than `limit_bytes`.
Result<Secret> read_file(const std::string& path, std::size_t limit_bytes = 1u << 20);
Result<Secret> read_stdin(std::size_t limit_bytes);
Secret trimmed(const Secret& text);

// A secret given by --<name>-file, --<name>-env or, without either, stdin when it is no terminal;
// none of them is seen in the process list. The error says which ways there are.
Result<Secret> read_secret(const Arguments& arguments, const std::string& name);
// The two options of it.
std::vector<Option> secret_options(const std::string& name, const std::string& what);

}  // namespace understudy::ctl
