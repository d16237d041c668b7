#include "notify/mail_address.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("plain addresses are taken") {
    CHECK(*read_mail_address("to", "ops@example.org") == "ops@example.org");
    CHECK(*read_mail_address("to", "O'Neil+a.b@Example.ORG") == "O'Neil+a.b@example.org");
    CHECK(*read_mail_address("to", "ops@m\xc3\xbcller.example") == "ops@xn--mller-kva.example");
    CHECK(*read_mail_address("to", std::string(64, 'a') + "@example.org") ==
          std::string(64, 'a') + "@example.org");
}

TEST_CASE("anything that could leave its place is refused with field and value") {
    for (const std::string text : {"",
                                   "ops",
                                   "@example.org",
                                   "ops@",
                                   "ops@example..org",
                                   ".ops@example.org",
                                   "o..p@example.org",
                                   "ops@example.org>",
                                   "<ops@example.org>",
                                   "ops @example.org",
                                   "ops@exa mple.org",
                                   "ops@example.org\r\nRCPT TO:<x@example.org>",
                                   "a@b@example.org",
                                   "\"a b\"@example.org",
                                   "ops@192.0.2.1",
                                   "ops@[192.0.2.1]",
                                   "ops@*.example.org",
                                   "m\xc3\xbcller@example.org",
                                   "a,b@example.org",
                                   "ops@example.org,x@example.org"}) {
        CAPTURE(text);
        const auto read = read_mail_address("to[3]", text);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().field == "to[3]");
        CHECK(read.error().text().find('\n') == std::string::npos);
    }
    CHECK_FALSE(read_mail_address("to", std::string(65, 'a') + "@example.org").ok());
}

TEST_CASE("a named address is taken apart") {
    const auto bare = read_named_address("from", " understudy@example.org ");
    REQUIRE(bare.ok());
    CHECK(bare->display_name.empty());
    CHECK(bare->address == "understudy@example.org");
    const auto named = read_named_address("from", "Understudy Alerts <understudy@example.org>");
    REQUIRE(named.ok());
    CHECK(named->display_name == "Understudy Alerts");
    CHECK(named->address == "understudy@example.org");
    const auto quoted = read_named_address("from", "\"Doe, J\" <j@example.org>");
    REQUIRE(quoted.ok());
    CHECK(quoted->display_name == "Doe, J");
    for (const char* bad :
         {"X <>", "X <a@example.org", "X <a@example.org> y", "X\r\nBcc: y <a@example.org>",
          "<a@example.org> <b@example.org>", ">", "<"}) {
        CAPTURE(bad);
        CHECK_FALSE(read_named_address("from", bad).ok());
    }
}

}  // namespace
}  // namespace understudy
