// The checks tcp, http and haproxy against real sockets.
#include <doctest/doctest.h>

#include <string>

#include "agent/checks/haproxy.h"
#include "agent/checks/http.h"
#include "agent/checks/tcp.h"
#include "tests/unit/agent/check_scene.h"

namespace understudy {
namespace {

Outcome http_outcome(const std::string& answer, HttpCheck check = {}) {
    Server server = Server::tcp();
    check.peer = {"127.0.0.1", server.port()};
    Trial trial{std::make_unique<HttpProbe>(check)};
    trial.serve();
    server.answer("\r\n\r\n", answer);
    return trial.outcome();
}

constexpr char kStats[] =
    "# pxname,svname,qcur,status,weight,desc,\n"
    "www,FRONTEND,,OPEN,,,\n"
    "www,a,0,UP,1,,\n"
    "www,b,0,DOWN 1/2,1,,\n"
    "www,c,0,no check,1,,\n"
    "www,BACKEND,0,UP,2,,\n"
    "api,FRONTEND,,OPEN,,,\n"
    "api,x,0,UP 1/3,1,,\n"
    "api,BACKEND,0,DOWN,0,\"a, b\",\n"
    "\n";

Outcome judge(const std::string& proxy, const std::string& server = {}) {
    return judge_haproxy(kStats, {"/run/haproxy.sock", proxy, server});
}

}  // namespace

TEST_CASE("tcp check: an open port passes, a closed one says so") {
    Server server = Server::tcp();
    Trial good{std::make_unique<TcpProbe>(TcpCheck{"127.0.0.1", server.port()})};
    CHECK(good.outcome().ok);
    server.stop_listening();
    Trial bad{std::make_unique<TcpProbe>(TcpCheck{"127.0.0.1", server.port()})};
    const Outcome outcome = bad.outcome();
    CHECK_FALSE(outcome.ok);
    CHECK(outcome.problem == "cannot connect to 127.0.0.1 port " + std::to_string(server.port()) +
                                 ": Connection refused");
}

TEST_CASE("tcp check: IPv6, and an address that is none") {
    Trial v6{std::make_unique<TcpProbe>(TcpCheck{"::1", 1})};
    CHECK_FALSE(v6.outcome().ok);
    Trial name{std::make_unique<TcpProbe>(TcpCheck{"localhost", 1})};
    CHECK(name.outcome().problem == "\"localhost\" is not an IP address");
}

TEST_CASE("http check: judges by the status") {
    CHECK(http_outcome("HTTP/1.1 200 OK\r\n\r\n").ok);
    CHECK(http_outcome("HTTP/1.0 302 Found\r\nLocation: /\r\n\r\n").ok);
    CHECK(http_outcome("HTTP/1.1 502 Bad Gateway\r\n\r\n").problem ==
          "expected status 200-399, got 502");
    HttpCheck check;
    check.expect = {{204, 204}, {500, 503}};
    CHECK(http_outcome("HTTP/1.1 204\r\n\r\n", check).ok);
    CHECK(http_outcome("HTTP/1.1 200 OK\r\n\r\n", check).problem ==
          "expected status 204, 500-503, got 200");
}

TEST_CASE("http check: what is not HTTP fails") {
    CHECK(http_outcome("SSH-2.0-OpenSSH_9.2\r\n").problem == "the answer is not HTTP/1");
    CHECK(http_outcome("").problem == "the connection ended before an HTTP status");
    CHECK(http_outcome("HTTP/1.1 20").problem == "the connection ended before an HTTP status");
    CHECK_FALSE(http_outcome("HTTP/1.1 " + std::string(5000, '2')).ok);
}

TEST_CASE("http check: the request is one a server understands") {
    Server server = Server::tcp();
    HttpCheck check;
    check.peer = {"127.0.0.1", server.port()};
    check.method = "HEAD";
    check.path = "/healthz?full=1";
    check.host = "www.example.org";
    Trial trial{std::make_unique<HttpProbe>(check)};
    trial.serve();
    const std::string request = server.answer("\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n");
    CHECK(request.find("HEAD /healthz?full=1 HTTP/1.1\r\nHost: www.example.org\r\n") == 0);
    CHECK(request.find("Connection: close\r\n") != std::string::npos);
    CHECK(trial.outcome().ok);
}

TEST_CASE("http check: a frozen server leaves it pending, and it can be given up") {
    Server server = Server::tcp();
    HttpCheck check;
    check.peer = {"127.0.0.1", server.port()};
    Trial trial{std::make_unique<HttpProbe>(check)};
    server.accept_one();
    trial.serve();
    CHECK(trial.pending());
    trial.give_up();
    trial.serve();
    CHECK(trial.pending());
}

TEST_CASE("http check: status lines") {
    CHECK(read_status_line("HTTP/1.1 200 OK\r\n") == 200);
    CHECK(read_status_line("HTTP/1.1 200\n") == 200);
    CHECK(read_status_line("HTT") == std::nullopt);
    CHECK(read_status_line("") == std::nullopt);
    CHECK(read_status_line("HTTP/1.1 200 OK") == std::nullopt);
    for (const char* text : {"HTTP/2 200\r\n", "HTTP/1.1\r\n", "HTTP/1.1 2x0 OK\r\n",
                             "HTTP/1.1 2000 OK\r\n", "HTTP/1.1-200 OK\r\n", "hello\n"}) {
        CAPTURE(text);
        CHECK(read_status_line(text) == 0);
    }
}

TEST_CASE("haproxy check: reads the state of proxies and servers") {
    CHECK(judge("www").ok);
    CHECK(judge("www", "a").ok);
    CHECK(judge("www", "c").ok);
    CHECK(judge("api", "x").ok);  // on its way down, still up
    CHECK(judge("www", "b").problem == "server www/b is DOWN 1/2");
    CHECK(judge("api").problem == "back end api is DOWN");
    CHECK(judge("").problem == "back end api is DOWN");
    CHECK(judge("shop").problem == "HAProxy has no proxy called shop");
    CHECK(judge("www", "z").problem == "HAProxy has no server called www/z");
    CHECK(judge_haproxy("# pxname,svname,status\nweb,FRONTEND,STOP\n", {"/s", "web", ""}).problem ==
          "front end web is STOP");
}

TEST_CASE("haproxy check: what is not `show stat` fails") {
    for (const char* text :
         {"", "\n", "Unknown command\n", "# a,b,c\nx,y,z\n", "# pxname,svname\n"}) {
        CAPTURE(text);
        CHECK(judge_haproxy(text, {"/s", "", ""}).problem ==
              "the answer of /s is not HAProxy's `show stat`");
    }
    CHECK(judge_haproxy("# pxname,svname,status\n", {"/s", "", ""}).problem ==
          "HAProxy lists no proxies");
    CHECK_FALSE(judge_haproxy("# pxname,svname,status\nwww,FRONTEND\n", {"/s", "www", ""}).ok);
}

TEST_CASE("haproxy check: asks on the statistics socket") {
    Server server = Server::unix_socket();
    Trial trial{std::make_unique<HaproxyProbe>(HaproxyCheck{server.path(), "www", ""})};
    trial.serve();
    CHECK(server.answer("\n", kStats) == "show stat\n");
    CHECK(trial.outcome().ok);
}

TEST_CASE("haproxy check: no socket, no HAProxy") {
    Trial trial{std::make_unique<HaproxyProbe>(HaproxyCheck{"/nonexistent/socket", "", ""})};
    CHECK(trial.outcome().problem ==
          "cannot connect to /nonexistent/socket: No such file or directory");
}

}  // namespace understudy
