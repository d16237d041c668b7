// understudyctl: finds the command, the controller and the token, and runs the command.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "base/private_memory.h"
#include "ctl/command.h"
#include "ctl/completion.h"
#include "ctl/input.h"
#include "ctl/man.h"
#include "ctl/settings.h"

namespace understudy::ctl {
namespace {

std::string environment(const char* name) {
    const char* content = std::getenv(name);
    return content == nullptr ? std::string{} : std::string{content};
}

Size window() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
    return {size.ws_row, size.ws_col};
}

Session::Streams streams() {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb";
    // https://no-color.org: any non-empty value.
    const bool person = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
    return {std::cout,
            std::cerr,
            terminal,
            terminal && environment("NO_COLOR").empty(),
            person ? &std::cin : nullptr,
            window};
}

// Before there is a session.
int fail(const Error& error) {
    std::cerr << complaint(error);
    return kUsage;
}

Result<Output> output_of(const Arguments& arguments) {
    const std::string word = arguments.text("output").value_or("table");
    if (word == "table") return Output::Table;
    if (word == "wide") return Output::Wide;
    if (word == "json") return Output::Json;
    return invalid("--output", "'" + word + "' is not known", "one of: table, wide, json");
}

Here surroundings(Output output) {
    return {environment, settings_files(environment), output, streams()};
}

int run_command(const Command& command, const Arguments& arguments) {
    if (arguments.words.size() < command.least_words ||
        arguments.words.size() > command.most_words) {
        const bool few = arguments.words.size() < command.least_words;
        const std::string missing = missing_word(command, arguments.words.size()) + " is missing";
        return fail(invalid({}, few ? missing : "there are too many words",
                            "usage: understudyctl " + command.name() + " " + command.usage));
    }
    const auto output = output_of(arguments);
    if (!output) return fail(output.error());
    if (command.here != nullptr) {
        const auto done = command.here(surroundings(*output), arguments);
        return done ? *done : fail(done.error());
    }
    auto settings = find_settings(arguments, environment, settings_files(environment));
    if (!settings) return fail(settings.error());
    const auto transport = make_client(std::move(settings).value());
    Session session{*transport, *output, streams()};
    return carry_out(command, session, arguments);
}

// What programs ask for, not people: shells, and whoever makes a package. None: nothing of that.
std::optional<int> run_hidden(const std::vector<std::string>& words) {
    const std::string first = words.empty() ? std::string{} : words.front();
    if (words.size() == 1 && first == "--version") {
        std::cout << "understudyctl " UNDERSTUDY_VERSION "\n";
    } else if (words.size() == 1 && first == "man") {
        std::cout << manual_page(UNDERSTUDY_VERSION);
    } else if (words.size() == 2 && first == "man") {
        const auto help = read_stdin(1u << 20);
        if (!help) return fail(help.error());
        std::cout << manual_page_of(words[1], help->reveal(), UNDERSTUDY_VERSION);
    } else if (words.size() > 1 && first == "complete" && words[1] == "--") {
        return print_completion(surroundings(Output::Table), {words.begin() + 2, words.end()});
    } else {
        return std::nullopt;
    }
    return kOk;
}

int run(const std::vector<std::string>& words) {
    if (const auto done = run_hidden(words)) return *done;
    const auto chosen = choose_command(words);
    if (!chosen) return fail(chosen.error());
    if (chosen->command == nullptr) {
        std::cout << (chosen->noun.empty() ? general_help() : noun_help(chosen->noun));
        return kOk;
    }
    std::vector<Option> options = chosen->command->options;
    options.insert(options.end(), global_options().begin(), global_options().end());
    const auto arguments = parse_arguments(options, chosen->rest);
    if (!arguments) return fail(arguments.error());
    if (arguments->flag("help") || words.front() == "help") {
        std::cout << command_help(*chosen->command);
        return kOk;
    }
    return run_command(*chosen->command, *arguments);
}

}  // namespace
}  // namespace understudy::ctl

int main(int argc, char** argv) {
    understudy::keep_memory_private();
    return understudy::ctl::run(std::vector<std::string>(argv + 1, argv + argc));
}
