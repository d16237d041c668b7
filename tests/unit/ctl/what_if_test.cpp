// What `what-if` asks and shows.
#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

constexpr const char* kFound =
    R"({"at":"2026-11-21T03:00:00Z","lost":["web1"],"sentence":"If web1 died now: 61 domains )"
    R"(would move to ams2 in 31.0 s to 1 min 2 s; 2 domains have no stand-by.","obstacles":[")"
    R"(pool 'old' is held by ops; it lets go with 'understudyctl release old'"],"doubted":nul)"
    R"(l,"domains":{"moving":61,"unserved":2,"in_conflict":1,"ignored":0,"same":0,"held":4,"o)"
    R"(bserved":0},"without_standby":["shop"],"time":{"detection":{"best_s":0,"worst_s":26},")"
    R"(waiting":{"best_s":30,"worst_s":30},"writing":{"best_s":0.15,"worst_s":6},"until_writt)"
    R"(en":{"best_s":30.15,"worst_s":62},"ttl_s":300,"until_seen":{"best_s":30.15,"worst_s":3)"
    R"(62}},"writing":[{"provider":"cf","records":61,"zones":1,"calls":3,"calls_free":1100}],)"
    R"("pools":[{"pool":"shop","outcome":"moves","reason":"Primary server down","to_servers":)"
    R"(["ams2"],"from":"192.0.2.1","to":"192.0.2.2","domains":{"moving":61,"unserved":0,"in_c)"
    R"(onflict":1,"ignored":0,"same":0},"time":{"until_written":{"best_s":30.15,"worst_s":62})"
    R"(},"held":null,"observed":false,"standby_left":0,"named":[{"name":"www.example.org","ou)"
    R"(tcome":"moves","from":"192.0.2.1","to":"192.0.2.2","why":null},{"name":"odd.example.or)"
    R"(g","outcome":"in_conflict","from":"198.51.100.7","to":"198.51.100.7","why":"somebody e)"
    R"(lse changed it"}],"more":60},{"pool":"lone","outcome":"outage","reason":"No healthy me)"
    R"(mber","to_servers":[],"from":"192.0.2.1","to":"192.0.2.1","domains":{"moving":0,"unser)"
    R"(ved":2,"in_conflict":0,"ignored":0,"same":0},"time":{},"held":null,"observed":false,"s)"
    R"(tandby_left":0,"named":[{"name":"one.example.org","outcome":"unserved","from":"192.0.2)"
    R"(.1","to":"192.0.2.1","why":null}],"more":1},{"pool":"old","outcome":"moves","to_server)"
    R"(s":["ams2"],"from":"192.0.2.1","to":"192.0.2.2","domains":{"moving":4},"time":{"until_)"
    R"(written":{"best_s":30,"worst_s":62}},"held":{"kind":"hold"},"observed":false,"standby_)"
    R"(left":1,"named":[],"more":4}]})";

}  // namespace

TEST_CASE("what-if begins with the sentence; what is in the way, how long and the pools follow") {
    Play play;
    play.transport.answer(200, kFound);
    CHECK(play.run({"what-if", "server", "web1"}) == kOk);
    CHECK(play.transport.asked == std::vector<std::string>{"GET /api/v1/what-if?server=web1"});
    const std::string told = play.out.str();
    CAPTURE(told);
    CHECK(told.starts_with("If web1 died now: 61 domains would move to ams2"));
    for (const char* part :
         {"In the way: pool 'old' is held by ops; it lets go with 'understudyctl release old'.",
          "Pool 'shop' would have no stand-by left then.", "the loss is seen   0 to 26",
          "providers have it  1 to 6    cf: 61 records with 3 calls", "resolvers have it  0 to 300",
          "shop  62       moves       192.0.2.1  ams2 (192.0.2.2)  31 to 62      none",
          "held: hold", "Domains that would not move, or to a server that is not ready for them:",
          "odd.example.org: somebody else changed it",
          "one.example.org: no stand-by in pool 'lone'"}) {
        CAPTURE(part);
        CHECK(play.says(part));
    }
    CHECK_FALSE(play.says("www.example.org"));
}

TEST_CASE("what-if asks for a pool, a label or all; JSON is the answer itself") {
    Play play;
    for (int i = 0; i < 3; ++i)
        play.transport.answer(200, kFound);
    CHECK(play.run({"what-if", "pool", "a b"}, Output::Json) == kOk);
    CHECK(play.run({"what-if", "hosting", "acme"}, Output::Json) == kOk);
    CHECK(play.run({"what-if", "label", "region:eu"}, Output::Json) == kOk);
    CHECK(play.transport.asked ==
          std::vector<std::string>{"GET /api/v1/what-if?pool=a%20b",
                                   "GET /api/v1/what-if?label=hosting%3Aacme",
                                   "GET /api/v1/what-if?label=region%3Aeu"});
    CHECK(play.says(R"("standby_left")"));
}

TEST_CASE("what-if all shows first who would leave domains without a server") {
    Play play;
    play.transport.answer(
        200,
        R"({"servers":[{"server":"web1","pools":1,"moving":5,"unserved":0,"held":0,"staying":0,)"
        R"("pools_without_standby":1},{"server":"web2","pools":2,"moving":1,"unserved":3,"held":)"
        R"(2,"staying":0,"pools_without_standby":0}]})");
    CHECK(play.run({"what-if", "all"}) == kOk);
    const std::string told = play.out.str();
    CAPTURE(told);
    CHECK(
        told.starts_with("Of 2 servers 1 would leave domains without a server; 1 would use up a "
                         "pool's last stand-by.\n"));
    CHECK(told.find("web2") < told.find("web1"));
}
