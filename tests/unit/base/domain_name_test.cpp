#include "base/domain_name.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("domain_name: every spelling becomes one") {
    struct Row {
        const char* typed;
        const char* canonical;
    };
    for (const Row& row : {
             Row{"www.example.org", "www.example.org"},
             Row{"WWW.Example.ORG.", "www.example.org"},
             Row{"B\xc3\xbc"
                 "cher.example",
                 "xn--bcher-kva.example"},
             Row{"b\xc3\x9c"
                 "cher.example.",
                 "xn--bcher-kva.example"},
             Row{"stra\xc3\x9f"
                 "e.example",
                 "xn--strae-oqa.example"},
             Row{"XN--BCHER-KVA.example", "xn--bcher-kva.example"},
             Row{"*.example.org", "*.example.org"},
             Row{"*.b\xc3\xbc"
                 "cher.example",
                 "*.xn--bcher-kva.example"},
             Row{"_acme.example.org", "_acme.example.org"},
             Row{"1.example.org", "1.example.org"},
             Row{"xn--i-7iq.ws", "xn--i-7iq.ws"},
             Row{"org", "org"},
         }) {
        CAPTURE(row.typed);
        const auto name = canonical_name("name", row.typed);
        REQUIRE(name.ok());
        CHECK(*name == row.canonical);
    }
}

TEST_CASE("domain_name: what cannot be a name is refused with field, value and remedy") {
    for (const std::string& text : {std::string{},
                                    std::string{"."},
                                    std::string{".."},
                                    std::string{"a..b"},
                                    std::string{".example.org"},
                                    std::string{"a b.example"},
                                    std::string{"-a.example"},
                                    std::string{"a-.example"},
                                    std::string{"a.*.example"},
                                    std::string{"*"},
                                    std::string{"*."},
                                    std::string{"192.0.2.1"},
                                    std::string{"2001:db8::1"},
                                    std::string{"a.1"},
                                    std::string{"a/b.example"},
                                    std::string{"a@example.org"},
                                    std::string{"a\0b.example", 11},
                                    std::string{"\xff.example"},
                                    std::string(64, 'a') + ".example",
                                    std::string(5000, 'a'),
                                    std::string{"example.org.."}}) {
        CAPTURE(text);
        const auto name = canonical_name("domains[0].name", text);
        REQUIRE_FALSE(name.ok());
        CHECK(name.error().code == Errc::Invalid);
        CHECK(name.error().field == "domains[0].name");
        CHECK_FALSE(name.error().remedy.empty());
        CHECK(name.error().message.size() < 500);
    }
}

TEST_CASE("domain_name: labels and names are as long as DNS allows") {
    const std::string label(63, 'a');
    std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
    CHECK(longest.size() == 253);
    CHECK(canonical_name("name", longest).ok());
    CHECK_FALSE(canonical_name("name", longest + "b").ok());
    CHECK_FALSE(canonical_name("name", "*." + longest).ok());
}

TEST_CASE("domain_name: an address is called an address") {
    CHECK(canonical_name("name", "192.0.2.1").error().message == "'192.0.2.1' is an IP address");
}

TEST_CASE("domain_name: Unicode for people") {
    CHECK(display_name("xn--bcher-kva.example") ==
          "b\xc3\xbc"
          "cher.example");
    CHECK(display_name("www.example.org") == "www.example.org");
    CHECK(display_name("*.xn--bcher-kva.example") ==
          "*.b\xc3\xbc"
          "cher.example");
    CHECK(display_name("xn--a.example") == "xn--a.example");
}

TEST_CASE("domain_name: in a zone means the zone itself or below it") {
    CHECK(name_in_zone("example.org", "example.org"));
    CHECK(name_in_zone("a.b.example.org", "example.org"));
    CHECK_FALSE(name_in_zone("notexample.org", "example.org"));
    CHECK_FALSE(name_in_zone("org", "example.org"));
    CHECK_FALSE(name_in_zone("example.org", ""));
}

TEST_CASE("domain_name: zones that may hold a name, longest first") {
    CHECK(zone_candidates("a.b.example.org") ==
          std::vector<std::string>{"a.b.example.org", "b.example.org", "example.org", "org"});
    CHECK(zone_candidates("*.example.org") == std::vector<std::string>{"example.org", "org"});
    CHECK(zone_candidates("").empty());
}

TEST_CASE("domain_name: labels operators give") {
    for (const char* text : {"web1", "1", "shield-eu.example", "a_b+c"}) {
        CAPTURE(text);
        CHECK(*read_label("name", text) == text);
    }
    CHECK(read_label("name", std::string(63, 'a')).ok());
    for (const std::string& text : {std::string{}, std::string{"-web"}, std::string{"Web"},
                                    std::string{"a b"}, std::string{"a\n"}, std::string(64, 'a')}) {
        CAPTURE(text);
        const auto label = read_label("servers[1].name", text);
        REQUIRE_FALSE(label.ok());
        CHECK(label.error().field == "servers[1].name");
    }
}
