// Options of one command: declared as data, parsed by cxxopts, read as Arguments. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace understudy::ctl {

struct Option {
    std::string name;   // long name, without dashes
    std::string value;  // "ADDRESS" for the help; empty: a flag
    std::string help;
    char letter = 0;
    bool repeatable = false;
    std::string missing = {};  // what to do when it is not given; empty: it may be left out
};
// One that has to be given.
Option needed(std::string name, std::string value, std::string help, std::string missing,
              char letter = 0);

class Arguments {
  public:
    std::vector<std::string> words;  // what is no option, in order

    bool flag(const std::string& name) const { return values_.contains(name); }
    std::optional<std::string> text(const std::string& name) const;
    // All values of a repeatable option; "a,b" counts as two.
    std::vector<std::string> list(const std::string& name) const;
    // "key=value" pairs of a repeatable option; the error names the one without "=".
    Result<std::map<std::string, std::string>> pairs(const std::string& name) const;
    // A whole number; the error names the option.
    Result<std::optional<std::int64_t>> integer(const std::string& name) const;
    void set(const std::string& name, std::vector<std::string> values) {
        values_[name] = std::move(values);
    }

  private:
    std::map<std::string, std::vector<std::string>> values_;
};

// The error is for the person at the terminal: "unknown option ...".
Result<Arguments> parse_arguments(const std::vector<Option>& options,
                                  const std::vector<std::string>& words);

// "  --ipv4 ADDRESS     Public IPv4 address" lines.
std::string options_help(const std::vector<Option>& options);

// Of a command that takes a word or that option: an error unless one of them is given.
std::optional<Error> one_named(const Arguments& arguments, const std::string& option,
                               std::string both_are_given, std::string remedy);

// The value of an option that is said as a word: "on" or "off".
Result<bool> on_or_off(const std::string& option, std::string_view text);

}  // namespace understudy::ctl
