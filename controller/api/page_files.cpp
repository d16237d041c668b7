// GET /, /ui/...: the page and its files, as they were embedded. GET /api/v1/openapi.json: what
// this API can do, for programs and for the page's forms.
#include <algorithm>

#include "controller/api/entity_tags.h"
#include "controller/api/handlers.h"
#include "controller/web/web_files.h"
#include "embedded/openapi.h"

namespace understudy::api {
namespace {

// Nothing from elsewhere, nothing inline: what a name or a sentence holds can never run.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// The folder's name changes with its files. The page itself is asked for each time.
constexpr const char* kForEver = "public, max-age=31536000, immutable";
constexpr const char* kAskAgain = "no-cache";

const WebFile* web_file(std::string_view name) {
    const auto files = web_files();
    const auto found = std::ranges::find(files, name, &WebFile::name);
    return found == files.end() ? nullptr : &*found;
}

// What is sent gzipped is another representation, and has a tag of its own (RFC 9110 8.8.3.3).
std::string tag_of(const WebFile& file, const ApiRequest& request) {
    std::string tag{file.etag.substr(1, file.etag.size() - 2)};
    return request.accepts_gzip ? tag + "-gzip" : tag;
}

ApiResponse answer(const WebFile& file, const ApiRequest& request, const char* caching) {
    const std::string tag = tag_of(file, request);
    ApiResponse response{200,
                         std::string{file.content_type},
                         {{"Content-Security-Policy", kPolicy},
                          {"Cache-Control", caching},
                          {"ETag", "\"" + tag + "\""},
                          {"Vary", "Accept-Encoding"}},
                         {}};
    if (names_tag(request.if_none_match, tag)) {
        response.status = 304;
    } else if (request.accepts_gzip) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = file.gzipped;
    } else {
        response.body = file.body;
    }
    return response;
}

}  // namespace

void show_page(const Call& call) {
    if (const WebFile* page = web_file("index.html"))
        return call.respond(answer(*page, call.request, kAskAgain));
    call.refuse(not_found("this controller was built without the page",
                          "use understudyctl, or build it with -DUNDERSTUDY_WEB=ON"));
}

void show_page_file(const Call& call) {
    const WebFile* file = web_file(*call.captured("file"));
    if (file != nullptr && *call.captured("version") == web_version())
        return call.respond(answer(*file, call.request, kForEver));
    call.refuse(not_found("the page has no such file", "load / again"));
}

void show_openapi(const Call& call) {
    // It is long, and the same as long as the program runs.
    static const std::string tag = tag_of_bytes(embedded::kApi_openapi_json);
    ApiResponse response{
        200, "application/json", {{"Cache-Control", kAskAgain}, {"ETag", "\"" + tag + "\""}}, {}};
    if (names_tag(call.request.if_none_match, tag)) {
        response.status = 304;
        response.content_type.clear();
    } else {
        response.body = embedded::kApi_openapi_json;
    }
    call.respond(std::move(response));
}

}  // namespace understudy::api
