// The section "access" of the configuration.
#include <doctest/doctest.h>

#include "controller/config.h"

using namespace understudy;

namespace {

// A configuration that is enough, with this section.
ControllerConfigReading read_with(const std::string& section) {
    constexpr char kBegin[] = R"({"listen": {"agents": [{"address": "::1", "port": 0}],)"
                              R"( "api": [{"address": "::1", "port": 0}]})";
    return read_controller_config(kBegin + (section.empty() ? "" : ", " + section) + "}",
                                  "/folder");
}

std::string told_in(const ControllerConfigReading& reading) {
    std::string all;
    for (const auto& error : reading.errors)
        all += error.text() + "\n";
    return all;
}

bool tells(const ControllerConfigReading& reading, const std::string& text) {
    return told_in(reading).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a proxy that vouches for people is named with its addresses and grants") {
    const auto plain = read_with("");
    REQUIRE(plain.config);
    CHECK_FALSE(plain.config->web.proxy);
    CHECK(plain.config->web.origins.empty());

    const auto reading = read_with(R"("access": {"origins": ["https://u.example.org"],
        "trusted_proxy": {"user_header": "X-Forwarded-User", "groups_header": "X-Forwarded-Groups",
            "addresses": ["10.0.0.0/8", "::1"], "grants": [{"group": "sre", "role": "admin"},
            {"group": "*", "role": "viewer", "pools": ["acme"], "labels": {"a": "b"}}]}})");
    REQUIRE_MESSAGE(reading.config, told_in(reading));
    CHECK(reading.config->web.origins == std::vector<std::string>{"https://u.example.org"});
    const TrustedProxy& proxy = *reading.config->web.proxy;
    CHECK(proxy.user_header == "x-forwarded-user");
    CHECK(proxy.groups_header == "x-forwarded-groups");
    CHECK(proxy.addresses.size() == 2);
    REQUIRE(proxy.grants.size() == 2);
    CHECK(proxy.grants[0].role == Role::Admin);
    CHECK_FALSE(proxy.grants[0].pools);
    CHECK(proxy.grants[1].pools == std::vector<std::string>{"acme"});
    CHECK(proxy.grants[1].labels.at("a") == "b");
}

TEST_CASE("a proxy that everybody could be, or that names nobody, is refused") {
    const auto proxy = [](const std::string& more) {
        return read_with(R"("access": {"trusted_proxy": {)" + more + "}}");
    };
    const auto open = proxy(R"("user_header": "Cookie", "addresses": ["0.0.0.0/0", "10.0.0.1/8"],
        "grants": [{"group": "sre", "role": "root"}])");
    CHECK_FALSE(open.config);
    for (const auto* text :
         {"trusted_proxy.addresses[0]", "everybody could say", "trusted_proxy.addresses[1]",
          "trusted_proxy.user_header", "trusted_proxy.groups_header", "grants[0].role"}) {
        CHECK_MESSAGE(tells(open, text), text << " is missing in\n" << told_in(open));
    }
    CHECK(tells(proxy(R"("user_header": "X-User", "groups_header": "x-user",
        "addresses": ["::1"], "grants": [{"group": "a", "role": "viewer"}])"),
                "groups_header"));
    CHECK_FALSE(proxy(R"("user_header": "X-User", "addresses": [], "grants": []})").config);
    CHECK_FALSE(read_with(R"("access": {"origins": ["https://x/path"]})").config);
}
