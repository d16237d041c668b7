// The page's files, as they were embedded at build time; none in a build without the page
// (UNDERSTUDY_WEB=OFF). For the API, which serves them. Constant data, any thread.
#pragma once

#include <span>
#include <string_view>

namespace understudy {

struct WebFile {
    std::string_view name;  // "app.js"
    std::string_view content_type;
    std::string_view etag;  // with its quotes (RFC 9110 8.8.3)
    std::string_view body;
    std::string_view gzipped;
};

std::span<const WebFile> web_files();
// What the folder of the files is called: it changes whenever one of them does.
std::string_view web_version();

}  // namespace understudy
