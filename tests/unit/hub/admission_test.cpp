#include "controller/hub/admission.h"

#include <doctest/doctest.h>
#include <netinet/in.h>

#include <string>

using namespace understudy;

namespace {

constexpr Instant kStart{Duration{1'000'000}};
using Verdict = Admission::Verdict;

Peer peer(std::uint8_t last, std::uint16_t port = 1) {
    Peer peer;
    peer.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, last};
    peer.port = port;
    return peer;
}

AdmissionLimits limits(int total, int per_address, int failures) {
    AdmissionLimits limits;
    limits.total = total;
    limits.per_address = per_address;
    limits.failures_per_minute = failures;
    return limits;
}

}  // namespace

TEST_CASE("admission: counts what is in the making and gives places back") {
    Admission admission{limits(2, 2, 10)};
    CHECK(admission.admit(peer(1, 1), kStart) == Verdict::Admit);
    CHECK_FALSE(admission.full());
    CHECK(admission.admit(peer(2, 1), kStart) == Verdict::Admit);
    CHECK(admission.full());
    admission.finished(peer(1, 1));
    CHECK_FALSE(admission.full());
    CHECK(admission.in_the_making() == 1);
}

TEST_CASE("admission: one address cannot take every place") {
    Admission admission{limits(100, 3, 10)};
    for (std::uint16_t port = 1; port <= 3; ++port) {
        CHECK(admission.admit(peer(1, port), kStart) == Verdict::Admit);
    }
    CHECK(admission.admit(peer(1, 4), kStart) == Verdict::TooManyFromAddress);
    CHECK(admission.admit(peer(2, 4), kStart) == Verdict::Admit);
    admission.finished(peer(1, 2));
    CHECK(admission.admit(peer(1, 5), kStart) == Verdict::Admit);
}

TEST_CASE("admission: an IPv6 /64 counts as one address") {
    Admission admission{limits(100, 1, 10)};
    Peer first, second, other;
    first.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 1};
    second.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 2};
    other.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 2, 1};
    CHECK(admission.admit(first, kStart) == Verdict::Admit);
    CHECK(admission.admit(second, kStart) == Verdict::TooManyFromAddress);
    CHECK(admission.admit(other, kStart) == Verdict::Admit);
}

namespace {

// Connects, shows a token, and is gone. False: it was not even taken.
bool log_in(Admission& admission, const std::string& token, Instant now, bool right = false) {
    if (admission.admit(peer(1), now) != Verdict::Admit) return false;
    if (right) admission.proven(peer(1), now);
    if (!right) admission.failed(peer(1), token, now);
    admission.finished(peer(1));
    return true;
}

}  // namespace

TEST_CASE("admission: an address with many wrong tokens is taken slowly for a minute") {
    AdmissionLimits some = limits(100, 10, 3);
    some.slow = {2, 1};
    Admission admission{some};
    for (const char* token : {"a", "b", "c"})
        CHECK(log_in(admission, token, kStart));
    CHECK(log_in(admission, "d", kStart));
    CHECK(log_in(admission, "e", kStart));
    CHECK_FALSE(log_in(admission, "f", kStart));
    CHECK(admission.admit(peer(2), kStart) == Verdict::Admit);
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
        admission.failed(peer(1), "old", kStart);
    for (int i = 0; i < 100; ++i)
        REQUIRE(log_in(admission, "right", kStart, true));
    for (int i = 0; i < 1'000; ++i)
        admission.failed(peer(1), "old", kStart);
    int taken = 0;
    while (taken < 100 && log_in(admission, "other", kStart))
        ++taken;
    CHECK(taken < 100);  // so often it is work all the same
}

TEST_CASE("admission: a wrong token is worth one line a minute, a slow address another") {
    using Notable = Admission::Notable;
    Admission admission{limits(100, 10, 3)};
    CHECK(admission.failed(peer(1), "a", kStart) == Notable::Token);
    CHECK(admission.failed(peer(1), "a", kStart) == Notable::Nothing);
    CHECK(admission.failed(peer(1), "b", kStart) == Notable::Address);
    CHECK(admission.failed(peer(1), "c", kStart) == Notable::Nothing);
    CHECK(admission.failed(peer(1), "a", kStart + Duration{60'000}) == Notable::Token);
}

TEST_CASE("admission: failures of an earlier minute are forgotten") {
    AdmissionLimits some = limits(100, 10, 2);
    some.slow = {1, 0.001F};
    Admission admission{some};
    admission.failed(peer(1), "a", kStart);
    admission.failed(peer(1), "b", kStart + Duration{61'000});
    for (int i = 0; i < 5; ++i)
        CHECK(admission.admit(peer(1), kStart + Duration{61'000}) == Verdict::Admit);
}

TEST_CASE("admission: remembers a bounded number of addresses, but every one that is logging in") {
    AdmissionLimits few = limits(1'000, 1, 1);
    few.addresses_remembered = 10;
    Admission admission{few};
    CHECK(admission.admit(peer(200), kStart) == Verdict::Admit);
    for (std::uint8_t i = 1; i < 100; ++i)
        admission.failed(peer(i), "wrong", kStart);
    CHECK(admission.admit(peer(201), kStart) == Verdict::Admit);  // forgets the failures
    CHECK(admission.admit(peer(1), kStart) == Verdict::Admit);
    CHECK(admission.admit(peer(200), kStart) == Verdict::TooManyFromAddress);
}
