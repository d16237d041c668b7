#include <doctest/doctest.h>

#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

Error refusal(const std::string& kind, const std::string& settings, const std::string& credential) {
    const auto provider = make_provider(kind, settings, Secret{credential});
    REQUIRE_FALSE(provider.ok());
    CHECK(provider.error().code == Errc::Invalid);
    CHECK(provider.error().text().find(credential.empty() ? "\n" : credential) ==
          std::string::npos);
    return provider.error();
}

TEST_CASE("every kind can be made, and others are refused with the list") {
    CHECK(provider_kinds() == std::vector<std::string>{"cloudflare", "desec", "digitalocean",
                                                       "gandi", "hetzner", "powerdns", "rfc2136"});
    for (const auto& kind : provider_kinds()) {
        if (kind != "rfc2136") CHECK(make_provider(kind, "", Secret{kToken}).ok());
    }
    const auto error = refusal("route54", "{}", kToken);
    CHECK(error.field == "kind");
    CHECK(error.remedy ==
          "known are cloudflare, desec, digitalocean, gandi, hetzner, powerdns, rfc2136");
}

TEST_CASE("Cloudflare's capabilities follow the plan") {
    struct Row {
        const char* plan;
        int batch;
        std::uint32_t ttl;
    };
    for (const auto& row : {Row{"free", 200, 60}, Row{"pro", 3500, 60}, Row{"business", 3500, 60},
                            Row{"enterprise", 3500, 30}}) {
        const auto can = cloudflare(R"({"plan":")" + std::string{row.plan} + "\"}")->capabilities();
        CHECK(can.batch_size == row.batch);
        CHECK(can.minimum_ttl_s == row.ttl);
        CHECK(can.automatic_ttl);
        CHECK(can.proxying);
        CHECK(can.calls_per_window == 1200);
        CHECK(can.window == std::chrono::seconds{300});
    }
    CHECK(cloudflare()->capabilities().batch_size == 200);
    CHECK(cloudflare()->capabilities().operation_size == 3500);
}

TEST_CASE("PowerDNS takes batches and knows neither proxy nor automatic TTL") {
    const auto can = (*make_provider("powerdns", "{}", Secret{"key"}))->capabilities();
    CHECK(can.batch_size == 100);
    CHECK(can.operation_size == 5000);
    CHECK_FALSE(can.proxying);
    CHECK_FALSE(can.automatic_ttl);
    CHECK(can.calls_per_window == 0);
}

TEST_CASE("Cloudflare's settings are checked field by field") {
    CHECK(refusal("cloudflare", R"({"zone_id":"example.com"})", kToken).field ==
          "settings.zone_id");
    CHECK(refusal("cloudflare", R"({"account_id":"1"})", kToken).field == "settings.account_id");
    CHECK(refusal("cloudflare", R"({"plan":"gold"})", kToken).field == "settings.plan");
    CHECK(refusal("cloudflare", R"({"base_url":"http://192.0.2.1"})", kToken).field ==
          "settings.base_url");
    CHECK(refusal("cloudflare", R"({"token":"x"})", kToken).field == "settings.token");
    CHECK(refusal("powerdns", R"({"zone_id":"x"})", kToken).field == "settings.zone_id");
}

TEST_CASE("a global API key is refused, a token of any age is taken") {
    for (const char* key : {"cfk_0123456789012345678901234567890123456789abcdefgh",
                            "0123456789abcdef0123456789abcdef01234",
                            "0123456789abcdef0123456789abcdef0123456789abc"}) {
        const auto error = refusal("cloudflare", "{}", key);
        CHECK(error.field == "credential");
        CHECK(error.message.find("global API key") != std::string::npos);
    }
    for (const char* token : {"cfut_0123456789012345678901234567890123456789abcdefgh",
                              "cfat_0123456789012345678901234567890123456789abcdefgh",
                              "YQSn-xWAQiiEh9qM58wZNnyQS7FUdoqGIUAbrh7T\n"}) {
        CHECK(make_provider("cloudflare", "{}", Secret{token}).ok());
    }
    refusal("cloudflare", "{}", "\"quoted-token\"");
    refusal("powerdns", "{}", "");
}

TEST_CASE("calls left are read from Cloudflare's answers") {
    const auto provider = cloudflare();
    const auto left = [&](const std::string& header) {
        return provider->calls_left(response(200, "", {{"ratelimit", header}}));
    };
    using std::chrono::seconds;
    CHECK(left(R"("default";r=1187;t=288)") == CallsLeft{1187, seconds{288}});
    CHECK(left(R"( "default" ; r=50 ; t=30 , "burst";r=7;t=1)") == CallsLeft{7, seconds{1}});
    CHECK(left(R"("default";r=12)") == CallsLeft{12, std::nullopt});
    CHECK(left(R"("default";t=30)") == std::nullopt);
    CHECK(left(R"("default";r=-4)") == std::nullopt);
    CHECK(left(R"("default";r=99999999999999999999)") == std::nullopt);
    CHECK(left(R"("default";r=5x, "b";r=9)") == CallsLeft{9, std::nullopt});
    CHECK(left("r=") == std::nullopt);
    CHECK(provider->calls_left(response(200, "")) == std::nullopt);
    CHECK((*make_provider("powerdns", "{}", Secret{"key"}))->calls_left(response(200, "")) ==
          std::nullopt);
}

}  // namespace
}  // namespace understudy::test
