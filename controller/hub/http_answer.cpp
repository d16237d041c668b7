#include "controller/hub/http_answer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.h"

namespace understudy {
namespace {

struct StatusText {
    int status;
    std::string_view text;
};
constexpr StatusText kStatusTexts[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

std::string_view status_text(int status) {
    const auto* found = std::ranges::find(kStatusTexts, status, &StatusText::status);
    return found == std::end(kStatusTexts) ? "Status" : found->text;
}

// For the page operators look at and for answers a browser might show: nothing may be framed,
// sniffed, cached or loaded from elsewhere.
using Header = std::pair<std::string_view, std::string_view>;
constexpr std::array<Header, 5> kSecurityHeaders{{
    {"Content-Security-Policy",
     "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-store"},
}};

void append(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ");
    // A line break in a value would begin a header, or a body, of somebody else's choice.
    std::ranges::copy_if(value, std::back_inserter(head),
                         [](char c) { return c != '\r' && c != '\n'; });
    head.append("\r\n");
}

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

std::string status_line(int status) {
    return "HTTP/1.1 " + std::to_string(status) + " " + std::string(status_text(status)) + "\r\n";
}

void append_headers(std::string& answer, const ApiResponse& response, bool keep_alive) {
    for (const auto& own : kSecurityHeaders) {
        const bool replaced = std::ranges::any_of(response.headers, [&](const auto& header) {
            return same_ignoring_case(header.first, own.first);
        });
        if (!replaced) append(answer, own.first, own.second);
    }
    for (const auto& [name, value] : response.headers)
        append(answer, name, value);
    append(answer, "Connection", keep_alive ? "keep-alive" : "close");
    answer += "\r\n";
}

}  // namespace

std::string http_answer(const ApiResponse& response, bool keep_alive, bool with_body) {
    std::string answer = status_line(response.status);
    const bool has_body = may_have_body(response.status);
    if (has_body) {
        append(answer, "Content-Type", response.content_type);
        append(answer, "Content-Length", std::to_string(response.body.size()));
    }
    append_headers(answer, response, keep_alive);
    if (has_body && with_body) answer += response.body;
    return answer;
}

std::string http_stream_head(const ApiResponse& response, bool in_chunks) {
    std::string head = status_line(response.status);
    append(head, "Content-Type", response.content_type);
    if (in_chunks) append(head, "Transfer-Encoding", "chunked");
    append_headers(head, response, false);
    return head;
}

}  // namespace understudy
