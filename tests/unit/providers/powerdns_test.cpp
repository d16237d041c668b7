#include <doctest/doctest.h>

#include <algorithm>

#include "providers/locate.h"
#include "tests/unit/providers/script.h"

namespace understudy::test {
namespace {

constexpr const char* kKey = "s3cret-api-key";
constexpr const char* kShop = "www.example.org";
const std::string kPowerDnsByName = "/zones/example.org.?rrset_name=www.example.org.";
const std::string kWhole = "/zones/example.org.";
const std::string kSearch = "/search-data?q=www.example.org&max=5000&object_type=record";

std::unique_ptr<Provider> powerdns(const std::string& settings = "{}") {
    auto provider = make_provider("powerdns", settings, Secret{kKey});
    REQUIRE(provider.ok());
    return *std::move(provider);
}

ZoneRef zone() {
    return {"example.org.", "example.org"};
}

std::string zone_json(const std::string& sets, const std::string& kind = "Native",
                      const std::string& more = R"("soa_edit_api":"DEFAULT")") {
    return R"({"id":"example.org.","name":"example.org.","kind":")" + kind +
           R"(","serial":2026112101,"rrsets":[)" + sets + "]," + more + "}";
}

std::string set_json(const std::string& type, const std::string& records, int ttl = 60,
                     const std::string& name = kShop) {
    return R"({"comments":[],"name":")" + name + R"(.","type":")" + type + R"(","ttl":)" +
           std::to_string(ttl) + R"(,"records":[)" + records + "]}";
}

std::string on(const std::string& content) {
    return R"({"content":")" + content + R"(","disabled":false})";
}

std::string off(const std::string& content) {
    return R"({"content":")" + content + R"(","disabled":true})";
}

RecordReplacement replacement(const std::string& wanted, const std::string& acceptable,
                              Ttl ttl = Ttl{60}, const std::string& name = kShop) {
    return {name, addresses(wanted), ttl, {addresses(acceptable)}};
}

Script replacing_set(std::vector<RecordReplacement> replacements) {
    return Script{powerdns()->replace(zone(), std::move(replacements))};
}

TEST_CASE("PowerDNS: requests carry the key below the server's path") {
    for (const char* url : {"http://127.0.0.1:8081", "http://127.0.0.1:8081/api/v1/"}) {
        Script script{powerdns(R"({"base_url":")" + std::string{url} + "\"}")->verify()};
        CHECK(script.request().url == "http://127.0.0.1:8081/api/v1/servers/localhost");
        CHECK(script.request().headers.at(0).name == "X-API-Key");
        CHECK(script.request().headers.at(0).value == kKey);
    }
}

TEST_CASE("PowerDNS: the longest zone that the server has is used") {
    Script script{powerdns()->locate("*.a.example.org")};
    script.expect("GET", "/zones?zone=a.example.org.").reply(200, "[]");
    script.expect("GET", "/zones?zone=example.org.").reply(200, "[" + zone_json("") + "]");
    script.expect("GET", "/zones/example.org.?rrsets=false").reply(200, zone_json(""));
    script.expect("GET", "/zones/example.org.?rrset_name=%2A.a.example.org.")
        .reply(200, zone_json(set_json("A", on("192.0.2.1"), 300, "*.a.example.org")));
    const auto& location = script.value<Location>();
    CHECK(location.zone == zone());
    CHECK(location.reading.state == RecordState{addresses("192.0.2.1"), Ttl{300}, false});
    CHECK(location.warnings.empty());

    Script none{powerdns()->locate("example.net")};
    none.reply(200, "[]").reply(200, "[]");
    CHECK(none.error().code == Errc::NotFound);
}

TEST_CASE("PowerDNS: zones of many names are looked up in the list of all, or by name") {
    const std::vector<std::string> names{"a.example.org", "b.example.org", "www.example.net"};
    Script script{powerdns()->find_zones(names)};
    script.expect("GET", "/localhost/zones").reply(200, "[" + zone_json("") + "]");
    script.expect("GET", "/zones/example.org.?rrsets=false").reply(200, zone_json(""));
    const auto& findings = script.value<ZoneFindings>();
    CHECK(findings.complete);
    CHECK(zone_of(findings, "b.example.org")->zone == zone());
    CHECK(zone_of(findings, "www.example.net").error().code == Errc::NotFound);

    Script huge{powerdns()->find_zones({"a.example.org", "b.example.org"})};
    huge.lose();
    huge.expect("GET", "/zones?zone=a.example.org.").reply(200, "[]");
    huge.expect("GET", "/zones?zone=example.org.").reply(200, "[" + zone_json("") + "]");
    huge.expect("GET", "/zones?zone=b.example.org.").reply(200, "[]");
    huge.expect("GET", "/zones/example.org.?rrsets=false").reply(200, zone_json(""));
    CHECK_FALSE(huge.value<ZoneFindings>().complete);
}

TEST_CASE(
    "PowerDNS: a zone fed from elsewhere is refused, one without serial changes warned about") {
    for (const char* kind : {"Slave", "Secondary", "Consumer"}) {
        Script script{powerdns()->locate("example.org")};
        script.reply(200, "[" + zone_json("", kind) + "]");
        CHECK(script.error().code == Errc::Conflict);
        CHECK(script.error().message.find(kind) != std::string::npos);
        auto write = replacing_set({replacement("192.0.2.2", "192.0.2.1")});
        write.reply(200, zone_json(set_json("A", on("192.0.2.1")), kind));
        CHECK(write.error().code == Errc::Conflict);
    }
    for (const char* kind : {"Native", "Master", "Primary", "Producer"}) {
        Script script{powerdns()->locate("example.org")};
        const auto mute = zone_json("", kind, R"("soa_edit_api":"")");
        script.reply(200, "[" + mute + "]").reply(200, mute).reply(200, mute);
        CHECK(script.value<Location>().warnings.at(0).find("soa_edit_api") != std::string::npos);
    }
}

TEST_CASE("PowerDNS: names that are no plain record are problems") {
    struct Row {
        std::string sets;
        std::string word;
    };
    const Row rows[] = {
        {set_json("CNAME", on("a.example.net.")), "CNAME"},
        {set_json("ALIAS", on("a.example.net.")), "ALIAS"},
        {set_json("LUA", on("A \\\"ifportup(443, {'192.0.2.1'})\\\"")), "LUA"},
        {set_json("A", on("192.0.2.1"), 60) + "," + set_json("AAAA", on("::1"), 300), "TTL"},
        {set_json("A", on("192.0.2.one")), "192.0.2.one"},
    };
    for (const auto& row : rows) {
        Script script{powerdns()->read(zone(), {kShop})};
        script.expect("GET", kPowerDnsByName).reply(200, zone_json(row.sets));
        const auto& reading = script.value<std::vector<RecordReading>>().at(0);
        REQUIRE(reading.problem.has_value());
        CHECK(reading.problem->code == Errc::Conflict);
        CHECK(reading.problem->message.find(row.word) != std::string::npos);
    }
}

TEST_CASE("PowerDNS: disabled records are not served and do not count") {
    Script script{powerdns()->read(zone(), {kShop})};
    script.reply(200, zone_json(set_json("A", on("192.0.2.1") + "," + off("192.0.2.9")) + "," +
                                set_json("AAAA", off("2001:db8::9"), 999) + "," +
                                set_json("TXT", on("\\\"hello\\\""), 5)));
    const auto& reading = script.value<std::vector<RecordReading>>().at(0);
    CHECK(reading.state == RecordState{addresses("192.0.2.1"), Ttl{60}, false});
}

TEST_CASE("PowerDNS: A and AAAA change in one PATCH, disabled records are carried over") {
    auto script = replacing_set({replacement("192.0.2.2", "192.0.2.1, 2001:db8::1")});
    script.expect("GET", kWhole)
        .reply(200, zone_json(set_json("A", on("192.0.2.1") + "," + off("192.0.2.9")) + "," +
                              set_json("AAAA", on("2001:DB8::1"))));
    script.expect("PATCH", "/zones/example.org.")
        .expect_body(
            R"({"rrsets":[{"name":"www.example.org.","type":"A","ttl":60,)"
            R"("changetype":"REPLACE","records":[{"content":"192.0.2.2","disabled":false},)"
            R"({"content":"192.0.2.9","disabled":true}]},)"
            R"({"name":"www.example.org.","type":"AAAA","changetype":"DELETE"}]})")
        .reply(204, "");
    script.expect("GET", kPowerDnsByName).reply(200, zone_json(set_json("A", on("192.0.2.2"))));
    CHECK(confirmed(script.outcomes().at(0)));
}

std::string hit(const std::string& type, const std::string& content, bool disabled,
                const std::string& name = kShop, const std::string& zone_id = "example.org.") {
    return R"({"content":")" + content + R"(","disabled":)" + (disabled ? "true" : "false") +
           R"(,"name":")" + name + R"(.","object_type":"record","ttl":60,"type":")" + type +
           R"(","zone":")" + zone_id + R"(","zone_id":")" + zone_id + "\"}";
}

// The zone is too large, and by its name the set shows one record.
Script replacing_in_a_vast_zone() {
    auto script = replacing_set({replacement("192.0.2.2", "192.0.2.1")});
    script.expect("GET", kWhole).lose();
    script.expect("GET", kPowerDnsByName).reply(200, zone_json(set_json("A", on("192.0.2.1"))));
    script.expect("GET", kSearch);
    return script;
}

TEST_CASE("PowerDNS: what a reading by name leaves out is searched for before a set is replaced") {
    auto script = replacing_in_a_vast_zone();
    script.reply(200, "[" + hit("A", "192.0.2.1", false) + "," + hit("A", "192.0.2.9", true) + "," +
                          hit("AAAA", "2001:db8::9", true) + "," + hit("TXT", "192.0.2.8", true) +
                          "," + hit("A", "192.0.2.7", true, "a.example.org") + "," +
                          hit("A", "192.0.2.6", true, kShop, "example.net.") + "]");
    script.expect("PATCH", "/zones/example.org.")
        .expect_body(
            R"({"rrsets":[{"name":"www.example.org.","type":"A","ttl":60,)"
            R"("changetype":"REPLACE","records":[{"content":"192.0.2.2","disabled":false},)"
            R"({"content":"192.0.2.9","disabled":true}]},)"
            R"({"name":"www.example.org.","type":"AAAA","ttl":60,)"
            R"("changetype":"REPLACE","records":[{"content":"2001:db8::9","disabled":true}]}]})")
        .reply(204, "");
    script.expect("GET", kPowerDnsByName).reply(200, zone_json(set_json("A", on("192.0.2.2"))));
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("PowerDNS: a set that was not wholly read is not replaced") {
    std::string full;
    for (int i = 0; i < 5000; ++i)
        full += (i == 0 ? "" : ",") + hit("A", "192.0.2.1", false);
    for (const auto& hits : {std::string{}, hit("A", "192.0.2.9", true), full}) {
        auto script = replacing_in_a_vast_zone();
        script.reply(200, "[" + hits + "]");
        CHECK(script.error().code == Errc::Transient);
        CHECK(script.error().message.find("disabled records") != std::string::npos);
    }
}

TEST_CASE("PowerDNS: a disabled twin of the wanted address is enabled, not doubled") {
    auto script = replacing_set({replacement("2001:db8::2", "2001:db8::1")});
    script.reply(200, zone_json(set_json("AAAA", on("2001:db8::1") + "," + off("2001:DB8:0::2"))));
    script.expect_body(
        R"({"rrsets":[{"name":"www.example.org.","type":"AAAA","ttl":60,)"
        R"("changetype":"REPLACE","records":[{"content":"2001:db8::2","disabled":false}]}]})");
}

TEST_CASE("PowerDNS: the automatic TTL keeps the present one") {
    auto script = replacing_set({replacement("192.0.2.2", "192.0.2.1", Ttl{})});
    script.reply(200, zone_json(set_json("A", on("192.0.2.1"), 1234)));
    CHECK(script.request().body.find("\"ttl\":1234") != std::string::npos);
}

TEST_CASE("PowerDNS: secondaries are notified, and a zone is rectified where that is needed") {
    const auto play = [](const std::string& kind, const std::string& more) {
        auto script = replacing_set({replacement("192.0.2.2", "192.0.2.1")});
        script.reply(200, zone_json(set_json("A", on("192.0.2.1")), kind, more)).reply(204, "");
        std::string asked;
        while (script.request().method == "PUT") {
            const auto& url = script.request().url;
            asked += url.substr(url.rfind('/'));
            script.reply(500, "");  // best effort
        }
        script.reply(200, zone_json(set_json("A", on("192.0.2.2")), kind));
        CHECK(confirmed(script.outcomes().at(0)));
        return asked;
    };
    const std::string plain = R"("soa_edit_api":"DEFAULT")";
    const std::string sealed = R"("dnssec":true,"api_rectify":false)";
    CHECK(play("Native", plain).empty());
    CHECK(play("Master", plain) == "/notify");
    CHECK(play("Primary", sealed) == "/rectify/notify");
    CHECK(play("Native", sealed) == "/rectify");
    CHECK(play("Native", R"("dnssec":true,"api_rectify":true)").empty());
}

TEST_CASE("PowerDNS: strangers and what is done already are not written") {
    auto script = replacing_set({replacement("192.0.2.2", "192.0.2.1")});
    script.reply(200, zone_json(set_json("A", on("198.51.100.1"))));
    CHECK(is_foreign(script.outcomes().at(0)));
    auto done = replacing_set({replacement("192.0.2.2", "192.0.2.1")});
    done.reply(200, zone_json(set_json("A", on("192.0.2.2"))));
    CHECK(confirmed(done.outcomes().at(0)));
}

TEST_CASE("PowerDNS: lost answers are settled by reading back") {
    for (int how = 0; how < 3; ++how) {
        CAPTURE(how);
        auto script = replacing_set({replacement("192.0.2.2", "192.0.2.1")});
        script.reply(200, zone_json(set_json("A", on("192.0.2.1"))));
        if (how == 0) script.lose();
        if (how == 1) script.reply(502, "<html>proxy</html>");
        if (how == 2) script.reply(200, "{\"half");
        script.expect("GET", kPowerDnsByName).reply(200, zone_json(set_json("A", on("192.0.2.2"))));
        CHECK(confirmed(script.outcomes().at(0)));
    }
}

TEST_CASE("PowerDNS: refusals by status") {
    struct Row {
        int status;
        const char* body;
        Errc errc;
        const char* word;
    };
    const Row rows[] = {
        {400, "Bad Request", Errc::Rejected, "not understood"},
        {401, "Unauthorized", Errc::Rejected, "api-key"},
        {403, "", Errc::Rejected, "proxy"},
        {404, "Not Found", Errc::NotFound, "base_url"},
        {405, "", Errc::Rejected, "PATCH"},
        {422, R"({"error":"Record www/A 'x': Parsing record content"})", Errc::Rejected, "Parsing"},
        {429, "", Errc::Throttled, "too many"},
        {501, "", Errc::Rejected, "PATCH"},
        {302, "", Errc::Rejected, "base_url"},
        {418, "", Errc::Rejected, "refused"},
        {500, R"({"error":"backend is read-only"})", Errc::Transient, "read-only"},
        {200, "", Errc::Transient, "empty"},
        {200, "[[[[", Errc::Transient, "JSON"},
        {200, "{}", Errc::Transient, "without id"},
        {200, R"({"id":"x","name":"x.","kind":"Native"})", Errc::Transient, "record sets"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.status);
        CAPTURE(std::string{row.body});
        Script script{powerdns()->read(zone(), {kShop})};
        script.reply(row.status, row.body);
        CHECK(script.error().code == row.errc);
        CHECK(script.error().text().find(row.word) != std::string::npos);
        CHECK(script.error().retry_after.has_value() == (row.errc == Errc::Throttled));
    }
    Script closed{powerdns()->read(zone(), {kShop})};
    closed.lose();
    CHECK(closed.error().remedy.find("webserver-allow-from") != std::string::npos);
}

TEST_CASE("PowerDNS: a bad record is found by halving, a late CNAME by reading again") {
    std::vector<RecordReplacement> batch;
    std::string sets;
    for (const char* name : {"a.example.org", "b.example.org", "c.example.org"}) {
        batch.push_back(replacement("192.0.2.2", "192.0.2.1", Ttl{60}, name));
    }
    auto script = replacing_set(batch);
    for (const auto& each : batch)
        sets += (sets.empty() ? "" : ",") + set_json("A", on("192.0.2.1"), 60, each.name);
    script.expect("GET", kWhole).reply(200, zone_json(sets));
    const auto refused = R"({"error":"Record c.example.org./A: Parsing record content"})";
    script.expect("PATCH", "/zones/").reply(422, refused);
    script.expect("PATCH", "/zones/");
    CHECK(script.request().body.find("\"a.example.org.\"") != std::string::npos);
    CHECK(script.request().body.find("\"b.example.org.\"") == std::string::npos);
    script.reply(204, "").reply(422, refused).reply(204, "").reply(422, refused);
    script.reply(200, zone_json(set_json("A", on("192.0.2.2"), 60, "a.example.org")));
    script.reply(200, zone_json(set_json("A", on("192.0.2.2"), 60, "b.example.org")));
    CHECK(confirmed(script.outcomes().at(0)));
    CHECK(confirmed(script.outcomes().at(1)));
    CHECK(error_of(script.outcomes().at(2)).code == Errc::Rejected);

    auto late = replacing_set({replacement("192.0.2.2", "192.0.2.1")});
    late.reply(200, zone_json(set_json("A", on("192.0.2.1"))));
    late.reply(422,
               R"({"error":"RRset www.example.org. IN A: Conflicts with pre-existing RRset"})");
    late.reply(200, zone_json(set_json("CNAME", on("x.example.net."))));
    CHECK(error_of(late.outcomes().at(0)).code == Errc::Conflict);
}

TEST_CASE("PowerDNS: many names are read with the whole zone, or one by one if that fails") {
    std::vector<std::string> names;
    std::string sets;
    for (int i = 0; i < 11; ++i) {
        names.push_back("n" + std::to_string(i) + ".example.org");
        sets += (i == 0 ? "" : ",") + set_json("A", on("192.0.2.1"), 60, names.back());
    }
    Script whole{powerdns()->read(zone(), names)};
    CHECK(whole.request().url.ends_with("/zones/example.org."));
    whole.reply(200, zone_json(sets));
    CHECK(whole.value<std::vector<RecordReading>>().at(10).exists);

    Script single{powerdns()->read(zone(), names)};
    single.lose();
    for (const auto& name : names) {
        single.expect("GET", "?rrset_name=" + name)
            .reply(200, zone_json(set_json("A", on("192.0.2.1"), 60, name)));
    }
    CHECK(single.value<std::vector<RecordReading>>().at(10).state.addresses.ipv4.size() == 1);
}

TEST_CASE("PowerDNS: verify knows an authoritative server from a recursor") {
    Script good{powerdns()->verify()};
    good.reply(200, R"({"daemon_type":"authoritative","version":"4.7.3"})");
    CHECK(good.value<Verification>().proven.at(0).find("4.7.3") != std::string::npos);
    CHECK(good.value<Verification>().unproven.size() == 1);
    Script recursor{powerdns()->verify()};
    recursor.reply(200, R"({"daemon_type":"recursor","version":"4.8.0"})");
    CHECK(recursor.error().code == Errc::Rejected);
    Script wrong{powerdns()->verify()};
    wrong.reply(401, "Unauthorized: " + std::string{kKey});
    CHECK(wrong.error().code == Errc::Rejected);
    CHECK(wrong.error().text().find(kKey) == std::string::npos);
}

}  // namespace
}  // namespace understudy::test
