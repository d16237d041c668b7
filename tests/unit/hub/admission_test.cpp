#include "controller/hub/admission.h"

#include <doctest/doctest.h>
#include <netinet/in.h>

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

TEST_CASE("admission: refused logins close the door for the rest of the minute") {
    Admission admission{limits(100, 10, 3)};
    for (int i = 0; i < 3; ++i) {
        CHECK(admission.admit(peer(1), kStart) == Verdict::Admit);
        admission.failed(peer(1), kStart);
        admission.finished(peer(1));
    }
    CHECK(admission.admit(peer(1), kStart + Duration{59'999}) == Verdict::TooManyFailures);
    CHECK(admission.admit(peer(2), kStart) == Verdict::Admit);
    CHECK(admission.admit(peer(1), kStart + Duration{60'000}) == Verdict::Admit);
}

TEST_CASE("admission: failures of an earlier minute are forgotten") {
    Admission admission{limits(100, 10, 2)};
    admission.failed(peer(1), kStart);
    admission.failed(peer(1), kStart + Duration{61'000});
    CHECK(admission.admit(peer(1), kStart + Duration{61'000}) == Verdict::Admit);
}

TEST_CASE("admission: remembers a bounded number of addresses, but every one that is logging in") {
    AdmissionLimits few = limits(1'000, 1, 1);
    few.addresses_remembered = 10;
    Admission admission{few};
    CHECK(admission.admit(peer(200), kStart) == Verdict::Admit);
    for (std::uint8_t i = 1; i < 100; ++i)
        admission.failed(peer(i), kStart);
    CHECK(admission.admit(peer(201), kStart) == Verdict::Admit);  // forgets the failures
    CHECK(admission.admit(peer(1), kStart) == Verdict::Admit);
    CHECK(admission.admit(peer(200), kStart) == Verdict::TooManyFromAddress);
}
