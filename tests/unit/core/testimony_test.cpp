// What observers' words are worth: how long they stand, and what they say together.
#include "controller/core/testimony.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::seconds;

constexpr Instant kHeard{Duration{1'000'000}};
constexpr ServerId kJudged{7};
constexpr ServerId kController{};  // the controller
constexpr ServerId kSiblingA{11}, kSiblingB{12}, kSiblingC{13};

struct Bench {
    UndoLog log;
    TestimonyBook book{log};

    void says(ServerId by, Verdict verdict, int second, int valid_s = 135) {
        book.heard({kJudged, by, "https", verdict, "", Duration{0}, seconds{valid_s}},
                   kHeard + seconds{second});
    }
    Word word(int second, std::optional<int> lost = std::nullopt) const {
        std::optional<Instant> lost_at;
        if (lost) lost_at = kHeard + seconds{*lost};
        return word_of(book.of(kJudged), "https", lost_at, kHeard + seconds{second});
    }
};

}  // namespace

TEST_CASE("testimony: one word is none any more when its observer falls silent") {
    Bench bench;
    bench.says(kSiblingA, Verdict::Serves, 0);
    bench.says(kSiblingA, Verdict::Dead, 60);
    CHECK(bench.word(74).says == Word::Says::Dead);
    bench.says(kSiblingA, Verdict::Nothing, 75);  // asked again at once, it has not answered
    CHECK(bench.word(75).says == Word::Says::Nothing);
}

TEST_CASE("testimony: what was called dead again and again stays dead for ten minutes") {
    Bench bench;
    bench.says(kSiblingA, Verdict::Serves, 0);
    for (int second = 5; second <= 65; second += 5)
        bench.says(kSiblingA, Verdict::Dead, second, 20);
    bench.says(kSiblingA, Verdict::Nothing, 66);
    CHECK(bench.word(66).says == Word::Says::Dead);
    CHECK(bench.word(65 + 20 + 599).says == Word::Says::Dead);
    CHECK(bench.word(65 + 20 + 600).says == Word::Says::Nothing);
}

TEST_CASE("testimony: a loss is agreed on by most of those who had found it serving") {
    Bench bench;
    for (const ServerId by : {kController, kSiblingA, kSiblingB, kSiblingC})
        bench.says(by, Verdict::Serves, 0);
    bench.says(kSiblingA, Verdict::Dead, 5);
    bench.says(kController, Verdict::Dead, 10);
    const Word split = bench.word(20);
    CHECK(split.says == Word::Says::Split);
    // At the loss the others' words are of before: they have to be heard first.
    const Word lost = bench.word(20, 20);
    CHECK(lost.says == Word::Says::Dead);
    CHECK_FALSE(lost.agreed);
    CHECK(lost.changes_at == kHeard + seconds{135});
    bench.says(kSiblingB, Verdict::Serves, 22);
    CHECK_FALSE(bench.word(22, 20).agreed);
    bench.says(kSiblingC, Verdict::Nothing, 23);
    CHECK(bench.word(23, 20).agreed == kHeard + seconds{23});  // two of three by now
}

TEST_CASE("testimony: one who is unheard could not turn two against it") {
    Bench bench;
    for (const ServerId by : {kController, kSiblingA, kSiblingB})
        bench.says(by, Verdict::Serves, 0);
    bench.says(kSiblingA, Verdict::Dead, 5);
    bench.says(kController, Verdict::Dead, 10);
    CHECK(bench.word(20, 20).agreed == kHeard + seconds{10});
}

}  // namespace understudy
