#include "ctl/options.h"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::ctl;

namespace {

const std::vector<Option> kOptions = {
    {"ipv4", "ADDRESS", "An address"},
    {"label", "KEY=VALUE", "A label", 0, true},
    {"output", "FORMAT", "How", 'o'},
    {"follow", "", "Go on", 'f'},
};

}  // namespace

TEST_CASE("options and words come in any order") {
    const auto parsed = parse_arguments(
        kOptions, {"web1", "--ipv4", "192.0.2.1", "-o", "json", "web2", "--follow"});
    REQUIRE(parsed.ok());
    CHECK(parsed->words == std::vector<std::string>{"web1", "web2"});
    CHECK(parsed->text("ipv4") == "192.0.2.1");
    CHECK(parsed->text("output") == "json");
    CHECK(parsed->flag("follow"));
    CHECK_FALSE(parsed->text("label").has_value());
}

TEST_CASE("repeatable options collect, also with commas") {
    const auto parsed = parse_arguments(kOptions, {"--label", "a=1,b=2", "--label=c=3=3"});
    REQUIRE(parsed.ok());
    CHECK(parsed->list("label") == std::vector<std::string>{"a=1", "b=2", "c=3=3"});
    const auto pairs = parsed->pairs("label");
    REQUIRE(pairs.ok());
    CHECK(pairs->at("c") == "3=3");
    const auto wrong = parse_arguments(kOptions, {"--label", "novalue"});
    CHECK_FALSE(wrong->pairs("label").ok());
}

TEST_CASE("what is wrong is a usage error, not a guess") {
    CHECK_FALSE(parse_arguments(kOptions, {"--colour"}).ok());
    CHECK_FALSE(parse_arguments(kOptions, {"--ipv4"}).ok());
    CHECK_FALSE(parse_arguments(kOptions, {"--ipv4", "1", "--ipv4", "2"}).ok());
}

TEST_CASE("numbers are digits") {
    CHECK(**parse_arguments(kOptions, {"--ipv4", "42"})->integer("ipv4") == 42);
    CHECK_FALSE(parse_arguments(kOptions, {"--ipv4", "4x"})->integer("ipv4").ok());
    CHECK_FALSE(parse_arguments(kOptions, {})->integer("ipv4")->has_value());
}

TEST_CASE("help lists options under each other") {
    CHECK(options_help({{"ipv4", "ADDRESS", "An address"}, {"follow", "", "Go on", 'f'}}) ==
          "      --ipv4 ADDRESS  An address\n"
          "  -f, --follow        Go on\n");
}
