#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

const std::string kActive =
    R"({"result":{"id":"ed17574386854bf78a67040be0a770b0","status":"active"},)"
    R"("success":true,"errors":[],"messages":[{"code":10000,)"
    R"("message":"This API Token is valid and active","type":null}]})";
const std::string kWithZone = R"({"zone_id":")" + std::string{kZoneId} + "\"}";

Script verifying(const std::string& settings = "{}") {
    return Script{cloudflare(settings)->verify()};
}

bool tells(const std::vector<std::string>& lines, const std::string& words) {
    return std::ranges::any_of(
        lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

TEST_CASE("a user token is checked, and a zone list is asked for by name") {
    auto script = verifying();
    script.expect("GET", "/user/tokens/verify").reply(200, kActive);
    script.expect("GET", "/zones?per_page=5&name=understudy.invalid").reply(200, page_json({}));
    const auto& report = script.value<Verification>();
    CHECK(tells(report.proven, "valid and active"));
    CHECK(tells(report.proven, "zones by name"));
    CHECK(tells(report.unproven, "DNS:Edit"));
    CHECK(report.reading_unproven.find("records can be read") != std::string::npos);
    CHECK(report.warnings.empty());
}

TEST_CASE("with a configured zone its records are read, even without Zone:Read") {
    auto script = verifying(kWithZone);
    script.reply(200, kActive);
    script.expect("GET", std::string{"/zones/"} + kZoneId);
    SUBCASE("the zone can be read") {
        script.reply(200, success_json(zone_json(kZoneId, "example.com", "pending")));
        script.expect("GET", "/dns_records?per_page=5&page=1").reply(200, page_json({}));
        CHECK(tells(script.value<Verification>().proven, "example.com"));
        CHECK(tells(script.value<Verification>().warnings, "pending"));
    }
    SUBCASE("the zone is hidden") {
        script.reply(403, failure_json(9109, "Unauthorized to access requested resource"));
        script.expect("GET", "/dns_records?").reply(200, page_json({}));
        CHECK(tells(script.value<Verification>().unproven, "may read the zone"));
        CHECK(tells(script.value<Verification>().proven, "records can be read"));
    }
    SUBCASE("the records cannot be read") {
        script.reply(200, success_json(zone_json(kZoneId, "example.com")));
        script.reply(403, failure_json(10000, "Authentication error"));
        CHECK(script.error().remedy.find("DNS:Edit") != std::string::npos);
    }
    SUBCASE("the zone is secondary") {
        script.reply(200, success_json(zone_json(kZoneId, "example.com", "active", "secondary")));
        CHECK(script.error().code == Errc::Conflict);
    }
}

TEST_CASE("an account-owned token is not called bad because the user's check refuses it") {
    auto script = verifying();
    script.reply(401, failure_json(1000, "Invalid API Token"));
    SUBCASE("it works elsewhere") {
        script.reply(200, page_json({}));
        CHECK(tells(script.value<Verification>().unproven, "account-owned"));
        CHECK_FALSE(script.value<Verification>().proven.empty());
    }
    SUBCASE("it is bad after all") {
        script.reply(403, failure_json(9109, "Invalid access token"));
        CHECK(script.error().code == Errc::Rejected);
    }
    SUBCASE("nothing can be proven") {
        script.reply(403, failure_json(10000, "Authentication error"));
        CHECK(script.error().code == Errc::Transient);
    }
}

TEST_CASE("with an account id the account's check is asked, and its word is final") {
    auto script = verifying(R"({"account_id":"01a7362d577a6c3019a474fd6f485823"})");
    script.expect("GET", "/accounts/01a7362d577a6c3019a474fd6f485823/tokens/verify");
    SUBCASE("good") {
        script.reply(200, kActive).reply(200, page_json({}));
        CHECK(tells(script.value<Verification>().proven, "active"));
    }
    SUBCASE("bad") {
        script.reply(401, failure_json(1000, "Invalid API Token"));
        CHECK(script.error().code == Errc::Rejected);
    }
}

TEST_CASE("a good token that may not list zones is still a good token") {
    auto script = verifying();
    script.reply(200, kActive).reply(403, failure_json(10000, "Authentication error"));
    CHECK(tells(script.value<Verification>().unproven, "found by name"));
}

TEST_CASE("disabled and expired tokens are rejected, an expiry to come is told") {
    for (const char* status : {"disabled", "expired"}) {
        auto script = verifying();
        script.reply(200, success_json(R"({"status":")" + std::string{status} + "\"}"));
        CHECK(script.error().code == Errc::Rejected);
        CHECK(script.error().message.find(status) != std::string::npos);
    }
    auto script = verifying();
    script.reply(200, success_json(R"({"status":"active","expires_on":"2027-01-01T00:00:00Z",)"
                                   R"("not_before":"2026-01-01T00:00:00Z"})"));
    script.reply(200, page_json({}));
    CHECK(tells(script.value<Verification>().warnings, "expires on 2027-01-01T00:00:00Z"));
    CHECK(tells(script.value<Verification>().warnings, "before 2026-01-01T00:00:00Z"));
}

TEST_CASE("refused, throttled or unanswered: the error says which") {
    auto malformed = verifying();
    malformed.reply(400, failure_json(6003, "Invalid request headers"));
    CHECK(malformed.error().code == Errc::Rejected);
    auto busy = verifying();
    busy.reply(429, failure_json(971, "slow"));
    CHECK(busy.error().code == Errc::Throttled);
    auto silent = verifying();
    silent.lose();
    CHECK(silent.error().code == Errc::Transient);
    auto halfway = verifying(kWithZone);
    halfway.reply(200, kActive).lose();
    CHECK(halfway.error().code == Errc::Transient);
}

}  // namespace
}  // namespace understudy::test
