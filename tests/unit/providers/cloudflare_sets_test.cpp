// Sets of addresses that grow and shrink: what the new records take from their siblings, and that a
// name is never without an address in between.
#include <doctest/doctest.h>

#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

constexpr const char* kSetName = "www.example.com";

// A record with a comment and tags.
std::string noted(const std::string& id, const std::string& type, const std::string& content,
                  const std::string& comment = "shop", const std::string& tags = R"("team:web")",
                  bool proxied = true) {
    auto json = record_json(id, kSetName, type, content, proxied ? "1" : "60", proxied);
    const std::string empty = R"("comment":null,"tags":[])";
    const auto at = json.find(empty);
    REQUIRE(at != std::string::npos);
    return json.replace(at, empty.size(),
                        R"("comment":")" + comment + R"(","tags":[)" + tags + "]");
}

Script replacing_pair(const std::string& from, const std::string& to) {
    return Script{
        cloudflare()->replace(example_zone(), {replacement(kSetName, to, from, Ttl{60})})};
}

const char* const kNewRecord =
    R"({"posts":[{"name":"www.example.com","type":"A","content":"192.0.2.12","ttl":1,)"
    R"("proxied":true,"comment":"shop","tags":["team:web"]}]})";

TEST_CASE("a set that grows: the new record takes proxy, TTL, comment and tags from its sibling") {
    auto script = replacing_pair("192.0.2.10, 192.0.2.11", "192.0.2.10, 192.0.2.11, 192.0.2.12");
    script.reply(
        200, page_json({noted("r1", "A", "192.0.2.10"), noted("r2", "A", "192.0.2.11", "other")}));
    script.expect("POST", "/dns_records/batch").expect_body(kNewRecord);
    script.reply(200, success_json("{}"));
    script.reply(200, page_json({noted("r1", "A", "192.0.2.10"), noted("r2", "A", "192.0.2.11"),
                                 noted("r3", "A", "192.0.2.12")}));
    CHECK(confirmed(script.outcomes()[0]));
}

TEST_CASE("the first address of a family takes comment and tags from the other family") {
    auto script = replacing_pair("192.0.2.10", "192.0.2.10, 2001:db8::10");
    script.reply(200, page_json({noted("r1", "A", "192.0.2.10")}));
    script.expect_body(
        R"({"posts":[{"name":"www.example.com","type":"AAAA","content":"2001:db8::10","ttl":1,)"
        R"("proxied":true,"comment":"shop","tags":["team:web"]}]})");
}

TEST_CASE("a set that shrinks: one is deleted, the others are not touched") {
    auto script = replacing_pair("192.0.2.10, 192.0.2.11, 192.0.2.12", "192.0.2.10, 192.0.2.12");
    script.reply(200, page_json({noted("r1", "A", "192.0.2.10"), noted("r2", "A", "192.0.2.11"),
                                 noted("r3", "A", "192.0.2.12")}));
    script.expect_body(R"({"deletes":[{"id":"r2"}]})").reply(200, success_json("{}"));
    script.reply(200, page_json({noted("r1", "A", "192.0.2.10"), noted("r3", "A", "192.0.2.12")}));
    CHECK(confirmed(script.outcomes()[0]));
}

TEST_CASE("one of three is exchanged by a patch; whatever else the record has stays") {
    auto script =
        replacing_pair("192.0.2.10, 192.0.2.11, 192.0.2.12", "192.0.2.10, 192.0.2.12, 192.0.2.20");
    script.reply(200, page_json({noted("r1", "A", "192.0.2.10"), noted("r2", "A", "192.0.2.11"),
                                 noted("r3", "A", "192.0.2.12")}));
    script.expect("PATCH", "/dns_records/r2").expect_body(R"({"content":"192.0.2.20"})");
}

TEST_CASE("what replaces all addresses is patched in before the others are deleted") {
    auto script = replacing_pair("192.0.2.10, 192.0.2.11", "192.0.2.20");
    script.reply(200, page_json({noted("r1", "A", "192.0.2.10"), noted("r2", "A", "192.0.2.11")}));
    script.expect_body(
        R"({"deletes":[{"id":"r2"}],"patches":[{"id":"r1","content":"192.0.2.20"}]})");
}

TEST_CASE("where no record stays, the new ones are there before the old ones go") {
    auto script = replacing_pair("2001:db8::10", "192.0.2.12");
    script.reply(200, page_json({noted("r6", "AAAA", "2001:db8::10")}));
    script.expect("POST", "/dns_records/batch").expect_body(kNewRecord);
    script.reply(200, success_json("{}"));
    script.expect_body(R"({"deletes":[{"id":"r6"}]})").reply(200, success_json("{}"));
    script.reply(200, page_json({noted("r4", "A", "192.0.2.12")}));
    CHECK(confirmed(script.outcomes()[0]));
}

TEST_CASE("nothing is deleted when it is not known whether the new ones are there") {
    auto script = replacing_pair("2001:db8::10", "192.0.2.12");
    script.reply(200, page_json({noted("r6", "AAAA", "2001:db8::10")}));
    script.lose();
    script.expect("GET", "name.exact");
    script.reply(200, page_json({noted("r6", "AAAA", "2001:db8::10")}));
    CHECK(error_of(script.outcomes()[0]).code == Errc::Transient);
}

TEST_CASE("notes that the plan does not take any more do not hold up the addresses") {
    struct Row {
        int code;
        const char* text;
    };
    for (const auto& row : {Row{9300, "DNS record has 1 tags, exceeding the quota of 0."},
                            Row{9313, "DNS record comment exceeds the maximum length."}}) {
        auto script = replacing_pair("192.0.2.10", "192.0.2.10, 192.0.2.12");
        script.reply(200, page_json({noted("r1", "A", "192.0.2.10")}));
        script.expect_body(kNewRecord).reply(400, failure_json(row.code, row.text));
        script.expect_body(
            R"({"posts":[{"name":"www.example.com","type":"A","content":"192.0.2.12","ttl":1,)"
            R"("proxied":true}]})");
        script.reply(400, failure_json(row.code, row.text));
        CHECK(error_of(script.outcomes()[0]).code == Errc::Rejected);
    }
}

TEST_CASE("a lost answer of a growing set is settled by what is there") {
    const std::string both =
        page_json({noted("r1", "A", "192.0.2.10"), noted("r3", "A", "192.0.2.12")});
    const std::string one = page_json({noted("r1", "A", "192.0.2.10")});
    auto arrived = replacing_pair("192.0.2.10", "192.0.2.10, 192.0.2.12");
    arrived.reply(200, one).lose().reply(200, both);
    CHECK(confirmed(arrived.outcomes()[0]));
    auto lost = replacing_pair("192.0.2.10", "192.0.2.10, 192.0.2.12");
    lost.reply(200, one).lose().reply(200, one);
    CHECK(error_of(lost.outcomes()[0]).code == Errc::Transient);
    auto foreign = replacing_pair("192.0.2.10", "192.0.2.10, 192.0.2.12");
    foreign.reply(200, one).lose().reply(200, page_json({noted("r1", "A", "198.51.100.1")}));
    CHECK(is_foreign(foreign.outcomes()[0]));
}

TEST_CASE("a set with an address that nobody vouches for is left alone, whole") {
    auto script = replacing_pair("192.0.2.10, 192.0.2.11", "192.0.2.10");
    script.reply(200, page_json({noted("r1", "A", "192.0.2.10"), noted("r2", "A", "192.0.2.11"),
                                 noted("r9", "A", "198.51.100.1")}));
    CHECK(is_foreign(script.outcomes()[0]));
}

}  // namespace
}  // namespace understudy::test
