// Answers that others recorded (tests/fixtures/dns-vendors) are understood as they are.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

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
    script.expect("GET", "/v1/actions/590000000000000");
}

}  // namespace
}  // namespace understudy::test::of_vendors
