#include "base/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace understudy;
using json::Document;
using json::Value;
using json::Writer;

namespace {

Document parsed(std::string_view text, const json::ParseOptions& options = {}) {
    auto document = Document::parse(text, options);
    REQUIRE(document.ok());
    return std::move(document).value();
}

std::string error_of(std::string_view text, const json::ParseOptions& options = {}) {
    const auto document = Document::parse(text, options);
    REQUIRE_FALSE(document.ok());
    CHECK(document.error().code == Errc::Invalid);
    return document.error().message;
}

}  // namespace

TEST_CASE("json: values have one type each") {
    const Document document = parsed(R"({"s": "a\u0000b", "i": -60, "d": 1.5, "t": true, "n": null,
                                         "a": [1, [2]], "o": {"k": "v"}})");
    const Value root = document.root();
    CHECK(root.is_object());
    CHECK(root.size() == 7);
    CHECK(root["s"].string() == std::string_view{"a\0b", 3});
    CHECK(root["i"].integer() == -60);
    CHECK(root["d"].number() == 1.5);
    CHECK(root["t"].boolean() == true);
    CHECK(root["n"].is_null());
    CHECK(parsed("[0.1, 123456789.012345, 0E51]").root().text() == "[0.1,123456789.012345,0.0]");
    CHECK(root["a"][1][0].integer() == 2);
    CHECK(root["o"]["k"].string() == "v");
    CHECK_FALSE(root["s"].integer().has_value());
    CHECK_FALSE(root["i"].string().has_value());
    CHECK_FALSE(root["i"].boolean().has_value());
    CHECK_FALSE(root["t"].number().has_value());
}

TEST_CASE("json: what is not there is absent all the way down") {
    const Document document = parsed(R"({"a": [1]})");
    const Value absent = document.root()["x"]["y"][3]["z"];
    CHECK_FALSE(absent.exists());
    CHECK_FALSE(absent.is_null());
    CHECK(absent.size() == 0);
    CHECK(absent.text().empty());
    CHECK_FALSE(document.root()["a"][1].exists());
    CHECK_FALSE(document.root()["a"]["a"].exists());
    CHECK_FALSE(document.root()[0].exists());
    CHECK_FALSE(document.root()[std::string_view{}].exists());
}

TEST_CASE("json: a number is kept as exactly as a double can, or refused") {
    const std::string exact =
        "[0.1,1e-7,1.7976931348623157e308,5e-324,9007199254740993,-9223372036854775808]";
    const Document document = parsed(exact);
    CHECK(document.root()[0].number() == 0.1);
    CHECK(document.root()[1].number() == 1e-7);
    CHECK(document.root()[2].number() == std::numeric_limits<double>::max());
    CHECK(document.root()[3].number() == std::numeric_limits<double>::denorm_min());
    CHECK(document.root()[4].integer() == 9'007'199'254'740'993);
    CHECK(document.root()[5].integer() == std::numeric_limits<std::int64_t>::min());

    for (const char* number :
         {"1e309", "-1e309", "2260000092613800e000300", "123456789012345678901234567890e290",
          "1e-400", "0.1234567890e-2147483639"}) {
        CAPTURE(number);
        const auto refused = Document::parse(R"({"ttl": )" + std::string{number} + "}");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().message.find("line 1, column 9") != std::string::npos);
    }
    CHECK(Document::parse("2260000092613800e300").error().message ==
          "not valid JSON at line 1, column 1: a number that no double can hold");
}

TEST_CASE("json: integers are whole numbers, whatever their spelling") {
    const Document document = parsed(
        "[60, 60.0, 60.5, \"60\", 9223372036854775807, 9223372036854775808, 1e15, 1e300, -0.0]");
    const Value root = document.root();
    CHECK(root[0].integer() == 60);
    CHECK(root[1].integer() == 60);
    CHECK_FALSE(root[2].integer().has_value());
    CHECK_FALSE(root[3].integer().has_value());
    CHECK(root[4].integer() == std::numeric_limits<std::int64_t>::max());
    CHECK_FALSE(root[5].integer().has_value());
    CHECK(root[6].integer() == 1'000'000'000'000'000);
    CHECK_FALSE(root[7].integer().has_value());
    CHECK(root[8].integer() == 0);
}

TEST_CASE("json: elements and members are visited in order") {
    const Document document = parsed(R"({"b": 1, "a": [3, 2]})");
    std::string seen;
    document.root().each_member([&seen](std::string_view key, Value) { seen += key; });
    document.root()["a"].each([&seen](Value each) { seen += each.text(); });
    document.root().each([&seen](Value) { seen += "!"; });
    CHECK(seen == "ba32");
}

TEST_CASE("json: values survive the move of their document") {
    Document first = parsed(R"({"key": "a long string that is not stored in place"})");
    const Value root = first.root();
    const Document second = std::move(first);
    CHECK(root["key"].string() == "a long string that is not stored in place");
    CHECK(second.root()["key"].exists());
}

TEST_CASE("json: an error names line and column") {
    CHECK(error_of("{\"a\": 1,\n  \"b\" 2}").find("line 2, column 7") != std::string::npos);
    CHECK(error_of("").find("line 1, column 1") != std::string::npos);
    CHECK(error_of("\n\n  x").find("line 3, column 3") != std::string::npos);
}

TEST_CASE("json: what is not JSON is refused") {
    for (const std::string& text :
         {std::string{"{"}, std::string{"[1,]"}, std::string{"{} x"}, std::string{"nul"},
          std::string{"NaN"}, std::string{"01"}, std::string{"\"\xff\""}, std::string{"'a'"},
          std::string{"\"a\nb\""}, std::string{"// c\n1"}, std::string{"1\0", 2},
          std::string{"1e999"}, std::string{"\"\\ud800\""}}) {
        CAPTURE(text);
        error_of(text);
    }
}

TEST_CASE("json: files people write may have comments and trailing commas") {
    json::ParseOptions options;
    options.comments = true;
    const Document document = parsed("// top\n{\"a\": [1, 2,], /* inside */ \"b\": 3,}\n", options);
    CHECK(document.root()["a"].size() == 2);
    CHECK(document.root()["b"].integer() == 3);
    CHECK(error_of("{\"a\": 1} // \n x", options).find("line 2") != std::string::npos);
}

TEST_CASE("json: a byte order mark is skipped") {
    CHECK(parsed("\xef\xbb\xbf{\"a\": 1}").root()["a"].integer() == 1);
}

TEST_CASE("json: depth and size have limits") {
    json::ParseOptions options;
    options.max_depth = 3;
    options.max_bytes = 100;
    CHECK(parsed("[[[1]]]", options).root()[0][0][0].integer() == 1);
    CHECK(error_of("[[[[1]]]]", options).find("more than 3 levels") != std::string::npos);
    CHECK(error_of("{\"a\":{\"a\":{\"a\":{}}}}", options).find("levels") != std::string::npos);
    CHECK(parsed("[[[]],[[]],[[]]]", options).root().size() == 3);
    CHECK(error_of(std::string(101, ' '), options).find("101 bytes") != std::string::npos);
    error_of(std::string(1'000'000, '['));
    error_of(std::string(1'000'000, '[') + std::string(1'000'000, ']'));
}

TEST_CASE("json: the writer keeps order and escapes") {
    Writer writer;
    writer.begin_object().field("b", 1).field("a", "x\"\\\n\x01").field("f", 1.5).field("t", true);
    writer.key("list").begin_array().value(std::int64_t{-5}).null().raw("{\"r\":1}").end_array();
    writer.field("size", std::size_t{7}).field("u", std::uint32_t{4'000'000'000U});
    writer.end_object();
    CHECK(writer.take() ==
          R"({"b":1,"a":"x\"\\\n\u0001","f":1.5,"t":true,"list":[-5,null,{"r":1}],)"
          R"("size":7,"u":4000000000})");
}

TEST_CASE("json: the writer makes valid JSON of any bytes and numbers") {
    Writer writer;
    writer.begin_array().value("a\xff").value(std::nan("")).value(INFINITY).value("").end_array();
    const std::string text = writer.take();
    CHECK(text == "[\"a\xef\xbf\xbd\",null,null,\"\"]");
    CHECK(Document::parse(text).ok());
}

TEST_CASE("json: a writer can be used again") {
    Writer writer;
    writer.begin_object().field("a", 1).end_object();
    CHECK(writer.take() == R"({"a":1})");
    writer.begin_array().value(2).end_array();
    CHECK(writer.take() == "[2]");
}

TEST_CASE("json: a value as text reads back equal") {
    const std::string text = R"({"a":[1,2.5,"ü",null,true],"b":{}})";
    CHECK(parsed(text).root().text() == text);
}
