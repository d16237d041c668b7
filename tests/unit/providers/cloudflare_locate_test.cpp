#include <doctest/doctest.h>

#include "providers/locate.h"
#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

constexpr const char* kOtherZone = "353c0d2738a13ca9da8fece4f501e320";
const std::string kNothing = page_json({});

Script locating(const std::string& name, const std::string& settings = "{}") {
    return Script{cloudflare(settings)->locate(name)};
}

std::string with_zone_id() {
    return R"({"zone_id":")" + std::string{kZoneId} + "\"}";
}

TEST_CASE("zones are asked for by name, from the longest candidate down, never bare top levels") {
    auto script = locating("*.a.example.co.uk");
    for (const char* name : {"a.example.co.uk", "example.co.uk", "co.uk"}) {
        script.expect("GET", "/zones?name=" + std::string{name} + "&per_page=50")
            .reply(200, kNothing);
    }
    CHECK(script.error().code == Errc::NotFound);
    CHECK(script.error().message.find("*.a.example.co.uk") != std::string::npos);
    CHECK(script.error().remedy.find("Zone:Read") != std::string::npos);
}

TEST_CASE("the longest zone wins and the record is read in it without a type filter") {
    auto script = locating("www.example.com");
    script.reply(200, kNothing);
    script.expect("GET", "/zones?name=example.com")
        .reply(200, page_json({zone_json(kZoneId, "example.com")}));
    script.expect("GET", std::string{"/zones/"} + kZoneId +
                             "/dns_records?name.exact=www.example.com&per_page=100&page=1");
    CHECK(script.request().url.find("type=") == std::string::npos);
    script.reply(
        200,
        page_json({record_json("r1", "WWW.Example.com.", "A", "192.0.2.10", "60.0"),
                   record_json("r2", "www.example.com", "TXT", "hello"),
                   record_json("r3", "www.example.com", "AAAA", "2001:0DB8:0:0:0:0:0:10", "60")}));
    const auto& location = script.value<Location>();
    CHECK(location.zone == example_zone());
    CHECK(location.reading.exists);
    CHECK(location.reading.state ==
          RecordState{addresses("192.0.2.10, 2001:db8::10"), Ttl{60}, false});
    CHECK(location.warnings.empty());
}

TEST_CASE("an IDN zone, shown in Unicode, is found by either spelling") {
    auto script = locating("xn--bcher-kva.example");
    script.expect("GET", "/zones?name=b%C3%BCcher.example").reply(200, kNothing);
    script.expect("GET", "/zones?name=xn--bcher-kva.example")
        .reply(200, page_json({zone_json(kZoneId,
                                         "b\xc3\xbc"
                                         "cher.example")}));
    script.expect("GET", "name.exact=xn--bcher-kva.example")
        .reply(200, page_json({record_json("r1", "xn--bcher-kva.example", "A", "192.0.2.10")}));
    CHECK(script.value<Location>().zone.name == "xn--bcher-kva.example");
    CHECK(script.value<Location>().reading.exists);
}

TEST_CASE("a name without records is located and does not exist") {
    auto script = locating("example.com");
    script.reply(200, page_json({zone_json(kZoneId, "example.com")}));
    script.reply(200, page_json({record_json("r1", "example.com", "MX", "mail.example.com")}));
    CHECK_FALSE(script.value<Location>().reading.exists);
}

TEST_CASE("wildcards are encoded") {
    auto script = locating("*.example.com");
    script.reply(200, page_json({zone_json(kZoneId, "example.com")}));
    script.expect("GET", "name.exact=%2A.example.com&");
}

TEST_CASE("of two zones with one name the only active one is taken, or none") {
    auto one = locating("example.com");
    one.reply(200, page_json({zone_json(kOtherZone, "example.com", "pending"),
                              zone_json(kZoneId, "example.com")}));
    one.reply(200, kNothing);
    CHECK(one.value<Location>().zone.id == kZoneId);

    auto both = locating("example.com");
    both.reply(
        200, page_json({zone_json(kOtherZone, "example.com"), zone_json(kZoneId, "example.com")}));
    CHECK(both.error().code == Errc::Conflict);
    CHECK(both.error().message.find(kZoneId) != std::string::npos);
    CHECK(both.error().remedy.find("zone_id") != std::string::npos);
}

TEST_CASE("a configured zone is used without searching") {
    auto script = locating("www.example.com", with_zone_id());
    script.expect("GET", std::string{"/zones/"} + kZoneId)
        .reply(200, success_json(zone_json(kZoneId, "example.com")));
    script.expect("GET", "name.exact=www.example.com").reply(200, kNothing);
    CHECK(script.value<Location>().zone == example_zone());

    auto elsewhere = locating("www.example.net", with_zone_id());
    elsewhere.reply(200, success_json(zone_json(kZoneId, "example.com")));
    CHECK(elsewhere.error().code == Errc::NotFound);
    CHECK(elsewhere.error().message.find("zone_id") != std::string::npos);
}

TEST_CASE("a configured account narrows the search") {
    auto script = locating("example.com", R"({"account_id":"01a7362d577a6c3019a474fd6f485823"})");
    script.expect("GET", "&account.id=01a7362d577a6c3019a474fd6f485823");
}

TEST_CASE("zones that cannot be used are refused, odd ones are warned about") {
    struct Row {
        const char* status;
        const char* type;
        bool paused;
        const char* word;
        bool refused;
    };
    const Row rows[] = {
        {"active", "secondary", false, "secondary", true},
        {"deactivated", "full", false, "deactivated", true},
        {"deleted", "full", false, "deleted", true},
        {"active", "partial", false, "CNAME set-up", false},
        {"active", "internal", false, "internal", false},
        {"active", "full", true, "paused", false},
        {"pending", "full", false, "pending", false},
        {"initializing", "full", false, "initializing", false},
        {"moved", "full", false, "moved", false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string{row.word});
        auto script = locating("example.com");
        script.reply(
            200, page_json({zone_json(kZoneId, "example.com", row.status, row.type, row.paused)}));
        if (row.refused) {
            CHECK(script.error().code == Errc::Conflict);
            CHECK(script.error().message.find(row.word) != std::string::npos);
            continue;
        }
        script.reply(200, kNothing);
        REQUIRE(script.value<Location>().warnings.size() == 1);
        CHECK(script.value<Location>().warnings[0].find(row.word) != std::string::npos);
    }
    auto plan = locating("example.com", R"({"plan":"pro"})");
    plan.reply(200, page_json({zone_json(kZoneId, "example.com")}));
    plan.reply(200, kNothing);
    CHECK(plan.value<Location>().warnings.at(0).find("settings.plan") != std::string::npos);
}

TEST_CASE("what cannot be one record is refused with the reason") {
    struct Row {
        std::vector<std::string> records;
        const char* word;
    };
    const std::string name = "example.com";
    const Row rows[] = {
        {{record_json("r1", name, "CNAME", "other.example.net")}, "CNAME"},
        {{record_json("r1", name, "A", "192.0.2.1"),
          record_json("r2", name, "A", "192.0.2.2", "1", true)},
         "proxied"},
        {{record_json("r1", name, "A", "192.0.2.1", "60"),
          record_json("r2", name, "AAAA", "::1", "300")},
         "TTL (60 and 300)"},
        {{record_json("r1", name, "A", "192.0.2.300")}, "192.0.2.300"},
    };
    for (const auto& row : rows) {
        auto script = locating(name);
        script.reply(200, page_json({zone_json(kZoneId, name)})).reply(200, page_json(row.records));
        CHECK(script.error().code == Errc::Conflict);
        CHECK(script.error().message.find(row.word) != std::string::npos);
        CHECK_FALSE(script.error().remedy.empty());
    }
}

TEST_CASE("a refusal of a longer name does not hide the zone, a bad token ends the search") {
    auto script = locating("www.example.com");
    script.reply(403, failure_json(10000, "Authentication error"));
    script.expect("GET", "/zones?name=example.com")
        .reply(403, failure_json(10000, "Authentication error"));
    CHECK(script.error().code == Errc::Transient);
    CHECK(script.error().message.find("code 10000") != std::string::npos);

    auto bad = locating("www.example.com");
    bad.reply(403, failure_json(9109, "Invalid access token"));
    CHECK(bad.error().code == Errc::Rejected);

    auto busy = locating("www.example.com");
    busy.reply(429, failure_json(971, "wait"), {{"Retry-After", "9"}});
    CHECK(busy.error().code == Errc::Throttled);
    CHECK(busy.error().retry_after == std::chrono::seconds{9});
}

// --- many names ------------------------------------------------------------------------------

std::vector<std::string> many_names(int count, const std::string& zone) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i)
        names.push_back("d" + std::to_string(i) + "." + zone);
    return names;
}

Script finding(const std::vector<std::string>& names, const std::string& settings = "{}") {
    return Script{cloudflare(settings)->find_zones(names)};
}

Result<FoundZone> zone_in(const Script& script, const std::string& name) {
    return zone_of(script.value<ZoneFindings>(), name);
}

TEST_CASE("zones of many names are looked up in the list of all, read once, page by page") {
    auto names = many_names(500, "example.com");
    names.push_back("www.sub.example.com");
    names.push_back("www.example.net");
    auto script = finding(names);
    script.expect("GET", "/zones?per_page=50&page=1")
        .reply(200, page_json({zone_json(kZoneId, "example.com"), R"({"id":"x","name":"a b"})"}, 1,
                              50, 2, 2));
    script.expect("GET", "/zones?per_page=50&page=2")
        .reply(200, page_json({zone_json(kOtherZone, "sub.example.com")}, 2, 50, 2, 2));
    CHECK(script.value<ZoneFindings>().complete);
    CHECK(zone_in(script, "d499.example.com")->zone == example_zone());
    CHECK(zone_in(script, "www.sub.example.com")->zone.id == kOtherZone);
    CHECK(zone_in(script, "www.example.net").error().code == Errc::NotFound);
    CHECK(zone_in(script, "www.example.net").error().message.starts_with("'www.example.net': "));
}

TEST_CASE("where the list is refused, all zones below a common suffix are asked for at once") {
    auto script = finding(many_names(500, "example.com"));
    script.reply(403, failure_json(10000, "Requires permission to list zones"));
    script.expect("GET", "/zones?name=ends_with%3Aexample.com&per_page=50")
        .reply(200, page_json({zone_json(kZoneId, "example.com"),
                               zone_json(kOtherZone, "d7.example.com")}));
    CHECK_FALSE(script.value<ZoneFindings>().complete);
    CHECK(zone_in(script, "d6.example.com")->zone == example_zone());
    CHECK(zone_in(script, "d7.example.com")->zone.id == kOtherZone);
}

TEST_CASE("an empty list proves nothing: names are asked for, each candidate once") {
    auto script = finding({"a.example.com", "b.example.com"});
    script.reply(200, kNothing);
    script.expect("GET", "/zones?name=a.example.com&").reply(200, kNothing);
    script.expect("GET", "/zones?name=example.com&")
        .reply(200, page_json({zone_json(kZoneId, "example.com")}));
    script.expect("GET", "/zones?name=b.example.com&").reply(200, kNothing);
    CHECK(zone_in(script, "a.example.com")->zone == example_zone());
    CHECK(zone_in(script, "b.example.com")->zone == example_zone());
}

TEST_CASE("a suffix that shows nothing is not believed either") {
    auto script = finding(many_names(3, "example.com"));
    script.reply(403, failure_json(10000, "no"));
    script.reply(400, failure_json(1004, "no such operator"));
    for (const char* name : {"d0.example.com", "example.com", "d1.example.com", "d2.example.com"})
        script.expect("GET", "/zones?name=" + std::string{name} + "&").reply(200, kNothing);
    CHECK(zone_in(script, "d2.example.com").error().code == Errc::NotFound);
}

TEST_CASE("a list with more pages than there are names to ask for is left") {
    auto script = finding({"a.example.com", "b.example.com"});
    script.reply(200, page_json({zone_json(kOtherZone, "example.net")}, 1, 50, 90, 4500));
    script.expect("GET", "/zones?name=a.example.com&");
}

TEST_CASE("a bad token, a lost answer or the limit of calls end the search for many as well") {
    for (const auto& [code, errc] : {std::pair{9109, Errc::Rejected}, {971, Errc::Throttled}}) {
        auto script = finding(many_names(9, "example.com"));
        script.reply(code == 971 ? 429 : 403, failure_json(code, "no"));
        CHECK(script.error().code == errc);
    }
    auto lost = finding(many_names(9, "example.com"));
    lost.lose();
    CHECK(lost.error().code == Errc::Transient);
}

TEST_CASE("only another token mends what is wrong with this one") {
    for (const auto& [code, field] :
         {std::pair{9109, kCredentialField}, {6111, kCredentialField}, {1038, ""}}) {
        auto script = locating("example.com");
        script.reply(403, failure_json(code, "no"));
        CHECK(script.error().field == field);
    }
}

TEST_CASE("no answer, or a damaged one, is a transient error") {
    auto lost = locating("example.com");
    lost.lose();
    CHECK(lost.error().code == Errc::Transient);
    for (const char* zone : {"{}", R"({"id":"x"})", R"({"id":"x","name":"a b"})", "7"}) {
        auto damaged = locating("example.com");
        damaged.reply(200, page_json({zone}));
        CHECK(damaged.error().code == Errc::Transient);
    }
    auto record = locating("example.com");
    record.reply(200, page_json({zone_json(kZoneId, "example.com")}))
        .reply(200, page_json({R"({"id":"r1","type":"A","name":"example.com"})"}));
    CHECK(record.error().code == Errc::Transient);
}

}  // namespace
}  // namespace understudy::test
