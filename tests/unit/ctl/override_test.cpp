// What people force: how it is said to the controller, and how it is shown beside the real state.
#include <tuple>

#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

constexpr const char* kForced =
    R"("who":"admin token 'ops'","why":"new kernel","since":"2026-11-21T07:12:30.000Z",)"
    R"("until":"2126-11-21T09:12:30.000Z")";

const std::string kThreeServers =
    R"({"items":[{"id":1,"name":"web1","ipv4":"203.0.113.10","ipv6":null,"labels":{},
    "health":"online","health_sentence":"","last_seen_ago_s":1.2,"pools":["p"],"load":null,
    "maintenance":{)" +
    std::string{kForced} + R"(}}],"next":null})";

const std::string kPools =
    R"({"items":[{"id":1,"name":"shop","members":[{"id":1,"name":"web1","serving":true},
    {"id":2,"name":"web2"},{"id":3,"name":"web3"},{"id":4,"name":"web4"},{"id":5,"name":"web5"}],
    "serving":["web2"],"failed_over":true,"outage":false,"reason":"Server in maintenance",
    "domains":3,"hold":{)" +
    std::string{kForced} + R"(,"pinned":"web2"},"preferred":null,"observe":{)" + kForced +
    R"(},"restraint":null}],"next":null})";

std::string status_with(const std::string& held, const std::string& controls) {
    return R"({"version":"1","uptime_s":0,"held":)" + held + R"(,"controls":)" + controls + "}";
}

constexpr const char* kFree = R"({"held":false,"reason":"","restraints":[],"count":0})";
constexpr const char* kMovesNothing = R"({"domains":[],"later":[]})";
constexpr const char* kMoves =
    R"({"domains":[{"name":"www.example.org","from":"203.0.113.20","to":"203.0.113.10"}],
    "later":[{"pool":"blog","next":"goes back to web1 in 23.0 s"}]})";
constexpr const char* kNothing = R"({"items":[],"next":null})";

}  // namespace

TEST_CASE("an override stands beside the real state") {
    Play servers;
    servers.transport.answer(200, kThreeServers);
    CHECK(servers.run({"server", "list"}) == kOk);
    CHECK(servers.out.str() ==
          "NAME  HEALTH  IPV4          LAST SEEN  POOLS  OVERRIDE\n"
          "web1  online  203.0.113.10  1.2 s ago  p      maintenance until 2126-11-21\n");
    Play pools;
    pools.transport.answer(200, kPools);
    CHECK(pools.run({"pool", "list"}) == kOk);
    CHECK(pools.says(
        "web2     web1, web2, web3, +2  3        pinned to web2 until 2126-11-21, dry run "
        "until 2126-11-21"));
    CHECK_FALSE(pools.says("Server in maintenance"));
    Play wide;
    wide.transport.answer(200, kPools);
    CHECK(wide.run({"pool", "list"}, Output::Wide) == kOk);
    CHECK(wide.says("web4, web5"));
    CHECK(wide.says("Server in maintenance"));
}

TEST_CASE("status names every override with who, when, why, until what, and its end") {
    Play play;
    play.transport.answer(200, status_with(kFree, R"({"pause":{)" + std::string{kForced} + "}}"));
    play.transport.answer(200, kThreeServers);
    play.transport.answer(200, kPools);
    CHECK(play.run({"status"}) == kOk);
    CHECK(play.says("up for:         less than a second"));
    CHECK(play.says(
        "  automation is paused, by admin token 'ops' since 2026-11-21 07:12 until 2126-11-21 "
        "09:12: new\n  kernel. End it: understudyctl resume\n"));
    for (const char* words :
         {"pool shop is pinned to web2, by", "understudyctl release shop",
          "pool shop is in a dry run", "understudyctl dry-run shop --end",
          "server web1 is in maintenance", "understudyctl server maintenance web1"}) {
        CAPTURE(words);
        CHECK(play.says(words));
    }
}

TEST_CASE("status says every reason for which automation waits") {
    Play play;
    play.transport.answer(200, status_with(R"({"held":true,"reason":"one; x","count":3,
        "restraints":[{"kind":"mass_loss","sentence":"one; x"},
        {"kind":"flapping","sentence":"two; y"}]})",
                                           "{}"));
    play.transport.answer(200, kNothing);
    play.transport.answer(200, kNothing);
    CHECK(play.run({"status"}) == kOk);
    CHECK(play.says("held, see below"));
    CHECK(play.says("Automation waits:\n  one; x\n  two; y\n  and 1 more\n"));
    CHECK_FALSE(play.says("Overrides"));
}

TEST_CASE("a time is sent as a time, a length of time as such: clocks need not agree") {
    const std::pair<std::vector<std::string>, const char*> said[] = {
        {{"--until", "2126-11-21T03:00:00+01:00", "--why", "w"},
         R"({"why":"w","until":"2126-11-21T02:00:00.000Z"})"},
        {{"--until", "2001-01-01T00:00:00Z"}, R"({"until":"2001-01-01T00:00:00.000Z"})"},
        {{"--for", "1h30m"}, R"({"for":"1h30m"})"},
    };
    for (const auto& [words, body] : said) {
        Play play;
        play.transport.answer(200, R"({"pause":{}})");
        std::vector<std::string> command{"pause"};
        command.insert(command.end(), words.begin(), words.end());
        CHECK(play.run(command) == kOk);
        CHECK(play.transport.asked.front() == std::string{"PUT /api/v1/controls/pause "} + body);
    }
}

TEST_CASE("times that cannot be meant are refused before anything is asked") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--for", "soon"},
          {"--for", "0s"},
          {"--until", "tomorrow"},
          {"--for", "1h", "--until", "2126-11-21T02:00:00Z"}}) {
        Play play;
        std::vector<std::string> command = {"pause"};
        command.insert(command.end(), words.begin(), words.end());
        CHECK(play.run(command) == kUsage);
        CHECK(play.transport.asked.empty());
    }
}

TEST_CASE("a server's maintenance ends by what still points at it") {
    const auto run = [](bool serving) {
        Play play;
        play.transport.answer(200, R"({"name":"web1","maintenance":{}})");
        const std::string pools =
            R"({"items":[{"name":"shop","domains":2,"members":[{"name":"web1","serving":)" +
            std::string{serving ? "true" : "false"} + "}]}]}";
        play.transport.answer(200, pools);
        play.transport.answer(200, kNothing);
        play.transport.answer(200, kNothing);
        play.transport.answer(200, pools);
        CHECK(play.run({"server", "maintenance", "web1", "--force"}) == kOk);
        CHECK(play.transport.asked[0] == R"(PUT /api/v1/servers/web1/maintenance {"force":true})");
        CHECK(play.transport.asked[2] ==
              "GET /api/v1/domains?server=web1&status=switching&limit=1000");
        return play.out.str();
    };
    CHECK(run(false).find("No record points at it now") != std::string::npos);
    CHECK(run(true).find("Warning: pool shop still points at it") != std::string::npos);
    Play end;
    end.transport.answer(200, "{}");
    CHECK(end.run({"server", "maintenance", "web1", "--end"}) == kOk);
    CHECK(end.transport.asked.front() == "DELETE /api/v1/servers/web1/maintenance");
    Play both;
    CHECK(both.run({"server", "maintenance", "web1", "--end", "--for", "2h"}) == kUsage);
}

TEST_CASE("release and observe want a pool, or everything") {
    for (const char* noun : {"release", "dry-run"}) {
        Play nothing;
        CHECK(nothing.run({noun}) == kUsage);
        Play both;
        CHECK(both.run({noun, "shop", "--all"}) == kUsage);
    }
    Play losses;
    losses.transport.answer(200, kMovesNothing);
    losses.transport.answer(200, "{}");
    CHECK(losses.run({"release", "--all", "--why", "the rack burns"}) == kOk);
    CHECK(losses.transport.asked ==
          std::vector<std::string>{
              R"(POST /api/v1/rehearse {"order":"accept_losses"})",
              R"(POST /api/v1/controls/accept-losses {"why":"the rack burns"})"});
    Play dry;
    dry.transport.answer(200, kMovesNothing);
    dry.transport.answer(200, "{}");
    CHECK(dry.run({"observe", "--all", "--end"}) == kOk);
    CHECK(dry.transport.asked.back() == "DELETE /api/v1/controls/dry-run");
}

TEST_CASE("what gives back to automation says first what it moves") {
    constexpr const char* kPool = R"({"name":"shop"})";
    const auto played = [&](std::vector<std::string> words, Output output, const char* answer) {
        Play play;
        play.person = answer != nullptr;
        play.answers.str(answer == nullptr ? "" : answer);
        if (words[0] == "release") play.transport.answer(200, kPool);
        play.transport.answer(200, kMoves);
        play.transport.answer(200, "{}");
        const int code = play.run(std::move(words), output);
        const bool done = play.transport.answers.empty();
        return std::tuple{code, done, play.out.str() + play.err.str()};
    };
    const auto [yes, done, shown] = played({"release", "shop"}, Output::Table, "y\n");
    CHECK(yes == kOk);
    CHECK(done);
    CHECK(shown.find("www.example.org  203.0.113.20  203.0.113.10") != std::string::npos);
    CHECK(shown.find("1 record moves at once.") != std::string::npos);
    CHECK(shown.find("Then pool blog goes back to web1 in 23.0 s.") != std::string::npos);
    const auto [no, undone, told] = played({"resume"}, Output::Table, "n\n");
    CHECK(no == kRefused);
    CHECK_FALSE(undone);
    CHECK(told.find("Nothing was changed.") != std::string::npos);
    const auto [alone, given, said] = played({"resume"}, Output::Table, nullptr);
    CHECK(alone == kUsage);
    CHECK_FALSE(given);
    CHECK(said.find("--yes") != std::string::npos);
    CHECK(std::get<0>(played({"resume"}, Output::Json, "y\n")) == kUsage);
    CHECK(std::get<1>(played({"resume", "--yes"}, Output::Table, nullptr)));
    Play sure;
    sure.transport.answer(200, "{}");
    CHECK(sure.run({"resume", "--yes"}, Output::Json) == kOk);
}

TEST_CASE("status says what comes next and what only a person can end") {
    Play play;
    play.transport.answer(200, status_with(kFree, "{}"));
    play.transport.answer(200, R"({"items":[{"name":"web1","maintenance":null,
        "token_shared":{"since":"2026-11-21T07:12:30Z","sentence":"two agents; rotate it"}}]})");
    play.transport.answer(200, R"({"items":[{"name":"shop","next":"goes back to web1 in 23.0 s"},
        {"name":"blog","next":""}]})");
    CHECK(play.run({"status"}) == kOk);
    CHECK(play.says("What comes next:\n  pool shop goes back to web1 in 23.0 s\n"));
    CHECK(play.says("Needs a person:\n  two agents; rotate it\n"));
    CHECK_FALSE(play.says("pool blog"));
}
