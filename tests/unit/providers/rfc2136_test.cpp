// Zones, readings and updates of the provider "rfc2136", against a name server by the script.
#include <doctest/doctest.h>

#include "base/ascii.h"
#include "providers/rfc2136/server.h"
#include "tests/unit/providers/rfc2136_server.h"

namespace understudy::test::updates {
namespace {

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2)
        bytes += static_cast<char>(*whole_number<int>(text.substr(i, 2), 16));
    return bytes;
}

// Records of an update, one a word: "A+192.0.2.1" (there), "A-" (of none), "A*" (all of them).
std::string words_of(const std::vector<DnsRecord>& records) {
    std::string words;
    for (const auto& record : records) {
        words += words.empty() ? "" : " ";
        words += record.type == dns::kA      ? "A"
                 : record.type == dns::kAaaa ? "AAAA"
                 : record.type == dns::kTsig ? "TSIG"
                                             : "CNAME";
        if (record.kind == dns::kNone) words += "-";
        if (record.kind == dns::kAny) words += "*";
        if (record.kind != dns::kIn) {
            CHECK(record.ttl == 0);
            if (record.type != dns::kTsig) CHECK(record.data.empty());
            continue;
        }
        AddressSet set;
        if (record.type == dns::kA) {
            set.ipv4.emplace_back();
            std::copy(record.data.begin(), record.data.end(), set.ipv4.back().bytes.begin());
        } else {
            set.ipv6.emplace_back();
            std::copy(record.data.begin(), record.data.end(), set.ipv6.back().bytes.begin());
        }
        words += "+" + to_string(set) + "/" + std::to_string(record.ttl);
    }
    return words;
}

RecordReplacement moved(const std::string& from, const std::string& to, std::uint32_t ttl = 60) {
    return {kWww, addresses(to), Ttl{ttl}, {addresses(from)}};
}

DnsScript replacing(const RecordReplacement& replacement) {
    return DnsScript{rfc2136_provider()->replace(kDnsZone, {replacement})};
}

TEST_CASE("a message is signed to the byte as BIND, Knot and PowerDNS verified it") {
    const std::string unsigned_message = from_hex(
        "123428000001000200020000076578616d706c65036f7267000006000103777777076578616d706c65036f7267"
        "0000010001000000000004c000020103777777076578616d706c65036f72670000010001000000000004c00002"
        "0203777777076578616d706c65036f726700000100ff0000000000000377777707657861"
        "6d706c65036f726700000100010000003c0004c0000207");
    const std::string seal = from_hex(
        "077570642d6b65790000fa00ff00000000003d0b686d61632d7368613235360000006553f100012c0020"
        "47eca7cdacc9e569df6b6d39956f6914b886fd1ff863c0281462b1c2c570fc16123400000000");
    rfc2136::Key key{"upd-key", *rfc2136::algorithm_named("hmac-sha256"),
                     Secret{*from_base64(kDnsSecret)}};
    const WallTime then{std::chrono::seconds{1'700'000'000}};
    const auto out = rfc2136::sign(unsigned_message, key, then);
    std::string signed_message = unsigned_message + seal;
    signed_message[11] = 1;
    CHECK(to_hex(out.message) == to_hex(signed_message));

    DnsWriter writer{dns::kUpdate};
    writer.question("example.org", dns::kSoa);
    for (const char* address : {"192.0.2.1", "192.0.2.2"})
        writer.add(DnsSection::Answer, a_record(kWww, address, 0));
    writer.add(DnsSection::Authority, {kWww, dns::kA, dns::kAny});
    writer.add(DnsSection::Authority, a_record(kWww, "192.0.2.7", 60));
    CHECK(to_hex(writer.take().substr(2)) == to_hex(unsigned_message.substr(2)));
}

TEST_CASE("a zone is asked for, and not guessed") {
    DnsScript inner{rfc2136_provider()->locate("a.b.example.org")};
    inner.expect_query("a.b.example.org", dns::kSoa)
        .says({.code = dns::kNxDomain, .authority = {soa_record("b.example.org")}});
    inner.says({.code = dns::kNxDomain, .authority = {soa_record("b.example.org")}});
    CHECK(inner.value<Location>().zone == ZoneRef{"b.example.org", "b.example.org"});
    CHECK_FALSE(inner.value<Location>().reading.exists);

    DnsScript apex{rfc2136_provider()->locate("example.org")};
    apex.expect_query("example.org", dns::kSoa).says({.answer = {soa_record("example.org")}});
    apex.reads("example.org", {"192.0.2.10"});
    CHECK(apex.value<Location>().reading.state.addresses == addresses("192.0.2.10"));
}

TEST_CASE("a name that is delegated is not taken for one of the zone above") {
    const Says referral{.authoritative = false,
                        .authority = {{"b.example.org", 2, dns::kIn, 60, std::string(1, '\0')}}};
    DnsScript script{rfc2136_provider()->find_zones({"a.example.org", "a.b.example.org"})};
    script.says({.authority = {soa_record("example.org")}}).says(referral);
    const auto& findings = script.value<ZoneFindings>();
    CHECK(findings.zones.at("example.org").zone == kDnsZone);
    CHECK(findings.zones.at("a.b.example.org").unusable->code == Errc::NotFound);

    DnsScript reading{rfc2136_provider()->read(kDnsZone, {"a.b.example.org"})};
    reading.says(referral);
    const auto& found = reading.value<std::vector<RecordReading>>().at(0);
    CHECK(found.problem->message.find("delegated") != std::string::npos);
}

TEST_CASE("a name that moved into a zone below is never written into the one above") {
    DnsScript script{rfc2136_provider()->replace(kDnsZone, {moved("192.0.2.10", "192.0.2.20")})};
    script.expect_query(kWww, dns::kA).says({.answer = {a_record(kWww, "192.0.2.10")}});
    script.expect_query(kWww, dns::kAaaa).says({.authority = {soa_record(kWww)}});
    const auto& error = error_of(script.outcomes().at(0));
    CHECK(error.code == Errc::Conflict);
    CHECK(error.message ==
          "'www.example.org' is in the zone 'www.example.org', and not in 'example.org'");

    const auto settings = R"({"server":"192.0.2.53","key_name":"upd-key","zone":"example.org"})";
    DnsScript given{rfc2136_provider(settings)->locate(kWww)};
    given.expect_query("example.org", dns::kSoa).says({.answer = {soa_record("example.org")}});
    given.says({.authority = {soa_record(kWww)}});
    CHECK(given.error().message.find("is in the zone 'www.example.org'") != std::string::npos);
}

TEST_CASE("a CNAME at the name is refused with the way out, and its zone is its parent's") {
    const DnsRecord alias{kWww, dns::kCname, dns::kIn, 60, std::string(1, '\0')};
    DnsScript script{rfc2136_provider()->locate(kWww)};
    // It points at a name of another zone, and that is the one that the answer tells.
    const Says elsewhere{
        .code = dns::kNxDomain, .answer = {alias}, .authority = {soa_record("org")}};
    script.expect_query(kWww, dns::kSoa).says(elsewhere);
    script.expect_query("example.org", dns::kSoa).says({.answer = {soa_record("example.org")}});
    script.expect_query(kWww, dns::kA).says(elsewhere);
    CHECK(script.error().code == Errc::Conflict);
    CHECK(script.error().message == "'www.example.org' has a record of type CNAME");
    CHECK(script.error().remedy == "replace it at the DNS server by an A record");
}

TEST_CASE("what was read is the condition of what is written") {
    struct Row {
        std::vector<std::string> held;
        std::string to;
        const char* condition;
        const char* change;
    };
    const Row rows[] = {
        {{"192.0.2.10"}, "192.0.2.20", "A+192.0.2.10/0 AAAA-", "A* A+192.0.2.20/60"},
        {{"192.0.2.10", "192.0.2.11"},
         "192.0.2.10, 192.0.2.20",
         "A+192.0.2.10/0 A+192.0.2.11/0 AAAA-",
         "A* A+192.0.2.10/60 A+192.0.2.20/60"},
        {{"192.0.2.10", "2001:db8::10"},
         "192.0.2.20",
         "A+192.0.2.10/0 AAAA+2001:db8::10/0",
         "A* A+192.0.2.20/60 AAAA*"},
        {{"192.0.2.10"},
         "192.0.2.20, 2001:db8::20",
         "A+192.0.2.10/0 AAAA-",
         "A* A+192.0.2.20/60 AAAA+2001:db8::20/60"},
        {{"192.0.2.10"}, "192.0.2.10", "A+192.0.2.10/0 AAAA-", "A* A+192.0.2.10/60"},
        {{}, "192.0.2.20", "A- AAAA- CNAME-", "A+192.0.2.20/60"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.change);
        AddressSet before;
        for (const auto& each : row.held)
            REQUIRE(add_address(each.find(':') == std::string::npos ? "A" : "AAAA", each, before));
        auto script = replacing(moved(to_string(before), row.to));
        script.reads(kWww, row.held);
        const auto update = script.update();
        CHECK(question_name(script.exchange().message) == "example.org");
        CHECK(words_of(update.answer) == row.condition);
        CHECK(words_of(update.authority) == row.change);
        CHECK(words_of(update.additional) == "TSIG*");
        script.says({});
        AddressSet after = addresses(row.to);
        std::vector<std::string> held = address_texts(after, "A");
        for (const auto& each : address_texts(after, "AAAA"))
            held.push_back(each);
        script.reads(kWww, held, 60);
        CHECK(confirmed(script.outcomes().at(0)));
    }
}

TEST_CASE("who changed the record meanwhile keeps it") {
    auto script = replacing(moved("192.0.2.10", "192.0.2.20"));
    script.reads(kWww, {"192.0.2.10"}).says({.code = dns::kNxRrset});
    script.reads(kWww, {"198.51.100.9"});
    CHECK(is_foreign(script.outcomes().at(0)));

    auto again = replacing(moved("192.0.2.10", "192.0.2.20"));
    again.reads(kWww, {"192.0.2.10"}).says({.code = dns::kNxRrset});
    again.reads(kWww, {"192.0.2.10"}).says({});
    again.reads(kWww, {"192.0.2.20"}, 60);
    CHECK(confirmed(again.outcomes().at(0)));

    auto wildcard = replacing(moved("192.0.2.10", "192.0.2.20"));
    wildcard.reads(kWww, {"192.0.2.10"}).says({.code = dns::kNxRrset});
    wildcard.reads(kWww, {"192.0.2.10"}).says({.code = dns::kNxRrset});
    CHECK(error_of(wildcard.outcomes().at(0)).code == Errc::Conflict);
    CHECK(error_of(wildcard.outcomes().at(0)).message.find("wildcard") != std::string::npos);
}

TEST_CASE("a lost answer is settled by reading, and nothing is sent twice") {
    for (const bool applied : {true, false}) {
        CAPTURE(applied);
        auto script = replacing(moved("192.0.2.10", "192.0.2.20"));
        script.reads(kWww, {"192.0.2.10"});
        script.answer(DnsAnswer{TransportFailure{true, "the connection was closed"}});
        if (applied) {
            script.reads(kWww, {"192.0.2.20"}, 60);
            CHECK(confirmed(script.outcomes().at(0)));
        } else {
            script.reads(kWww, {"192.0.2.10"});
            CHECK(error_of(script.outcomes().at(0)).code == Errc::Transient);
        }
    }
}

TEST_CASE("a yes that changed nothing is found by reading back") {
    auto script = replacing(moved("192.0.2.10", "192.0.2.20"));
    script.reads(kWww, {"192.0.2.10"}).says({}).reads(kWww, {"192.0.2.10"});
    CHECK(error_of(script.outcomes().at(0)).code == Errc::Transient);
}

TEST_CASE("names of one zone change in one message, and one that is refused is found by halves") {
    std::vector<RecordReplacement> both{moved("192.0.2.10", "192.0.2.20")};
    both.push_back(both.front());
    both[1].name = "shop.example.org";
    DnsScript script{rfc2136_provider()->replace(kDnsZone, both)};
    script.reads(kWww, {"192.0.2.10"}).reads("shop.example.org", {"192.0.2.10"});
    CHECK(script.update().answer.size() == 4);
    script.says({.code = dns::kRefused});
    CHECK(words_of(script.update().authority) == "A* A+192.0.2.20/60");
    script.says({}).says({.code = dns::kRefused});
    script.reads(kWww, {"192.0.2.20"}, 60);
    CHECK(confirmed(script.outcomes().at(0)));
    CHECK(error_of(script.outcomes().at(1)).code == Errc::Rejected);
    CHECK(error_of(script.outcomes().at(1)).remedy.find("update-policy") != std::string::npos);
}

TEST_CASE("a set that fits into no message is refused before it is sent") {
    AddressSet held, wanted;
    for (int i = 0; i < 500; ++i) {
        const auto high = static_cast<std::uint8_t>(i / 250);
        const auto low = static_cast<std::uint8_t>(i % 250);
        held.ipv4.push_back({{10, 0, high, low}});
        wanted.ipv4.push_back({{10, 1, high, low}});
    }
    const std::string name = std::string(60, 'a') + "." + kWww;
    Says whole;
    for (const auto& address : held.ipv4)
        whole.answer.push_back(a_record(name, to_string(address)));
    DnsScript script{rfc2136_provider()->replace(kDnsZone, {{name, wanted, Ttl{60}, {held}}})};
    script.says(whole).says({.authority = {soa_record("example.org")}});
    const auto& error = error_of(script.outcomes().at(0));
    CHECK(error.code == Errc::Invalid);
    CHECK(error.message.find("does not fit") != std::string::npos);
}

TEST_CASE("verify says what is proven, with a zone and without") {
    DnsScript elsewhere{rfc2136_provider()->verify()};
    elsewhere.expect_query("", dns::kSoa).says({.code = dns::kRefused, .authoritative = false});
    CHECK(elsewhere.value<Verification>().proven.at(0) ==
          "the key 'upd-key' is known to DNS server 192.0.2.53 port 53");
    CHECK_FALSE(elsewhere.value<Verification>().reading_unproven.empty());

    DnsScript silent{rfc2136_provider()->verify()};
    silent.says({.code = dns::kRefused, .seal = {.there = false}});
    CHECK(silent.value<Verification>().proven.at(0).find("known") == std::string::npos);

    const auto settings = R"({"server":"192.0.2.53","key_name":"upd-key","zone":"example.org"})";
    DnsScript zone{rfc2136_provider(settings)->verify()};
    zone.expect_query("example.org", dns::kSoa).says({.answer = {soa_record("example.org")}});
    CHECK(zone.value<Verification>().proven.size() == 2);

    DnsScript none{rfc2136_provider(settings)->verify()};
    none.says({.authority = {soa_record("org")}});
    CHECK(none.error().code == Errc::NotFound);
}

}  // namespace
}  // namespace understudy::test::updates
