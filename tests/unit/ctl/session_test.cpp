// Commands against a transport that plays the controller: what is asked, what is shown, how it
// ends.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

constexpr const char* kServers =
    R"({"items":[{"id":1,"name":"web1","ipv4":"203.0.113.10","ipv6":null,"labels":{},
    "health":"online","health_sentence":"","linked":true,"last_seen_ago_s":1.2,
    "pools":["p"]}],"next":null})";

}  // namespace

TEST_CASE("a list is a table, or the document itself") {
    Play play;
    play.transport.answer(200, kServers);
    CHECK(play.run({"server", "list"}) == kOk);
    CHECK(play.transport.asked == std::vector<std::string>{"GET /api/v1/servers"});
    CHECK(play.out.str() ==
          "NAME  HEALTH  IPV4          LAST SEEN  POOLS\n"
          "web1  online  203.0.113.10  1.2 s ago  p\n");
    CHECK(play.err.str().empty());

    Play json;
    json.transport.answer(200, kServers);
    CHECK(json.run({"server", "list"}, Output::Json) == kOk);
    CHECK(json.out.str().find(R"("ipv4":"203.0.113.10")") != std::string::npos);
}

TEST_CASE("a backup is cleared away where it was made, whether it was fetched or not") {
    char folder[] = "/tmp/understudy-backup-XXXXXX";
    REQUIRE(::mkdtemp(folder) != nullptr);
    const std::string file = std::string{folder} + "/saved.db";
    const auto back_up = [&](int fetched, int cleared) {
        Play play;
        play.transport.answer(201, R"({"id": "b1", "bytes": 2})");
        play.transport.answer(fetched, fetched == 200 ? R"({"data": "aGk="})" : "{}");
        play.transport.answer(cleared, "{}");
        const int code = play.run({"backup", file, "--force"});
        CHECK(play.transport.asked.back() == "DELETE /api/v1/backups/b1");
        CHECK(play.err.str().empty() == (code == kOk));
        return code;
    };
    CHECK(back_up(500, 204) == kRefused);
    CHECK_FALSE(std::filesystem::exists(file));
    // What goes by itself, or went, is no trouble of a good file's.
    CHECK(back_up(200, 404) == kOk);
    CHECK(std::filesystem::file_size(file) == 2);
    std::filesystem::remove_all(folder);
}

TEST_CASE("a controller of before has a token for its servers and no code") {
    Play play;
    play.transport.answer(201, R"({"server":{"name":"web1"},"token":"usa_secret"})");
    CHECK(play.run({"server", "add", "web1", "--ipv4", "203.0.113.10"}) == kOk);
    CHECK(play.says("Put the token, shown only now, into\n/etc/understudy/agent.token"));
    CHECK(play.says("usa_secret"));
    CHECK_FALSE(play.says("enroll"));
}

TEST_CASE("the exit status tells what kind of trouble it is") {
    struct Case {
        int status;
        int code;
    };
    for (const auto& [status, code] :
         {Case{404, kRefused}, Case{409, kRefused}, Case{422, kRefused}, Case{401, kUnauthorised},
          Case{502, kRefused}, Case{503, kRefused}}) {
        Play play;
        play.transport.answer(status, R"({"detail":"no","errors":[{"message":"no"}]})");
        CHECK(play.run({"server", "show", "web1"}) == code);
        CHECK(play.err.str().starts_with("understudyctl: no\n"));
        CHECK(play.out.str().empty());
    }
    Play unreachable;
    unreachable.transport.answers.push_back(transient("no route"));
    CHECK(unreachable.run({"status"}) == kUnreachable);
    Play stranger;
    stranger.transport.answer(200, "<html>");
    CHECK(stranger.run({"status"}) == kUnreachable);
    Play silent;
    silent.transport.answer(502, "bad gateway");  // by whatever stands between
    CHECK(silent.run({"status"}) == kUnreachable);
    CHECK(silent.err.str().find("502") != std::string::npos);
}

TEST_CASE("who asks the agents' port is told so") {
    Play play;
    play.transport.answer(426, "agents connect here by WebSocket, version 13\n");
    CHECK(play.run({"status"}) == kRefused);
    CHECK(play.complains("agents connect there, and nothing else"));
    CHECK(play.complains("listen.api"));
}

TEST_CASE("several errors are all shown, with what to do") {
    Play play;
    play.transport.answer(
        422, R"({"detail":"2 things","errors":[{"field":"name","message":"bad","remedy":"fix it"},
        {"field":"ipv4","message":"worse"}]})");
    CHECK(play.run({"server", "add", "X", "--ipv4", "1"}) == kRefused);
    CHECK(play.err.str() == "understudyctl: name: bad\n  fix it\nunderstudyctl: ipv4: worse\n");
}

TEST_CASE("names go into paths encoded") {
    Play play;
    play.transport.answer(204, "");
    CHECK(play.run({"domain", "remove", "b\u00fccher.example/../x"}) == kOk);
    CHECK(play.transport.asked.front() == "DELETE /api/v1/domains/b%C3%BCcher.example%2F..%2Fx");
}

TEST_CASE("a domain is added with exactly what was said") {
    Play play;
    play.transport.answer(422, R"({"errors":[{"message":"x"}]})");
    play.run({"domain", "add", "www.example.org", "--servers", "a,b", "--servers", "c",
              "--failback-after", "vm", "--confirm", "10", "--no-ipv6"});
    CHECK(play.transport.asked.front() ==
          R"(POST /api/v1/domains {"name":"www.example.org","servers":["a","b","c"],"ipv6":false,)"
          R"("policy":{"confirm_s":10,"failback_after_s":"vm"}})");
    Play missing;
    CHECK(missing.run({"domain", "add", "www.example.org"}) == kUsage);
    CHECK(missing.transport.asked.empty());
}

TEST_CASE("long lists are fetched to the end") {
    Play play;
    const std::string row =
        R"({"id":1,"name":"a","display_name":"a","status":"active","record":{}})";
    play.transport.answer(200, R"({"items":[)" + row + R"(],"next":"17"})");
    play.transport.answer(200, R"({"items":[)" + row + R"(],"next":null})");
    CHECK(play.run({"domain", "list", "--status", "active"}) == kOk);
    CHECK(play.transport.asked ==
          std::vector<std::string>{"GET /api/v1/domains?status=active&limit=1000",
                                   "GET /api/v1/domains?status=active&limit=1000&cursor=17"});
    const std::string text = play.out.str();
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("events are shown oldest first") {
    Play play;
    play.transport.answer(200,
                          R"({"items":[{"id":2,"at":"2026-11-21T02:08:42.123Z","type":"server_down",
        "server":{"id":1,"name":"web1"},"pool":null,"domain":null,"from":"","to":"",
        "reason":"Link closed","detail":"",
        "who":""},{"id":1,"at":"2026-11-21T02:00:00.000Z","type":"server_added",
        "server":{"id":1,"name":"web1"},
        "pool":null,"domain":null,"from":"","to":"203.0.113.10","reason":"Server added",
        "detail":"","who":"admin"}],
        "next":"1"})");
    CHECK(play.run({"events"}) == kOk);
    CHECK(play.out.str() ==
          "TIME (UTC)           TYPE          WHAT  WHY\n"
          "2026-11-21 02:00:00  server_added  web1  Server added: -> 203.0.113.10, by admin\n"
          "2026-11-21 02:08:42  server_down   web1  Link closed\n");
}

TEST_CASE("a test of a channel says what became of it") {
    Play good;
    good.transport.answer(202, R"({"notification":9})");
    good.transport.answer(200, R"({"id":9,"state":"pending","attempts":0,"last_error":""})");
    good.transport.answer(200, R"({"id":9,"state":"delivered","attempts":1,"last_error":""})");
    CHECK(good.run({"channel", "test", "hook"}) == kOk);
    CHECK(good.out.str() == "Delivered.\n");
    Play bad;
    bad.transport.answer(202, R"({"notification":9})");
    bad.transport.answer(
        200,
        R"({"id":9,"state":"pending","attempts":1,"next_try":"2026-11-21T02:08:42.000Z",
            "last_error":"the receiver answered 500"})");
    bad.transport.answer(200, R"({"disabled":false})");
    CHECK(bad.run({"channel", "test", "hook"}) == kRefused);
    CHECK(bad.complains("the receiver answered 500"));
    CHECK(bad.complains("it is tried again at 2026-11-21 02:08:42 UTC"));
}

TEST_CASE("a test of a channel promises no try that will not be") {
    const auto test = [](Play& play, const std::string& row, const std::string& channel) {
        play.transport.answer(202, R"({"notification":9})");
        play.transport.answer(200, row);
        play.transport.answer(200, channel);
    };
    Play dead;
    test(dead, R"({"id":9,"state":"dead","attempts":1,"last_error":"it said 400"})",
         R"({"disabled":false})");
    CHECK(dead.run({"channel", "test", "hook"}) == kRefused);
    CHECK(dead.complains("it said 400; it is given up"));
    CHECK_FALSE(dead.complains("tried again"));
    Play gone;
    test(gone, R"({"id":9,"state":"dead","attempts":1,"last_error":"it said 410"})",
         R"({"disabled":true})");
    CHECK(gone.run({"channel", "test", "hook"}) == kRefused);
    CHECK(gone.complains("it said 410; the channel is disabled"));
    CHECK(gone.complains("understudyctl channel enable hook"));
    Play blocked;
    test(blocked, R"({"id":9,"state":"pending","attempts":0,"last_error":""})",
         R"({"disabled":false})");
    blocked.transport.answer(200, R"({"next":null,"items":[
        {"id":9,"last_error":""},
        {"id":4,"next_try":"2026-11-21T02:08:42.000Z","last_error":"it said 500"},
        {"id":7,"next_try":"2026-11-21T01:00:00.000Z","last_error":""}]})");
    CHECK(blocked.run({"channel", "test", "hook", "--timeout", "0"}) == kRefused);
    CHECK(
        blocked.complains("it waits behind notification 4 (it said 500), whose next try is at "
                          "2026-11-21 02:08:42 UTC"));
    CHECK(blocked.complains("notifications retry 4"));
}

TEST_CASE("a retry says what is sent, and after what") {
    const auto said = [](const std::string& answer) {
        Play play;
        play.transport.answer(200, answer);
        CHECK(play.run({"notifications", "retry", "9"}) == kOk);
        return play.out.str();
    };
    CHECK(said(R"({"retried":2,"behind":null})") == "2 put back to be sent now.\n");
    CHECK(said(R"({"retried":0,"behind":null})") == "Nothing is dead or waits for its next try.\n");
    CHECK(said(R"({"retried":1,"behind":{"id":4,"next_try":"2026-11-21T02:08:42.000Z"}})") ==
          "1 put back, but notification 4 of the channel comes first; its next try is at "
          "2026-11-21 02:08:42 UTC.\nTry both now: understudyctl notifications retry 4\n");
}

TEST_CASE("retry and failback want exactly one thing named") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"notifications", "retry"},
          {"notifications", "retry", "1", "--channel", "x"},
          {"failback"},
          {"failback", "d", "--pool", "p"}}) {
        Play play;
        CHECK(play.run(words) == kUsage);
        CHECK(play.transport.asked.empty());
    }
}

TEST_CASE("settings true and false are switches, anything else is text") {
    ::setenv("UNDERSTUDY_TEST_KEY", "k3y", 1);
    Play play;
    play.transport.answer(201, "{}");
    CHECK(
        play.run({"provider", "add", "own", "--kind", "powerdns", "--set", "allow_plain_http=true",
                  "--set", "other=false", "--set", "base_url=http://ns1:8081", "--set", "odd=True",
                  "--credential-env", "UNDERSTUDY_TEST_KEY"},
                 Output::Json) == kOk);
    CHECK(play.transport.asked ==
          std::vector<std::string>{
              R"(POST /api/v1/providers {"name":"own","kind":"powerdns","settings":)"
              R"({"allow_plain_http":true,"base_url":"http://ns1:8081","odd":"True",)"
              R"("other":false},"credential":"k3y"})"});
}

TEST_CASE("a credential is replaced, then checked, and not shown") {
    ::setenv("UNDERSTUDY_TEST_KEY", "k3y", 1);
    Play play;
    play.transport.answer(200, R"({"name":"own"})");
    play.transport.answer(200, R"({"proven":["the key is valid"],"unproven":[],"warnings":[]})");
    CHECK(play.run({"provider", "set-credential", "own", "--credential-env",
                    "UNDERSTUDY_TEST_KEY"}) == kOk);
    CHECK(play.transport.asked ==
          std::vector<std::string>{R"(PUT /api/v1/providers/own/credential {"credential":"k3y"})",
                                   "POST /api/v1/providers/own/verify"});
    CHECK(play.out.str().find("the key is valid") != std::string::npos);
    CHECK(play.out.str().find("k3y") == std::string::npos);
}

TEST_CASE("a channel is enabled by name") {
    Play play;
    play.transport.answer(200, R"({"name":"hook","disabled":false})");
    CHECK(play.run({"channel", "enable", "hook"}) == kOk);
    CHECK(play.transport.asked == std::vector<std::string>{"POST /api/v1/channels/hook/enable"});
    CHECK(play.out.str().find("Channel hook enabled") == 0);
}

TEST_CASE("a remedy for programs is put into words for people") {
    Play play;
    play.transport.answer(
        404, R"({"detail":"no such server","remedy":"GET /api/v1/servers lists them"})");
    CHECK(play.run({"server", "show", "x"}) == kRefused);
    CHECK(play.err.str() == "understudyctl: no such server\n  see: understudyctl server list\n");
}
