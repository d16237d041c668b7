#include <doctest/doctest.h>

#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

const std::string kList = "/dns_records?per_page=1000&page=";

Script reading(std::vector<std::string> names) {
    return Script{cloudflare()->read(example_zone(), std::move(names))};
}

std::string name(int number) {
    return "n" + std::to_string(number) + ".example.com";
}

std::vector<std::string> names(int count) {
    std::vector<std::string> out;
    for (int i = 0; i < count; ++i)
        out.push_back(name(i));
    return out;
}

std::vector<std::string> records(int first, int count) {
    std::vector<std::string> out;
    for (int i = first; i < first + count; ++i) {
        out.push_back(record_json("r" + std::to_string(i), name(i), "A", "192.0.2.10"));
    }
    return out;
}

const std::vector<RecordReading>& readings(const Script& script) {
    return script.value<std::vector<RecordReading>>();
}

TEST_CASE("no names, no calls") {
    CHECK(readings(reading({})).empty());
}

TEST_CASE("one or two names are asked for by name") {
    auto script = reading({name(1), name(2)});
    script.expect("GET", "name.exact=n1.example.com&per_page=100&page=1")
        .reply(200, page_json(records(1, 1)));
    script.expect("GET", "name.exact=n2.example.com&").reply(200, page_json({}));
    CHECK(readings(script).size() == 2);
    CHECK(readings(script)[0].exists);
    CHECK_FALSE(readings(script)[1].exists);
}

TEST_CASE("more names are picked from the zone's list in one call") {
    auto script = reading(names(3));
    script.expect("GET", kList + "1").reply(200, page_json(records(1, 50), 1, 1000));
    CHECK(readings(script).size() == 3);
    CHECK_FALSE(readings(script)[0].exists);
    CHECK(readings(script)[2].state.addresses == addresses("192.0.2.10"));
}

TEST_CASE("pages are read to the end, and a record that moved to the next page counts once") {
    auto script = reading(names(900));
    script.expect("GET", kList + "1").reply(200, page_json(records(0, 400), 1, 400, 3, 850));
    script.expect("GET", kList + "2").reply(200, page_json(records(399, 400), 2, 400, 3, 850));
    script.expect("GET", kList + "3").reply(200, page_json(records(799, 51), 3, 400, 3, 850));
    CHECK(readings(script)[399].state.addresses.ipv4.size() == 1);
    CHECK(readings(script)[849].exists);
    CHECK_FALSE(readings(script)[850].exists);
}

TEST_CASE("a list that does not add up is no basis for anything") {
    auto script = reading(names(3));
    script.reply(200, page_json(records(0, 1000), 1, 1000, 2, 1500));
    script.reply(200, page_json(records(1001, 499), 2, 1000, 2, 1500));
    CHECK(script.error().code == Errc::Transient);
    CHECK(script.error().message.find("changed while") != std::string::npos);
}

TEST_CASE("a zone of more pages than there are names is not listed") {
    auto script = reading(names(3));
    script.expect("GET", kList + "1").reply(200, page_json(records(0, 1000), 1, 1000, 5, 5000));
    for (int i = 0; i < 3; ++i) {
        script.expect("GET", "name.exact=" + name(i)).reply(200, page_json(records(i, 1)));
    }
    for (const auto& each : readings(script))
        CHECK(each.state.addresses.ipv4.size() == 1);

    auto listed = reading(names(3));
    listed.reply(200, page_json(records(0, 1000), 1, 1000, 4, 4000));
    listed.expect("GET", kList + "2");
}

TEST_CASE("without result_info a short page is the last") {
    const auto bare = [](const std::vector<std::string>& items) {
        std::string list;
        for (const auto& item : items)
            list += (list.empty() ? "" : ",") + item;
        return success_json("[" + list + "]");
    };
    auto script = reading(names(3));
    script.reply(200, bare(records(0, 1000)));
    script.expect("GET", kList + "2").reply(200, bare({}));
    CHECK(readings(script)[1].exists);
}

TEST_CASE("an empty zone has one page or none") {
    for (const int pages : {0, 1}) {
        auto script = reading(names(3));
        script.reply(200, page_json({}, 1, 1000, pages, 0));
        CHECK_FALSE(readings(script)[0].exists);
    }
}

TEST_CASE("pages without end do not hold us for ever") {
    auto script = reading(names(3));
    for (int page = 1; !script.done(); ++page) {
        REQUIRE(page <= 1000);
        script.reply(200, success_json("[" + records(page, 1)[0] + "]"));
    }
    CHECK(readings(script)[1].exists);
    auto endless = reading({name(1)});
    int page = 0;
    while (!endless.done()) {
        REQUIRE(++page <= 1000);
        endless.reply(200, page_json(records(page, 1), page, 1, 1 << 30, 1 << 30));
    }
    CHECK(endless.error().code == Errc::Transient);
}

TEST_CASE("one bad name does not spoil the others") {
    auto script = reading(names(3));
    auto list = records(0, 3);
    list.push_back(record_json("x", name(1), "AAAA", "2001:db8::1", "300"));
    list.push_back(record_json("y", "_dmarc.example.com", "TXT", "v=DMARC1"));
    script.reply(200, page_json(list, 1, 1000));
    CHECK(readings(script)[0].exists);
    REQUIRE(readings(script)[1].problem.has_value());
    CHECK(readings(script)[1].problem->code == Errc::Conflict);
    CHECK_FALSE(readings(script)[1].exists);
    CHECK(readings(script)[2].exists);
}

TEST_CASE("automatic TTL, proxy, and odd TTLs") {
    struct Row {
        const char* ttl;
        bool proxied;
        std::uint32_t seconds;
    };
    for (const auto& row :
         {Row{"1", false, 0}, Row{"1", true, 0}, Row{"60", false, 60}, Row{"86400.0", false, 86400},
          Row{"\"60\"", false, 0}, Row{"-5", false, 0}, Row{"99999999999", false, 0}}) {
        auto script = reading({name(0)});
        script.reply(
            200, page_json({record_json("r", name(0), "A", "192.0.2.1", row.ttl, row.proxied)}));
        CHECK(readings(script)[0].state.ttl == Ttl{row.seconds});
        CHECK(readings(script)[0].state.proxied == row.proxied);
    }
}

TEST_CASE("refusals and lost answers end a reading") {
    auto unknown = reading({name(0)});
    unknown.reply(403, failure_json(9109, "Invalid access token"));
    CHECK(unknown.error().code == Errc::Rejected);
    auto gone = reading(names(5));
    gone.reply(400, failure_json(7003, "Could not route"));
    CHECK(gone.error().code == Errc::NotFound);
    auto half = reading(names(5));
    half.reply(200, page_json(records(0, 5)).substr(0, 200));
    CHECK(half.error().code == Errc::Transient);
    auto shapeless = reading(names(5));
    shapeless.reply(200, success_json("{}"));
    CHECK(shapeless.error().code == Errc::Transient);
}

TEST_CASE("the token is not repeated when an answer repeats it") {
    auto script = reading({name(0)});
    script.reply(400, failure_json(6003, std::string{"Invalid header: Bearer "} + kToken));
    CHECK(script.error().text().find(kToken) == std::string::npos);
    CHECK(script.error().text().find("[hidden]") != std::string::npos);
}

}  // namespace
}  // namespace understudy::test
