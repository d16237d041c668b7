// Requests as Hetzner's description has them, and answers as its own client library's tests show
// them (hetznercloud/hcloud-go, hcloud/zone_rrset_test.go, MIT) or as tests/fixtures/dns-providers
// has them.
#include <doctest/doctest.h>

#include "providers/locate.h"
#include "tests/unit/providers/script.h"

namespace understudy::test::at_hetzner {
namespace {

constexpr const char* kHetznerToken =
    "jEheVytlAoFl7F8MqUQ7jAo2hOXASztXjEheVytlAoFl7F8MqUQ7jAo2hOXASztX";
const ZoneRef kHetznerZone{"42", "example.com"};
const std::string kByName = "https://api.hetzner.cloud/v1/zones/42/rrsets?per_page=50&name=www&";

std::unique_ptr<Provider> hetzner() {
    auto provider = make_provider("hetzner", "{}", Secret{kHetznerToken});
    REQUIRE(provider.ok());
    return *std::move(provider);
}

std::string zone_json(const std::string& more = {}) {
    return R"({"id":42,"name":"example.com","ttl":3600,"mode":"primary")" + more + "}";
}

std::string record(const std::string& value, const std::string& comment = {}) {
    return R"({"value":")" + value + R"(","comment":")" + comment + R"("})";
}

std::string set_json(const std::string& type, const std::string& records,
                     const std::string& ttl = "300", bool locked = false) {
    return R"({"zone":42,"id":"www/)" + type + R"(","name":"www","type":")" + type + R"(","ttl":)" +
           ttl + R"(,"labels":{"key":"value"},"protection":{"change":)" +
           (locked ? "true" : "false") + R"(},"records":[)" + records + "]}";
}

std::string sets(const std::string& list) {
    return R"({"rrsets":[)" + list +
           R"(],"meta":{"pagination":{"page":1,"per_page":50,"next_page":null}}})";
}

// As in hcloud-go's fixtures.
std::string action(const std::string& status, int id = 1, const std::string& error = "null") {
    return R"({"action":{"id":)" + std::to_string(id) +
           R"(,"command":"set_rrset_records","status":")" + status +
           R"(","progress":50,"started":"2016-01-30T23:55:00+00:00","finished":null,)"
           R"("resources":[{"id":42,"type":"zone"}],"error":)" +
           error + "}}";
}

std::string refusal_json(const std::string& code, const std::string& message) {
    return R"({"error":{"code":")" + code + R"(","message":")" + message + R"(","details":{}}})";
}

RecordReplacement replacement(const std::string& from, const std::string& to, Ttl ttl = Ttl{60}) {
    return {"www.example.com", addresses(to), ttl, {addresses(from)}};
}

Script moving(const RecordReplacement& wanted) {
    return Script{hetzner()->replace(kHetznerZone, {wanted})};
}

TEST_CASE("Hetzner: a name is located in the longest zone of the project") {
    Script script{hetzner()->locate("*.a.example.com")};
    script.expect("GET", "https://api.hetzner.cloud/v1/zones/a.example.com");
    CHECK(script.request().headers.at(0).name == "Authorization");
    CHECK(script.request().headers.at(0).value == std::string{"Bearer "} + kHetznerToken);
    script.reply(404, refusal_json("not_found", "zone not found"));
    script.expect("GET", "/zones/example.com").reply(200, R"({"zone":)" + zone_json() + "}");
    script.expect("GET", "/zones/42/rrsets?per_page=50&name=%2A.a&page=1").reply(200, sets(""));
    CHECK(script.value<Location>().zone == kHetznerZone);
    CHECK_FALSE(script.value<Location>().reading.exists);

    Script none{hetzner()->locate("example.net")};
    none.reply(404, refusal_json("not_found", "zone not found"))
        .reply(404, refusal_json("not_found", "zone not found"));
    CHECK(none.error().code == Errc::NotFound);
    CHECK(none.error().message.find("example.net") != std::string::npos);
}

TEST_CASE("Hetzner: a secondary zone is refused, one that nobody asks is warned about") {
    Script secondary{hetzner()->locate("www.example.com")};
    secondary.reply(404, "");
    secondary.reply(200, R"({"zone":{"id":42,"name":"example.com","mode":"secondary"}})");
    CHECK(secondary.error().code == Errc::Conflict);
    CHECK(secondary.error().remedy == "change the records where the primary is");

    Script idle{hetzner()->locate("www.example.com")};
    idle.reply(404, "");
    idle.reply(200,
               R"({"zone":)" +
                   zone_json(R"(,"authoritative_nameservers":{"delegation_status":"invalid"})") +
                   "}");
    idle.reply(200, sets(set_json("A", record("192.0.2.10"))));
    CHECK(idle.value<Location>().warnings.at(0).find("not delegated") != std::string::npos);
}

TEST_CASE("Hetzner: zones and records of many names are listed page by page") {
    Script zones{hetzner()->find_zones({"www.example.com", "www.example.net", "x.example.org"})};
    zones.expect("GET", "/v1/zones?per_page=50&page=1")
        .reply(200, R"({"zones":[)" + zone_json() +
                        R"(],"meta":{"pagination":{"page":1,"next_page":2,"total_entries":2}}})");
    zones.expect("GET", "/v1/zones?per_page=50&page=2")
        .reply(200, R"({"zones":[{"id":7,"name":"example.net","mode":"primary"}],)"
                    R"("meta":{"pagination":{"page":2,"next_page":null,"total_entries":2}}})");
    const auto& findings = zones.value<ZoneFindings>();
    CHECK(findings.complete);
    CHECK(zone_of(findings, "www.example.net")->zone == ZoneRef{"7", "example.net"});

    // The apex is told as "@", or as the zone's name.
    const std::vector<std::string> names{"example.com", "www.example.com", "a.example.com"};
    Script few{hetzner()->read(kHetznerZone, names)};
    few.expect("GET", "/zones/42/rrsets?per_page=50&page=1")
        .reply(200, sets(R"({"name":"example.com","type":"A","ttl":60,)"
                         R"("records":[{"value":"192.0.2.9"}]},)" +
                         set_json("A", record("192.0.2.10"))));
    const auto& readings = few.value<std::vector<RecordReading>>();
    CHECK(readings.at(0).state.addresses == addresses("192.0.2.9"));
    CHECK(readings.at(1).exists);
    CHECK_FALSE(readings.at(2).exists);

    // More pages than names: by name after all.
    Script vast{hetzner()->read(kHetznerZone, names)};
    vast.reply(200, R"({"rrsets":[)" + set_json("A", record("192.0.2.10")) +
                        R"(],"meta":{"pagination":{"next_page":2,"total_entries":5}}})");
    vast.expect("GET", "&name=%40&page=1").reply(200, sets(""));
    vast.expect("GET", kByName).reply(200, sets(""));
    vast.expect("GET", "&name=a&").reply(200, sets(""));
    CHECK_FALSE(vast.value<std::vector<RecordReading>>().at(1).exists);

    Script endless{hetzner()->find_zones({})};
    const std::string again = R"({"zones":[],"meta":{"pagination":{"next_page":2}}})";
    endless.reply(200, again).reply(200, again);
    CHECK(endless.error().code == Errc::Transient);
}

TEST_CASE("Hetzner: a set without a TTL has the zone's") {
    Script script{hetzner()->read(kHetznerZone, {"www.example.com"})};
    script.reply(200, sets(set_json("A", record("192.0.2.10"), "null")));
    script.expect("GET", "/zones/42").reply(200, R"({"zone":)" + zone_json() + "}");
    const auto& reading = script.value<std::vector<RecordReading>>().at(0);
    CHECK(reading.state == RecordState{addresses("192.0.2.10"), Ttl{3600}, false});
}

TEST_CASE("Hetzner: records are set, then their TTL; comments pass on; actions are awaited") {
    auto script = moving(replacement("192.0.2.10", "192.0.2.20"));
    script.expect("GET", kByName)
        .reply(200, sets(set_json("A", record("192.0.2.10", "web server")) + "," +
                         set_json("TXT", record("\\\"stays\\\""))));
    script.expect("POST", "/zones/42/rrsets/www/A/actions/set_records")
        .expect_body(R"({"records":[{"value":"192.0.2.20","comment":"web server"}]})")
        .reply(201, action("running", 590000000));
    script.expect("GET", "/v1/actions/590000000").reply(200, action("running", 590000000));
    script.expect("GET", "/v1/actions/590000000").reply(200, action("success", 590000000));
    script.expect("POST", "/zones/42/rrsets/www/A/actions/change_ttl")
        .expect_body(R"({"ttl":60})")
        .reply(201, action("success"));
    script.expect("GET", kByName).reply(200, sets(set_json("A", record("192.0.2.20"), "60")));
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("Hetzner: a set is made before another one goes, and the name is never empty") {
    auto script = moving(replacement("192.0.2.10", "2001:db8::20", Ttl{30}));
    script.reply(200, sets(set_json("A", record("192.0.2.10", "web server"))));
    script.expect("POST", "/v1/zones/42/rrsets")
        .expect_body(R"({"name":"www","type":"AAAA","ttl":60,)"
                     R"("records":[{"value":"2001:db8::20"}]})")
        .reply(201, R"({"rrset":{},)" + action("success").substr(1));
    script.expect("DELETE", "/zones/42/rrsets/www/A").reply(201, action("success"));
    script.reply(200, sets(set_json("AAAA", record("2001:db8::20"), "60")));
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("Hetzner: a protected set is no record of ours to be") {
    auto script = moving(replacement("192.0.2.10", "192.0.2.20"));
    script.reply(200, sets(set_json("A", record("192.0.2.10"), "300", true)));
    const auto& error = error_of(script.outcomes().at(0));
    CHECK(error.code == Errc::Conflict);
    CHECK(error.message == "the A records of 'www.example.com' are protected against changes");
    CHECK(error.remedy == "switch their protection off at Hetzner");
}

TEST_CASE("Hetzner: an action that fails says why, one that takes long is left to the next try") {
    for (const char* code : {"action_failed", "server_error"}) {
        CAPTURE(code);
        auto failed = moving(replacement("192.0.2.10", "192.0.2.20"));
        failed.reply(200, sets(set_json("A", record("192.0.2.10"))));
        failed.reply(
            201, action("error", 1,
                        std::string{R"({"code":")"} + code + R"(","message":"Action failed"})"));
        const auto& error = error_of(failed.outcomes().at(0));
        CHECK(error.message.find("Action failed") != std::string::npos);
        CHECK(error.code == Errc::Transient);
    }

    auto slow = moving(replacement("192.0.2.10", "192.0.2.20"));
    slow.reply(200, sets(set_json("A", record("192.0.2.10"))));
    for (int i = 0; i < 6; ++i)
        slow.reply(200, action("running", 7));
    slow.expect("GET", kByName).reply(200, sets(set_json("A", record("192.0.2.10"))));
    CHECK(error_of(slow.outcomes().at(0)).code == Errc::Transient);
}

TEST_CASE("Hetzner: an action that takes long keeps no other name waiting") {
    const auto named = [](const std::string& name, const char* address) {
        return sets(R"({"name":")" + name + R"(","type":"A","ttl":300,"records":[)" +
                    record(address) + "]}");
    };
    std::vector<RecordReplacement> names;
    for (const char* name : {"a.example.com", "b.example.com"}) {
        names.push_back(replacement("192.0.2.10", "192.0.2.20", Ttl{300}));
        names.back().name = name;
    }
    Script script{hetzner()->replace(kHetznerZone, names)};
    script.reply(200, named("a", "192.0.2.10")).reply(200, named("b", "192.0.2.10"));
    script.expect("POST", "/rrsets/a/A/actions/set_records");
    for (int i = 0; i < 6; ++i)
        script.reply(200, action("running", 7));
    script.expect("POST", "/rrsets/b/A/actions/set_records").reply(201, action("success"));
    script.expect("GET", "name=a").reply(200, named("a", "192.0.2.20"));
    script.expect("GET", "name=b").reply(200, named("b", "192.0.2.20"));
    for (const auto& outcome : script.outcomes())
        CHECK(confirmed(outcome));

    // Nor does a lock: a try for each name, and what is not through is tried again.
    Script locked{hetzner()->replace(kHetznerZone, names)};
    locked.reply(200, named("a", "192.0.2.10")).reply(200, named("b", "192.0.2.10"));
    locked.reply(423, refusal_json("locked", "there is already an action running"));
    locked.expect("POST", "/rrsets/b/A/actions/set_records").reply(201, action("success"));
    locked.reply(200, named("b", "192.0.2.20"));
    CHECK(error_of(locked.outcomes().at(0)).code == Errc::Transient);
    CHECK(confirmed(locked.outcomes().at(1)));
}

TEST_CASE("Hetzner: what stopped halfway is gone on with, and a stranger's is not") {
    const auto both = replacement("192.0.2.10, 2001:db8::10", "192.0.2.20, 2001:db8::20");
    auto lost = moving(both);
    lost.reply(200, sets(set_json("A", record("192.0.2.10")) + "," +
                         set_json("AAAA", record("2001:db8::10"))));
    lost.reply(201, action("success")).lose();
    const auto half = sets(set_json("A", record("192.0.2.20"), "60") + "," +
                           set_json("AAAA", record("2001:db8::10")));
    lost.expect("GET", kByName).reply(200, half);
    CHECK(error_of(lost.outcomes().at(0)).code == Errc::Transient);

    auto again = moving(both);
    again.reply(200, half);
    again.expect("POST", "/rrsets/www/AAAA/actions/set_records").reply(201, action("success"));
    again.expect("POST", "/rrsets/www/AAAA/actions/change_ttl").reply(201, action("success"));
    again.reply(200, sets(set_json("A", record("192.0.2.20"), "60") + "," +
                          set_json("AAAA", record("2001:db8::20"), "60")));
    CHECK(confirmed(again.outcomes().at(0)));

    // The second server dies in the middle: what was begun for it is ours as well.
    auto further = replacement("192.0.2.10, 2001:db8::10", "192.0.2.30, 2001:db8::30");
    further.acceptable.push_back(both.wanted);
    auto third = moving(further);
    third.reply(200, half);
    third.expect("POST", "/rrsets/www/A/actions/set_records");

    for (const auto& there : {set_json("A", record("192.0.2.20") + "," + record("203.0.113.9")),
                              set_json("A", record("192.0.2.10") + "," + record("192.0.2.20")) +
                                  "," + set_json("AAAA", record("2001:db8::10")),
                              set_json("AAAA", record("2001:db8::10"))}) {
        auto foreign = moving(both);
        foreign.reply(200, sets(there));
        CHECK(is_foreign(foreign.outcomes().at(0)));
    }
}

TEST_CASE("Hetzner: errors say what to do, and how far they reach") {
    struct Row {
        int status;
        const char* code;
        Errc errc;
    };
    for (const auto& row :
         {Row{401, "unauthorized", Errc::Rejected}, Row{403, "token_readonly", Errc::Rejected},
          Row{403, "forbidden", Errc::Rejected}, Row{422, "invalid_input", Errc::Rejected},
          Row{423, "locked", Errc::Transient}, Row{423, "protected", Errc::Conflict},
          Row{422, "incorrect_zone_mode", Errc::Conflict},
          Row{429, "rate_limit_exceeded", Errc::Throttled}}) {
        CAPTURE(row.code);
        auto script = moving(replacement("192.0.2.10", "192.0.2.20"));
        script.reply(200, sets(set_json("A", record("192.0.2.10"))));
        script.reply(row.status, refusal_json(row.code, std::string{"no, "} + kHetznerToken));
        const auto* failed = script.done() ? &script : nullptr;
        REQUIRE(failed != nullptr);
        const bool one = row.errc == Errc::Rejected && row.status == 422;
        const bool of_record = one || row.status == 423;
        const Error error = of_record ? error_of(script.outcomes().at(0)) : script.error();
        CHECK(error.code == row.errc);
        CHECK_FALSE(error.remedy.empty());
        CHECK(error.text().find(kHetznerToken) == std::string::npos);
        if (row.status == 401) CHECK(error.field == "credential");
        if (row.errc == Errc::Throttled) CHECK(error.retry_after == std::chrono::seconds{10});
    }
}

TEST_CASE("Hetzner: what moved under the call is read once more") {
    auto script = moving(replacement("192.0.2.10", "192.0.2.20, 2001:db8::20"));
    script.reply(200, sets(set_json("A", record("192.0.2.10"), "60")));
    script.reply(201, action("success"));
    script.expect("POST", "/v1/zones/42/rrsets").reply(409, refusal_json("uniqueness_error", ""));
    script.expect("GET", kByName)
        .reply(200, sets(set_json("A", record("192.0.2.20"), "60") + "," +
                         set_json("AAAA", record("2001:db8::20"), "60")));
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("Hetzner: a token of the former DNS Console is refused at once") {
    const auto made = make_provider("hetzner", "{}", Secret{"0123456789abcdef0123456789ABCDEF"});
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().field == "credential");
    CHECK(made.error().text().find("0123456789abcdef") == std::string::npos);
}

TEST_CASE("Hetzner: what is left of the calls is told by every answer, and is more soon") {
    const auto left = hetzner()->calls_left(
        response(429, "", {{"RateLimit-Limit", "3600"}, {"RateLimit-Remaining", "0"}}));
    CHECK(left == CallsLeft{0, std::chrono::seconds{10}});
    CHECK(hetzner()->calls_left(response(200, "", {{"RateLimit-Remaining", "x"}})) == std::nullopt);
    CHECK(hetzner()->capabilities().window <= std::chrono::minutes{1});
}

}  // namespace
}  // namespace understudy::test::at_hetzner
