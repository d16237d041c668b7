#include "base/policy_fields.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/field_codec.h"
#include "tests/support/test_data.h"

using namespace understudy;

namespace {

json::Document schema(const std::string& name) {
    std::ifstream file{tests_folder().parent_path() / "schema" / name};
    std::ostringstream text;
    text << file.rdbuf();
    json::ParseOptions options;
    options.max_bytes = 4u << 20;
    auto document = json::Document::parse(text.str(), options);
    REQUIRE(document.ok());
    return std::move(*document);
}

std::vector<std::string> words_in(json::Value list) {
    std::vector<std::string> words;
    list.each([&](json::Value word) {
        if (!word.is_null()) words.emplace_back(word.string().value_or(""));
    });
    return words;
}

// The alternative of "anyOf" or "oneOf" that has such a key; the property itself where it has none.
json::Value with_key(json::Value property, std::string_view key) {
    for (const char* several : {"anyOf", "oneOf"}) {
        for (std::size_t i = 0; i < property[several].size(); ++i)
            if (property[several][i][key].exists()) return property[several][i];
    }
    return property;
}

template <typename Owner, typename Value>
void check_against(json::Value property, const Field<Owner, Value>& field) {
    INFO(std::string{field.name});
    REQUIRE(property.exists());
    if constexpr (Worded<Value>) {
        CHECK(words_in(property["enum"]) == all_words<Value>());
    } else if constexpr (Formed<Value>) {
        CHECK(property["pattern"].exists());
    } else if constexpr (std::is_same_v<Value, std::string>) {
        CHECK(property["maxLength"].integer() == field.limits.high);
    } else if constexpr (requires { Value{}.has_value(); }) {
        CHECK(property["type"].exists());
    } else {
        const json::Value number = with_key(property, "minimum");
        CHECK(number["minimum"].integer() == field.limits.low);
        CHECK(number["maximum"].integer() == field.limits.high);
    }
    std::vector<std::string> presets;
    for (const Preset& preset : field.presets)
        presets.emplace_back(preset.word);
    if (!presets.empty()) CHECK(words_in(with_key(property, "enum")["enum"]) == presets);
}

void check_schema(json::Value properties) {
    std::size_t fields = 0;
    each_field<Policy>([&](const auto& field) {
        ++fields;
        check_against(properties[field.name], field);
    });
    CHECK(properties.size() == fields);
}

Problems problems_of(const std::string& text, Policy& policy) {
    const auto document = json::Document::parse(text);
    REQUIRE(document.ok());
    Problems problems;
    policy = read_policy(Fields{document->root(), "policy", problems}, policy, false);
    return problems;
}

}  // namespace

TEST_CASE("the schemas that are written by hand have every field of a policy, with its limits") {
    check_schema(schema("config.schema.json").root()["properties"]["policy"]["properties"]);
    check_schema(schema("fleet.schema.json").root()["definitions"]["policy"]["properties"]);
    check_schema(
        schema("openapi.json").root()["components"]["schemas"]["PolicyChoice"]["properties"]);
}

TEST_CASE("the answers' schemas have every field of a policy and no other") {
    const auto openapi = schema("openapi.json");
    for (const char* name : {"Policy", "DecisionPolicy"}) {
        INFO(name);
        const json::Value properties = openapi.root()["components"]["schemas"][name]["properties"];
        std::size_t fields = 0;
        each_field<Policy>([&](const auto& field) {
            ++fields;
            CHECK_MESSAGE(properties[field.name].exists(), std::string{field.name});
        });
        CHECK(properties.size() == fields);
    }
}

TEST_CASE("what a policy writes it reads, in JSON") {
    Policy policy;
    policy.reaction = Reaction::Maintenance;
    policy.failback_after_s = std::chrono::seconds{7};
    policy.failover_ttl_s = 77;
    policy.fallback_ipv4 = parse_ipv4("192.0.2.9");
    policy.mode = PoolMode::ActiveActive;
    policy.max_answers = 3;
    policy.answers = AnswerOrder::LeastLoaded;
    json::Writer out;
    out.begin_object();
    write_described(out, policy);
    out.end_object();
    Policy read;
    read.fallback_ipv6 = parse_ipv6("2001:db8::9");  // null takes it away
    CHECK(problems_of(out.take(), read).empty());
    CHECK(read == policy);
}

TEST_CASE("words for machines stand for seconds, and a wrong one names them all") {
    Policy policy;
    CHECK(problems_of(R"({"failback_after_s":"vm"})", policy).empty());
    CHECK(policy.failback_after_s == std::chrono::seconds{180});
    const auto problems =
        problems_of(R"({"failback_after_s":"toaster","mode":"both","max_answers":101,"confirm":1,)"
                    R"("fallback_ipv4":"10.0.0.1"})",
                    policy);
    REQUIRE(problems.size() == 5);
    CHECK(problems[0].remedy ==
          "give seconds, or one of: container, lxc, vm, hypervisor, nas, windows, conservative");
    CHECK(problems[1].field == "policy.fallback_ipv4");
    CHECK(problems[2].text() ==
          "policy.mode: 'both' is not known here (one of: failover, active_active)");
    CHECK(problems[3].field == "policy.max_answers");
    CHECK(problems[4].field == "policy.confirm");
}

TEST_CASE("a pool of one answer has no say about several, unless it is told") {
    Policy policy;
    policy.mode = PoolMode::ActiveActive;
    policy.max_answers = 2;
    CHECK(problems_of(R"({"mode":"failover"})", policy).empty());
    CHECK(policy == Policy{});
    CHECK(problems_of(R"({"max_answers":2})", policy).empty());
    CHECK(policy.max_answers == 2);  // the engine refuses it
}

TEST_CASE("a text to look for is one line that can be read") {
    Policy policy;
    policy.probe = *parse_probe_target("https");
    for (const char* text : {"", "all is well", "alles in Butter, \u00fc"}) {
        policy.probe_text = text;
        CHECK(check_policy(policy).ok());
    }
    for (const char* text : {"a\tb", "a\nb", "a\u200bb", "a\x7f", "a\xff"}) {
        policy.probe_text = text;
        const auto checked = check_policy(policy);
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().field == "policy.probe_text");
        CHECK(checked.error().remedy == "give printable text on one line");
    }
}
