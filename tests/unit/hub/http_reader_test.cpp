#include "controller/hub/http_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;
using Next = HttpReader::Next;

namespace {

constexpr std::size_t kHeadLimit = 1024;
constexpr std::size_t kBodyLimit = 4096;

HttpReader reader() {
    return HttpReader{kHeadLimit};
}

// A body is always allowed.
Next next(HttpReader& reader, std::size_t body_limit = kBodyLimit) {
    Next found = reader.next();
    if (found == Next::Body) {
        reader.allow_body(body_limit);
        found = reader.next();
    }
    return found;
}

std::string get(const std::string& target, const std::string& headers = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

HttpMessage read_request(const std::string& bytes) {
    HttpReader fresh = reader();
    fresh.feed(bytes);
    REQUIRE(next(fresh) == Next::Request);
    return fresh.take();
}

int refused(const std::string& bytes) {
    HttpReader fresh = reader();
    fresh.feed(bytes);
    if (next(fresh) != Next::Refused) return 0;
    CHECK_FALSE(fresh.refusal().error.message.empty());
    CHECK_FALSE(fresh.refusal().error.remedy.empty());
    return fresh.refusal().status;
}

}  // namespace

TEST_CASE("http reader: a request with everything the API reads") {
    const HttpMessage message = read_request(
        "PUT /api/v1/servers/a%20b?limit=5&name=x%26y+z&flag HTTP/1.1\r\nHost: h\r\n"
        "authorization:  Bearer usk_1 \r\nContent-Type: application/json\r\n"
        "If-None-Match: \"e\"\r\nContent-Length: 4\r\n\r\nbody");
    CHECK(message.method == "PUT");
    CHECK(message.path == "/api/v1/servers/a b");
    const std::vector<std::pair<std::string, std::string>> query{
        {"limit", "5"}, {"name", "x&y z"}, {"flag", ""}};
    CHECK(message.query == query);
    CHECK(message.authorization == "Bearer usk_1");
    CHECK(message.content_type == "application/json");
    CHECK(message.if_none_match == "\"e\"");
    CHECK(message.body == "body");
    CHECK(message.keep_alive);
}

TEST_CASE("http reader: who takes gzip") {
    const auto takes = [](const std::string& value) {
        return read_request("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: " + value + "\r\n\r\n")
            .accepts_gzip;
    };
    CHECK(takes("gzip, deflate, br"));
    CHECK(takes("br;q=1.0, GZIP;q=0.5"));
    CHECK_FALSE(takes("gzip;q=0"));
    CHECK_FALSE(takes("br, gzip; q=0.000"));
    CHECK_FALSE(takes("identity"));
    CHECK_FALSE(takes("gzipped"));
}

TEST_CASE("http reader: bytes may come one at a time") {
    const std::string bytes = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    HttpReader slow = reader();
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
        slow.feed(bytes.substr(i, 1));
        REQUIRE(next(slow) == Next::NeedMore);
    }
    CHECK(slow.in_body());
    slow.feed("c");
    REQUIRE(slow.next() == Next::Request);
    CHECK(slow.take().body == "abc");
    CHECK(slow.idle());
}

TEST_CASE("http reader: pipelined requests come one after the other") {
    HttpReader piped = reader();
    piped.feed(get("/1") + get("/2") + get("/3").substr(0, 10));
    REQUIRE(piped.next() == Next::Request);
    CHECK(piped.take().path == "/1");
    REQUIRE(piped.next() == Next::Request);
    CHECK(piped.take().path == "/2");
    CHECK(piped.next() == Next::NeedMore);
    CHECK_FALSE(piped.idle());
    piped.feed(get("/3").substr(10));
    REQUIRE(piped.next() == Next::Request);
    CHECK(piped.take().path == "/3");
}

TEST_CASE("http reader: who keeps the connection") {
    CHECK(read_request(get("/")).keep_alive);
    CHECK_FALSE(read_request(get("/", "Connection: foo, Close\r\n")).keep_alive);
    CHECK_FALSE(read_request("GET / HTTP/1.0\r\n\r\n").keep_alive);
    CHECK(read_request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST_CASE(
    "http reader: an absolute target is taken apart, blank lines before a request are skipped") {
    CHECK(read_request(get("http://example.com/a?b=c")).path == "/a");
    CHECK(read_request(get("HTTP://example.com")).path == "/");
    CHECK(read_request("\r\n\r\n" + get("/a")).path == "/a");
}

TEST_CASE("http reader: 100 Continue is asked for once, and only when the body is still to come") {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    HttpReader waits = reader();
    waits.feed(head);
    CHECK(next(waits) == Next::Continue);
    CHECK(waits.next() == Next::NeedMore);
    waits.feed("ab");
    CHECK(waits.next() == Next::Request);
    HttpReader sent = reader();
    sent.feed(head + "ab");
    CHECK(next(sent) == Next::Request);
}

TEST_CASE("http reader: of a body nothing is taken before it was allowed, and no more than that") {
    HttpReader asked = reader();
    asked.feed("POST /x HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nContent-Length: 3\r\n\r\n");
    REQUIRE(asked.next() == Next::Body);
    CHECK(asked.head().path == "/x");
    CHECK(asked.head().authorization == "a");
    asked.feed("abc");
    REQUIRE(asked.next() == Next::Body);
    SUBCASE("enough") {
        asked.allow_body(3);
        REQUIRE(asked.next() == Next::Request);
        CHECK(asked.take().body == "abc");
    }
    SUBCASE("too much") {
        asked.allow_body(2);
        REQUIRE(asked.next() == Next::Refused);
        CHECK(asked.refusal().status == 413);
    }
    SUBCASE("not at all") {
        asked.give_up();
        CHECK(asked.next() == Next::Refused);
        CHECK(asked.buffered_bytes() == 0);
    }
}

TEST_CASE("http reader: a body in chunks, in whatever pieces it comes") {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n";
    const std::string chunks = "4;ext=1\r\nbody\r\nB\r\n and more. \r\n0\r\nTrailer: x\r\n\r\n";
    CHECK(read_request(head + chunks).body == "body and more. ");
    HttpReader slow = reader();
    const std::string bytes = head + chunks + get("/next");
    Next found = Next::NeedMore;
    std::size_t fed = 0;
    while (found == Next::NeedMore && fed < bytes.size()) {
        slow.feed(bytes.substr(fed++, 1));
        found = next(slow);
    }
    REQUIRE(found == Next::Request);
    CHECK(slow.take().body == "body and more. ");
    slow.feed(bytes.substr(fed));
    REQUIRE(slow.next() == Next::Request);
    CHECK(slow.take().path == "/next");
}

TEST_CASE("http reader: chunks that are none, or too many bytes of them") {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(refused(head + "0\r\nA: b\nC: d\r\n\r\n") == 400);
    for (const char* broken : {"x\r\n", "\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n",
                               "1\r\nab\r\n", "1\nab", "123456789\r\n", "1\r\na\n\n0\r\n\r\n"}) {
        CAPTURE(broken);
        CHECK(refused(head + broken) == 400);
    }
    CHECK(refused(head + "1;" + std::string(300, 'x')) == 400);
    std::string trailers = "0\r\n";
    for (int i = 0; i < 100; ++i)
        trailers += "A: " + std::string(100, 'x') + "\r\n";
    CHECK(refused(head + trailers) == 400);
    CHECK(refused(head + "1001\r\n") == 413);
    CHECK(refused(head + "1000\r\n" + std::string(4096, 'x') + "\r\n1\r\n") == 413);
    CHECK(read_request(head + "1000\r\n" + std::string(4096, 'x') + "\r\n0\r\n\r\n").body.size() ==
          4096);
}

TEST_CASE("http reader: what two programs could read differently is refused") {
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
    CHECK(refused(post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na") == 400);
    CHECK(refused(post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    CHECK(refused(post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          400);
    CHECK(refused(post + "Transfer-Encoding: gzip, chunked\r\n\r\n") == 501);
    CHECK(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    CHECK(refused(post + "Content-Length: +1\r\n\r\na") == 400);
    CHECK(refused(post + "Content-Length: \r\n\r\n") == 400);
    CHECK(refused(post + "Content-Length: 0x1\r\n\r\na") == 400);
    CHECK(refused(post + "Content-Length: 99999999999999999999\r\n\r\n") == 400);
    CHECK(refused(post + "X : y\r\n\r\n") == 400);
    CHECK(refused(post + "A: b\r\n folded\r\n\r\n") == 400);
    CHECK(refused(post + "A: b\nC: d\r\n\r\n") == 400);
    CHECK(refused(post + "A: b\rC: d\r\n\r\n") == 400);
    CHECK(refused(post + "no colon\r\n\r\n") == 400);
    CHECK(refused(post + "Host: other\r\n\r\n") == 400);
    CHECK(refused(post + "Authorization: a\r\nAuthorization: b\r\n\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1\n\n") == 400);
}

TEST_CASE("http reader: request lines that are none") {
    CHECK(refused("GET /\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("GET  HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("G(T / HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("GET a/b HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("GET * HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 505);
    CHECK(refused("PRI * HTTP/2.0\r\n\r\n") == 505);
    CHECK(refused("GET / FTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused(std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10)) == 400);
}

TEST_CASE("http reader: broken or forbidden escapes") {
    for (const char* target :
         {"/%", "/%4", "/%zz", "/%00", "/a%0d%0ab", "/%ff", "/?a=%0a", "/?%"}) {
        CAPTURE(target);
        CHECK(refused(get(target)) == 400);
    }
    CHECK(read_request(get("/caf%C3%A9")).path == "/caf\xC3\xA9");
}

TEST_CASE("http reader: limits have answers") {
    CHECK(refused(get("/", "A: " + std::string(kHeadLimit, 'x') + "\r\n")) == 431);
    CHECK(refused(std::string(kHeadLimit + 4, 'x')) == 431);
    CHECK(refused(std::string(kHeadLimit + 1, 'x') + "\r\n\r\n") == 431);
    std::string many;
    for (int i = 0; i < 101; ++i)
        many += "A: b\r\n";
    CHECK(refused(get("/", many)) == 431);
    CHECK(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4097\r\n\r\n") == 413);
    const std::string fits(kBodyLimit, 'x');
    CHECK(read_request("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4096\r\n\r\n" + fits).body ==
          fits);
}

TEST_CASE("http reader: a refused connection stays refused") {
    HttpReader bad = reader();
    bad.feed("nonsense\r\n\r\n");
    REQUIRE(bad.next() == Next::Refused);
    bad.feed(get("/"));
    CHECK(bad.next() == Next::Refused);
}

TEST_CASE("headers that the owner reads are kept, in any case, and come once") {
    const std::vector<std::string> keep{"cookie", "x-user"};
    HttpReader keeps{kHeadLimit, keep};
    keeps.feed("GET / HTTP/1.1\r\nHost: x\r\nCOOKIE: a=b; c=d\r\nX-Other: y\r\nx-User: z\r\n\r\n");
    REQUIRE(next(keeps) == Next::Request);
    const auto kept = keeps.take().kept;
    REQUIRE(kept.size() == 2);
    CHECK(kept[0] == std::pair<std::string, std::string>{"cookie", "a=b; c=d"});
    CHECK(kept[1] == std::pair<std::string, std::string>{"x-user", "z"});

    HttpReader twice{kHeadLimit, keep};
    twice.feed("GET / HTTP/1.1\r\nHost: x\r\nX-User: alice\r\nx-user: root\r\n\r\n");
    CHECK(next(twice) == Next::Refused);
    CHECK(twice.refusal().status == 400);
    CHECK(twice.refusal().error.field == "x-user");

    HttpReader plain = reader();
    plain.feed("GET / HTTP/1.1\r\nHost: x\r\nCookie: a\r\nCookie: b\r\n\r\n");
    REQUIRE(next(plain) == Next::Request);
    CHECK(plain.take().kept.empty());
}
