#include <doctest/doctest.h>

#include "cloudflare_replies.h"

namespace understudy::test {
namespace {

constexpr const char* kName = "www.example.com";
const std::string kByName = "/dns_records?name.exact=www.example.com&per_page=100&page=1";

std::string a_record(const std::string& id, const std::string& content,
                     const std::string& ttl = "60", bool proxied = false) {
    return record_json(id, kName, "A", content, ttl, proxied);
}

std::string aaaa_record(const std::string& id, const std::string& content,
                        const std::string& ttl = "60", bool proxied = false) {
    return record_json(id, kName, "AAAA", content, ttl, proxied);
}

Script replacing(std::vector<RecordReplacement> replacements) {
    return Script{cloudflare()->replace(example_zone(), std::move(replacements))};
}

TEST_CASE("one record is patched with its content only and read back") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.expect("GET", kByName).reply(200, page_json({a_record("r1", "192.0.2.10")}));
    script.expect("PATCH", "/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records/r1")
        .expect_body(R"({"content":"192.0.2.20"})")
        .reply(200, success_json(a_record("r1", "192.0.2.20")));
    script.expect("GET", kByName).reply(200, page_json({a_record("r1", "192.0.2.20")}));
    REQUIRE(script.outcomes().size() == 1);
    REQUIRE(confirmed(script.outcomes()[0]));
    CHECK(std::get<Confirmed>(script.outcomes()[0]).state ==
          RecordState{addresses("192.0.2.20"), Ttl{60}, false});
}

TEST_CASE("every request carries the token and what the API asks for") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
    const auto& request = script.request();
    CHECK(request.url.rfind("https://api.cloudflare.com/client/v4/zones/", 0) == 0);
    std::string headers;
    for (const auto& header : request.headers)
        headers += header.name + ": " + header.value + "\n";
    CHECK(headers == "Authorization: Bearer " + std::string{kToken} +
                         "\nAccept: application/json\nUser-Agent: understudy/0.1.0\n"
                         "Content-Type: application/json\n");
}

TEST_CASE("what is there already is confirmed without a write") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.20", "300")}));
    REQUIRE(script.done());
    CHECK(confirmed(script.outcomes()[0]));
}

TEST_CASE("somebody else's content is left alone") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "198.51.100.1")}));
    REQUIRE(stranger(script.outcomes()[0]));
    CHECK(std::get<Stranger>(script.outcomes()[0]).state.addresses == addresses("198.51.100.1"));
}

TEST_CASE("AAAA is withdrawn with the A record's change in one batch, and comes back proxied") {
    auto away = replacing({replacement(kName, "192.0.2.20", "192.0.2.10, 2001:db8::10", true)});
    away.reply(200, page_json({a_record("r4", "192.0.2.10", "1", true),
                               aaaa_record("r6", "2001:DB8:0:0::10", "1.0", true)}));
    away.expect("POST", "/dns_records/batch")
        .expect_body(R"({"deletes":[{"id":"r6"}],"patches":[{"id":"r4","content":"192.0.2.20"}]})")
        .reply(200, success_json(R"({"deletes":[],"patches":[]})"));
    away.reply(200, page_json({a_record("r4", "192.0.2.20", "1", true)}));
    CHECK(confirmed(away.outcomes()[0]));

    auto back = replacing({replacement(kName, "192.0.2.10, 2001:db8::10", "192.0.2.20", true)});
    back.reply(200, page_json({a_record("r4", "192.0.2.20", "1", true)}));
    back.expect_body(
            R"({"patches":[{"id":"r4","content":"192.0.2.10"}],"posts":[{"name":"www.example.com",)"
            R"("type":"AAAA","content":"2001:db8::10","ttl":1,"proxied":true}]})")
        .reply(200, success_json(R"({"patches":null})"));
    back.reply(200, page_json({a_record("r4", "192.0.2.10", "1", true),
                               aaaa_record("r7", "2001:db8::10", "1", true)}));
    CHECK(confirmed(back.outcomes()[0]));
}

}  // namespace
}  // namespace understudy::test
