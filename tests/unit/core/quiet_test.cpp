#include "controller/core/quiet.h"

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct QuietShield : EngineHarness {
    explicit QuietShield(const char* quiet) {
        Channel channel;
        channel.name = "night";
        channel.kind = "webhook";
        channel.settings = "{}";
        channel.attention.quiet_hours = {*parse_kept_quiet_hours(quiet)};
        REQUIRE(order(AddChannel{channel}).ok());
    }
    void set_clock(std::chrono::sys_days day, Duration of_day) {
        clock_step += day + of_day - wall();
        pass_time();
    }
    bool sends() {
        const auto due = store.due(1);
        REQUIRE(due.ok());
        return !due->notifications.empty();
    }

    ServerId web1 = add_server("web1", "192.0.2.1");
};

// "release" and what is told or held, in its order.
std::vector<std::string> outbox_of(const Decision& decision) {
    std::vector<std::string> rows;
    for (const Change& change : decision.changes) {
        if (std::holds_alternative<ReleaseHeld>(change)) rows.emplace_back("release");
        const auto* entry = std::get_if<Enqueue>(&change);
        if (entry == nullptr) continue;
        rows.push_back((entry->held ? "hold " : "tell ") +
                       std::string{to_text(entry->notice.type)});
    }
    return rows;
}

constexpr std::chrono::sys_days kFirst{std::chrono::year{1970} / 6 / 1};
using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("quiet: what comes just when the hours end does not overtake what they kept back") {
    QuietShield world{"daily 22:00-07:00 UTC"};
    world.set_clock(kFirst, hours{6});
    world.link(world.web1);
    world.leave(world.web1);
    REQUIRE_FALSE(world.sends());
    world.now += hours{1};  // and the loop has not looked at the time yet
    const Decision back = world.step(AgentLinked{world.web1, ++world.last_link, "", true, ""});
    CHECK(outbox_of(back) == Rows{"release", "tell server_up"});
    CHECK(world.sends());
}

TEST_CASE("quiet: nor does it where the clock was slewed since the hours began") {
    QuietShield world{"daily 22:00-07:00 UTC"};
    world.set_clock(kFirst, hours{6});
    world.link(world.web1);
    world.leave(world.web1);
    for (int i = 0; i < 30; ++i) {
        world.clock_step += Duration{900};
        world.pass_time();
    }
    world.now += hours{1} - seconds{20};
    REQUIRE(world.engine().next_deadline() < world.now + hours{1});
    const Decision back = world.step(AgentLinked{world.web1, ++world.last_link, "", true, ""});
    CHECK(outbox_of(back) == Rows{"release", "tell server_up"});
    CHECK(world.sends());
}

TEST_CASE("quiet: hours that the clocks leave out for once are kept the week after") {
    // At 2:00 on the last Sunday in March it is 3:00 in Berlin.
    QuietShield world{"sun 02:30-02:45 Europe/Berlin CET-1CEST,M3.5.0,M10.5.0/3"};
    world.set_clock(std::chrono::year{1970} / 3 / 22, hours{2});
    world.advance(hours{14 * 24 - 2} + minutes{35});  // Sunday again, in summer time
    world.link(world.web1);
    world.leave(world.web1);
    REQUIRE(world.times_told(NoticeType::ServerDown) == 1);
    REQUIRE(world.told.back().held);
    world.advance(minutes{9});
    CHECK_FALSE(world.sends());
    world.advance(minutes{2});
    CHECK(world.sends());
}

}  // namespace understudy
