#include "controller/api/fields.h"

#include "tests/unit/api/stage.h"

using namespace understudy;
using api::Fields;
using api_test::Stage;

namespace {

api::Problems read(const std::string& text, const std::function<void(Fields&)>& reader) {
    const auto document = json::Document::parse(text);
    REQUIRE(document.ok());
    api::Problems problems;
    Fields fields{document->root(), "", problems};
    reader(fields);
    fields.finish();
    return problems;
}

}  // namespace

TEST_CASE("everything wrong is reported at once, each with its path") {
    const auto problems =
        read(R"({"name":7,"count":200,"list":["a",1],"sub":{"flag":"yes","other":1},"extra":true})",
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
    CHECK(read(R"({"a":1,"a":2})", [](Fields& fields) { fields.integer("a", 0, 9); }).size() == 1);
    CHECK(read(R"({"a":null})", [](Fields& fields) {
              CHECK_FALSE(fields.text("a").has_value());
              CHECK_FALSE(fields.has("a"));
          }).empty());
}

TEST_CASE("limits of texts, lists and labels hold") {
    const std::string long_text(5000, 'x');
    CHECK(read(R"({"a":")" + long_text + R"("})", [](Fields& f) { f.text("a"); }).size() == 1);
    std::string list = "[\"a\"";
    for (int i = 0; i < 1000; ++i)
        list += ",\"a\"";
    CHECK(read(R"({"a":)" + list + "]}", [](Fields& f) { CHECK(f.texts("a").empty()); }).size() ==
          1);
    CHECK(read(R"({"a":{"k":1}})", [](Fields& f) { f.labels("a"); }).front().field == "a.k");
    CHECK(read(R"({"a":[]})", [](Fields& f) { f.labels("a"); }).size() == 1);
    for (const char* labels :
         {R"({"a":{"k":"v\n"}})", R"({"a":{"k":"\u202ev"}})", R"({"a":{"\u200bk":"v"}})"}) {
        const auto problems = read(labels, [](Fields& f) { CHECK(f.labels("a").empty()); });
        REQUIRE(problems.size() == 1);
        CHECK(problems.front().message == "the label has characters that cannot be printed");
    }
    CHECK(read(R"({"a":{"k":"Gr\u00f6\u00dfe"}})", [](Fields& f) { f.labels("a"); }).empty());
}

TEST_CASE("a body must be JSON, said to be JSON, small and flat") {
    Stage stage;
    auto request = stage.request("POST", "/api/v1/servers", "{}");
    request.content_type = "text/plain";
    CHECK(stage.send(request).status() == 415);
    request.content_type = "Application/JSON; charset=utf-8";
    CHECK(stage.send(request).status() == 422);
    request.body = "{\"name\":";
    CHECK(stage.send(request).status() == 400);
    request.body = std::string(100, '[') + std::string(100, ']');
    CHECK(stage.send(request).status() == 400);
    request.body = std::string(api::kBodyLimitBytes + 1, ' ');
    CHECK(stage.send(request).status() == 413);
    request.body = "[]";
    CHECK(stage.send(request).status() == 422);
    CHECK(stage.engine.fleet().servers().empty());
}

TEST_CASE("operations without a body refuse fields") {
    Stage stage;
    stage.add_servers();
    const auto answer = stage.post("/api/v1/servers/web1/rotate-token", R"({"force":true})");
    CHECK(answer.status() == 422);
    CHECK(answer.errors() == "force: there is no such field\n");
    CHECK(stage.post("/api/v1/servers/web1/rotate-token", "{}").status() == 200);
}

TEST_CASE("query parameters are checked like fields") {
    Stage stage;
    const auto answer =
        stage.get("/api/v1/domains?status=broken&limit=0&pool=none&colour=red&limit=2");
    CHECK(answer.status() == 422);
    CHECK(answer["errors"].size() == 5);
    CHECK(stage.get("/api/v1/servers?x=1").status() == 422);
    CHECK(stage.get("/api/v1/events?since=yesterday").errors() ==
          "?since: 'yesterday' is not a time\n");
}

TEST_CASE("foreign text in sentences is cut at a character and holds no control characters") {
    CHECK(quoted("a\x1b[31m\n") == "'a [31m '");
    const std::string umlauts(79, 'a');
    const std::string cut = quoted(umlauts + "\u00e4\u00e4");
    CHECK(cut == "'" + umlauts + "...'");
    CHECK(quoted("\xff") == "'\uFFFD'");
}
