#include "controller/hub/admission.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/hub/some_peer.h"

using namespace understudy;

namespace {

constexpr Instant kStart{Duration{1'000'000}};
using Verdict = Admission::Verdict;

AdmissionLimits limits(std::size_t total, std::size_t per_address, int failures) {
    AdmissionLimits limits;
    limits.places = {total, per_address, Duration{100}};
    limits.wrong_tokens.per_minute = failures;
    return limits;
}

// Connects, shows a token, and is gone. False: it was not even taken.
bool log_in(Admission& admission, const std::string& token, Instant now, bool right = false) {
    if (admission.admit(test::some_peer(1), now).verdict != Verdict::Admit) return false;
    const Places::Ticket ticket = admission.places().take(test::some_peer(1), nullptr, now);
    if (right) admission.proven(test::some_peer(1), now);
    if (!right) admission.failed(test::some_peer(1), token, now);
    admission.places().leave(ticket);
    return true;
}

}  // namespace

TEST_CASE("admission: who only stands there gives way to a newcomer") {
    Admission admission{limits(2, 1, 10)};
    int owners[2] = {};
    for (const int i : {0, 1}) {
        const Peer from = test::some_peer(static_cast<std::uint8_t>(1 + i));
        REQUIRE(admission.admit(from, kStart).verdict == Verdict::Admit);
        admission.places().take(from, &owners[i], kStart + Duration{i});
    }
    CHECK(admission.admit(test::some_peer(1), kStart + Duration{50}).verdict == Verdict::Crowded);
    CHECK(admission.admit(test::some_peer(3), kStart + Duration{50}).verdict == Verdict::Crowded);
    const Admission::Entry entry = admission.admit(test::some_peer(3), kStart + Duration{100});
    CHECK(entry.verdict == Verdict::Admit);
    CHECK(entry.gives_way == &owners[0]);
}

TEST_CASE("admission: an address with many wrong tokens is taken slowly for a minute") {
    AdmissionLimits some = limits(100, 10, 3);
    some.slow = {2, 1};
    Admission admission{some};
    for (const char* token : {"a", "b", "c"})
        CHECK(log_in(admission, token, kStart));
    CHECK(log_in(admission, "d", kStart));
    CHECK(log_in(admission, "e", kStart));
    CHECK_FALSE(log_in(admission, "f", kStart));
    CHECK(admission.admit(test::some_peer(2), kStart).verdict == Verdict::Admit);
    CHECK(log_in(admission, "f", kStart + Duration{1'000}));
    CHECK_FALSE(log_in(admission, "g", kStart + Duration{1'000}));
    for (int i = 0; i < 3; ++i)
        CHECK(log_in(admission, "h", kStart + Duration{60'000}));
}

TEST_CASE("admission: a right token is not counted, nor slowed by those before it") {
    AdmissionLimits some = limits(100, 10, 3);
    some.slow = {1, 0.001F};
    Admission admission{some};
    for (const char* token : {"a", "b", "c"})
        log_in(admission, token, kStart);
    for (int i = 0; i < 1'000; ++i)
        REQUIRE(log_in(admission, "right", kStart, true));
    CHECK(log_in(admission, "wrong", kStart));
    CHECK_FALSE(log_in(admission, "wrong", kStart));
}

TEST_CASE("admission: one agent with an old token does not slow down its address") {
    Admission admission{limits(100, 10, 20)};
    for (int i = 0; i < 120; ++i)  // two a second
        admission.failed(test::some_peer(1), "old", kStart);
    for (int i = 0; i < 100; ++i)
        REQUIRE(log_in(admission, "right", kStart, true));
    for (int i = 0; i < 1'000; ++i)
        admission.failed(test::some_peer(1), "old", kStart);
    int taken = 0;
    while (taken < 100 && log_in(admission, "other", kStart))
        ++taken;
    CHECK(taken < 100);  // so often it is work all the same
}

TEST_CASE("admission: a wrong token is worth one line a minute, a slow address another") {
    using Notable = WrongTokens::Notable;
    Admission admission{limits(100, 10, 3)};
    CHECK(admission.failed(test::some_peer(1), "a", kStart) == Notable::Token);
    CHECK(admission.failed(test::some_peer(1), "a", kStart) == Notable::Nothing);
    CHECK(admission.failed(test::some_peer(1), "b", kStart) == Notable::Address);
    CHECK(admission.failed(test::some_peer(1), "c", kStart) == Notable::Nothing);
    CHECK(admission.failed(test::some_peer(1), "a", kStart + Duration{60'000}) == Notable::Token);
}

TEST_CASE("admission: failures of an earlier minute are forgotten") {
    AdmissionLimits some = limits(100, 10, 2);
    some.slow = {1, 0.001F};
    Admission admission{some};
    admission.failed(test::some_peer(1), "a", kStart);
    admission.failed(test::some_peer(1), "b", kStart + Duration{61'000});
    for (int i = 0; i < 5; ++i)
        CHECK(admission.admit(test::some_peer(1), kStart + Duration{61'000}).verdict ==
              Verdict::Admit);
}

TEST_CASE("admission: remembers a bounded number of slow addresses") {
    AdmissionLimits few = limits(1'000, 1, 1);
    few.wrong_tokens.addresses_remembered = 10;
    few.slow = {1, 0.001F};
    Admission admission{few};
    for (std::uint8_t i = 1; i < 100; ++i)
        admission.failed(test::some_peer(i), "wrong", kStart);
    CHECK(admission.admit(test::some_peer(1), kStart).verdict == Verdict::Admit);
    CHECK(admission.admit(test::some_peer(1), kStart).verdict == Verdict::Admit);  // long forgotten
    CHECK(admission.admit(test::some_peer(99), kStart).verdict == Verdict::Admit);
    CHECK(admission.admit(test::some_peer(99), kStart).verdict == Verdict::TooManyFailures);
}
