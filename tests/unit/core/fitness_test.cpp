#include "controller/core/fitness.h"

#include <doctest/doctest.h>

#include "tests/unit/core/link_stage.h"

namespace understudy {
namespace {

using namespace test;

constexpr ServerId kUs{0};
constexpr ServerId kSibling{8};
constexpr const char* kService = "https";

struct Observers {
    UndoLog log;
    TestimonyBook book{log};

    void say(ServerId by, Verdict verdict, Instant at, Duration valid_for = seconds{5}) {
        book.heard({kServer, by, kService, verdict, "", Duration{0}, valid_for}, at);
    }
};

}  // namespace

TEST_CASE("health: a newer link over a live one is no recovery") {
    Book book;
    book.link(kBorn, 1);
    book.link(kBorn + seconds{50}, 2);
    CHECK(book.fitness(kBorn + seconds{60}).since == kBorn);
}

TEST_CASE("fitness: prompt waits confirm_s and says when it is over") {
    Book book;
    book.link(kBorn);
    book.leave(kBorn + seconds{10});
    const Fitness suspect = book.fitness(kBorn + seconds{39});
    CHECK(suspect.standing == Standing::Suspect);
    CHECK(suspect.changes_at == kBorn + seconds{40});
    CHECK(book.fitness(kBorn + seconds{40}).standing == Standing::Down);
}

TEST_CASE("fitness: unseen beyond the health timeout is down whatever confirm_s says") {
    Book book;
    book.link(kBorn);
    FitnessRules rules = kRules;
    rules.confirm = seconds{1000};
    CHECK(book.fitness(kBorn + kTimeout, rules).standing == Standing::Healthy);
    CHECK(book.fitness(kBorn + kTimeout + Duration{1}, rules).standing == Standing::Down);
    book.leave(kBorn + seconds{10});
    CHECK(book.fitness(kBorn + kTimeout, rules).standing == Standing::Suspect);
    CHECK(book.fitness(kBorn + kTimeout + Duration{1}, rules).standing == Standing::Down);
}

TEST_CASE("fitness: after a start, unknown is suspect until the warm-up is over") {
    Book book;
    CHECK(book.fitness(kBorn + seconds{119}).standing == Standing::Suspect);
    CHECK(book.fitness(kBorn + seconds{119}).changes_at == kBorn + seconds{120});
    CHECK(book.fitness(kBorn + seconds{120}).standing == Standing::Down);
    CHECK(Book{false}.fitness(kBorn + seconds{500}).standing == Standing::Absent);
}

TEST_CASE("fitness: health counts from the last gap") {
    Book book;
    book.link(kBorn);
    book.book.seen({kServer, 1}, kBorn + seconds{100});
    CHECK(book.fitness(kBorn + seconds{100}).since == kBorn);
    CHECK(book.book.seen({kServer, 1}, kBorn + seconds{300}) == LivenessBook::Effect::Changed);
    CHECK(book.fitness(kBorn + seconds{300}).since == kBorn + seconds{300});
    book.book.reported({kServer, 1, false, "x"}, kBorn + seconds{310});
    book.book.reported({kServer, 1, true, ""}, kBorn + seconds{320});
    CHECK(book.fitness(kBorn + seconds{330}).since == kBorn + seconds{320});
}

// --- what observers say beside the link, as the table of fitness.h has it: a row for each of its
namespace {

enum class Side { Up, Failing, Lost, Gone };
enum class Others { Nothing, Serve, ServedBefore, OneDead, TwoDead, OneSiblingDead, Split };

struct TableRow {
    Side side;
    Others others;
    Standing by_two;  // before it is down
    int down_by_two;  // seconds after it began; never: as long as they say so
    Standing by_service;
    int down_by_service;
};
constexpr int kNot = 1'000;
constexpr auto kWell = Standing::Healthy;
constexpr auto kIll = Standing::Suspect;
constexpr TableRow kTable[] = {
    {Side::Up, Others::Nothing, kWell, kNot, kWell, kNot},
    {Side::Up, Others::Serve, kWell, kNot, kWell, kNot},
    {Side::Up, Others::OneDead, kIll, 30, kIll, 30},
    {Side::Up, Others::TwoDead, kIll, 30, kIll, 5},
    {Side::Up, Others::Split, kWell, kNot, kWell, kNot},
    {Side::Failing, Others::Nothing, kIll, 30, kIll, 30},
    {Side::Failing, Others::Serve, kIll, 30, kWell, kNot},
    {Side::Failing, Others::OneDead, kIll, 5, kIll, 30},
    {Side::Failing, Others::TwoDead, kIll, 5, kIll, 5},
    {Side::Failing, Others::Split, kIll, 30, kIll, 30},
    {Side::Gone, Others::Serve, kIll, 30, kWell, kNot},
    {Side::Gone, Others::TwoDead, kIll, 30, kIll, 5},
    {Side::Lost, Others::Nothing, kIll, 30, kIll, 30},
    {Side::Lost, Others::Serve, kIll, kNot, kWell, kNot},
    {Side::Lost, Others::ServedBefore, kIll, 30, kIll, 30},
    {Side::Lost, Others::OneDead, kIll, 30, kIll, 30},
    {Side::Lost, Others::OneSiblingDead, kIll, 30, kIll, 30},
    {Side::Lost, Others::TwoDead, kIll, 5, kIll, 5},
    {Side::Lost, Others::Split, kIll, 30, kIll, 30},
};

// One row under one policy, second by second.
struct Played {
    static constexpr Instant kBegan = kBorn + seconds{10};

    explicit Played(const TableRow& is) : row(is) {
        link.link(kBorn);
        if (row.others != Others::Nothing) say({Verdict::Serves, Verdict::Serves}, kBorn);
        if (row.side == Side::Failing) link.book.reported({kServer, 1, false, "x"}, kBegan);
        if (row.side == Side::Lost) link.leave(kBegan);
        if (row.side == Side::Gone) link.leave(kBegan, Departure::Shutdown);
    }

    Standing at(Instant now, Evidence evidence) {
        if (row.side == Side::Up || row.side == Side::Failing) link.book.seen({kServer, 1}, now);
        say(words(), now);
        FitnessRules rules = kRules;
        rules.evidence = evidence;
        rules.confirm_agreed = seconds{5};
        rules.service = kService;
        return fitness_of(link.server, link.book.of(kServer), observers.book.of(kServer), now,
                          rules)
            .standing;
    }

  private:
    // Of the controller, and of a sibling.
    using Two = std::pair<std::optional<Verdict>, std::optional<Verdict>>;
    Two words() const {
        switch (row.others) {
            case Others::Serve:
                return {Verdict::Serves, Verdict::Serves};
            case Others::OneDead:
                return {Verdict::Dead, std::nullopt};
            case Others::OneSiblingDead:
                return {std::nullopt, Verdict::Dead};
            case Others::TwoDead:
                return {Verdict::Dead, Verdict::Dead};
            case Others::Split:
                return {Verdict::Dead, Verdict::Serves};
            case Others::Nothing:
            case Others::ServedBefore:
                break;
        }
        return {};
    }
    void say(const Two& said, Instant now) {
        if (said.first) observers.say(kUs, *said.first, now);
        if (said.second) observers.say(kSibling, *said.second, now);
    }

    const TableRow& row;
    Book link;
    Observers observers;
};

}  // namespace

TEST_CASE("fitness: the truth tables of two_of and service") {
    for (std::size_t i = 0; i < std::size(kTable); ++i) {
        CAPTURE(i);
        Played by_two{kTable[i]};
        Played by_service{kTable[i]};
        for (int second = 0; second <= 100; ++second) {
            CAPTURE(second);
            const Instant now = Played::kBegan + seconds{second};
            const bool down_by_two = second >= kTable[i].down_by_two;
            const bool down_by_service = second >= kTable[i].down_by_service;
            REQUIRE(by_two.at(now, Evidence::TwoOf) ==
                    (down_by_two ? Standing::Down : kTable[i].by_two));
            REQUIRE(by_service.at(now, Evidence::Service) ==
                    (down_by_service ? Standing::Down : kTable[i].by_service));
        }
    }
}

}  // namespace understudy
