#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

constexpr const char* kPlan =
    R"({"dry_run":true,"domains":[{"name":"a.example","from":"203.0.113.1","to":"203.0.113.1"},
    {"name":"b.example","from":"203.0.113.2","to":"203.0.113.9"}]})";

}  // namespace

TEST_CASE("a move is shown, asked about and done") {
    Play play;
    play.person = true;
    play.answers.str("y\n");
    play.transport.answer(200, kPlan);
    play.transport.answer(200, kPlan);
    CHECK(play.run({"domain", "move", "a.example", "b.example", "--pool", "eu"}) == kOk);
    CHECK(play.transport.asked ==
          std::vector<std::string>{
              R"(POST /api/v1/domains/move {"domains":["a.example","b.example"],"pool":"eu",)"
              R"("dry_run":true})",
              R"(POST /api/v1/domains/move {"domains":["a.example","b.example"],"pool":"eu"})"});
    CHECK(play.out.str().starts_with(
        "DOMAIN     RECORD NOW   RECORD THEN\n"
        "b.example  203.0.113.2  203.0.113.9\n"
        "a.example  203.0.113.1  the same\n\n"
        "2 domains to pool eu: 1 record changes.\nMove them? [y/N] Moved to pool eu."));
}

TEST_CASE("anything but yes is no") {
    for (const char* answer : {"", "\n", "n\n", "maybe\n"}) {
        Play play;
        play.person = true;
        play.answers.str(answer);
        play.transport.answer(200, kPlan);
        CHECK(play.run({"domain", "move", "a.example", "--pool", "eu"}) == kRefused);
        CHECK(play.says("Nothing was changed."));
    }
}

TEST_CASE("where nobody can be asked a move needs a word") {
    const std::vector<std::string> words = {"domain", "move", "--from-pool", "us", "--pool", "eu"};
    Play play;
    CHECK(play.run(words) == kUsage);
    CHECK(play.complains("--yes"));
    CHECK(play.complains("--dry-run"));
    CHECK(play.transport.asked.empty());
    Play json;
    json.person = true;
    CHECK(json.run(words, Output::Json) == kUsage);

    std::vector<std::string> sure = words;
    sure.push_back("--yes");
    Play yes;
    yes.transport.answer(200, kPlan);
    yes.transport.answer(200, kPlan);
    CHECK(yes.run(sure) == kOk);
    CHECK(yes.transport.asked.back() ==
          R"(POST /api/v1/domains/move {"from_pool":"us","pool":"eu"})");
    std::vector<std::string> dry = words;
    dry.push_back("--dry-run");
    Play shown;
    shown.transport.answer(200, kPlan);
    CHECK(shown.run(dry) == kOk);
    CHECK(shown.transport.asked.size() == 1);
}
