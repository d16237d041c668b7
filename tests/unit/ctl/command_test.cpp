#include "ctl/command.h"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace understudy;
using namespace understudy::ctl;

TEST_CASE("a command is found whatever stands around it") {
    const auto chosen =
        choose_command({"-o", "json", "--controller", "https://x", "server", "list", "--help"});
    REQUIRE(chosen.ok());
    REQUIRE(chosen->command != nullptr);
    CHECK(chosen->command->name() == "server list");
    CHECK(chosen->rest ==
          std::vector<std::string>{"-o", "json", "--controller", "https://x", "--help"});
    CHECK(choose_command({"--output=json", "status"})->command->name() == "status");
    CHECK(choose_command({"failback", "www.example.org"})->rest ==
          std::vector<std::string>{"www.example.org"});
}

TEST_CASE("help needs no complete command; anything else does") {
    CHECK(choose_command({"--help"})->command == nullptr);
    CHECK(choose_command({})->command == nullptr);
    CHECK(choose_command({"server", "--help"})->noun == "server");
    CHECK(choose_command({"help", "server", "add"})->command->name() == "server add");
    CHECK_FALSE(choose_command({"server"}).ok());
    CHECK_FALSE(choose_command({"server", "explode"}).ok());
    CHECK_FALSE(choose_command({"explode"}).ok());
    CHECK_FALSE(choose_command({"-o", "json"}).ok());
}

TEST_CASE("who mistypes is told what is near") {
    const auto remedy = [](std::vector<std::string> words) {
        const auto chosen = choose_command(words);
        REQUIRE_FALSE(chosen.ok());
        return chosen.error().remedy;
    };
    CHECK(remedy({"stat"}) == "did you mean: understudyctl status");
    CHECK(remedy({"servers"}) == "did you mean: understudyctl server");
    CHECK(remedy({"notif"}) == "did you mean: understudyctl notifications");
    CHECK(remedy({"faliover"}) == "did you mean: understudyctl failover");
    CHECK(remedy({"explode"}) == "see: understudyctl --help");
}

TEST_CASE("a missing word is named as the usage names it") {
    const auto missing = [](const char* noun, const char* verb, std::size_t given) {
        return missing_word(*choose_command({noun, verb})->command, given);
    };
    CHECK(missing("server", "show", 0) == "NAME");
    CHECK(missing("pool", "add", 1) == "PRIMARY");
    CHECK(missing("domain", "add", 0) == "NAME");
    CHECK(missing_word(*choose_command({"explain"})->command, 0) == "DOMAIN");
}

TEST_CASE("every command is complete and teaches") {
    std::set<std::string> names;
    for (const Command& command : all_commands()) {
        CAPTURE(command.name());
        CHECK(names.insert(command.name()).second);
        // A function, or a plain order that says or shows something.
        const PlainOrder& order = command.order;
        const bool own = command.run != nullptr || command.here != nullptr;
        CHECK(own == order.method.empty());
        CHECK(order.said.empty() == (order.view != nullptr || own));
        CHECK(command.least_words <= command.most_words);
        CHECK_FALSE(command.summary.empty());
        CHECK_FALSE(command.summary.ends_with('.'));
        const std::string help = command_help(command);
        CHECK(help.find("Usage: understudyctl " + command.name()) == 0);
        std::istringstream lines{help};
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
        CHECK(general_help().find("  " + command.name() + " ") != std::string::npos);
        std::set<std::string> options;
        for (const Option& option : global_options())
            options.insert(option.name);
        for (const Option& option : command.options)
            CHECK(options.insert(option.name).second);
    }
}
