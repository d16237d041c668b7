// Attempts to find another server's service, against real sockets, and what answers say.
#include "agent/siblings/attempt.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "agent/siblings/routes.h"
#include "tests/unit/agent/check_scene.h"

namespace understudy {
namespace {

wire::Probe http_probe(std::uint16_t port) {
    wire::Probe probe;
    probe.kind = wire::ProbeKind::Http;
    probe.address = "127.0.0.1";
    probe.port = port;
    probe.host = "www.example.org";
    probe.path = "/healthz";
    return probe;
}

Finding finding_of(const wire::Probe& probe, const std::function<void()>& meanwhile = {}) {
    Reactor reactor;
    TlsClient tls;
    std::optional<Finding> found;
    const auto attempt = make_attempt(probe, tls);
    attempt->start(reactor, [&](Finding finding) {
        CHECK_FALSE(found);
        found = std::move(finding);
    });
    reactor.dispatch(5);
    if (meanwhile) meanwhile();
    REQUIRE(serve_until(reactor, [&] { return found.has_value(); }));
    return *found;
}

std::string words_of(const std::string& answer, bool ended, const std::string& text = {}) {
    wire::Probe probe = http_probe(80);
    probe.text = text;
    const auto found = judge_answer(answer, ended, probe);
    if (!found) return "more";
    return std::string{found->verdict == wire::ProbeVerdict::Serves ? "serves: " : "dead: "} +
           found->found;
}

}  // namespace

TEST_CASE("attempt: tcp, an open port and a closed one") {
    Server server = Server::tcp();
    wire::Probe probe = http_probe(server.port());
    probe.kind = wire::ProbeKind::Tcp;
    const Finding open = finding_of(probe);
    CHECK(open.verdict == wire::ProbeVerdict::Serves);
    CHECK(open.found == "connected");
    server.stop_listening();
    const Finding closed = finding_of(probe);
    CHECK(closed.verdict == wire::ProbeVerdict::Dead);
    CHECK(closed.found == "Connection refused");
}

TEST_CASE("attempt: http asks for the path at the host") {
    Server server = Server::tcp();
    std::string request;
    const Finding found = finding_of(http_probe(server.port()), [&] {
        request = server.answer("\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n");
    });
    CHECK(found.verdict == wire::ProbeVerdict::Serves);
    CHECK(found.found == "204");
    CHECK(request.starts_with("GET /healthz HTTP/1.1\r\nHost: www.example.org\r\n"));
}

TEST_CASE("attempt: the PROXY protocol's header comes before everything else") {
    Server server = Server::tcp();
    std::string said;
    wire::Probe probe = http_probe(server.port());
    probe.proxy_protocol = true;
    const std::string header = "PROXY TCP4 127.0.0.1 127.0.0.1 ";
    const std::string to = " " + std::to_string(server.port()) + "\r\n";
    const Finding found = finding_of(
        probe, [&] { said = server.answer("\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"); });
    CHECK(found.verdict == wire::ProbeVerdict::Serves);
    CHECK(said.starts_with(header));
    CHECK(said.find(to + "GET /healthz HTTP/1.1\r\n") != std::string::npos);
    probe.kind = wire::ProbeKind::Https;
    finding_of(probe, [&] { said = server.answer("www.example.org", "no TLS\r\n"); });
    CHECK(said.starts_with(header));
    CHECK(said.find(to + "\x16\x03") != std::string::npos);  // a handshake
}

TEST_CASE("attempt: https to what speaks no TLS is dead, and nothing it says is told") {
    Server server = Server::tcp();
    wire::Probe probe = http_probe(server.port());
    probe.kind = wire::ProbeKind::Https;
    const Finding found =
        finding_of(probe, [&] { server.answer("www.example.org", "SECRET 1.1 200 OK\r\n\r\n"); });
    CHECK(found.verdict == wire::ProbeVerdict::Dead);
    CHECK(found.found.starts_with("no TLS: "));
    CHECK(found.found.find("SECRET") == std::string::npos);
}

TEST_CASE("attempt: https to a closed port, and to one that hangs up") {
    Server server = Server::tcp();
    wire::Probe probe = http_probe(server.port());
    probe.kind = wire::ProbeKind::Https;
    CHECK(finding_of(probe, [&] { server.answer("www.example.org", ""); }).verdict ==
          wire::ProbeVerdict::Dead);
    server.stop_listening();
    CHECK(finding_of(probe).found == "Connection refused");
}

TEST_CASE("attempt: no route is our own trouble") {
    CHECK_FALSE(no_route_to("127.0.0.1"));
    CHECK(no_route_to("nowhere"));
    CHECK(is_own_address("127.0.0.1"));
    CHECK(is_own_address("127.9.9.9"));
    CHECK_FALSE(is_own_address("9.9.9.9"));
    CHECK_FALSE(is_own_address("nobody"));
}

TEST_CASE("attempt: the status decides, and nothing else of the answer is told") {
    CHECK(words_of("HTTP/1.1 200 OK\r\n", false) == "serves: 200");
    CHECK(words_of("HTTP/1.1 301 Moved\r\nLocation: x\r\n\r\n", false) == "serves: 301");
    CHECK(words_of("HTTP/1.1 503 I am SECRET\r\n", false) == "dead: status 503");
    CHECK(words_of("HTTP/1.1 20", false) == "more");
    CHECK(words_of("", false) == "more");
    CHECK(words_of("HTTP/1.1 20", true) == "dead: closed without an answer");
    CHECK(words_of("", true) == "dead: closed without an answer");
    CHECK(words_of("SSH-2.0-OpenSSH_9\r\n", false) == "dead: the answer is not HTTP/1");
}

TEST_CASE("attempt: what announces an answer is none") {
    const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    CHECK(words_of(hints, false) == "more");
    CHECK(words_of(hints + "HTTP/1.1 500 Oh\r\n", false) == "dead: status 500");
    CHECK(words_of(hints + "HTTP/1.1 200 OK\r\n", false) == "serves: 200");
    CHECK(words_of("HTTP/1.1 103 Early Hints\r\nLi", false) == "more");
    CHECK(words_of("HTTP/1.1 103 Early Hints\r\nLi", true) == "dead: closed without an answer");
}

TEST_CASE("attempt: announcements without end are no answer") {
    std::string endless;
    while (endless.size() <= 16 * 1024)
        endless += "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK(words_of(endless.substr(0, 16 * 1024), false) == "more");
    CHECK(words_of(endless, false) == "dead: no final answer");
    CHECK(words_of(endless + "HTTP/1.1 1", false) == "dead: no final answer");
    CHECK(words_of("HTTP/1.1 103 Early Hints\r\n" + std::string(17 * 1024, 'h'), false) ==
          "dead: no final answer");
    Server server = Server::tcp();
    const Finding found =
        finding_of(http_probe(server.port()), [&] { server.answer("\r\n\r\n", endless); });
    CHECK(found.verdict == wire::ProbeVerdict::Dead);
    CHECK(found.found == "no final answer");
}

TEST_CASE("attempt: TLS that cannot be set up is our own trouble") {
    wire::Probe probe = http_probe(443);
    probe.kind = wire::ProbeKind::Https;
    probe.host = std::string(300, 'h');  // more than TLS can be told
    const Finding found = finding_of(probe);
    CHECK(found.verdict == wire::ProbeVerdict::Nothing);
    CHECK(found.found.starts_with("not sent from here: "));
}

TEST_CASE("attempt: a text is looked for in the body, in whatever pieces it comes") {
    const std::string head = "HTTP/1.1 200 OK\r\nX: all is well\r\n\r\n";
    CHECK(words_of(head, false, "all is well") == "more");
    CHECK(words_of(head + "all is", false, "all is well") == "more");
    CHECK(words_of(head + "now all is well", false, "all is well") == "serves: 200");
    CHECK(words_of(head + "all is bad", true, "all is well") == "dead: 200 without the text");
    CHECK(words_of(head + std::string(16 * 1024, 'x') + "all is well", false, "all is well") ==
          "dead: 200 without the text");
    CHECK(words_of("HTTP/1.1 500 Oh\r\n\r\nall is well", false, "all is well") ==
          "dead: status 500");
    CHECK(words_of("HTTP/1.1 200 OK\r\n" + std::string(17 * 1024, 'h'), false, "all is well") ==
          "dead: 200 without the text");

    const std::string chunked = "HTTP/1.1 200 OK\r\ntransfer-Encoding: CHUNKED\r\n\r\n";
    CHECK(words_of(chunked + "6\r\nall is\r\n5\r\n well\r\n", false, "all is well") ==
          "serves: 200");
    CHECK(words_of(chunked + "6\r\nall is\r\n0\r\n\r\n", true, "all is well") ==
          "dead: 200 without the text");
    CHECK(words_of(chunked + "zz\r\nall is well", false, "all is well") == "more");
}

}  // namespace understudy
