// The live picture: as large as the terminal, and JSON where JSON is asked for.
#include <algorithm>

#include "ctl/text_width.h"
#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

constexpr std::size_t kWatched = 40;

void answer_a_picture(Play& play) {
    std::string servers;
    for (std::size_t i = 0; i < kWatched; ++i) {
        servers += std::string{i == 0 ? "" : ","} + R"({"name":"web)" + std::to_string(i) +
                   R"(","health":"offline","ipv4":"203.0.113.10","last_seen_ago_s":1.2,)" +
                   R"~("health_sentence":"offline for 3 min: link closed (\u7f51\u7edc)"})~";
    }
    play.transport.answer(200, R"({"held":{"held":false,"restraints":[],"count":0},)"
                               R"("domains":{"total":0}})");
    play.transport.answer(200, R"({"items":[)" + servers + "]}");
    play.transport.answer(200, R"({"items":[]})");
    play.transport.answer(200, R"({"items":[]})");
}

}  // namespace

TEST_CASE("watch fits its terminal, whatever its size") {
    for (const Size size : {Size{12, 80}, Size{24, 50}, Size{2, 9}, Size{100, 200}}) {
        Play play;
        play.terminal = true;
        play.size = size;
        answer_a_picture(play);
        play.transport.answers.push_back(transient("enough"));  // ends the second look
        CHECK(play.run({"watch"}) == kUnreachable);
        std::string shown = play.out.str();
        shown = shown.substr(shown.rfind("\x1b[H"));
        const auto lines = std::ranges::count(shown, '\n') + 1;
        CAPTURE(size.rows);
        CHECK(static_cast<std::size_t>(lines) <= size.rows);
        std::istringstream each{shown};
        for (std::string line; std::getline(each, line);) {
            for (const char* sequence : {"\x1b[H", "\x1b[K", "\x1b[J"}) {
                if (const auto at = line.find(sequence); at != std::string::npos) line.erase(at, 3);
            }
            CHECK(text_width(line) <= size.columns);
        }
        CHECK((shown.find("more lines") != std::string::npos) ==
              (size.rows == 12 || size.rows == 24));
    }
}

TEST_CASE("watch is JSON with -o json, one document a look") {
    Play play;
    answer_a_picture(play);
    CHECK(play.run({"watch", "--once"}, Output::Json) == kOk);
    const auto document = json::Document::parse(play.out.str());
    REQUIRE(document.ok());
    CHECK(document->root()["servers"].size() == kWatched);
    CHECK(document->root()["status"]["held"]["held"].boolean() == false);
    CHECK(std::ranges::count(play.out.str(), '\n') == 1);
}

TEST_CASE("a line is cut by what is seen of it, and its colours end") {
    CHECK(cut_to("abcdef", 3) == "abc");
    CHECK(cut_to("abc", 3) == "abc");
    CHECK(cut_to("\x1b[31mabcdef\x1b[0m", 3) == "\x1b[31mabc\x1b[0m");
    CHECK(cut_to("\u7f51\u7edc", 3) == "\u7f51");
}
