#include "controller/runtime/dispatch/call_budget.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

const Instant kStart{Duration{1'000'000}};

CallBudget budget_of(int calls, int reserved) {
    Capabilities capabilities;
    capabilities.calls_per_window = calls;
    capabilities.window = std::chrono::seconds{300};
    CallBudget budget;
    budget.configure(capabilities, reserved);
    return budget;
}

}  // namespace

TEST_CASE("without a known limit everything may be asked") {
    CallBudget budget = budget_of(0, 100);
    for (int i = 0; i < 10'000; ++i)
        budget.called(kStart);
    CHECK(budget.opens_at(Urgency::Background, kStart) == kStart);
}

TEST_CASE("the window slides: the oldest call makes room") {
    CallBudget budget = budget_of(10, 0);
    for (int i = 0; i < 7; ++i)
        budget.called(kStart + Duration{i});
    const Instant opens = budget.opens_at(Urgency::Failover, kStart + Duration{10});
    CHECK(opens == kStart + std::chrono::seconds{300});
    CHECK(budget.opens_at(Urgency::Failover, opens) == opens);
}

TEST_CASE("a small window is never all reserve") {
    CallBudget budget = budget_of(20, 100);
    CHECK(budget.opens_at(Urgency::Background, kStart) == kStart);
    for (int i = 0; i < 11; ++i)
        budget.called(kStart);
    CHECK(budget.opens_at(Urgency::Background, kStart) > kStart);
    CHECK(budget.opens_at(Urgency::Failover, kStart) == kStart);
}

TEST_CASE("what the provider tells is believed until the window is over") {
    CallBudget budget = budget_of(1'200, 100);
    budget.told_calls_left({101, std::nullopt}, kStart);
    CHECK(budget.opens_at(Urgency::Background, kStart) == kStart);
    budget.called(kStart);
    // The reserve is the failovers', whoever else asks.
    for (const Urgency urgency : {Urgency::Background, Urgency::Patient, Urgency::Person})
        CHECK(budget.opens_at(urgency, kStart) == kStart + std::chrono::seconds{300});
    CHECK(budget.opens_at(Urgency::Failover, kStart) == kStart);
    const Instant later = kStart + std::chrono::seconds{300};
    CHECK(budget.opens_at(Urgency::Background, later) == later);
}

TEST_CASE("a window that the provider says ends soon is waited for, not a whole one") {
    CallBudget budget = budget_of(1'200, 100);
    budget.told_calls_left({1, std::chrono::seconds{3}}, kStart);
    CHECK(budget.opens_at(Urgency::Failover, kStart) == kStart + std::chrono::seconds{3});
    const Instant later = kStart + std::chrono::seconds{3};
    CHECK(budget.opens_at(Urgency::Failover, later) == later);
}

TEST_CASE("a block is never shortened by a later, shorter one") {
    CallBudget budget = budget_of(1'200, 100);
    budget.blocked(kStart + std::chrono::seconds{200});
    budget.blocked(kStart + std::chrono::seconds{20});
    CHECK(budget.opens_at(Urgency::Failover, kStart) == kStart + std::chrono::seconds{200});
}

TEST_CASE("while an account is blocked none of its calls are free") {
    for (const int limit : {1'200, 0}) {
        CallBudget budget = budget_of(limit, 100);
        const Instant end = kStart + std::chrono::seconds{200};
        budget.blocked(end);
        CHECK(budget.calls_free(Urgency::Failover, kStart) == 0);
        CHECK(budget.wait_for(1, kStart) == end - kStart);
        CHECK(budget.calls_free(Urgency::Failover, end) != 0);
    }
}

TEST_CASE("calls that running operations still need are not given to others") {
    CallBudget budget = budget_of(1'200, 100);
    budget.told_calls_left({10, std::chrono::seconds{30}}, kStart);
    CHECK(budget.calls_free(Urgency::Failover, kStart) == 10);
    budget.promised(7);
    CHECK(budget.calls_free(Urgency::Failover, kStart) == 3);
    CHECK(budget.opens_at(Urgency::Failover, kStart) == kStart + std::chrono::seconds{30});
    budget.promised(-7);
    CHECK(budget.opens_at(Urgency::Failover, kStart) == kStart);
    CHECK(budget_of(0, 0).calls_free(Urgency::Failover, kStart) == std::nullopt);
}

TEST_CASE("how long many calls take is known in whole windows") {
    CallBudget budget = budget_of(1'200, 100);
    CHECK(budget.wait_for(1'100, kStart) == Duration{0});
    for (int i = 0; i < 500; ++i)
        budget.called(kStart);
    CHECK(budget.wait_for(600, kStart) == Duration{0});
    CHECK(budget.wait_for(601, kStart) == std::chrono::seconds{300});
    CHECK(budget.wait_for(601 + 1'100, kStart) == std::chrono::seconds{600});
    CHECK(budget_of(0, 0).wait_for(1'000'000, kStart) == Duration{0});
}

TEST_CASE("a conversation of several calls begins only where all of them are beside the reserve") {
    CallBudget budget = budget_of(1'200, 100);
    budget.told_calls_left({103, std::nullopt}, kStart);
    CHECK(budget.opens_at(Urgency::Person, kStart, 3) == kStart);
    CHECK(budget.opens_at(Urgency::Person, kStart, 4) > kStart);
}

TEST_CASE("what is free is counted over the window, whatever the provider tells") {
    CallBudget budget = budget_of(100, 0);
    for (int i = 0; i < 30; ++i)
        budget.called(kStart);
    CHECK(budget.calls_free(Urgency::Failover, kStart) == 70);
    budget.told_calls_left({500, std::nullopt}, kStart);
    CHECK(budget.calls_free(Urgency::Failover, kStart) == 70);
    budget.promised(96);
    CHECK(budget.calls_free(Urgency::Failover, kStart) == 0);
    CHECK(budget.opens_at(Urgency::Failover, kStart) == kStart + std::chrono::seconds{300});
}
