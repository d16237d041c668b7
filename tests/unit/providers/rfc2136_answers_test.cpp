// What a name server refuses, and what somebody on the way may send in its place.
#include <doctest/doctest.h>

#include "providers/rfc2136/server.h"
#include "tests/unit/providers/rfc2136_server.h"

namespace understudy::test::updates {
namespace {

DnsScript reading() {
    return DnsScript{rfc2136_provider()->read(kDnsZone, {kWww})};
}

// Up to the update itself.
DnsScript updating() {
    DnsScript script{rfc2136_provider()->replace(
        kDnsZone, {{kWww, addresses("192.0.2.20"), Ttl{60}, {addresses("192.0.2.10")}}})};
    script.reads(kWww, {"192.0.2.10"});
    return script;
}

// What an update ends with that is answered so, whether it is told or the end of all.
Error refused(const Says& says) {
    auto script = updating();
    script.says(says);
    if (!script.done()) script.reads(kWww, {"192.0.2.10"});
    if (!script.done()) script.says(says);
    REQUIRE(script.done());
    const auto* outcomes = script.failed() ? nullptr : &script.outcomes();
    const Error error = outcomes == nullptr ? script.error() : error_of(outcomes->at(0));
    CHECK(error.text().find(kDnsSecret) == std::string::npos);
    CHECK_FALSE(error.remedy.empty());
    return error;
}

TEST_CASE("every response code of an update is one sentence with a remedy") {
    struct Row {
        int code;
        Errc errc;
        const char* message;
        const char* remedy;
    };
    const Row rows[] = {
        {dns::kFormErr, Errc::Rejected, "FORMERR", "directly"},
        {dns::kServFail, Errc::Transient, "SERVFAIL", "log"},
        {dns::kNxDomain, Errc::Conflict, "NXDOMAIN", "read again"},
        {dns::kNotImp, Errc::Rejected, "NOTIMP", "dnsupdate=yes"},
        {dns::kRefused, Errc::Rejected, "REFUSED", "update-policy"},
        {dns::kYxDomain, Errc::Conflict, "YXDOMAIN", "read again"},
        {dns::kYxRrset, Errc::Conflict, "YXRRSET", "read again"},
        {dns::kNxRrset, Errc::Conflict, "NXRRSET", "wildcard"},
        {dns::kNotAuth, Errc::Rejected, "NOTAUTH", "primary"},
        {dns::kNotZone, Errc::Rejected, "NOTZONE", "settings.zone"},
        {11, Errc::Rejected, "reason of its own", "log"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.message);
        const auto error = refused({.code = row.code});
        CHECK(error.code == row.errc);
        CHECK(error.message.find(row.message) != std::string::npos);
        CHECK(error.message.find("192.0.2.53 port 53") != std::string::npos);
        CHECK(error.remedy.find(row.remedy) != std::string::npos);
    }
}

TEST_CASE("what is wrong with the key or a clock is said") {
    struct Row {
        int error;
        bool empty;
        const char* message;
        const char* field;
    };
    const Row rows[] = {
        {16, true, "the secret of key 'upd-key' with hmac-sha256 is another one", "credential"},
        {17, true, "does not let key 'upd-key' with hmac-sha256 change the name", ""},
        {18, false, "the server's clock and ours differ too much (BADTIME)", ""},
        {22, false, "wants another length of signature (BADTRUNC)", ""},
        {23, false, "TSIG error 23", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.error);
        const auto error =
            refused({.code = dns::kNotAuth, .seal = {.empty = row.empty, .error = row.error}});
        CHECK(error.code == Errc::Rejected);
        CHECK(error.message.find(row.message) != std::string::npos);
        CHECK(error.field == row.field);
    }
    auto script = reading();
    script.says({.code = dns::kNotAuth, .seal = {.empty = true, .error = 17}});
    CHECK(script.error().message.find("does not know key 'upd-key'") != std::string::npos);
    CHECK(script.error().remedy.find("settings.key_name") != std::string::npos);
}

TEST_CASE("how far the clocks are apart is said, with a signature and without") {
    for (const bool empty : {true, false}) {
        std::string two_hours;
        append_number(two_hours, 7200, 6);
        auto script = reading();
        script.says(
            {.code = dns::kNotAuth, .seal = {.empty = empty, .error = 18, .other = two_hours}});
        CHECK(script.error().message.find("the server's clock is 2 h 0 min ahead of ours") !=
              std::string::npos);
        CHECK(script.error().remedy.find("NTP") != std::string::npos);
    }
}

TEST_CASE("a server that refuses without a signature is believed that it refuses, no more") {
    const auto error = refused({.code = dns::kRefused, .seal = {.there = false}});
    CHECK(error.code == Errc::Rejected);
    CHECK(error.message.find("without a signature") != std::string::npos);
    for (const int code : {dns::kNoError, dns::kNxDomain, dns::kNxRrset, dns::kServFail}) {
        CAPTURE(code);
        CHECK(refused({.code = code, .seal = {.there = false}}).code == Errc::Transient);
    }
    auto script = reading();
    script.says({.answer = {a_record(kWww, "192.0.2.10")}, .seal = {.there = false}});
    CHECK(script.error().message.find("it is not signed") != std::string::npos);
}

TEST_CASE("an answer that the server did not sign for this question is none") {
    const std::string other_secret = "bm90IHRoZSBrZXkgdGhhdCB0aGUgc2VydmVyIGhhcyBhdCBhbGw=";
    struct Row {
        Seal seal;
        const char* why;
    };
    const Row rows[] = {
        {{.key_name = "other-key"}, "signed with another key"},
        {{.algorithm = "hmac-sha512", .hash = Hash::Sha512}, "signed with another algorithm"},
        {{.secret = other_secret}, "signature is wrong"},
        {{.time = 301}, "older or newer"},
        {{.empty = true}, "not signed"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.why);
        auto script = reading();
        script.says({.answer = {a_record(kWww, "192.0.2.10")}, .seal = row.seal});
        CHECK(script.error().code == Errc::Transient);
        CHECK(script.error().message.find(row.why) != std::string::npos);
    }
    // The answer to an earlier question of the same words.
    const auto earlier = answer_to("\x12\x34" + reading().exchange().message.substr(2), {});
    auto script = reading();
    auto asked = script.exchange().message;
    asked[asked.size() - 10] = static_cast<char>(asked[asked.size() - 10] ^ 1);
    script.answer(dns_answer(answer_to(asked, {.answer = {a_record(kWww, "192.0.2.66")}})));
    CHECK(script.error().message.find("signature is wrong") != std::string::npos);
    CHECK_FALSE(earlier.empty());
}

TEST_CASE("a damaged answer changes nothing that is read") {
    const Says says{.answer = {a_record(kWww, "192.0.2.10"), a_record(kWww, "192.0.2.11")}};
    const auto whole = answer_to(reading().exchange().message, says);
    const auto read_with = [](const std::string& message) {
        auto script = reading();
        script.answer(dns_answer(message));
        const bool taken = !script.done();
        if (taken) script.says({.authority = {soa_record("example.org")}});
        if (!taken) CHECK(script.error().code != Errc::Invalid);
        return taken ? script.value<std::vector<RecordReading>>().at(0).state.addresses
                     : AddressSet{};
    };
    CHECK(read_with(whole) == addresses("192.0.2.10, 192.0.2.11"));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        CAPTURE(at);
        CHECK(read_with(whole.substr(0, at)).empty());
        for (int bit = 0; bit < 8; ++bit) {
            auto damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            const auto read = read_with(damaged);
            // Letters of another case are the same name.
            CHECK((read.empty() || read == addresses("192.0.2.10, 192.0.2.11")));
        }
    }
    CHECK(read_with(whole + "x").empty());
}

TEST_CASE("an answer with another id, or to another question, is none") {
    auto script = reading();
    auto asked = script.exchange().message;
    asked[1] = 7;
    script.answer(dns_answer(answer_to(asked, {})));
    CHECK(script.error().message.find("answers something else") != std::string::npos);

    DnsScript other{rfc2136_provider()->read(kDnsZone, {"shop.example.org"})};
    auto misled = reading();
    misled.answer(dns_answer(answer_to(other.exchange().message, {})));
    CHECK(misled.error().message.find("answers something else") != std::string::npos);
}

TEST_CASE("names that point at themselves, and counts without records, end the reading") {
    auto base = message_of(reading().exchange().message, {});
    struct Row {
        const char* what;
        std::string tail;
    };
    const auto here = static_cast<char>(base.size());
    const Row rows[] = {
        {"at itself", std::string{'\xc0', here}},
        {"at what comes", std::string{'\xc0', '\xff'}},
        {"a label that ends nowhere", std::string{'\x3f', 'a'}},
        {"a reserved label", std::string{'\x80', 'a'}},
        {"nothing", {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        auto message = base;
        message[7] = 1;
        auto script = reading();
        script.answer(dns_answer(message + row.tail + std::string(10, '\0')));
        CHECK(script.error().code == Errc::Transient);
    }
    base[6] = base[7] = '\xff';
    auto script = reading();
    script.answer(dns_answer(base + std::string(60'000, '\0')));
    CHECK(script.error().code == Errc::Transient);
}

TEST_CASE("an answer of 64 KB is read, and other names in it count for nothing") {
    Says says;
    for (int i = 0; i < 1500; ++i)
        says.answer.push_back(a_record("other.example.org", "192.0.2.66"));
    says.answer.push_back(a_record(kWww, "192.0.2.10"));
    says.answer.push_back({kWww, dns::kA, 3, 60, std::string(4, '\1')});  // of another class
    auto script = reading();
    CHECK(answer_to(script.exchange().message, says).size() > 48'000);
    script.says(says).says({.authority = {soa_record("example.org")}});
    CHECK(script.value<std::vector<RecordReading>>().at(0).state.addresses ==
          addresses("192.0.2.10"));
}

TEST_CASE("a record of a wrong length is no address") {
    auto script = reading();
    script.says({.answer = {{kWww, dns::kA, dns::kIn, 60, "12345"}}});
    script.says({.authority = {soa_record("example.org")}});
    const auto& reading = script.value<std::vector<RecordReading>>().at(0);
    REQUIRE(reading.problem.has_value());
    CHECK(reading.problem->message.find("which is no address") != std::string::npos);
}

TEST_CASE("a signature anywhere but at the end is none") {
    auto script = reading();
    const auto asked = script.exchange().message;
    const auto good = answer_to(asked, {});
    const DnsRecord stray{"upd-key", dns::kTsig, dns::kAny, 0, std::string(16, '\0')};
    script.says({.authority = {stray}});
    CHECK(script.error().message.find("not at its end") != std::string::npos);
    auto twice = reading();
    twice.answer(dns_answer(sealed(good, {}, mac_of_request(asked))));
    CHECK(twice.error().message.find("not at its end") != std::string::npos);
}

}  // namespace
}  // namespace understudy::test::updates
