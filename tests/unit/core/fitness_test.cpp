#include "controller/core/fitness.h"

#include <doctest/doctest.h>

#include "tests/unit/core/link_stage.h"

namespace understudy {
namespace {

using namespace test;

constexpr ServerId kUs{0};
constexpr ServerId kFirst{8};
constexpr ServerId kSecond{9};
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

// What observers say beside the link, as the table of fitness.h has it: each row of it is one here.
TEST_CASE("fitness: the truth table of two_of and service") {
    enum class Side { Up, Failing, Lost, Gone };
    enum class Others { Nothing, Serve, ServedBefore, OneDead, TwoDead, TwoOfUs, Split };
    struct Row {
        Side side;
        Others others;
        int down_two_of;  // seconds after it began; -1: never, as long as they say so
        int down_service;
        Standing two_of, service;  // before that
    };
    constexpr auto kHealthy = Standing::Healthy;
    constexpr auto kSuspect = Standing::Suspect;
    const std::vector<Row> rows{
        {Side::Up, Others::Nothing, -1, -1, kHealthy, kHealthy},
        {Side::Up, Others::Serve, -1, -1, kHealthy, kHealthy},
        {Side::Up, Others::OneDead, 30, 30, kSuspect, kSuspect},
        {Side::Up, Others::TwoDead, 30, 5, kSuspect, kSuspect},
        {Side::Up, Others::Split, -1, -1, kHealthy, kHealthy},
        {Side::Failing, Others::Nothing, 30, 30, kSuspect, kSuspect},
        {Side::Failing, Others::Serve, 30, -1, kSuspect, kHealthy},
        {Side::Failing, Others::OneDead, 5, 30, kSuspect, kSuspect},
        {Side::Failing, Others::TwoDead, 5, 5, kSuspect, kSuspect},
        {Side::Failing, Others::Split, 30, 30, kSuspect, kSuspect},
        {Side::Gone, Others::Serve, 30, -1, kSuspect, kHealthy},
        {Side::Gone, Others::TwoDead, 30, 5, kSuspect, kSuspect},
        {Side::Lost, Others::Nothing, 30, 30, kSuspect, kSuspect},
        {Side::Lost, Others::Serve, -1, -1, kSuspect, kHealthy},
        {Side::Lost, Others::ServedBefore, 30, 30, kSuspect, kSuspect},
        {Side::Lost, Others::OneDead, 30, 30, kSuspect, kSuspect},
        {Side::Lost, Others::TwoDead, 5, 5, kSuspect, kSuspect},
        {Side::Lost, Others::TwoOfUs, 30, 30, kSuspect, kSuspect},
        {Side::Lost, Others::Split, 30, 30, kSuspect, kSuspect},
    };
    const Instant began = kBorn + seconds{10};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        CAPTURE(i);
        for (const Evidence evidence : {Evidence::TwoOf, Evidence::Service}) {
            CAPTURE(to_text(evidence));
            Book book;
            Observers observers;
            book.link(kBorn);
            for (const ServerId by : {kUs, kFirst, kSecond})
                if (row.others != Others::Nothing) observers.say(by, Verdict::Serves, kBorn);
            if (row.side == Side::Failing) book.book.reported({kServer, 1, false, "x"}, began);
            if (row.side == Side::Lost) book.leave(began);
            if (row.side == Side::Gone) book.leave(began, Departure::Shutdown);
            const auto say = [&](Instant at) {
                if (row.side == Side::Up || row.side == Side::Failing)
                    book.book.seen({kServer, 1}, at);
                switch (row.others) {
                    case Others::Nothing:
                    case Others::ServedBefore:
                        return;
                    case Others::Serve:
                        observers.say(kUs, Verdict::Serves, at);
                        observers.say(kFirst, Verdict::Serves, at);
                        return;
                    case Others::OneDead:
                        observers.say(kUs, Verdict::Dead, at);
                        return;
                    case Others::TwoOfUs:
                    case Others::TwoDead:
                        observers.say(row.others == Others::TwoDead ? kUs : kSecond, Verdict::Dead,
                                      at);
                        if (row.others == Others::TwoDead) observers.say(kFirst, Verdict::Dead, at);
                        return;
                    case Others::Split:
                        observers.say(kUs, Verdict::Dead, at);
                        observers.say(kFirst, Verdict::Serves, at);
                        return;
                }
            };
            FitnessRules rules = kRules;
            rules.evidence = evidence;
            rules.confirm_agreed = seconds{5};
            rules.service = kService;
            const bool by_two = evidence == Evidence::TwoOf;
            const int down = by_two ? row.down_two_of : row.down_service;
            for (int second = 0; second <= 100; ++second) {
                CAPTURE(second);
                const Instant at = began + seconds{second};
                say(at);
                const auto standing = fitness_of(book.server, book.book.of(kServer),
                                                 observers.book.of(kServer), at, rules)
                                          .standing;
                const bool is_down = down >= 0 && second >= down;
                REQUIRE(standing == (is_down ? Standing::Down : by_two ? row.two_of : row.service));
            }
        }
    }
}

}  // namespace understudy
