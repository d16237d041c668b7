// When the dispatcher looks at the certificates of servers.
#include <algorithm>

#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("every member's certificate is looked at once a day, a few at a time") {
    DispatcherLimits limits;
    limits.certificates.first_spread = Duration{0};
    limits.certificates.in_flight = 2;
    World world{{}, limits};
    world.add_domain(41, "*.example.org");
    world.add_domain(42, "www.example.org");
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    std::vector<std::string> looked_at;
    int seen = 0;
    while (!world.outbound.submitted.empty()) {
        const auto* probe = std::get_if<CertificateProbe>(&world.outbound.submitted[0].transfer);
        if (probe == nullptr) {
            world.answer(200);  // the reading of the zone
            continue;
        }
        CHECK(world.outbound.submitted.size() <= 3);
        looked_at.push_back(probe->name + "@" + probe->address);
        const bool answers = probe->address == "192.0.2.11";
        const auto in_ten_days = to_rfc3339(world.wall + std::chrono::hours{24 * 10 + 1});
        const auto output = world.answer_with(answers ? CertificateAnswer{in_ten_days, {}, "4A"}
                                                      : CertificateAnswer{{}, "refused"});
        for (const auto& certificate : inputs_of<CertificateSeen>(output)) {
            ++seen;
            CHECK(certificate.server == ServerId{11});
            CHECK(certificate.domains == std::vector{DomainId{41}, DomainId{42}});
            CHECK(certificate.term.serial == "4A");
            CHECK(certificate.term.left == std::chrono::hours{24 * 10 + 1});
        }
    }
    std::ranges::sort(looked_at);
    CHECK(looked_at == std::vector<std::string>{
                           "understudy.example.org@192.0.2.11", "understudy.example.org@192.0.2.12",
                           "www.example.org@192.0.2.11", "www.example.org@192.0.2.12"});
    CHECK(seen == 1);
    CHECK(world.dispatcher.next_deadline() >= world.now + std::chrono::hours{21});
    CHECK(world.dispatcher.next_deadline() <= world.now + std::chrono::hours{24});
}

TEST_CASE("a certificate of a day is looked at again when it should have been renewed") {
    DispatcherLimits limits;
    limits.certificates.first_spread = Duration{0};
    World world{{}, limits};
    world.add_domain(41, "www.example.org");
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    const auto ends = world.wall + std::chrono::hours{20};
    while (!world.outbound.submitted.empty()) {
        if (!std::holds_alternative<CertificateProbe>(world.outbound.submitted[0].transfer)) {
            world.answer(200);
            continue;
        }
        CertificateAnswer answer{to_rfc3339(ends), {}, "4A"};
        answer.not_before = to_rfc3339(ends - std::chrono::hours{24});
        const auto output = world.answer_with(answer);
        for (const auto& certificate : inputs_of<CertificateSeen>(output)) {
            CHECK(certificate.term.lifetime == std::chrono::hours{24});
        }
    }
    // A quarter of its life before its end.
    CHECK(world.dispatcher.next_deadline() == world.now + std::chrono::hours{14});
}

TEST_CASE("a new domain brings the next look at its servers forward, at all that they show") {
    DispatcherLimits limits;
    limits.certificates.first_spread = Duration{0};
    World world{{}, limits};
    const auto look = [&world] {
        world.dispatcher.check_records(world.now, world.wall);
        world.dispatch();
        std::vector<CertificateSeen> seen;
        while (!world.outbound.submitted.empty()) {
            const auto* probe =
                std::get_if<CertificateProbe>(&world.outbound.submitted[0].transfer);
            if (probe == nullptr) {
                world.answer(200);
                continue;
            }
            // Each name its own certificate; both end in the same second.
            const std::string serial = probe->name.substr(0, 1);
            const auto output =
                world.answer_with(CertificateAnswer{"2027-01-01T00:00:00Z", {}, serial});
            for (const auto& certificate : inputs_of<CertificateSeen>(output))
                seen.push_back(certificate);
        }
        return seen;
    };
    world.add_domain(41, "a.example.org");
    CHECK(look().size() == 2);  // of two servers
    CHECK(look().empty());
    world.add_domain(42, "b.example.org");
    const auto seen = look();
    REQUIRE(seen.size() == 4);
    CHECK(seen[0].domains == std::vector{DomainId{41}});
    CHECK(seen[1].domains == std::vector{DomainId{42}});
}
