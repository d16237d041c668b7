// What stands in the way of a name is kept with its record, and a sentence that reads otherwise is
// told as a new drift. These are therefore looked at to the letter.
#include "providers/folding.h"

#include <doctest/doctest.h>

#include "providers/cloudflare/record.h"
#include "providers/powerdns/zone.h"

namespace understudy::test {
namespace {

constexpr const char* kFolded = "www.example.org";

std::string problem_of(const RecordReading& reading) {
    return reading.problem ? reading.problem->text() : "";
}

cloudflare::Record cloud(const std::string& type, const std::string& content,
                         std::uint32_t ttl = 300) {
    cloudflare::Record record;
    record.name = kFolded;
    record.type = type;
    record.content = content;
    record.ttl = ttl;
    return record;
}

std::string at_cloudflare(const std::vector<cloudflare::Record>& records) {
    return problem_of(cloudflare::fold(kFolded, records));
}

std::string in_powerdns(const std::vector<powerdns::RrSet>& sets) {
    return problem_of(powerdns::fold(kFolded, sets));
}

TEST_CASE("the sentences that Cloudflare's records are told and compared with stay as they are") {
    const std::string alike = "make them alike at Cloudflare: they move as one";
    CHECK(at_cloudflare({cloud("A", "192.0.2.1", 300),
                         cloud("AAAA", "2001:db8::1", cloudflare::kAutomaticTtl)}) ==
          conflict("the address records of 'www.example.org' differ in TTL (1 and 300)", alike)
              .text());
    CHECK(at_cloudflare({cloud("A", "192.0.2.1", 300), cloud("A", "192.0.2.2", 60)}) ==
          conflict("the address records of 'www.example.org' differ in TTL (60 and 300)", alike)
              .text());
    CHECK(at_cloudflare({cloud("CNAME", "shop.example.net")}) ==
          conflict("'www.example.org' is a CNAME to 'shop.example.net'",
                   "replace it at Cloudflare by an A record")
              .text());
    CHECK(at_cloudflare({cloud("A", "192.0.2.one")}) ==
          conflict("'www.example.org' has the A record '192.0.2.one', which is no address",
                   "correct it at Cloudflare")
              .text());
    auto proxied = cloud("A", "192.0.2.2", 60);
    proxied.proxied = true;
    CHECK(at_cloudflare({cloud("A", "192.0.2.1"), proxied}) ==
          conflict("some address records of 'www.example.org' are proxied and some are not", alike)
              .text());
    CHECK(at_cloudflare({cloud("A", "192.0.2.1"), cloud("TXT", "hello", 60)}).empty());
}

TEST_CASE("the sentences that PowerDNS' records are told and compared with stay as they are") {
    const std::string alike = "make them alike in PowerDNS: they move as one";
    CHECK(in_powerdns({{"A", 300, {{"192.0.2.1"}}}, {"AAAA", 60, {{"2001:db8::1"}}}}) ==
          conflict("the A and AAAA records of 'www.example.org' differ in TTL (300 and 60)", alike)
              .text());
    CHECK(in_powerdns({{"AAAA", 0, {{"2001:db8::1"}}}, {"A", 60, {{"192.0.2.1"}}}}) ==
          conflict("the A and AAAA records of 'www.example.org' differ in TTL (0 and 60)", alike)
              .text());
    for (const std::string type : {"CNAME", "ALIAS", "LUA"}) {
        CHECK(in_powerdns({{type, 60, {{"a.example.net."}}}}) ==
              conflict("'www.example.org' has a record of type " + type,
                       "replace it in PowerDNS by an A record")
                  .text());
        CHECK(in_powerdns({{type, 60, {{"a.example.net.", true}}}}).empty());
    }
    // A set is looked at as a whole before it is compared with the other one.
    CHECK(in_powerdns({{"A", 300, {{"192.0.2.1"}}}, {"AAAA", 60, {{"2001:db8::1"}, {"none"}}}}) ==
          conflict("'www.example.org' has the AAAA record 'none', which is no address",
                   "correct it in PowerDNS")
              .text());
}

}  // namespace
}  // namespace understudy::test
