#include "ctl/options.h"

#include <algorithm>
#include <charconv>
#include <cxxopts.hpp>

#include "ctl/table.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kHelpColumns = 100;

std::string spelling(const Option& option) {
    return option.letter == 0 ? option.name : std::string{option.letter} + "," + option.name;
}

void declare(cxxopts::Options& parser, const std::vector<Option>& options) {
    auto adder = parser.add_options();
    for (const Option& option : options) {
        if (option.value.empty()) {
            adder(spelling(option), option.help);
        } else {
            adder(spelling(option), option.help, cxxopts::value<std::string>());
        }
    }
}

Result<Arguments> given_options(const std::vector<Option>& options,
                                const cxxopts::ParseResult& parsed) {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& given : parsed.arguments())
        found[given.key()].push_back(given.value());
    Arguments arguments;
    for (const Option& option : options) {
        const auto values = found.find(option.name);
        if (values == found.end()) continue;
        if (values->second.size() > 1 && !option.repeatable && !option.value.empty()) {
            return invalid("--" + option.name, "the option is given twice", "give it once");
        }
        arguments.set(option.name, values->second);
    }
    arguments.words = parsed.unmatched();
    return arguments;
}

}  // namespace

Option needed(std::string name, std::string value, std::string help, std::string missing,
              char letter) {
    return {std::move(name), std::move(value), std::move(help), letter, false, std::move(missing)};
}

std::optional<std::string> Arguments::text(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second.front();
}

std::vector<std::string> Arguments::list(const std::string& name) const {
    std::vector<std::string> out;
    const auto found = values_.find(name);
    if (found == values_.end()) return out;
    for (std::string_view rest : found->second) {
        while (true) {
            const auto comma = rest.find(',');
            if (comma != 0 && !rest.empty()) out.emplace_back(rest.substr(0, comma));
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return out;
}

Result<std::map<std::string, std::string>> Arguments::pairs(const std::string& name) const {
    std::map<std::string, std::string> out;
    for (const std::string& pair : list(name)) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return invalid("--" + name, "'" + pair + "' has no value", "give it as key=value");
        }
        out[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return out;
}

Result<std::optional<std::int64_t>> Arguments::integer(const std::string& name) const {
    const auto given = text(name);
    if (!given) return std::optional<std::int64_t>{};
    std::int64_t number = 0;
    const char* end = given->data() + given->size();
    const auto [stop, trouble] = std::from_chars(given->data(), end, number);
    if (trouble == std::errc{} && stop == end) return std::optional{number};
    return invalid("--" + name, "'" + *given + "' is not a whole number", "give digits only");
}

// cxxopts reports by exceptions; they end here.
Result<Arguments> parse_arguments(const std::vector<Option>& options,
                                  const std::vector<std::string>& words) {
    cxxopts::Options parser{"understudyctl"};
    std::vector<const char*> argv{"understudyctl"};
    for (const std::string& word : words)
        argv.push_back(word.c_str());
    try {
        declare(parser, options);
        return given_options(options, parser.parse(static_cast<int>(argv.size()), argv.data()));
    } catch (const cxxopts::exceptions::exception& trouble) {
        return invalid({}, trouble.what());
    }
}

std::string options_help(const std::vector<Option>& options) {
    std::vector<std::string> left;
    std::size_t width = 0;
    for (const Option& option : options) {
        std::string text =
            option.letter == 0 ? "      " : std::string{"  -"} + option.letter + ", ";
        text += "--" + option.name + (option.value.empty() ? "" : " " + option.value);
        width = std::max(width, text.size());
        left.push_back(std::move(text));
    }
    std::string out;
    for (std::size_t i = 0; i < options.size(); ++i) {
        out += left[i] + std::string(width - left[i].size() + 2, ' ') +
               wrapped(options[i].help, kHelpColumns, width + 2) + "\n";
    }
    return out;
}

std::optional<Error> one_named(const Arguments& arguments, const std::string& option,
                               std::string both_are_given, std::string remedy) {
    if (arguments.words.empty() != !arguments.flag(option)) return std::nullopt;
    return invalid({}, arguments.words.empty() ? "nothing is named" : std::move(both_are_given),
                   std::move(remedy));
}

Result<bool> on_or_off(const std::string& option, std::string_view text) {
    if (text == "on" || text == "off") return text == "on";
    return invalid("--" + option, "'" + std::string{text} + "' is neither on nor off",
                   "say --" + option + " on or --" + option + " off");
}

}  // namespace understudy::ctl
