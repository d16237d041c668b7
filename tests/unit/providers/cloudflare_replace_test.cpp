#include <doctest/doctest.h>

#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

constexpr const char* kName = "www.example.com";
const std::string kByName = "/dns_records?name.exact=www.example.com&per_page=100&page=1";

std::string a_record(const std::string& id, const std::string& content,
                     const std::string& ttl = "60", bool proxied = false) {
    return record_json(id, kName, "A", content, ttl, proxied);
}

std::string aaaa_record(const std::string& id, const std::string& content,
                        const std::string& ttl = "60", bool proxied = false) {
    return record_json(id, kName, "AAAA", content, ttl, proxied);
}

Script replacing(std::vector<RecordReplacement> replacements) {
    return Script{cloudflare()->replace(example_zone(), std::move(replacements))};
}

TEST_CASE("one record is patched with its content only and read back") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.expect("GET", kByName).reply(200, page_json({a_record("r1", "192.0.2.10")}));
    script.expect("PATCH", "/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records/r1")
        .expect_body(R"({"content":"192.0.2.20"})")
        .reply(200, success_json(a_record("r1", "192.0.2.20")));
    script.expect("GET", kByName).reply(200, page_json({a_record("r1", "192.0.2.20")}));
    REQUIRE(script.outcomes().size() == 1);
    REQUIRE(confirmed(script.outcomes()[0]));
    CHECK(std::get<Confirmed>(script.outcomes()[0]).state ==
          RecordState{addresses("192.0.2.20"), Ttl{60}, false});
}

TEST_CASE("every request carries the token and what the API asks for") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
    const auto& request = script.request();
    CHECK(request.url.rfind("https://api.cloudflare.com/client/v4/zones/", 0) == 0);
    std::string headers;
    for (const auto& header : request.headers)
        headers += header.name + ": " + header.value + "\n";
    CHECK(headers == "Authorization: Bearer " + std::string{kToken} +
                         "\nAccept: application/json\nUser-Agent: understudy/0.1.0\n"
                         "Content-Type: application/json\n");
}

TEST_CASE("what is there already is confirmed without a write") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.20")}));
    REQUIRE(script.done());
    CHECK(confirmed(script.outcomes()[0]));
}

TEST_CASE("a TTL that is not the wanted one is written, and what the service makes of it taken") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.20", "300")}));
    script.expect("PATCH", "/dns_records/r1")
        .expect_body(R"({"ttl":60})")
        .reply(200, success_json(a_record("r1", "192.0.2.20", "120")));
    script.reply(200, page_json({a_record("r1", "192.0.2.20", "120")}));
    REQUIRE(script.done());
    CHECK(confirmed(script.outcomes()[0]));
}

TEST_CASE("a change of the TTL alone whose answer was lost is seen to be missing") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.20", "300")}));
    script.lose(true);
    script.reply(200, page_json({a_record("r1", "192.0.2.20", "300")}));
    REQUIRE(script.done());
    CHECK_FALSE(confirmed(script.outcomes()[0]));
}

TEST_CASE("somebody else's content is left alone") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "198.51.100.1")}));
    REQUIRE(is_foreign(script.outcomes()[0]));
    CHECK(std::get<Foreign>(script.outcomes()[0]).state.addresses == addresses("198.51.100.1"));
}

TEST_CASE("AAAA is withdrawn with the A record's change in one batch, and comes back proxied") {
    auto away = replacing({replacement(kName, "192.0.2.20", "192.0.2.10, 2001:db8::10")});
    away.reply(200, page_json({a_record("r4", "192.0.2.10", "1", true),
                               aaaa_record("r6", "2001:DB8:0:0::10", "1.0", true)}));
    away.expect("POST", "/dns_records/batch")
        .expect_body(R"({"deletes":[{"id":"r6"}],"patches":[{"id":"r4",)"
                     R"("content":"192.0.2.20"}]})")
        .reply(200, success_json(R"({"deletes":[],"patches":[]})"));
    away.reply(200, page_json({a_record("r4", "192.0.2.20", "1", true)}));
    CHECK(confirmed(away.outcomes()[0]));

    auto back = replacing({replacement(kName, "192.0.2.10, 2001:db8::10", "192.0.2.20")});
    back.reply(200, page_json({a_record("r4", "192.0.2.20", "1", true)}));
    back.expect_body(R"({"patches":[{"id":"r4","content":"192.0.2.10"}],)"
                     R"("posts":[{"name":"www.example.com",)"
                     R"("type":"AAAA","content":"2001:db8::10","ttl":1,"proxied":true}]})")
        .reply(200, success_json(R"({"patches":null})"));
    back.reply(200, page_json({a_record("r4", "192.0.2.10", "1", true),
                               aaaa_record("r7", "2001:db8::10", "1", true)}));
    CHECK(confirmed(back.outcomes()[0]));
}

TEST_CASE("sets change by difference: what stays is not touched, new members copy the proxy") {
    struct Row {
        const char* from;
        const char* to;
        const char* body;
    };
    const Row rows[] = {
        {"192.0.2.1, 192.0.2.2", "192.0.2.2", R"({"deletes":[{"id":"r1"}]})"},
        {"192.0.2.1, 192.0.2.2", "192.0.2.2, 192.0.2.3", R"({"content":"192.0.2.3"})"},
        {"192.0.2.1, 192.0.2.2", "192.0.2.3, 192.0.2.4",
         R"({"patches":[{"id":"r1","content":"192.0.2.3"},{"id":"r2","content":"192.0.2.4"}]})"},
        {"192.0.2.1", "192.0.2.1, 192.0.2.2",
         R"({"posts":[{"name":"www.example.com","type":"A","content":"192.0.2.2","ttl":1,)"
         R"("proxied":true}]})"},
        {"192.0.2.1", "192.0.2.2, 192.0.2.3",
         R"({"patches":[{"id":"r1","content":"192.0.2.2"}],)"
         R"("posts":[{"name":"www.example.com","type":"A","content":"192.0.2.3","ttl":1,)"
         R"("proxied":true}]})"},
        {"192.0.2.1, 192.0.2.2, 192.0.2.3", "192.0.2.9",
         R"({"deletes":[{"id":"r2"},{"id":"r3"}],"patches":[{"id":"r1",)"
         R"("content":"192.0.2.9"}]})"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string{row.body});
        std::vector<std::string> records;
        for (const auto& address : addresses(row.from).ipv4) {
            records.push_back(
                a_record("r" + std::to_string(records.size() + 1), to_string(address), "1", true));
        }
        auto script = replacing({replacement(kName, row.to, row.from)});
        script.reply(200, page_json(records)).expect_body(row.body);
    }
}

TEST_CASE("the TTL is written where it differs and may, within the plan's limits") {
    struct Row {
        const char* present;
        bool proxied;
        std::uint32_t wanted;
        const char* plan;
        const char* body;
    };
    const Row rows[] = {
        {"300", false, 60, "free", R"({"content":"192.0.2.20","ttl":60})"},
        {"60", false, 60, "free", R"({"content":"192.0.2.20"})"},
        {"300", false, 0, "free", R"({"content":"192.0.2.20","ttl":1})"},
        {"1", false, 0, "free", R"({"content":"192.0.2.20"})"},
        {"1", true, 60, "free", R"({"content":"192.0.2.20"})"},
        {"300", false, 5, "free", R"({"content":"192.0.2.20","ttl":60})"},
        {"300", false, 30, "enterprise", R"({"content":"192.0.2.20","ttl":30})"},
        {"300", false, 604800, "free", R"({"content":"192.0.2.20","ttl":86400})"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string{row.body});
        const auto provider = cloudflare(R"({"plan":")" + std::string{row.plan} + "\"}");
        Script script{provider->replace(
            example_zone(), {replacement(kName, "192.0.2.20", "192.0.2.10", Ttl{row.wanted})})};
        script.reply(200, page_json({a_record("r1", "192.0.2.10", row.present, row.proxied)}));
        script.expect_body(row.body);
    }
    auto stays = replacing({replacement(kName, "192.0.2.1, 192.0.2.3", "192.0.2.1, 192.0.2.2")});
    stays.reply(
        200, page_json({a_record("r1", "192.0.2.1", "300"), a_record("r2", "192.0.2.2", "300")}));
    stays.expect_body(
        R"({"patches":[{"id":"r1","ttl":60},{"id":"r2","content":"192.0.2.3","ttl":60}]})");
}

TEST_CASE("nothing is read or written for nonsense") {
    auto script = replacing({replacement(kName, "nothing", "192.0.2.10"),
                             replacement("www.example.net", "192.0.2.20", "192.0.2.10"),
                             replacement("wwwexample.com", "192.0.2.20", "192.0.2.10")});
    REQUIRE(script.outcomes().size() == 3);
    for (const auto& outcome : script.outcomes())
        CHECK(error_of(outcome).code == Errc::Invalid);

    auto twice = replacing({replacement(kName, "192.0.2.20", "192.0.2.10"),
                            replacement(kName, "192.0.2.30", "192.0.2.10")});
    twice.reply(200, page_json({a_record("r1", "192.0.2.20")}));
    CHECK(confirmed(twice.outcomes()[0]));
    CHECK(error_of(twice.outcomes()[1]).code == Errc::Invalid);
}

TEST_CASE("a name that has gone is a stranger, and made anew where even that was accepted") {
    auto gone = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    gone.reply(200, page_json({}));
    CHECK(is_foreign(gone.outcomes()[0]));
    auto wanted = replacement(kName, "192.0.2.20", "nothing");
    wanted.proxied = true;
    auto accepted = replacing({wanted});
    accepted.reply(200, page_json({}));
    accepted.expect("POST", "/dns_records/batch")
        .expect_body(
            R"({"posts":[{"name":"www.example.com","type":"A","content":"192.0.2.20","ttl":1,)"
            R"("proxied":true}]})")
        .reply(200, success_json("{}"));
    accepted.expect("GET", "name.exact");  // nothing else is written
    accepted.reply(200, page_json({a_record("r1", "192.0.2.20", "1", true)}));
    CHECK(confirmed(accepted.outcomes()[0]));
}

TEST_CASE("a CNAME at the name is a conflict with a clear text") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({record_json("r1", kName, "CNAME", "lb.example.net")}));
    CHECK(error_of(script.outcomes()[0]).code == Errc::Conflict);
    CHECK(error_of(script.outcomes()[0]).message.find("CNAME to 'lb.example.net'") !=
          std::string::npos);
}

TEST_CASE("a lost answer to a write is settled by reading back") {
    struct Row {
        const char* now;
        bool confirmed;
        bool stranger;
    };
    for (const auto& row : {Row{"192.0.2.20", true, false}, Row{"192.0.2.10", false, false},
                            Row{"198.51.100.9", false, true}}) {
        for (int how = 0; how < 5; ++how) {
            CAPTURE(how);
            auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
            script.reply(200, page_json({a_record("r1", "192.0.2.10")})).expect("PATCH", "/r1");
            const auto whole = success_json(a_record("r1", "192.0.2.20"));
            if (how == 0) script.lose();
            if (how == 1) script.reply(502, "<html>bad gateway</html>");
            if (how == 2) script.reply(200, whole.substr(0, whole.size() / 2));
            if (how == 3) script.reply(200, "");
            if (how == 4) script.reply(524, R"({"title":"Error 524","status":524})");
            script.expect("GET", kByName).reply(200, page_json({a_record("r1", row.now)}));
            REQUIRE(script.outcomes().size() == 1);
            CHECK(confirmed(script.outcomes()[0]) == row.confirmed);
            CHECK(is_foreign(script.outcomes()[0]) == row.stranger);
            if (!row.confirmed && !row.stranger) {
                CHECK(error_of(script.outcomes()[0]).code == Errc::Transient);
            }
        }
    }
}

TEST_CASE("a write that certainly never left ends at once") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10")})).lose(false);
    CHECK(script.error().code == Errc::Transient);
}

TEST_CASE("when the reading back fails, nothing is claimed") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
    script.reply(200, success_json(a_record("r1", "192.0.2.20"))).lose();
    CHECK(script.error().code == Errc::Transient);
}

TEST_CASE("refusals of the whole call end the operation") {
    struct Row {
        int status;
        int code;
        Errc errc;
    };
    for (const auto& row : {Row{403, 9109, Errc::Rejected}, Row{403, 10000, Errc::Transient},
                            Row{429, 971, Errc::Throttled}, Row{404, 7003, Errc::NotFound}}) {
        auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
        script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
        script.reply(row.status, failure_json(row.code, "no"));
        CHECK(script.error().code == row.errc);
    }
}

TEST_CASE("a stale id is read again and the change is made with the new one, once") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
    script.reply(404, failure_json(81044, "Record does not exist."));
    script.expect("GET", kByName).reply(200, page_json({a_record("r2", "192.0.2.10")}));
    script.expect("PATCH", "/dns_records/r2");
    SUBCASE("and it succeeds") {
        script.reply(200, success_json(a_record("r2", "192.0.2.20")));
        script.reply(200, page_json({a_record("r2", "192.0.2.20")}));
        CHECK(confirmed(script.outcomes()[0]));
    }
    SUBCASE("and it is stale again") {
        script.reply(404, failure_json(81044, "Record does not exist."));
        CHECK(error_of(script.outcomes()[0]).code == Errc::NotFound);
    }
}

TEST_CASE("a duplicate is read and judged") {
    const auto refused = [](int code) {
        auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
        script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
        script.reply(400, failure_json(code, "An identical record already exists."));
        return script;
    };
    for (const int code : {81057, 81058}) {
        auto done = refused(code);
        done.reply(200, page_json({a_record("r1", "192.0.2.20")}));
        CHECK(confirmed(done.outcomes()[0]));
        auto foreign = refused(code);
        foreign.reply(200, page_json({a_record("r1", "192.0.2.10"), a_record("r9", "192.0.2.20")}));
        CHECK(is_foreign(foreign.outcomes()[0]));
    }
}

TEST_CASE("a proxy that was switched by the write is an error") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10", "1", true)}));
    script.reply(200, success_json(a_record("r1", "192.0.2.20", "1", false)));
    script.reply(200, page_json({a_record("r1", "192.0.2.20", "1", false)}));
    CHECK(error_of(script.outcomes()[0]).code == Errc::Conflict);
    CHECK(error_of(script.outcomes()[0]).message.find("switched off") != std::string::npos);
}

TEST_CASE("an accepted write that does not show is not confirmed") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
    script.reply(200, success_json(a_record("r1", "192.0.2.20")));
    script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
    CHECK(error_of(script.outcomes()[0]).code == Errc::Transient);
}

TEST_CASE("an answer about another record raises the alarm") {
    auto script = replacing({replacement(kName, "192.0.2.20", "192.0.2.10")});
    script.reply(200, page_json({a_record("r1", "192.0.2.10")}));
    script.reply(200, success_json(record_json("r1", "other.example.com", "A", "192.0.2.20")));
    CHECK(error_of(script.outcomes()[0]).code == Errc::Corrupt);
    CHECK(error_of(script.outcomes()[0]).message.find("other.example.com") != std::string::npos);
}

}  // namespace
}  // namespace understudy::test
