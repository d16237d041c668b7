// Requests and answers as digitalocean/openapi (specification/resources/domains) describes them.
#include <doctest/doctest.h>

#include "providers/locate.h"
#include "tests/unit/providers/script.h"

namespace understudy::test::at_digitalocean {
namespace {

const std::string kToken = "dop_v1_" + std::string(64, 'a');
const ZoneRef kZone{"example.com", "example.com"};
const std::string kRecords = "https://api.digitalocean.com/v2/domains/example.com/records";
const std::string kWww = kRecords + "?per_page=200&name=www.example.com&page=1";

std::unique_ptr<Provider> digitalocean() {
    auto provider = make_provider("digitalocean", "{}", Secret{kToken});
    REQUIRE(provider.ok());
    return *std::move(provider);
}

std::string record(int id, const std::string& type, const std::string& data, int ttl = 1800,
                   const std::string& name = "www") {
    return R"({"id":)" + std::to_string(id) + R"(,"type":")" + type + R"(","name":")" + name +
           R"(","data":")" + data + R"(","priority":null,"port":null,"ttl":)" +
           std::to_string(ttl) + R"(,"weight":null,"flags":null,"tag":null})";
}

// total: as many as there are.
std::string records(const std::string& list, const std::string& links = "{}", int total = -1) {
    const std::string_view mark = R"("id":)";
    if (total < 0) {
        total = 0;
        for (auto at = list.find(mark); at != std::string::npos; at = list.find(mark, at + 1))
            ++total;
    }
    return R"({"domain_records":[)" + list + R"(],"links":)" + links + R"(,"meta":{"total":)" +
           std::to_string(total) + "}}";
}

std::string refusal_json(const std::string& id, const std::string& message) {
    return R"({"id":")" + id + R"(","message":")" + message + R"(","request_id":"4d9d8375"})";
}

Script moving(const std::string& from, const std::string& to, Ttl ttl = Ttl{60}) {
    const RecordReplacement wanted{"www.example.com", addresses(to), ttl, {addresses(from)}};
    return Script{digitalocean()->replace(kZone, {wanted})};
}

TEST_CASE("DigitalOcean: a name is located in the longest domain") {
    Script script{digitalocean()->locate("a.example.com")};
    script.expect("GET", "https://api.digitalocean.com/v2/domains/a.example.com");
    CHECK(script.request().headers.at(0).value == "Bearer " + kToken);
    script.reply(404, refusal_json("not_found", "The resource you requested could not be found."));
    script.expect("GET", "/v2/domains/example.com")
        .reply(200, R"({"domain":{"name":"example.com","ttl":1800,"zone_file":"..."}})");
    script.expect("GET", "?per_page=200&name=a.example.com&page=1")
        .reply(200, records(record(28448432, "A", "1.2.3.4", 1800, "a")));
    CHECK(script.value<Location>().reading.state ==
          RecordState{addresses("1.2.3.4"), Ttl{1800}, false});

    Script blind{digitalocean()->locate("www.example.com")};
    blind.reply(404, "").reply(403, refusal_json("forbidden", "no scope")).reply(404, "");
    CHECK(blind.error().code == Errc::Rejected);
    CHECK(blind.error().remedy.find("domain:read") != std::string::npos);
}

TEST_CASE("DigitalOcean: lists are read over all pages, and only where they lead") {
    const std::vector<std::string> names{"example.com", "www.example.com", "b.example.com"};
    const std::string next = R"({"pages":{"next":"https://evil.example/v2/x?page=2&per_page=1"}})";
    Script script{digitalocean()->read(kZone, names)};
    script.expect("GET", kRecords + "?per_page=200&page=1")
        .reply(200, records(record(1, "A", "192.0.2.1", 60, "@"), next, 2));
    script.expect("GET", kRecords + "?per_page=200&page=2")
        .reply(200, records(record(2, "A", "192.0.2.2", 60, "b"), "{}", 2));
    const auto& readings = script.value<std::vector<RecordReading>>();
    CHECK(readings.at(0).state.addresses == addresses("192.0.2.1"));
    CHECK_FALSE(readings.at(1).exists);
    CHECK(readings.at(2).state.addresses == addresses("192.0.2.2"));

    Script moved{digitalocean()->read(kZone, names)};
    moved.reply(200, records(record(1, "A", "192.0.2.1"), next, 2));
    moved.reply(200, records(record(1, "A", "192.0.2.1"), "{}", 2));
    CHECK(moved.error().code == Errc::Transient);

    // One page that says of more and of no other page.
    Script cut{digitalocean()->read(kZone, {"www.example.com"})};
    cut.reply(200, records(record(1, "A", "192.0.2.1"), "{}", 2));
    CHECK(cut.error().code == Errc::Transient);
}

TEST_CASE("DigitalOcean: an address is changed in place, with its TTL") {
    auto script = moving("192.0.2.10", "192.0.2.20");
    script.expect("GET", kWww)
        .reply(200, records(record(3352896, "A", "192.0.2.10") + "," + record(7, "TXT", "stays")));
    script.expect("PATCH", kRecords + "/3352896")
        .expect_body(R"({"type":"A","data":"192.0.2.20","ttl":60})")
        .reply(200, R"({"domain_record":{}})");
    script.expect("GET", kWww).reply(200, records(record(3352896, "A", "192.0.2.20", 60)));
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("DigitalOcean: what comes is made before what goes is deleted") {
    auto script = moving("192.0.2.10, 2001:db8::10", "192.0.2.10, 192.0.2.20", Ttl{5});
    script.reply(200, records(record(1, "A", "192.0.2.10", 30) + "," +
                              record(2, "AAAA", "2001:db8::10", 30)));
    script.expect("POST", kRecords)
        .expect_body(R"({"type":"A","name":"www","data":"192.0.2.20","ttl":30})")
        .reply(201, R"({"domain_record":{}})");
    script.expect("DELETE", kRecords + "/2").reply(204, "");
    script.reply(
        200, records(record(1, "A", "192.0.2.10", 30) + "," + record(3, "A", "192.0.2.20", 30)));
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("DigitalOcean: what stopped halfway is gone on with") {
    const auto from = "192.0.2.10, 2001:db8::10";
    const auto to = "192.0.2.20, 2001:db8::20";
    const auto half =
        records(record(1, "A", "192.0.2.20", 60) + "," + record(2, "AAAA", "2001:db8::10"));
    auto lost = moving(from, to);
    lost.reply(200,
               records(record(1, "A", "192.0.2.10") + "," + record(2, "AAAA", "2001:db8::10")));
    lost.reply(200, "{}").lose().reply(200, half);
    CHECK(error_of(lost.outcomes().at(0)).code == Errc::Transient);

    auto again = moving(from, to);
    again.reply(200, half);
    again.expect("PATCH", kRecords + "/2").reply(200, "{}");
    again.reply(200, records(record(1, "A", "192.0.2.20", 60) + "," +
                             record(2, "AAAA", "2001:db8::20", 60)));
    CHECK(confirmed(again.outcomes().at(0)));

    // TTLs that are neither old nor new together are their owner's.
    Script uneven{digitalocean()->read(kZone, {"www.example.com"})};
    uneven.reply(200, half);
    CHECK(uneven.value<std::vector<RecordReading>>().at(0).problem->message ==
          "the address records of 'www.example.com' differ in TTL (60 and 1800)");
}

TEST_CASE("DigitalOcean: a record that is gone is read again, other refusals say what to do") {
    auto gone = moving("192.0.2.10", "192.0.2.20");
    gone.reply(200, records(record(1, "A", "192.0.2.10", 60)));
    gone.reply(404, refusal_json("not_found", "The resource you requested could not be found."));
    gone.expect("GET", kWww).reply(200, records(record(2, "A", "192.0.2.20", 60)));
    CHECK(confirmed(gone.outcomes().at(0)));

    auto bad = moving("192.0.2.10", "192.0.2.20");
    bad.reply(200, records(record(1, "A", "192.0.2.10", 60)));
    bad.reply(422, refusal_json("unprocessable_entity", "Data needs to be an IP, " + kToken));
    const auto& error = error_of(bad.outcomes().at(0));
    CHECK(error.message.find("Data needs to be an IP") != std::string::npos);
    CHECK(error.text().find(kToken) == std::string::npos);

    auto many = moving("192.0.2.10", "192.0.2.20");
    many.reply(429, refusal_json("too_many_requests", "API rate limit exceeded."),
               {{"Retry-After", "17"}});
    CHECK(many.error().code == Errc::Throttled);
    CHECK(many.error().retry_after == std::chrono::seconds{17});
}

TEST_CASE("DigitalOcean: credentials of another kind are refused at once") {
    for (const std::string& token :
         {"dor_v1_" + std::string(64, 'a'), std::string{"DO00"} + std::string(16, 'B')}) {
        const auto made = make_provider("digitalocean", "{}", Secret{token});
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().field == "credential");
        CHECK(made.error().text().find(token) == std::string::npos);
    }
}

}  // namespace
}  // namespace understudy::test::at_digitalocean
