// Requests and answers as api.gandi.net/docs/livedns describes them.
#include <doctest/doctest.h>

#include "providers/locate.h"
#include "tests/unit/providers/script.h"

namespace understudy::test::at_gandi {
namespace {

const std::string kToken(40, 'b');
const ZoneRef kZone{"example.com", "example.com"};
const std::string kRecords = "https://api.gandi.net/v5/livedns/domains/example.com/records";
const std::string kList = kRecords + "?per_page=100&page=1";

std::unique_ptr<Provider> gandi() {
    auto provider = make_provider("gandi", "{}", Secret{kToken});
    REQUIRE(provider.ok());
    return *std::move(provider);
}

std::string set_json(const std::string& type, const std::string& values, int ttl = 10800,
                     const std::string& name = "www") {
    return R"({"rrset_name":")" + name + R"(","rrset_type":")" + type + R"(","rrset_ttl":)" +
           std::to_string(ttl) + R"(,"rrset_values":[)" + values + R"(],"rrset_href":"x"})";
}

Script moving(const std::string& from, const std::string& to, Ttl ttl = Ttl{60}) {
    const RecordReplacement wanted{"www.example.com", addresses(to), ttl, {addresses(from)}};
    return Script{gandi()->replace(kZone, {wanted})};
}

TEST_CASE("Gandi: a name is located, and that no TTL is short is said") {
    Script script{gandi()->locate("example.com")};
    script.expect("GET", "https://api.gandi.net/v5/livedns/domains/example.com");
    CHECK(script.request().headers.at(0).value == "Bearer " + kToken);
    script.reply(200, R"({"fqdn":"example.com","automatic_snapshots":true})");
    script.expect("GET", kList)
        .reply(200, "[" + set_json("A", R"("67.210.32.33")", 300, "@") + "]");
    const auto& location = script.value<Location>();
    CHECK(location.reading.state == RecordState{addresses("67.210.32.33"), Ttl{300}, false});
    CHECK(location.warnings.at(0).find("300 s") != std::string::npos);
}

TEST_CASE("Gandi: lists are read over all pages") {
    Script script{gandi()->read(kZone, {"www.example.com"})};
    script.reply(
        200, "[" + set_json("A", R"("192.0.2.10")") + "]",
        {{"Link", "<" + kRecords + "?per_page=100&page=2>; rel=\"next\""}, {"Total-Count", "2"}});
    script.expect("GET", kRecords + "?per_page=100&page=2")
        .reply(200, "[" + set_json("AAAA", R"("2001:db8::10")") + "]", {{"Total-Count", "2"}});
    CHECK(script.value<std::vector<RecordReading>>().at(0).state.addresses ==
          addresses("192.0.2.10, 2001:db8::10"));
}

TEST_CASE("Gandi: sets are replaced with a TTL that it takes, one goes last") {
    auto script = moving("192.0.2.10", "2001:db8::20");
    script.expect("GET", kList).reply(200, "[" + set_json("A", R"("192.0.2.10")") + "]");
    script.expect("PUT", kRecords + "/www/AAAA")
        .expect_body(R"({"rrset_ttl":300,"rrset_values":["2001:db8::20"]})")
        .reply(201, R"({"message":"DNS Record Created"})");
    script.expect("DELETE", kRecords + "/www/A").reply(204, "");
    script.reply(200, "[" + set_json("AAAA", R"("2001:db8::20")", 300) + "]");
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("Gandi: an ALIAS is in the way, a change that stopped halfway is not") {
    Script alias{gandi()->locate("example.com")};
    alias.reply(200, R"({"fqdn":"example.com"})");
    alias.reply(200, "[" + set_json("ALIAS", R"("a.example.net.")", 300, "@") + "]");
    CHECK(alias.error().code == Errc::Conflict);

    const auto half = "[" + set_json("A", R"("192.0.2.20")", 300) + "," +
                      set_json("AAAA", R"("2001:db8::10")") + "]";
    auto again = moving("192.0.2.10, 2001:db8::10", "192.0.2.20, 2001:db8::20");
    again.reply(200, half);
    again.expect("PUT", kRecords + "/www/AAAA").reply(201, "{}");
    again.reply(200, "[" + set_json("A", R"("192.0.2.20")", 300) + "," +
                         set_json("AAAA", R"("2001:db8::20")", 300) + "]");
    CHECK(confirmed(again.outcomes().at(0)));
}

TEST_CASE("Gandi: a name that was changed in part is read back, and the others go on") {
    const auto held = [](const std::string& name, const std::string& ipv4) {
        return set_json("A", "\"" + ipv4 + "\"", 300, name);
    };
    const auto ipv6 = set_json("AAAA", R"("2001:db8::10")", 300, "a");
    Script script{gandi()->replace(
        kZone, {{"a.example.com",
                 addresses("192.0.2.20, 2001:db8::20"),
                 Ttl{300},
                 {addresses("192.0.2.10, 2001:db8::10")}},
                {"b.example.com", addresses("192.0.2.20"), Ttl{300}, {addresses("192.0.2.10")}}})};
    script.reply(200,
                 "[" + held("a", "192.0.2.10") + "," + ipv6 + "," + held("b", "192.0.2.10") + "]");
    script.expect("PUT", "/a/A").reply(201, "{}");
    script.expect("PUT", "/a/AAAA").reply(400, R"({"message":"no IPv6 today"})");
    script.expect("PUT", "/b/A").reply(201, "{}");
    script.expect("GET", kList)
        .reply(200,
               "[" + held("a", "192.0.2.20") + "," + ipv6 + "," + held("b", "192.0.2.20") + "]");
    CHECK(error_of(script.outcomes().at(0)).message.find("no IPv6 today") != std::string::npos);
    CHECK(confirmed(script.outcomes().at(1)));

    // The set that was refused is a person's by now.
    auto edited = moving("192.0.2.10, 2001:db8::10", "192.0.2.20, 2001:db8::20");
    const auto www = set_json("AAAA", R"("2001:db8::10")", 300);
    edited.reply(200, "[" + held("www", "192.0.2.10") + "," + www + "]");
    edited.reply(201, "{}").reply(400, "{}");
    edited.reply(200, "[" + held("www", "192.0.2.20") + "," +
                          set_json("AAAA", R"("2001:db8::99")", 300) + "]");
    CHECK(is_foreign(edited.outcomes().at(0)));
}

TEST_CASE("Gandi: what it refuses is told in its words") {
    auto bad = moving("192.0.2.10", "192.0.2.20");
    bad.reply(200, "[" + set_json("A", R"("192.0.2.10")", 300) + "]");
    bad.reply(400, R"({"status":"error","errors":[{"location":"body","name":"rrset_values",)"
                   R"("description":"invalid IPv4"}]})");
    CHECK(error_of(bad.outcomes().at(0)).message.find("rrset_values: invalid IPv4") !=
          std::string::npos);

    auto expired = moving("192.0.2.10", "192.0.2.20");
    expired.reply(403, R"({"code":403,"message":"Access was denied to this resource. )" + kToken +
                           R"(","object":"HTTPForbidden","cause":"Forbidden"})");
    CHECK(expired.error().code == Errc::Rejected);
    CHECK(expired.error().text().find(kToken) == std::string::npos);
    CHECK(expired.error().remedy.find("a year") != std::string::npos);
}

TEST_CASE("Gandi: an API key of the former scheme is refused at once") {
    const auto made = make_provider("gandi", "{}", Secret{std::string(24, 'c')});
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().field == "credential");
}

}  // namespace
}  // namespace understudy::test::at_gandi
