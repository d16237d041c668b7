// Requests and answers as desec-io/desec-stack (docs/dns/rrsets.rst, domains.rst) has them.
#include <doctest/doctest.h>

#include "providers/locate.h"
#include "tests/unit/providers/script.h"

namespace understudy::test::at_desec {
namespace {

constexpr const char* kToken = "i-T3b1h_OI-H9ab8tRS98stGtURe";
const ZoneRef kZone{"example.com", "example.com"};
const std::string kSets = "https://desec.io/api/v1/domains/example.com/rrsets/";
const std::string kWww = kSets + "?subname=www&cursor=";

std::unique_ptr<Provider> desec() {
    auto provider = make_provider("desec", "{}", Secret{kToken});
    REQUIRE(provider.ok());
    return *std::move(provider);
}

std::string domain(int minimum_ttl = 3600) {
    return R"({"created":"2018-09-18T16:36:16.510368Z","keys":[],"minimum_ttl":)" +
           std::to_string(minimum_ttl) +
           R"(,"name":"example.com","published":"2018-09-18T17:21:38.348112Z"})";
}

std::string set_json(const std::string& type, const std::string& records, int ttl = 3600,
                     const std::string& subname = "www") {
    return R"({"domain":"example.com","subname":")" + subname + R"(","name":")" + subname +
           R"(.example.com.","type":")" + type + R"(","records":[)" + records + R"(],"ttl":)" +
           std::to_string(ttl) + "}";
}

Script moving(const std::string& from, const std::string& to, Ttl ttl = Ttl{60}) {
    const RecordReplacement wanted{"www.example.com", addresses(to), ttl, {addresses(from)}};
    return Script{desec()->replace(kZone, {wanted})};
}

TEST_CASE("deSEC: a name is located, and a slow domain is warned about") {
    Script script{desec()->locate("example.com")};
    script.expect("GET", "https://desec.io/api/v1/domains/example.com/");
    CHECK(script.request().headers.at(0).value == std::string{"Token "} + kToken);
    script.reply(200, domain());
    script.expect("GET", kSets + "?subname=&cursor=")
        .reply(200, "[" + set_json("A", R"("127.0.0.1","127.0.0.2")", 3600, "") + "]");
    const auto& location = script.value<Location>();
    CHECK(location.reading.state.addresses == addresses("127.0.0.1, 127.0.0.2"));
    CHECK(location.warnings.at(0).find("3600 s") != std::string::npos);

    Script quick{desec()->locate("example.com")};
    quick.reply(200, domain(60)).reply(200, "[]");
    CHECK(quick.value<Location>().warnings.empty());
}

TEST_CASE("deSEC: lists go on where a header says") {
    Script script{desec()->find_zones({})};
    script.expect("GET", "/domains/?cursor=")
        .reply(200, "[" + domain() + "]",
               {{"Link", R"(<https://desec.io/api/v1/domains/?cursor=>; rel="first", )"
                         R"(<https://desec.io/api/v1/domains/?cursor=bz0x&x=1>; rel="next")"}});
    script.expect("GET", "/domains/?cursor=bz0x").reply(200, "[]", {{"Link", "<x>; rel=\"prev\""}});
    CHECK(script.value<ZoneFindings>().zones.size() == 1);

    Script bent{desec()->find_zones({})};
    bent.reply(200, "[]", {{"Link", "<https://x/?cursor=a b>; rel=\"next\""}});
    CHECK(bent.error().code == Errc::Transient);
}

TEST_CASE("deSEC: both families change in one call, with the least TTL of the domain") {
    auto script = moving("192.0.2.10, 2001:db8::10", "192.0.2.20");
    script.expect("GET", kWww)
        .reply(200, "[" + set_json("A", R"("192.0.2.10")", 7200) + "," +
                        set_json("AAAA", R"("2001:DB8::10")", 7200) + "," +
                        set_json("TXT", R"("\"stays\"")") + "]");
    script.expect("GET", "/domains/example.com/").reply(200, domain());
    script.expect("PATCH", kSets)
        .expect_body(R"([{"subname":"www","type":"A","ttl":3600,"records":["192.0.2.20"]},)"
                     R"({"subname":"www","type":"AAAA","ttl":3600,"records":[]}])")
        .reply(200, "[]");
    script.expect("GET", kWww).reply(200, "[" + set_json("A", R"("192.0.2.20")") + "]");
    CHECK(confirmed(script.outcomes().at(0)));

    // Done already, although no TTL of 60 s can be had.
    auto done = moving("192.0.2.10", "192.0.2.20");
    done.reply(200, "[" + set_json("A", R"("192.0.2.20")") + "]").reply(200, domain());
    CHECK(confirmed(done.outcomes().at(0)));

    // What no domain has is not believed.
    auto odd = moving("192.0.2.10", "192.0.2.20");
    odd.reply(200, "[" + set_json("A", R"("192.0.2.20")", 604800) + "]");
    odd.reply(200, domain(2'000'000'000));
    CHECK(confirmed(odd.outcomes().at(0)));
}

TEST_CASE("deSEC: what it refuses is told in its words, and whom it makes wait waits") {
    auto bad = moving("192.0.2.10", "192.0.2.20");
    bad.reply(200, "[" + set_json("A", R"("192.0.2.10")") + "]").reply(200, domain());
    bad.reply(400, R"([{"ttl":["Ensure this value is greater than or equal to 3600."]}])");
    const auto& error = error_of(bad.outcomes().at(0));
    CHECK(error.message.find("Ensure this value") != std::string::npos);
    CHECK(error.remedy.find("minimum_ttl") != std::string::npos);

    auto many = moving("192.0.2.10", "192.0.2.20");
    many.reply(200, "[" + set_json("A", R"("192.0.2.10")") + "]").reply(200, domain());
    many.reply(429, R"({"detail":"Request was throttled. Expected available in 43 seconds."})",
               {{"Retry-After", "43"}});
    CHECK(many.error().code == Errc::Throttled);
    CHECK(many.error().retry_after == std::chrono::seconds{43});

    // The other domains of the account do not wait for the day of one.
    auto day = moving("192.0.2.10", "192.0.2.20");
    day.reply(200, "[" + set_json("A", R"("192.0.2.10")") + "]").reply(200, domain());
    day.reply(429, R"({"detail":"Expected available in 40000 seconds."})",
              {{"Retry-After", "40000"}});
    CHECK(day.error().retry_after == std::chrono::seconds{60});

    Script unknown{desec()->verify()};
    unknown.reply(401, std::string{R"({"detail":"Invalid token )"} + kToken + "\"}");
    CHECK(unknown.error().code == Errc::Rejected);
    CHECK(unknown.error().field == "credential");
    CHECK(unknown.error().text().find(kToken) == std::string::npos);
}

TEST_CASE("deSEC: a batch is written once more without the names that were refused") {
    std::vector<RecordReplacement> four;
    std::string before, after;
    for (const std::string name : {"a", "b", "c", "d"}) {
        const bool refused = name == "b" || name == "d";
        four.push_back(
            {name + ".example.com", addresses("192.0.2.20"), Ttl{3600}, {addresses("192.0.2.10")}});
        before += (before.empty() ? "" : ",") + set_json("A", R"("192.0.2.10")", 3600, name);
        after += (after.empty() ? "" : ",") +
                 set_json("A", refused ? R"("192.0.2.10")" : R"("192.0.2.20")", 3600, name);
    }
    Script script{desec()->replace(kZone, four)};
    script.reply(200, "[" + before + "]").reply(200, domain());
    const auto place = [&](const char* name) {
        return script.request().body.find(std::string{R"("subname":")"} + name + "\"");
    };
    CHECK(place("b") != std::string::npos);
    script.reply(400, R"([{},{"records":["not b"]},{},{"records":["not d"]}])");
    script.expect("PATCH", kSets);
    CHECK(place("a") != std::string::npos);
    CHECK(place("b") == std::string::npos);
    CHECK(place("c") != std::string::npos);
    CHECK(place("d") == std::string::npos);
    script.reply(200, "[]");
    for (const char* name : {"a", "c"})
        script.expect("GET", std::string{"?subname="} + name).reply(200, "[" + after + "]");
    const auto& outcomes = script.outcomes();
    CHECK(confirmed(outcomes.at(0)));
    CHECK(error_of(outcomes.at(1)).message.find("not b") != std::string::npos);
    CHECK(confirmed(outcomes.at(2)));
    CHECK(error_of(outcomes.at(3)).message.find("not d") != std::string::npos);
    CHECK(error_of(outcomes.at(3)).message.find("{}") == std::string::npos);

    // Of a list of another length nothing is made.
    Script odd{desec()->replace(kZone, four)};
    odd.reply(200, "[" + before + "]").reply(200, domain());
    odd.reply(400, R"([{"non_field_errors":["no"]}])");
    CHECK(odd.request().method == "PATCH");
    CHECK(odd.request().body.find(R"("subname":"c")") == std::string::npos);
}

TEST_CASE("deSEC: a mail address is no token") {
    const auto made = make_provider("desec", "{}", Secret{"owner@example.com"});
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().field == "credential");
}

}  // namespace
}  // namespace understudy::test::at_desec
