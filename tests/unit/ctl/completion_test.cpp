#include "ctl/completion.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "ctl/command.h"
#include "ctl/man.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

std::vector<std::string> offered(const std::vector<std::string>& words) {
    std::vector<std::string> out;
    const auto names_of = [](const std::string& kind) -> std::vector<std::string> {
        if (kind == "servers") return {"web1", "web2", "db1"};
        if (kind == "pools") return {"web1+web2", "evil$(reboot)", "two words", "-rf"};
        return {kind + ".example.org"};
    };
    for (const Candidate& each : complete(words, names_of).words)
        out.push_back(each.word);
    return out;
}

bool offers(const std::vector<std::string>& words, const std::string& word) {
    const auto all = offered(words);
    return std::ranges::find(all, word) != all.end();
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("commands are completed, and the second word of those that have one") {
    CHECK(offers({""}, "server"));
    CHECK(offers({""}, "failover"));
    CHECK(offered({"sta"}) == Words{"status"});
    CHECK(offered({"server", "rot"}) == Words{"rotate-token"});
    CHECK(offered({"help", "server", "rot"}) == Words{"rotate-token"});
    CHECK(offered({"-o", "json", "server", "rot"}) == Words{"rotate-token"});
    CHECK(offered({"nonsense", ""}).empty());
    CHECK(complete({}, nullptr).words.empty() == false);
}

TEST_CASE("names stand where the usage wants them") {
    CHECK(offered({"server", "show", "web"}) == Words{"web1", "web2"});
    CHECK(offered({"server", "show", "web1", ""}).empty());
    CHECK(offered({"domain", "show", ""}) == Words{"domains.example.org"});
    CHECK(offered({"explain", ""}) == Words{"domains.example.org"});
    CHECK(offered({"provider", "verify", ""}) == Words{"providers.example.org"});
    CHECK(offered({"channel", "test", ""}) == Words{"channels.example.org"});
    CHECK(offered({"context", "use", ""}) == Words{"contexts.example.org"});
    CHECK(offered({"what-if", "server", "d"}) == Words{"db1"});
    CHECK(offered({"pool", "add", "new", "web"}) == Words{"web1", "web2"});
    CHECK(offered({"pool", "add", "new", "web1", "web2", "d"}) == Words{"db1"});
    CHECK(offered({"domain", "move", "a", "dom"}) == Words{"domains.example.org"});
    CHECK(offered({"channel", "add", "em"}).size() == 1);
    CHECK(offered({"completion", ""}) == Words{"bash", "zsh", "fish"});
    // The name of a new thing is a person's to find.
    CHECK(offered({"server", "add", ""}).empty());
}

TEST_CASE("nothing foreign that a shell would read is offered") {
    CHECK(offered({"failover", ""}) == Words{"web1+web2"});
}

TEST_CASE("options are completed, and what they take") {
    CHECK(offers({"server", "add", "x", "--i"}, "--ipv4"));
    CHECK(offers({"status", "--"}, "--context"));
    CHECK(offered({"status", "-o", ""}) == Words{"table", "wide", "json"});
    CHECK(offered({"status", "--output", "j"}) == Words{"json"});
    CHECK(offered({"switchover", "web1+web2", "--to", "web"}) == Words{"web1", "web2"});
    CHECK(offered({"switchover", "web1+web2", "--to=web"}) == Words{"--to=web1", "--to=web2"});
    CHECK(offered({"switchover", "web1+web2", "--to", "=", "web"}) == Words{"web1", "web2"});
    CHECK(offered({"domain", "add", "n", "--servers", "web1,d"}) == Words{"web1,db1"});
    CHECK(complete({"--token-file", ""}, nullptr).files);
    CHECK(complete({"apply", "-f", "x"}, nullptr).files);
    CHECK(offered({"--controller", ""}).empty());
}

TEST_CASE("there is a script for each shell, and for no other") {
    for (const char* shell : {"bash", "zsh", "fish"})
        CHECK(completion_script(shell).find("understudyctl") != std::string::npos);
    CHECK(completion_script("csh").empty());
}

TEST_CASE("the manual page has every command with every option") {
    const std::string page = manual_page("1.2.3");
    CHECK(page.starts_with(".TH UNDERSTUDYCTL 1"));
    for (const Command& command : all_commands()) {
        CAPTURE(command.name());
        CHECK(page.find(command.summary.substr(0, command.summary.find('-'))) != std::string::npos);
    }
    CHECK(page.find("UNDERSTUDY_CONTEXT") != std::string::npos);
    CHECK(page.find("\\-\\-failback\\-after") != std::string::npos);
}
