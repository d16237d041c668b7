#include "tests/unit/api/stage.h"

#include "controller/web/web_files.h"

using namespace understudy;
using api_test::Stage;

namespace {

ApiRequest by_nobody(const Stage& stage, const std::string& path) {
    ApiRequest request = stage.request("GET", path);
    request.authorization.clear();
    return request;
}

std::string tag_of(const ApiResponse& response) {
    for (const auto& [name, value] : response.headers)
        if (name == "ETag") return value;
    return {};
}

}  // namespace

TEST_CASE("the page needs no token, allows nothing from elsewhere, and is asked for each time") {
    Stage stage;
    ApiRequest request = by_nobody(stage, "/");
    if (web_files().empty()) {
        CHECK(stage.send(request).status() == 404);
        return;
    }
    const auto page = stage.send(request);
    REQUIRE(page.status() == 200);
    CHECK(page.response.content_type == "text/html; charset=utf-8");
    CHECK(page.header("Content-Security-Policy").starts_with("default-src 'none'; script-src 's"));
    CHECK(page.header("Cache-Control") == "no-cache");
    CHECK(page.header("Content-Encoding").empty());
    request.if_none_match = page.header("ETag");
    const auto again = stage.send(request);
    CHECK(again.status() == 304);
    CHECK(again.response.body.empty());
    request.if_none_match = "W/\"other\", W/" + page.header("ETag");
    CHECK(stage.send(request).status() == 304);
    const std::string tag = page.header("ETag");
    request.if_none_match = tag.substr(0, tag.size() - 1) + "0\"";  // it only begins like it
    CHECK(stage.send(request).status() == 200);
    request.if_none_match = "\"other\"";
    CHECK(stage.send(request).status() == 200);
}

TEST_CASE("each file of the page is served from the folder of its version alone, gzipped or not") {
    Stage stage;
    for (const WebFile& file : web_files()) {
        CAPTURE(std::string{file.name});
        const std::string path = "/ui/" + std::string{web_version()} + "/" + std::string{file.name};
        ApiRequest request = by_nobody(stage, path);
        stage.begin(request);
        REQUIRE(stage.last.has_value());
        CHECK(stage.last->status == 200);
        CHECK(stage.last->body == file.body);
        request.accepts_gzip = true;
        stage.begin(request);
        CHECK(stage.last->body == file.gzipped);
        CHECK(file.gzipped.starts_with("\x1f\x8b"));
        // Other bytes have another tag, and only what is there is said to be the same.
        const std::string gzipped = tag_of(*stage.last);
        CHECK(gzipped != file.etag);
        request.if_none_match = file.etag;
        stage.begin(request);
        CHECK(stage.last->status == 200);
        request.if_none_match = gzipped;
        stage.begin(request);
        CHECK(stage.last->status == 304);
        CHECK(tag_of(*stage.last) == gzipped);
    }
    CHECK(stage.send(by_nobody(stage, "/ui/older/app.js")).status() == 404);
    const std::string missing = "/ui/" + std::string{web_version()} + "/none.js";
    CHECK(stage.send(by_nobody(stage, missing)).status() == 404);
}

TEST_CASE("what describes the API is served to everybody") {
    Stage stage;
    const auto document = stage.send(by_nobody(stage, "/api/v1/openapi.json"));
    CHECK(document.status() == 200);
    CHECK(document.text("openapi") == "3.1.0");
    CHECK(document["paths"]["/api/v1/openapi.json"].exists());
    ApiRequest again = by_nobody(stage, "/api/v1/openapi.json");
    again.if_none_match = "W/" + document.header("ETag");
    const auto same = stage.send(again);
    CHECK(same.status() == 304);
    CHECK(same.response.body.empty());
    CHECK(same.header("ETag") == document.header("ETag"));
    again.if_none_match = "\"other\"";
    CHECK(stage.send(again).status() == 200);
}
