#include "controller/hub/http_answer.h"

#include <doctest/doctest.h>

#include "controller/hub/http_chunks.h"

using namespace understudy;

namespace {

bool has(const std::string& answer, const std::string& line) {
    return answer.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("http answer: status, length, security headers, body") {
    const std::string answer =
        http_answer({201, "text/plain", {{"ETag", "\"1\""}}, "made"}, true, true);
    CHECK(answer.starts_with("HTTP/1.1 201 Created\r\n"));
    CHECK(has(answer, "Content-Type: text/plain"));
    CHECK(has(answer, "Content-Length: 4"));
    CHECK(has(answer, "ETag: \"1\""));
    CHECK(has(answer, "X-Content-Type-Options: nosniff"));
    CHECK(has(answer, "Cache-Control: no-store"));
    CHECK(has(answer, "Connection: keep-alive"));
    CHECK(answer.ends_with("\r\n\r\nmade"));
}

TEST_CASE("http answer: HEAD tells the length and sends nothing") {
    const std::string answer = http_answer({200, "text/plain", {}, "body"}, false, false);
    CHECK(has(answer, "Content-Length: 4"));
    CHECK(has(answer, "Connection: close"));
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("http answer: 204 and 304 have no body and no length") {
    for (const int status : {204, 304}) {
        const std::string answer = http_answer({status, "text/plain", {}, "x"}, true, true);
        CHECK(answer.find("Content-Length") == std::string::npos);
        CHECK(answer.ends_with("\r\n\r\n"));
    }
}

TEST_CASE("http answer: the API's own value replaces a header of the hub") {
    const std::string answer =
        http_answer({200, "text/css", {{"cache-control", "max-age=60"}}, ""}, true, true);
    CHECK(has(answer, "cache-control: max-age=60"));
    CHECK(answer.find("no-store") == std::string::npos);
}

TEST_CASE("http answer: a line break in a header value starts no header") {
    const std::string answer =
        http_answer({200, "text/plain", {{"Location", "/a\r\nSet-Cookie: x"}}, ""}, true, true);
    CHECK(has(answer, "Location: /aSet-Cookie: x"));
}

TEST_CASE(
    "http answer: the head of a stream tells no length, and that the connection ends with it") {
    const ApiResponse stream{200, "text/event-stream", {}, "not in it", true};
    const std::string chunked = http_stream_head(stream, true);
    CHECK(chunked.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(has(chunked, "Content-Type: text/event-stream"));
    CHECK(has(chunked, "Transfer-Encoding: chunked"));
    CHECK(has(chunked, "Cache-Control: no-store"));
    CHECK(has(chunked, "Connection: close"));
    CHECK(chunked.find("Content-Length") == std::string::npos);
    CHECK(chunked.ends_with("\r\n\r\n"));
    // To HTTP/1.0 until the end of the connection (RFC 9112 6.3).
    CHECK(http_stream_head(stream, false).find("Transfer-Encoding") == std::string::npos);
}

TEST_CASE("http answer: chunks are those that the reader reads") {
    CHECK(http_chunk("body") == "4\r\nbody\r\n");
    CHECK(http_chunk(std::string(26, 'x')).starts_with("1a\r\n"));
    std::string bytes = http_chunk("one, ") + http_chunk("two") + std::string{kLastChunk};
    std::string body;
    CHECK(ChunkReader{}.read(bytes, body, 100) == ChunkReader::Next::Done);
    CHECK(body == "one, two");
    CHECK(bytes.empty());
}
