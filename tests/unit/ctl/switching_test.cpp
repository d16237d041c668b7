// Orders that move pools: what is asked, what is shown while records change, how it ends.
#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

std::string pool_of(const std::string& serving, int epoch = 7, int domains = 2) {
    return R"({"id":1,"name":"shop","serving":[")" + serving + R"("],"epoch":)" +
           std::to_string(epoch) + R"(,"domains":)" + std::to_string(domains) +
           R"(,"reason":"Switched over"})";
}

std::string page_of(const std::vector<std::string>& names, bool refused = false) {
    std::string items;
    for (const std::string& name : names) {
        items += (items.empty() ? "" : ",") + (R"({"name":")" + name) +
                 R"(","record":{"refused":)" + (refused ? "true}}" : "false}}");
    }
    return R"({"items":[)" + items + R"(],"next":null})";
}

// The pool, the order's answer, and one look at the records: those switching, those in conflict.
void begin(Play& play, const std::string& serving = "web2") {
    play.transport.answer(200, pool_of("web1", 6));
    play.transport.answer(200, pool_of(serving));
}
void look(Play& play, const std::vector<std::string>& switching,
          const std::vector<std::string>& strange = {}, bool refused = false) {
    play.transport.answer(200, page_of(switching, refused));
    play.transport.answer(200, page_of(strange));
}

const std::vector<std::string> kSwitchover = {"switchover", "shop", "--to", "web2"};

}  // namespace

TEST_CASE("a switchover is waited for, with a line for each change") {
    Play play;
    begin(play);
    look(play, {"a.example", "b.example"});
    look(play, {"a.example", "b.example"});
    look(play, {"b.example"});
    look(play, {});
    play.transport.answer(200, pool_of("web2"));
    CHECK(play.run({"switchover", "shop", "--to", "web2", "--why", "kernel", "--force"}) == kOk);
    CHECK(play.transport.asked[1] ==
          R"(POST /api/v1/pools/shop/switchover {"to":"web2","why":"kernel","force":true})");
    CHECK(play.transport.asked[2] == "GET /api/v1/domains?pool=shop&status=switching&limit=1000");
    CHECK(play.out.str() ==
          "Pool shop goes to web2: 2 domains.\n"
          "0 of 2 records are confirmed\n"
          "1 of 2 records are confirmed\n"
          "2 of 2 records are confirmed\n"
          "Pool shop is served by web2.\n"
          "It stays there until: understudyctl failback shop\n");
    CHECK(play.err.str().empty());
}

TEST_CASE("on a terminal the progress is one line") {
    Play play;
    play.terminal = true;
    begin(play);
    look(play, {"a.example"});
    look(play, {});
    play.transport.answer(200, pool_of("web2"));
    CHECK(play.run(kSwitchover) == kOk);
    CHECK(play.says("\r\x1b[K1 of 2 records are confirmed\r\x1b[K2 of 2 records are confirmed\n"));
}

TEST_CASE("programs get the pool as it is at the end") {
    Play play;
    begin(play);
    look(play, {"a.example"});
    look(play, {});
    play.transport.answer(200, pool_of("web2"));
    CHECK(play.run(kSwitchover, Output::Json) == kOk);
    CHECK(play.out.str() == pool_of("web2") + "\n");
}

TEST_CASE("who does not wait is told at once") {
    Play play;
    begin(play);
    CHECK(play.run({"switchover", "shop", "--to", "web2", "--no-wait"}) == kOk);
    CHECK(play.says("Pool shop goes to web2: 2 domains."));
    Play both;
    CHECK(both.run({"switchover", "shop", "--to", "web2", "--no-wait", "--timeout", "5s"}) ==
          kUsage);
    CHECK(both.transport.asked.empty());
}

TEST_CASE("when the time is over the order stands, and that has a status of its own") {
    Play play;
    begin(play);
    for (int i = 0; i < 3; ++i)
        look(play, {"a.example"}, {}, true);
    play.transport.answer(200, pool_of("web2"));
    CHECK(play.run({"switchover", "shop", "--to", "web2", "--timeout", "1s"}) == kUnfinished);
    CHECK(play.waited == Duration{1000});
    CHECK(play.says("1 of 2 records are confirmed, 1 refused by the provider and tried again"));
    CHECK(play.complains("the order stands, but 1 record not confirmed within 1 s: a.example"));
    CHECK(play.complains("understudyctl events --domain a.example"));
}

TEST_CASE("records that somebody else changed are named") {
    Play play;
    begin(play);
    look(play, {}, {"a.example"});
    play.transport.answer(200, pool_of("web2"));
    CHECK(play.run(kSwitchover) == kUnfinished);
    CHECK(play.complains("somebody else changed what they hold: a.example"));
    CHECK(play.complains("understudyctl domain show a.example"));
}

TEST_CASE("a pool that automation moved on meanwhile is no success") {
    Play play;
    begin(play);
    look(play, {});
    play.transport.answer(200, pool_of("web3", 8));
    CHECK(play.run(kSwitchover) == kUnfinished);
    CHECK(play.complains("pool shop has moved on since, to web3"));
}

TEST_CASE("a pool without domains needs no wait") {
    Play play;
    play.transport.answer(200, pool_of("web1", 6, 0));
    play.transport.answer(200, pool_of("web2", 7, 0));
    play.transport.answer(200, pool_of("web2", 7, 0));
    CHECK(play.run({"failover", "shop"}) == kOk);
    CHECK(play.transport.asked[1] == "POST /api/v1/pools/shop/failover {}");
}

TEST_CASE("a pool can be meant by one of its domains") {
    Play play;
    play.transport.answer(404, "{}");
    play.transport.answer(200, R"({"name":"www.example","pool":{"id":1,"name":"shop"}})");
    play.transport.answer(200, pool_of("web2"));
    play.transport.answer(200, pool_of("web1"));
    CHECK(play.run({"failback", "www.example", "--no-wait"}) == kOk);
    CHECK(play.transport.asked == std::vector<std::string>{"GET /api/v1/pools/www.example",
                                                           "GET /api/v1/domains/www.example",
                                                           "GET /api/v1/pools/shop",
                                                           "POST /api/v1/pools/shop/failback {}"});
    Play nothing;
    nothing.transport.answer(404, "{}");
    nothing.transport.answer(404, "{}");
    CHECK(nothing.run({"failback", "nothing"}) == kRefused);
    CHECK(nothing.complains("there is no pool or domain 'nothing'"));
    CHECK(nothing.complains("understudyctl pool list"));
}

TEST_CASE("a pin is a hold with a server, and is waited for") {
    Play play;
    begin(play);
    look(play, {});
    play.transport.answer(200, pool_of("web2"));
    CHECK(play.run({"pin", "shop", "--to", "web2", "--until", "2126-11-21T02:00:00Z"}) == kOk);
    CHECK(play.transport.asked[1] ==
          R"(PUT /api/v1/pools/shop/hold {"pin":"web2","until":"2126-11-21T02:00:00.000Z"})");
    CHECK(play.says("understudyctl release shop"));
}

TEST_CASE("what lacks its server is refused before anything is asked") {
    for (const char* noun : {"switchover", "pin"}) {
        Play play;
        CHECK(play.run({noun, "shop"}) == kUsage);
        CHECK(play.complains("--to"));
        CHECK(play.transport.asked.empty());
    }
}
