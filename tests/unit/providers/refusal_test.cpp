// What the headers of an answer may do: ask for a wait within bounds, and nothing else.
#include "providers/refusal.h"

#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

using std::chrono::seconds;

std::unique_ptr<Provider> account(const std::string& kind, const std::string& credential) {
    auto provider = make_provider(kind, "{}", Secret{credential});
    REQUIRE(provider.ok());
    return *std::move(provider);
}

Error answered(const Provider& provider, int status, std::vector<Header> headers) {
    Script script{provider.verify()};
    script.reply(status, "", std::move(headers));
    return script.error();
}

std::optional<seconds> wait_of(const std::string& kind, int status, const std::string& asked) {
    std::vector<Header> headers;
    if (!asked.empty()) headers.push_back({"Retry-After", asked});
    return answered(*account(kind, kToken), status, headers).retry_after;
}

TEST_CASE("a credential that comes back as cf-ray gets into no error") {
    // Of the characters of a ray, and of others.
    for (const std::string credential : {"s3cret-api-key", kToken}) {
        for (const char* kind : {"powerdns", "cloudflare"}) {
            const auto provider = account(kind, credential);
            for (const int status : {200, 400, 401, 403, 429, 500, 503}) {
                CAPTURE(credential);
                CAPTURE(kind);
                CAPTURE(status);
                const auto error = answered(*provider, status, {{"CF-Ray", credential}});
                CHECK(error.text().find(credential) == std::string::npos);
            }
        }
    }
}

TEST_CASE("only what looks like a ray is told as one, and only of who gives rays") {
    const auto told = [](const char* kind, const std::string& ray) {
        const auto text = answered(*account(kind, kToken), 403, {{"cf-ray", ray}}).message;
        const auto at = text.find(", cf-ray ");
        return at == std::string::npos ? "" : text.substr(at + 9, text.size() - at - 10);
    };
    CHECK(told("cloudflare", "8a1b2C-AMS") == "8a1b2C-AMS");
    CHECK(told("cloudflare", std::string(40, 'a')) == std::string(40, 'a'));
    for (const std::string& ray :
         {std::string(41, 'a'), std::string{"a b"}, std::string{"a\x1b[1m"}, std::string{"v1_0123"},
          std::string{"a,b"}, std::string{}}) {
        CAPTURE(ray);
        CHECK(told("cloudflare", ray).empty());
    }
    CHECK(told("powerdns", "8a1b2C-AMS").empty());
    // Nor is a header without a name.
    const auto nameless = answered(*account("powerdns", kToken), 403, {{"", "8a1b2C-AMS"}});
    CHECK(nameless.message.find("8a1b") == std::string::npos);
}

TEST_CASE("Cloudflare's Retry-After counts with a throttling and with a 503") {
    CHECK(wait_of("cloudflare", 429, "") == seconds{60});
    CHECK(wait_of("cloudflare", 429, "7") == seconds{7});
    CHECK(wait_of("cloudflare", 429, "3600") == seconds{3600});
    CHECK(wait_of("cloudflare", 503, "3600") == seconds{3600});
    CHECK_FALSE(wait_of("cloudflare", 503, ""));
    for (const int status : {200, 302, 400, 403, 404, 408, 409, 500, 502, 504})
        CHECK_FALSE(wait_of("cloudflare", status, "3600"));
}

TEST_CASE("PowerDNS is one's own server: it cannot park a failover") {
    CHECK(wait_of("powerdns", 429, "") == seconds{60});
    CHECK(wait_of("powerdns", 429, "7") == seconds{7});
    CHECK(wait_of("powerdns", 429, "3600") == seconds{60});
    CHECK(wait_of("powerdns", 429, "99999999999999999999") == seconds{60});
    for (const int status : {200, 302, 400, 403, 404, 408, 409, 500, 502, 503, 504})
        CHECK_FALSE(wait_of("powerdns", status, "3600"));
}

}  // namespace
}  // namespace understudy::test
