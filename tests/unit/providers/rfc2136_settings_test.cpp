#include <doctest/doctest.h>

#include "tests/unit/providers/rfc2136_server.h"

namespace understudy::test::updates {
namespace {

TEST_CASE("settings of rfc2136 are checked field by field, before anything is asked") {
    struct Row {
        std::string settings;
        const char* field;
        const char* message;
    };
    const std::string key = R"(,"key_name":"upd-key"})";
    const std::string server = R"({"server":"192.0.2.53")";
    const Row rows[] = {
        {"{}", "settings.server", "is missing"},
        {R"({"server":"ns1.example.org")" + key, "settings.server", "is no address"},
        {R"({"server":"192.0.2.53:")" + key, "settings.server", "is no address"},
        {R"({"server":"192.0.2.53:70000")" + key, "settings.server", "no such port"},
        {R"({"server":"2001:db8::53]:53")" + key, "settings.server", "no such port"},
        {R"({"server":"169.254.0.1")" + key, "settings.server", "link-local"},
        {R"({"server":53)" + key, "settings.server", "must be a string"},
        {server + "}", "settings.key_name", "is missing"},
        {server + R"(,"key_name":"a..b"})", "settings.key_name", "is no name of a key"},
        {server + R"(,"key_name":"a b"})", "settings.key_name", "is no name of a key"},
        {server + R"(,"key_name":""})", "settings.key_name", "is no name of a key"},
        {server + R"(,"algorithm":"hmac-md5.sig-alg.reg.int")" + key, "settings.algorithm",
         "is too weak"},
        {server + R"(,"algorithm":"hmac-sha1")" + key, "settings.algorithm", "is too weak"},
        {server + R"(,"algorithm":"sha256")" + key, "settings.algorithm", "is not known"},
        {server + R"(,"zone":"not a zone")" + key, "settings.zone", ""},
        {server + R"(,"zone":"*.example.org")" + key, "settings.zone", "is no zone"},
        {server + R"(,"secret":"x")" + key, "settings.secret", "is no setting"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.settings);
        const auto made = make_rfc2136(row.settings);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().code == Errc::Invalid);
        CHECK(made.error().field == row.field);
        CHECK(made.error().message.find(row.message) != std::string::npos);
    }
}

TEST_CASE("a server is an address of either family, with or without a port") {
    struct Good {
        const char* server;
        const char* address;
        std::uint16_t port;
    };
    for (const auto& row :
         {Good{"192.0.2.53", "192.0.2.53", 53}, Good{"127.0.0.1:5353", "127.0.0.1", 5353},
          Good{"2001:db8::53", "2001:db8::53", 53}, Good{"[2001:db8::53]", "2001:db8::53", 53},
          Good{"[::1]:5353", "::1", 5353}}) {
        CAPTURE(row.server);
        DnsScript script{rfc2136_provider(R"({"key_name":"K.example.","server":")" +
                                          std::string{row.server} + "\"}")
                             ->verify()};
        CHECK(script.exchange().server == row.address);
        CHECK(script.exchange().port == row.port);
    }
}

TEST_CASE("each algorithm signs with its own hash") {
    struct Good {
        const char* given;
        const char* name;
        Hash hash;
        std::size_t bytes;
    };
    for (const auto& row : {Good{"hmac-sha256", "hmac-sha256", Hash::Sha256, 32},
                            Good{"HMAC-SHA384.", "hmac-sha384", Hash::Sha384, 48},
                            Good{"hmac-sha512", "hmac-sha512", Hash::Sha512, 64}}) {
        CAPTURE(row.given);
        DnsScript script{
            rfc2136_provider(R"({"server":"192.0.2.53","key_name":"Upd-Key.","algorithm":")" +
                             std::string{row.given} + "\"}")
                ->find_zones({"www.example.org"})};
        const auto asked = script.exchange().message;
        const Says says{.authority = {soa_record("example.org")},
                        .seal = {.algorithm = row.name, .hash = row.hash}};
        script.answer(dns_answer(
            sealed(message_of(asked, says), says.seal, mac_of_request(asked, row.bytes))));
        CHECK(script.value<ZoneFindings>().zones.size() == 1);
    }
}

TEST_CASE("a secret that is none is refused and not repeated") {
    for (const std::string secret : {"", "not base64!", "c2hvcnQ=", "\"MDEyMzQ1Njc4OWFiY2RlZg==\"",
                                     "hmac-sha256:upd-key:MDEyMzQ1Njc4OWFiY2RlZg=="}) {
        CAPTURE(secret);
        const auto made = make_rfc2136(kDnsSettings, secret);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().field == kCredentialField);
        CHECK_FALSE(made.error().remedy.empty());
        if (!secret.empty()) CHECK(made.error().text().find(secret) == std::string::npos);
    }
    CHECK(make_rfc2136(kDnsSettings, std::string{kDnsSecret} + "\n").ok());
}

TEST_CASE("what rfc2136 can do") {
    const auto can = rfc2136_provider()->capabilities();
    CHECK(can.batch_size == 50);
    CHECK(can.operation_size == 50);
    CHECK(can.minimum_ttl_s == 1);
    CHECK_FALSE(can.proxying);
    CHECK_FALSE(can.automatic_ttl);
    CHECK(can.calls_per_window == 0);
}

}  // namespace
}  // namespace understudy::test::updates
