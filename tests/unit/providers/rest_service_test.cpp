// Answers that others recorded (tests/fixtures/dns-vendors) are understood as they are.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "providers/rest_service.h"
#include "tests/support/test_data.h"
#include "tests/unit/providers/script.h"

namespace understudy::test::of_vendors {
namespace {

std::string recorded(const std::string& name) {
    std::ifstream file{tests_folder() / "fixtures/dns-vendors" / name};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    REQUIRE_FALSE(text.empty());
    return text;
}

const std::string kToken(40, 'k');

// A move of www.example.com from 192.0.2.10 to 192.0.2.20 in a zone of that id.
Script moving(const std::string& kind, const std::string& zone_id = "example.com") {
    auto provider = make_provider(kind, "{}", Secret{kToken});
    REQUIRE(provider.ok());
    const RecordReplacement move{
        "www.example.com", addresses("192.0.2.20"), Ttl{300}, {addresses("192.0.2.10")}};
    return Script{(*provider)->replace({zone_id, "example.com"}, {move})};
}

TEST_CASE("Hetzner's recorded answers are understood") {
    const std::string set = R"({"rrsets":[{"name":"www","type":"A","ttl":300,"records":[)"
                            R"({"value":"192.0.2.10"}]}]})";
    struct Row {
        const char* file;
        const char* word;
    };
    for (const auto& row : {Row{"hetzner/error-invalid_input.json", "is too long"},
                            Row{"hetzner/error-resource_limit_exceeded.json", "limit exceeded"}}) {
        auto script = moving("hetzner", "42");
        script.reply(200, set).reply(422, recorded(row.file));
        CHECK(error_of(script.outcomes().at(0)).message.find(row.word) != std::string::npos);
    }
    // Still running, as it was recorded, until it has been asked for often enough.
    auto script = moving("hetzner", "42");
    script.reply(200, set).reply(201, recorded("hetzner/add_rrset_records.json"));
    script.expect("GET", "/v1/actions/1").reply(200, recorded("hetzner/get_action.json"));
    for (int asked = 1; asked < 5; ++asked)
        script.expect("GET", "/v1/actions/590000000000000")
            .reply(200, recorded("hetzner/get_action.json"));
    script.expect("GET", "/zones/42/rrsets").reply(200, set);
    CHECK(error_of(script.outcomes().at(0)).message.find("not finished") != std::string::npos);
}

TEST_CASE("deSEC's recorded answers are understood") {
    const auto provider = make_provider("desec", "{}", Secret{kToken});
    Script zones{(*provider)->find_zones({})};
    zones.reply(200, recorded("desec/domains_responsible.json"));
    const auto& found = zones.value<ZoneFindings>().zones.at("example.com");
    CHECK(found.warnings.at(0).find("3600 s") != std::string::npos);

    Script reading{(*provider)->read(found.zone, {"example.com"})};
    reading.reply(200, "[" + recorded("desec/records_get.json") + "]");
    CHECK_FALSE(reading.value<std::vector<RecordReading>>().at(0).exists);
}

TEST_CASE("DigitalOcean's recorded answers are understood") {
    auto script = moving("digitalocean");
    script.reply(200, R"({"domain_records":[{"id":1,"type":"A","name":"www",)"
                      R"("data":"192.0.2.10","ttl":300}]})");
    script.reply(200, recorded("digitalocean/domains-records_POST.json"));
    script.reply(200, R"({"domain_records":[{"id":1,"type":"A","name":"www",)"
                      R"("data":"192.0.2.20","ttl":300}]})");
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("Gandi's recorded answers are understood") {
    auto script = moving("gandi");
    const auto other = recorded("gandi/add_txt_record_get.json");
    const std::string set = R"({"rrset_name":"www","rrset_type":"A","rrset_ttl":300,)";
    script.reply(200, "[" + other + "," + set + R"("rrset_values":["192.0.2.10"]}])");
    script.reply(201, recorded("gandi/api_response.json"));
    script.reply(200, "[" + other + "," + set + R"("rrset_values":["192.0.2.20"]}])");
    CHECK(confirmed(script.outcomes().at(0)));
}

TEST_CASE("where a list goes on is read from a header, and nothing else is") {
    const auto next = [](const std::string& link) {
        return next_in_link(response(200, "", {{"Link", link}}), "page");
    };
    CHECK(next("<https://a.example/x?page=2&per_page=1>; rel=\"next\"") == "2");
    CHECK(next("<https://a.example/x?page=1>; rel=\"prev\", </x?a=b&page=3#c>; rel=next") == "3");
    CHECK(next("<https://a.example/x?apage=1>; rel=\"next\"").empty());
    for (const char* broken : {"", "<", ">", "><", "<?page=1", "<?page=1>", "rel=\"next\""})
        CHECK(next(broken).empty());
}

TEST_CASE("verify says how many zones a token sees, and what only a change proves") {
    const auto provider = make_provider("gandi", "{}", Secret{kToken});
    Script script{(*provider)->verify()};
    script.reply(200, R"([{"fqdn":"example.com"}])");
    const auto& report = script.value<Verification>();
    CHECK(report.proven.at(0) == "the token is accepted by Gandi and sees 1 zone");
    CHECK(report.unproven.size() == 1);
    CHECK_FALSE(report.reading_unproven.empty());
}

TEST_CASE("a zone whose name could be no domain's keeps nobody from the others") {
    struct Row {
        const char* kind;
        const char* zones;  // @: a name
    };
    const std::string odd = "-a b-.example";
    for (const auto& row :
         {Row{"desec", R"([{"name":"@"},{"name":"example.com"}])"},
          Row{"digitalocean",
              R"({"domains":[{"name":"@"},{"name":"example.com"}],"meta":{"total":2}})"},
          Row{"gandi", R"([{"fqdn":"@"},{"fqdn":"example.com"}])"},
          Row{"hetzner", R"({"zones":[{"id":1,"name":"@"},{"id":2,"name":"example.com"}],)"
                         R"("meta":{"pagination":{"total_entries":2}}})"}}) {
        CAPTURE(row.kind);
        const auto provider = make_provider(row.kind, "{}", Secret{kToken});
        const auto listing = [&](const std::string& name) {
            Script script{(*provider)->find_zones({})};
            std::string zones = row.zones;
            zones.replace(zones.find('@'), 1, name);
            script.reply(200, zones);
            return script;
        };
        const auto script = listing(odd);
        const auto& found = script.value<ZoneFindings>();
        CHECK(found.complete);
        CHECK(found.zones.size() == 1);
        CHECK(found.zones.contains("example.com"));
        CHECK(listing("").error().code == Errc::Transient);  // damaged
    }
}

}  // namespace
}  // namespace understudy::test::of_vendors
