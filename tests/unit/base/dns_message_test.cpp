#include "base/dns_message.h"

#include <doctest/doctest.h>

namespace understudy::test {
namespace {

TEST_CASE("a message that was written is read again") {
    DnsWriter writer{dns::kUpdate};
    writer.question("Example.org", dns::kSoa);
    writer.add(DnsSection::Answer, {"a.example.org", dns::kA, dns::kNone});
    writer.add(DnsSection::Authority, {"*.example.org", dns::kA, dns::kIn, 300, "\1\2\3\4"});
    const auto last_at = writer.size();
    writer.add(DnsSection::Additional, {"key", dns::kTsig, dns::kAny, 0, "x"});
    const auto message = writer.take();
    const auto read = read_dns_message(message);
    REQUIRE(read.has_value());
    CHECK(read->opcode == dns::kUpdate);
    CHECK(read->code == dns::kNoError);
    CHECK_FALSE(read->authoritative);
    REQUIRE(read->answer.size() == 1);
    CHECK(read->answer[0].name == "a.example.org");
    CHECK(read->answer[0].kind == dns::kNone);
    REQUIRE(read->authority.size() == 1);
    CHECK(read->authority[0].name == "*.example.org");
    CHECK(read->authority[0].ttl == 300);
    CHECK(read->authority[0].data == "\1\2\3\4");
    CHECK(read->additional.size() == 1);
    CHECK(read->last_at == last_at);
    const auto zone = read_dns_name(message, 12);
    REQUIRE(zone.has_value());
    CHECK(zone->text == "example.org");
    CHECK(zone->bytes == 13);
    for (std::size_t size = 0; size < message.size(); ++size)
        CHECK_FALSE(read_dns_message(message.substr(0, size)).has_value());
    CHECK_FALSE(read_dns_message(message + "x").has_value());
    CHECK_FALSE(read_dns_name(message, message.size()).has_value());
}

TEST_CASE("names that are none are not written") {
    CHECK(*dns_wire_name(".") == std::string(1, '\0'));
    CHECK(*dns_wire_name("A.b.") == std::string("\1a\1b\0", 5));
    for (const auto* name : {"a..b", ".a", "\\"})
        CHECK_FALSE(dns_wire_name(name).has_value());
    CHECK_FALSE(dns_wire_name(std::string(64, 'a')).has_value());
    CHECK_FALSE(dns_wire_name(std::string("a\0b", 3)).has_value());
    std::string longest;
    for (int i = 0; i < 128; ++i)
        longest += "a.";
    CHECK_FALSE(dns_wire_name(longest).has_value());
}

TEST_CASE("numbers stand in network order") {
    std::string bytes;
    append_number(bytes, 0x0102030405, 6);
    CHECK(bytes == std::string("\0\1\2\3\4\5", 6));
    CHECK(number_in(bytes) == 0x0102030405);
    CHECK(number_in({}) == 0);
}

}  // namespace
}  // namespace understudy::test
