#include "controller/hub/tls_certificate.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::days;

const WallTime kNow = *parse_rfc3339("2026-11-21T12:00:00Z");
const OwnCertificate kOwn{kNow - days{1},
                          kNow + days{80},
                          "01",
                          {"ctl.example.org", "*.shields.example.org", "192.0.2.7", "2001:db8::7"}};

}  // namespace

TEST_CASE("certificate: names are covered exactly or by a wildcard of one label") {
    for (const char* name : {"ctl.example.org", "CTL.example.org", "a.shields.example.org",
                             "192.0.2.7", "2001:db8::7"}) {
        CHECK_MESSAGE(covers(kOwn, name), name);
    }
    for (const char* name : {"example.org", "x.ctl.example.org", "shields.example.org",
                             "a.b.shields.example.org", ".shields.example.org", "192.0.2.8", ""}) {
        CHECK_MESSAGE(!covers(kOwn, name), name);
    }
}

TEST_CASE("certificate: unfit is what nobody would take") {
    CHECK_FALSE(unfit(kOwn, "tls.crt", {}, kNow));
    CHECK_FALSE(unfit(kOwn, "tls.crt", {"ctl.example.org"}, kNow));
    const auto ended = unfit(kOwn, "tls.crt", {}, kNow + days{81});
    REQUIRE(ended);
    CHECK(ended->field == "tls.certificate");
    CHECK(ended->message == "tls.crt ended at 2027-02-09T12:00:00.000Z");
    const auto early = unfit(kOwn, "tls.crt", {}, kNow - days{2});
    REQUIRE(early);
    CHECK(early->message == "tls.crt is valid only from 2026-11-20T12:00:00.000Z on");
    const auto other = unfit(kOwn, "tls.crt", {"ctl.example.org", "other.example.org"}, kNow);
    REQUIRE(other);
    CHECK(other->message.starts_with("tls.crt is not for 'other.example.org'"));
}

}  // namespace understudy
