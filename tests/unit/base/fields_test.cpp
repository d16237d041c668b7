#include "base/fields.h"

#include <doctest/doctest.h>

#include <functional>

using namespace understudy;

namespace {

Problems fields_of(const std::string& text, const std::function<void(Fields&)>& reader) {
    const auto document = json::Document::parse(text);
    REQUIRE(document.ok());
    Problems problems;
    Fields fields{document->root(), "", problems};
    reader(fields);
    fields.finish();
    return problems;
}

}  // namespace

TEST_CASE("everything wrong is reported at once, each with its path") {
    const auto problems = fields_of(
        R"({"name":7,"count":200,"list":["a",1],"sub":{"flag":"yes","other":1},"extra":true})",
        [](Fields& fields) {
            fields.required_text("name");
            fields.integer("count", 1, 100);
            fields.texts("list");
            fields.required_text("missing");
            Fields sub = fields.object("sub");
            sub.flag("flag");
            sub.finish();
        });
    std::vector<std::string> fields;
    for (const Error& problem : problems)
        fields.push_back(problem.field);
    CHECK(fields == std::vector<std::string>{"name", "count", "list[1]", "missing", "sub.flag",
                                             "sub.other", "extra"});
    for (const Error& problem : problems)
        CHECK_FALSE(problem.remedy.empty());
}

TEST_CASE("a field given twice is a problem, a null one is left out") {
    CHECK(fields_of(R"({"a":1,"a":2})", [](Fields& fields) { fields.integer("a", 0, 9); }).size() ==
          1);
    CHECK(fields_of(R"({"a":null})", [](Fields& fields) {
              CHECK_FALSE(fields.text("a").has_value());
              CHECK_FALSE(fields.has("a"));
          }).empty());
}

TEST_CASE("limits of texts, lists and labels hold") {
    const std::string long_text(5000, 'x');
    CHECK(fields_of(R"({"a":")" + long_text + R"("})", [](Fields& f) { f.text("a"); }).size() == 1);
    std::string list = "[\"a\"";
    for (int i = 0; i < 1000; ++i)
        list += ",\"a\"";
    CHECK(fields_of(R"({"a":)" + list + "]}", [](Fields& f) {
              CHECK(f.texts("a").empty());
          }).size() == 1);
    CHECK(fields_of(R"({"a":{"k":1}})", [](Fields& f) { f.labels("a"); }).front().field == "a.k");
    CHECK(fields_of(R"({"a":[]})", [](Fields& f) { f.labels("a"); }).size() == 1);
    for (const char* labels :
         {R"({"a":{"k":"v\n"}})", R"({"a":{"k":"\u202ev"}})", R"({"a":{"\u200bk":"v"}})"}) {
        const auto problems = fields_of(labels, [](Fields& f) { CHECK(f.labels("a").empty()); });
        REQUIRE(problems.size() == 1);
        CHECK(problems.front().message == "the label has characters that cannot be printed");
    }
    CHECK(fields_of(R"({"a":{"k":"Gr\u00f6\u00dfe"}})", [](Fields& f) { f.labels("a"); }).empty());
}
