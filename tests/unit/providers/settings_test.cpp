#include "providers/settings.h"

#include <doctest/doctest.h>

namespace understudy::test {
namespace {

Result<std::string> base_url(const std::string& json) {
    const auto settings = ProviderSettings::parse(json, {"base_url", "allow_plain_http"});
    REQUIRE(settings.ok());
    return settings->base_url("https://fallback.example/v4");
}

std::string url_setting(const std::string& url, const std::string& more = "") {
    return R"({"base_url":")" + url + "\"" + more + "}";
}

TEST_CASE("a base URL is taken without trailing slashes, and the fallback when there is none") {
    CHECK(base_url("{}").value() == "https://fallback.example/v4");
    CHECK(base_url("").value() == "https://fallback.example/v4");
    CHECK(base_url(url_setting("https://api.example:8443/v4//")).value() ==
          "https://api.example:8443/v4");
}

TEST_CASE("plain http is for loopback, or for those who say so") {
    for (const char* url : {"http://127.0.0.1:8081", "http://127.9.9.9", "http://[::1]:8081/x",
                            "http://localhost:1"}) {
        CAPTURE(std::string{url});
        CHECK(base_url(url_setting(url)).ok());
    }
    for (const char* url : {"http://192.0.2.1:8081", "http://localhost.example",
                            "http://[2001:db8::2]", "http://127.0.0.1.example"}) {
        CAPTURE(std::string{url});
        const auto refused = base_url(url_setting(url));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().field == "settings.base_url");
        CHECK(base_url(url_setting(url, R"(,"allow_plain_http":true)")).ok());
    }
}

TEST_CASE("a base URL names no address where no service can be") {
    for (const char* url : {"https://169.254.169.254", "http://0.0.0.0:8081", "https://[fe80::1]",
                            "https://[::]", "https://192.0.0.192", "https://198.18.0.1",
                            "https://[2002:7f00:1::]", "https://[64:ff9b::7f00:1]"}) {
        CAPTURE(std::string{url});
        const auto refused = base_url(url_setting(url, R"(,"allow_plain_http":true)"));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().field == "settings.base_url");
        CHECK_FALSE(refused.error().remedy.empty());
    }
    for (const char* url :
         {"https://10.0.0.5:8081", "https://[fd00::5]", "http://LOCALHOST:8081"}) {
        CAPTURE(std::string{url});
        CHECK(base_url(url_setting(url)).ok());
    }
}

TEST_CASE("what is no base URL is refused") {
    for (const char* url : {"", "api.example", "ftp://api.example", "https://", "https://:443",
                            "https://user@api.example", "https://api.example?x=1",
                            "https://api.example#x", "https://api.example:port", "https://[::1",
                            "https://api.example:", "https://api.example:123456", "https://a b"}) {
        CAPTURE(std::string{url});
        const auto refused = base_url(url_setting(url));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == Errc::Invalid);
    }
}

TEST_CASE("settings are an object of known keys and right types") {
    for (const char* text : {"[]", "3", "{", R"({"base_urI":"x"})"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(ProviderSettings::parse(text, {"base_url"}).ok());
    }
    const auto unknown = ProviderSettings::parse(R"({"zoneid":1})", {"base_url", "zone_id"});
    CHECK(unknown.error().field == "settings.zoneid");
    CHECK(unknown.error().remedy == "known are base_url, zone_id");
    const auto settings = ProviderSettings::parse(R"({"a":1,"b":"yes"})", {"a", "b"});
    CHECK(settings->text("a").error().field == "settings.a");
    CHECK(settings->flag("b").error().field == "settings.b");
    CHECK_FALSE(settings->text("c").value().has_value());
    CHECK_FALSE(settings->flag("c").value());
}

TEST_CASE("a credential loses one line end and keeps everything else") {
    for (const char* text : {"abc", "abc\n", "abc\r\n"}) {
        CHECK(read_credential(Secret{text})->reveal() == "abc");
    }
}

TEST_CASE("a credential that no header can carry is refused and not repeated") {
    struct Row {
        std::string text;
        std::string word;
    };
    const Row rows[] = {{"", "empty"},
                        {"\n", "empty"},
                        {"hunter2 x", "white space"},
                        {"hunter2\n\n", "white space"},
                        {"\"hunter2\"", "quote"},
                        {"'hunter2'", "quote"},
                        {std::string{"hunter2\0", 8}, "control"},
                        {"hunter2\x7f", "control"},
                        {"hunter2\xc3\xa9", "ASCII"}};
    for (const auto& row : rows) {
        const auto refused = read_credential(Secret{row.text});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().field == "credential");
        CHECK(refused.error().message.find(row.word) != std::string::npos);
        CHECK(refused.error().text().find("hunter2") == std::string::npos);
    }
}

TEST_CASE("foreign text is one clean short line without the secret") {
    CHECK(foreign_text("a\r\nb\tc\x01", {}) == "a  b c ");
    CHECK(foreign_text("bad \xff byte", {}) == "bad \xef\xbf\xbd byte");
    CHECK(foreign_text("token s3cret, again s3cret!", Secret{"s3cret"}) ==
          "token [hidden], again [hidden]!");
    CHECK(foreign_text("hi", Secret{"hi"}) == "[hidden]");
    CHECK(foreign_text("hidden hidden", Secret{"hidden"}) == "[hidden] [hidden]");
    const auto cut = foreign_text(std::string(10'000, 'x'), {});
    CHECK(cut == std::string(300, 'x') + "...");
    // A secret that the cut would go through must not leave its first half.
    const auto near = foreign_text(std::string(297, 'x') + "s3cret", Secret{"s3cret"});
    CHECK(near.find("s3c") == std::string::npos);
}

}  // namespace
}  // namespace understudy::test
