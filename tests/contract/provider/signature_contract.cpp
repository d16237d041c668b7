// Accounts whose requests are signed with the time of day.
#include <doctest/doctest.h>

#include <string>

#include "tests/contract/provider/account.h"

namespace understudy::test {
namespace {

TEST_CASE("a clock that is wrong is told, with how far it is off") {
    if (environment("UNDERSTUDY_CONTRACT_KIND") != "rfc2136") return;
    struct Row {
        std::chrono::hours ahead;
        const char* sentence;
    };
    for (const auto& row : {Row{std::chrono::hours{2}, "clock is 2 h 0 min behind ours"},
                            Row{std::chrono::hours{-2}, "clock is 2 h 0 min ahead of ours"}}) {
        CAPTURE(row.sentence);
        Account account{"UNDERSTUDY_CONTRACT_CREDENTIAL", row.ahead};
        const auto result = account.run(account.provider().locate("read.example.com"));
        REQUIRE_FALSE(result.ok());
        CAPTURE(result.error().text());
        CHECK(result.error().code == Errc::Rejected);
        // To the second: while the question travels one may pass.
        CHECK((result.error().message.find(row.sentence) != std::string::npos ||
               result.error().message.find("clock is 1 h 59 min") != std::string::npos));
        CHECK(result.error().message.find("BADTIME") != std::string::npos);
    }
}

}  // namespace
}  // namespace understudy::test
