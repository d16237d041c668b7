// One sweep over a server's domains: what it asks for, and what it makes of the answers.
#include "controller/runtime/probes/readiness_sweep.h"

#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const ServerId kStandby{12};
const PoolId kPool{21};

ServiceAnswer bad_answer(const char* why) {
    ServiceAnswer answer{Verdict::Dead, why};
    answer.connected = answer.tls = true;
    return answer;
}
ServiceAnswer no_connection() {
    return {Verdict::Dead, "https 443: connection refused"};
}
ServiceAnswer plain(Verdict verdict) {
    ServiceAnswer answer{verdict, "http 80: 200 in 2 ms"};
    answer.connected = true;
    return answer;
}

struct Walk {
    explicit Walk(int domains = 2) {
        for (int i = 0; i < domains; ++i)
            world.add_domain(41 + i, std::string{static_cast<char>('a' + i)} + ".example.org");
    }
    void policy(const char* probe, ProbeCertificate certificate = ProbeCertificate::Record) {
        Pool pool = *world.fleet.pool(kPool);
        pool.policy.probe = *parse_probe_target(probe);
        pool.policy.probe_certificate = certificate;
        world.fleet.put(pool);
    }
    // "a.example.org https 443"; empty: nothing is left.
    std::string next() {
        if (!sweep) sweep.emplace(world.fleet, kStandby, std::vector{kPool});
        const auto probe = sweep->next(world.fleet);
        if (!probe) return {};
        CHECK(probe->certificate);
        return probe->name + " " + to_string(probe->terms.target);
    }
    void answer(const ServiceAnswer& answer) { sweep->answered(world.fleet, answer, kWallStart); }
    std::string ask(const ServiceAnswer& found) {
        std::string asked = next();
        answer(found);
        return asked;
    }
    PoolReadiness found() { return sweep->found().pools.at(0); }

    World world;
    std::optional<ReadinessSweep> sweep;
};

}  // namespace

TEST_CASE("readiness: every domain is asked for by its own name") {
    Walk walk;
    CHECK(walk.ask(good_answer()) == "a.example.org https:443");
    CHECK(walk.ask(good_answer()) == "b.example.org https:443");
    CHECK(walk.next().empty());
    CHECK(walk.found().asked == 2);
    CHECK(walk.found().unready == 0);
    CHECK(walk.found().tls);
    CHECK(walk.sweep->found().reached);
    CHECK(walk.sweep->certificates().seen_at(kStandby, kWallStart).at(0).domains.size() == 2);
}

TEST_CASE("readiness: what fails is asked for twice more, after the others") {
    Walk walk;
    walk.ask(bad_answer("https 443: status 503"));
    CHECK(walk.sweep->pause() == Duration{0});
    walk.ask(good_answer());
    CHECK(walk.sweep->pause() == Duration{1'000});
    CHECK(walk.ask(bad_answer("https 443: status 502")) == "a.example.org https:443");
    SUBCASE("and counts when it never served") {
        walk.ask(bad_answer("https 443: status 504"));
        CHECK(walk.next().empty());
        CHECK(walk.found().asked == 2);
        CHECK(walk.found().unready == 1);
        REQUIRE(walk.found().named.size() == 1);
        CHECK(walk.found().named[0] == UnreadyDomain{DomainId{41}, "https 443: status 504"});
    }
    SUBCASE("and is forgotten when it does") {
        walk.ask(good_answer());
        CHECK(walk.next().empty());
        CHECK(walk.found().asked == 2);
        CHECK(walk.found().unready == 0);
    }
}

TEST_CASE("readiness: a certificate that does not fit, or ends within a day, is no stand-by's") {
    Walk walk{1};
    ServiceAnswer answer = good_answer();
    std::string why;
    SUBCASE("for another name") {
        answer.misfit = "it is for shop.example.net";
        why = "https 443: certificate: it is for shop.example.net";
    }
    SUBCASE("about to end") {
        answer.certificate.not_after = to_rfc3339(kWallStart + std::chrono::hours{7});
        why = "https 443: its certificate ends in 7 hours, at " + answer.certificate.not_after;
    }
    for (int i = 0; i < 3; ++i)
        walk.ask(answer);
    CHECK(walk.next().empty());
    REQUIRE(walk.found().unready == 1);
    CHECK(walk.found().named[0].why == why);
}

TEST_CASE("readiness: auto takes http where nobody speaks TLS, and says so") {
    Walk walk{1};
    for (int pass = 0; pass < 3; ++pass) {
        CHECK(walk.ask(no_connection()) == "a.example.org https:443");
        CHECK(walk.ask(plain(Verdict::Serves)) == "a.example.org http:80");
    }
    CHECK(walk.next().empty());
    CHECK(walk.found().unready == 0);
    CHECK_FALSE(walk.found().tls);
}

TEST_CASE("readiness: one bad moment of https does not make it a server without TLS") {
    Walk walk{1};
    walk.ask(no_connection());
    walk.ask(plain(Verdict::Serves));
    walk.ask(good_answer());
    CHECK(walk.next().empty());
    CHECK(walk.found().tls);
    CHECK(walk.found().unready == 0);
}

TEST_CASE("readiness: where neither answers, https is named") {
    Walk walk{1};
    for (int pass = 0; pass < 3; ++pass) {
        walk.ask(no_connection());
        walk.ask({Verdict::Dead, "http 80: connection refused"});
    }
    CHECK(walk.next().empty());
    REQUIRE(walk.found().unready == 1);
    CHECK(walk.found().named[0].why == "https 443: connection refused");
    CHECK_FALSE(walk.sweep->found().reached);
}

TEST_CASE("readiness: https alone is asked for where a certificate is required") {
    Walk walk{1};
    walk.policy("auto", ProbeCertificate::Require);
    CHECK(walk.ask(no_connection()) == "a.example.org https:443");
    CHECK(walk.next() == "a.example.org https:443");
}

TEST_CASE("readiness: a server that gives no answer is not asked for a thousand names") {
    Walk walk{20};
    walk.policy("https");
    ServiceAnswer answer = no_connection();
    SUBCASE("") {}
    SUBCASE("that takes connections and falls silent") {
        answer = {Verdict::Dead, "https 443: no answer within 3.0 s"};
        answer.connected = answer.timed_out = true;
    }
    int asked = 0;
    while (!walk.next().empty()) {
        if (asked == 5) CHECK(walk.sweep->pause() == Duration{10'000});
        walk.answer(answer);
        ++asked;
    }
    CHECK(asked == 15);
    CHECK(walk.found().asked == 20);
    CHECK(walk.found().unready == 20);
}

TEST_CASE("readiness: a proxy that is started again meanwhile was never away") {
    Walk walk{20};
    walk.policy("https");
    for (int i = 0; i < 5; ++i)
        walk.ask(no_connection());
    while (!walk.next().empty())
        walk.answer(good_answer());
    CHECK(walk.found().asked == 20);
    CHECK(walk.found().unready == 0);
}

TEST_CASE("readiness: our own trouble is no word about anybody, and proves nobody ready") {
    const ServiceAnswer trouble{Verdict::Nothing, "https 443: no route from here"};
    Walk walk;
    SUBCASE("of all") {
        while (!walk.next().empty())
            walk.answer(trouble);
        CHECK(walk.found().asked == 0);
        CHECK(walk.sweep->found().trouble == "https 443: no route from here");
    }
    SUBCASE("of one") {
        walk.ask(trouble);
        walk.ask(good_answer());
        for (int i = 0; i < 2; ++i)
            walk.ask(trouble);
        CHECK(walk.next().empty());
        CHECK(walk.found().asked == 1);
        CHECK(walk.found().unknown == 1);
        CHECK(walk.sweep->found().trouble.empty());
    }
    SUBCASE("after it was found wrong: that stands") {
        walk.ask(bad_answer("https 443: status 503"));
        walk.ask(good_answer());
        walk.ask(trouble);
        walk.ask(trouble);
        CHECK(walk.next().empty());
        CHECK(walk.found().unknown == 0);
        REQUIRE(walk.found().unready == 1);
        CHECK(walk.found().named[0].why == "https 443: status 503");
    }
    SUBCASE("that is over soon") {
        walk.ask(trouble);
        walk.ask(good_answer());
        walk.ask(good_answer());
        CHECK(walk.next().empty());
        CHECK(walk.found().asked == 2);
        CHECK(walk.found().unknown == 0);
    }
}

TEST_CASE("readiness: what is gone meanwhile is passed over") {
    Walk walk{3};
    walk.ask(good_answer());
    walk.world.fleet.erase(DomainId{42});
    CHECK(walk.ask(good_answer()) == "c.example.org https:443");
    CHECK(walk.next().empty());
    CHECK(walk.found().asked == 2);
}
