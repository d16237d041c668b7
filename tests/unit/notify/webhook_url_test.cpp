#include "notify/webhook_url.h"

#include <doctest/doctest.h>

#include <string>

namespace understudy {
namespace {

TEST_CASE("URLs of receivers are taken literally") {
    for (const char* url :
         {"https://hooks.example.org", "https://hooks.example.org/", "HTTPS://Hooks.Example.ORG/x",
          "https://hooks.example.org:8443/a/b?sig=c%20d&e=f", "https://9.9.9.9/x",
          "https://[2620:fe::fe]:8443/x", "https://a_b.example.org/~x/@y",
          "https://prod-1.environment.api.powerplatform.com:443/powerautomate/x?sig=A-B_c"}) {
        CAPTURE(url);
        const auto read = read_webhook_url(url, false);
        REQUIRE(read.ok());
        CHECK(*read == url);
    }
}

TEST_CASE("what is no https URL is refused with its field") {
    for (const std::string url : {"",
                                  "hooks.example.org/x",
                                  "ftp://hooks.example.org/",
                                  "file:///etc/passwd",
                                  "https://",
                                  "https:///x",
                                  "https://:8443/",
                                  "https://hooks.example.org:0/",
                                  "https://h.example:65536/",
                                  "https://h.example:8x/",
                                  "https://h.example:/",
                                  "https://[::1",
                                  "https://[h.example]/",
                                  "https://[2001:db8::7]x/",
                                  "https://h..example/",
                                  "https://-h.example/",
                                  "https://h.example/#top",
                                  "https://h.example/a b",
                                  "https://h.example/\r\nX: y",
                                  "https://h.example/\"",
                                  "https://h.example\\x",
                                  "https://m\xc3\xbcller.example/"}) {
        CAPTURE(url);
        const auto read = read_webhook_url(url, true);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().code == Errc::Invalid);
        CHECK(read.error().field == "url");
        CHECK_FALSE(read.error().remedy.empty());
    }
    CHECK_FALSE(read_webhook_url("https://h.example/" + std::string(2100, 'x'), true).ok());
}

TEST_CASE("credentials before the host are refused and not repeated") {
    const auto read = read_webhook_url("https://user:hunter2@hooks.example.org/", true);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().text().find("hunter2") == std::string::npos);
}

TEST_CASE("private receivers need permission") {
    for (const char* url :
         {"https://127.0.0.1/", "https://localhost:8443/", "https://10.0.0.5/x",
          "https://192.168.1.1/", "https://169.254.169.254/latest", "https://[::1]/",
          "https://[fd00::1]/", "https://api.localhost/", "https://LOCALHOST/",
          "https://192.0.0.192/", "https://198.18.0.1/", "https://192.88.99.1/",
          "https://192.0.2.1/", "https://[fec0::1]/", "https://[2002:7f00:1::]/",
          "https://[64:ff9b::7f00:1]/", "https://[2001::1]/", "https://[::ffff:127.0.0.1]/"}) {
        CAPTURE(url);
        CHECK_FALSE(read_webhook_url(url, false).ok());
        CHECK(read_webhook_url(url, true).ok());
    }
}

TEST_CASE("http is taken for this host only, and only with permission") {
    CHECK(read_webhook_url("http://127.0.0.1:8080/x", true).ok());
    CHECK(read_webhook_url("http://localhost:8080/x", true).ok());
    CHECK(read_webhook_url("http://[::1]:8080/x", true).ok());
    CHECK_FALSE(read_webhook_url("http://127.0.0.1:8080/x", false).ok());
    CHECK_FALSE(read_webhook_url("http://10.0.0.5/x", true).ok());
    CHECK_FALSE(read_webhook_url("http://hooks.example.org/x", true).ok());
    CHECK_FALSE(read_webhook_url("http://hooks.example.org/x", false).ok());
}

}  // namespace
}  // namespace understudy
