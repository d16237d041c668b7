#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

TEST_CASE("a domain is left alone, with a reason") {
    Play play;
    play.transport.answer(200, R"({"name":"a.example","display_name":"a.example","ignored":
        {"who":"ops","why":"moving out","since":"2026-11-21T07:12:30.000Z","until":null}})");
    CHECK(play.run({"domain", "ignore", "a.example", "--why", "moving out"}) == kOk);
    CHECK(play.transport.asked.front() ==
          R"(PUT /api/v1/domains/a.example/ignore {"why":"moving out"})");
    CHECK(play.says("ignored: neither written nor watched, by ops since 2026-11-21 07:12"));
}

TEST_CASE("force goes to the controller only when it was said") {
    Play play;
    play.transport.answer(409, R"({"detail":"no"})");
    CHECK(play.run({"domain", "enforce", "a.example"}) == kRefused);
    CHECK(play.transport.asked.front() == "POST /api/v1/domains/a.example/enforce");
    Play forced;
    forced.transport.answer(409, R"({"detail":"no"})");
    CHECK(forced.run({"domain", "enforce", "a.example", "--force"}) == kRefused);
    CHECK(forced.transport.asked.front() ==
          R"(POST /api/v1/domains/a.example/enforce {"force":true})");
}

TEST_CASE("a conflict offers what the controller would take, and nothing else") {
    const auto shown = [](const std::string& foreign, const std::string& ways) {
        Play play;
        play.transport.answer(200, R"({"name":"a.example","display_name":"a.example","reason":
            "Primary server down","record":{"desired":{"addresses":["192.0.2.2"]},"foreign":)" +
                                       foreign +
                                       R"(,"problem":null,"conflict":{"sentence":"","blocks":
            true,"ways_out":)" + ways + "}}}");
        CHECK(play.run({"domain", "show", "a.example"}) == kOk);
        return play.out.str();
    };
    const std::string changed = shown(R"(["192.0.2.9"])", R"(["adopt","enforce","ignore"])");
    for (const char* part :
         {"changed the record to 192.0.2.9.\n", "It should hold 192.0.2.2 (Primary server down)",
          "understudyctl domain adopt a.example\n", "understudyctl domain enforce a.example\n",
          "understudyctl domain ignore a.example\n"}) {
        CAPTURE(part);
        CHECK(changed.find(part) != std::string::npos);
    }
    const std::string deleted = shown("[]", R"(["enforce","ignore"])");
    CHECK(deleted.find("Somebody else deleted the record.\n") != std::string::npos);
    CHECK(
        deleted.find("Make it anew:                     understudyctl domain enforce a.example") !=
        std::string::npos);
    CHECK(deleted.find("domain adopt") == std::string::npos);
}
