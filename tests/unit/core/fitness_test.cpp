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

// --- a link that comes and goes beside a dead service
// ---------------------------------------------
namespace {

struct Judged {
    static constexpr Instant kBegan = kBorn + seconds{1'000};

    Judged() {
        link.link(kBorn);
        for (int second = 100; second <= 1'000; second += 100)
            link.book.seen({kServer, 1}, kBorn + seconds{second});
    }
    void says(ServerId by, Verdict verdict, int second) {
        others.say(by, verdict, kBegan + seconds{second}, seconds{300});
    }
    void dead(int second) { says(kUs, Verdict::Dead, second); }
    void leave(int second) { link.leave(kBegan + seconds{second}, Departure::Closed, newest); }
    void back(int second) { link.link(kBegan + seconds{second}, ++newest); }
    // When it is down, should nothing more happen; -1: it is.
    int down_in(int second) const {
        FitnessRules rules = kRules;
        rules.evidence = Evidence::TwoOf;
        rules.confirm_agreed = seconds{5};
        rules.service = kService;
        const Instant now = kBegan + seconds{second};
        const Fitness is =
            fitness_of(link.server, link.book.of(kServer), others.book.of(kServer), now, rules);
        if (is.standing == Standing::Down) return -1;
        return is.standing == Standing::Suspect
                   ? static_cast<int>((is.changes_at - now) / seconds{1})
                   : 1'000;
    }

    Book link;
    Observers others;
    LinkId newest = 1;
};

}  // namespace

TEST_CASE("fitness: a link that comes and goes does not begin a dead service's wait anew") {
    Judged it;
    it.says(kUs, Verdict::Serves, -1);
    it.dead(0);
    CHECK(it.down_in(0) == 30);
    it.leave(5);
    CHECK(it.down_in(5) == 30);  // by the link
    it.back(10);
    CHECK(it.down_in(10) == 30);  // old news
    it.dead(11);
    CHECK(it.down_in(11) == 29);
    it.leave(15);
    it.back(20);
    CHECK(it.down_in(20) == 30);  // old news again
    it.dead(25);
    CHECK(it.down_in(25) == 15);  // from the first time that it came back
    it.leave(30);
    it.back(45);
    CHECK(it.down_in(46) == 29);
    it.dead(46);
    CHECK(it.down_in(46) == -1);
}

TEST_CASE("fitness: who was away for long, or held still, comes back anew") {
    Judged it;
    it.says(kUs, Verdict::Serves, -1);
    it.dead(0);
    it.leave(5);
    it.back(10);
    it.leave(20);
    it.back(141);
    it.dead(142);
    CHECK(it.down_in(142) == 29);
    for (int second = 200; second <= 800; second += 100) {
        it.dead(second);
        it.link.book.seen({kServer, it.newest}, Judged::kBegan + seconds{second});
    }
    CHECK(it.down_in(800) == -1);
    it.leave(801);
    it.back(802);
    it.dead(803);
    CHECK(it.down_in(803) == 29);
    // So does one whose own check has failed meanwhile.
    it.link.book.reported({kServer, it.newest, false, "x"}, Judged::kBegan + seconds{850});
    CHECK(it.down_in(850) == -1);
    it.link.book.reported({kServer, it.newest, true, ""}, Judged::kBegan + seconds{851});
    it.dead(852);
    CHECK(it.down_in(852) == 29);
}

TEST_CASE("fitness: so many have to look again as make most of them") {
    constexpr ServerId kOther{9};
    Judged it;
    for (const ServerId by : {kUs, kSibling, kOther})
        it.says(by, Verdict::Serves, -1);
    it.says(kSibling, Verdict::Dead, 0);
    it.dead(0);
    it.leave(1);
    it.back(2);
    it.leave(3);
    it.back(4);
    it.dead(5);
    CHECK(it.down_in(5) == 29);  // a sibling's is old news, and the other has found it serving
    it.says(kSibling, Verdict::Dead, 6);
    CHECK(it.down_in(6) == 26);
}

TEST_CASE("fitness: two siblings outvote the controller, one and it are split") {
    constexpr ServerId kOther{9};
    Judged it;
    for (const ServerId by : {kUs, kSibling, kOther})
        it.says(by, Verdict::Serves, -1);
    it.says(kSibling, Verdict::Dead, 0);
    CHECK(it.down_in(0) == 1'000);
    it.says(kOther, Verdict::Dead, 1);
    CHECK(it.down_in(1) == 30);
    it.says(kUs, Verdict::Serves, 30);
    CHECK(it.down_in(31) == -1);
    it.says(kOther, Verdict::Nothing, 32);  // two are left
    CHECK(it.down_in(32) == 1'000);
}

}  // namespace understudy
