// The payload of notifications: the codec, the golden examples and the JSON Schemas agree.
#include "schema/notice.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/json_schema.h"
#include "tests/support/test_data.h"

namespace understudy {
namespace {

const std::filesystem::path kSchemas = tests_folder().parent_path() / "schema" / "webhook";

constexpr NoticeType kTypes[] = {NoticeType::ServerDown,
                                 NoticeType::ServerUp,
                                 NoticeType::ServerError,
                                 NoticeType::FailoverTriggered,
                                 NoticeType::ServerRecovered,
                                 NoticeType::FailoverFailed,
                                 NoticeType::OutageStarted,
                                 NoticeType::OutageResolved,
                                 NoticeType::FailoverHeld,
                                 NoticeType::DnsDrift,
                                 NoticeType::CertificateExpiring,
                                 NoticeType::StandbyNotReady,
                                 NoticeType::TokenShared,
                                 NoticeType::AddressFollowed,
                                 NoticeType::StillBroken,
                                 NoticeType::Escalated,
                                 NoticeType::EscalationOver,
                                 NoticeType::Acknowledged,
                                 NoticeType::DrillStarted,
                                 NoticeType::DrillEnded,
                                 NoticeType::Test};

std::string read_notice_text(const std::filesystem::path& path) {
    std::ifstream file{path};
    INFO(path.string());
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string example(NoticeType type) {
    return read_notice_text(kSchemas / "examples" / (std::string{to_text(type)} + ".json"));
}

// What is wrong with it, by the envelope's schema and the type's own.
std::vector<std::string> problems_of(const std::string& payload, NoticeType type) {
    const auto document = json::Document::parse(payload);
    REQUIRE(document.ok());
    std::vector<std::string> problems;
    for (const std::string& name : {std::string{"envelope"}, std::string{to_text(type)}}) {
        const std::string schema = read_notice_text(kSchemas / (name + ".schema.json"));
        for (const auto& violation : json::violations(schema, document->root())) {
            problems.push_back(name + ": " + violation.path + ": " + violation.message);
        }
    }
    return problems;
}

Notice full_notice(NoticeType type) {
    Notice notice;
    notice.type = type;
    notice.incident.value = 41;
    notice.event.value = 42;
    notice.incidents = {IncidentId{41}, IncidentId{43}};
    notice.link = "https://understudy.example.org/#/incidents";
    notice.server.value = 3;
    notice.server_name = "shield-1";
    notice.server_address = "192.0.2.10";
    notice.pool.value = 7;
    notice.pool_name = "eu";
    notice.domains = {{"www.example.org", "192.0.2.10", "192.0.2.20"}, {"b.example.org", "", ""}};
    notice.domain_count = 1200;
    notice.pools = {{PoolId{8}, "us"}, {PoolId{9}, "asia"}};
    notice.pending = {"shop.example.org"};
    notice.reason = "Primary \"server\" down\n";
    notice.detail = "ünder 31 s";
    notice.stands_for = 7;
    notice.since = *parse_rfc3339("2026-11-21T02:01:00.000Z");
    notice.at = *parse_rfc3339("2026-11-21T02:08:42.123Z");
    return notice;
}

void check_equal(const Notice& one, const Notice& other) {
    CHECK(one.type == other.type);
    CHECK(one.stands_for == other.stands_for);
    CHECK(one.since == other.since);
    CHECK(one.incident == other.incident);
    CHECK(one.event == other.event);
    CHECK(one.server == other.server);
    CHECK(one.server_name == other.server_name);
    CHECK(one.server_address == other.server_address);
    CHECK(one.pool == other.pool);
    CHECK(one.pool_name == other.pool_name);
    CHECK(one.pools == other.pools);
    CHECK(one.domains == other.domains);
    CHECK(one.domain_count == other.domain_count);
    CHECK(one.pending == other.pending);
    CHECK(one.reason == other.reason);
    CHECK(one.detail == other.detail);
    CHECK(one.at == other.at);
}

TEST_CASE("a notice is written as the product promises") {
    Notice notice = full_notice(NoticeType::FailoverTriggered);
    notice.reason = "Primary server down";
    notice.detail = "offline for 31 s";
    notice.domains.pop_back();
    notice.domain_count = 1;
    notice.pools.clear();
    notice.stands_for = 1;
    CHECK(encode_notice(notice) ==
          R"({"type":"failover_triggered","timestamp":"2026-11-21T02:08:42.123Z","data":{)"
          R"("incident":41,"event":42,"incidents":[41,43],)"
          R"("server":{"id":3,"name":"shield-1","address":"192.0.2.10"},)"
          R"("pool":{"id":7,"name":"eu"},)"
          R"("domains":[{"name":"www.example.org","from":"192.0.2.10","to":"192.0.2.20"}],)"
          R"("pending":["shop.example.org"],)"
          R"("reason":"Primary server down","detail":"offline for 31 s",)"
          R"("link":"https://understudy.example.org/#/incidents"}})");
}

TEST_CASE("every field comes back, for every type") {
    for (const NoticeType type : kTypes) {
        const Notice notice = full_notice(type);
        const auto decoded = decode_notice(encode_notice(notice));
        REQUIRE(decoded.ok());
        check_equal(*decoded, notice);
    }
}

TEST_CASE("a record that holds no address is told as null, and that comes back") {
    Notice notice = full_notice(NoticeType::DnsDrift);
    notice.domains = {{"www.example.org", "192.0.2.10", "nothing"}};
    notice.domain_count = 1;
    notice.pools.clear();
    const std::string payload = encode_notice(notice);
    CHECK(payload.find(R"("from":"192.0.2.10","to":null})") != std::string::npos);
    CHECK(problems_of(payload, NoticeType::DnsDrift).empty());
    const auto decoded = decode_notice(payload);
    REQUIRE(decoded.ok());
    check_equal(*decoded, notice);
}

TEST_CASE("what is not known is left out") {
    Notice notice;
    notice.at = *parse_rfc3339("2026-11-21T02:08:42Z");
    const std::string payload = encode_notice(notice);
    CHECK(payload == R"({"type":"test","timestamp":"2026-11-21T02:08:42.000Z","data":{}})");
    const auto decoded = decode_notice(payload);
    REQUIRE(decoded.ok());
    check_equal(*decoded, notice);
}

TEST_CASE("the golden examples satisfy their schemas and pass the codec unchanged") {
    for (const NoticeType type : kTypes) {
        const std::string text = example(type);
        CHECK(problems_of(text, type) == std::vector<std::string>{});
        const auto decoded = decode_notice(text);
        if (!decoded) FAIL(decoded.error().text());
        CHECK(decoded->type == type);
        const auto document = json::Document::parse(text);
        CHECK(encode_notice(*decoded) == document->root().text());
    }
}

TEST_CASE("what the codec writes satisfies the schemas") {
    for (const NoticeType type : kTypes) {
        Notice notice = full_notice(type);
        notice.domains.pop_back();  // the one without addresses
        CHECK(problems_of(encode_notice(notice), type) == std::vector<std::string>{});
    }
}

TEST_CASE("a drift tells the addresses that are there, or why they cannot be told") {
    Notice notice = full_notice(NoticeType::DnsDrift);
    notice.domains = {{"www.example.org", "192.0.2.10", "", "half of it is proxied"}};
    const auto payload = encode_notice(notice);
    CHECK(problems_of(payload, notice.type) == std::vector<std::string>{});
    const auto decoded = decode_notice(payload);
    REQUIRE(decoded.ok());
    check_equal(*decoded, notice);
    notice.domains[0].problem.clear();
    CHECK_FALSE(problems_of(encode_notice(notice), notice.type).empty());
}

TEST_CASE("the schemas refuse what lacks the facts of its type") {
    for (const NoticeType type : kTypes) {
        CAPTURE(to_text(type));
        Notice bare;
        bare.type = type;
        CHECK_FALSE(problems_of(encode_notice(bare), type).empty());
        CHECK_FALSE(problems_of(example(type), type == NoticeType::Test ? NoticeType::ServerDown
                                                                        : NoticeType::Test)
                        .empty());
    }
}

TEST_CASE("fields added later are skipped") {
    const auto decoded = decode_notice(
        R"({"type":"test","timestamp":"2026-11-21T02:08:42Z","new":1,"data":{"new":{"a":[]}}})");
    CHECK(decoded.ok());
}

TEST_CASE("a payload that is not one is refused with the field") {
    const auto field_of = [](const char* payload) {
        const auto decoded = decode_notice(payload);
        REQUIRE_FALSE(decoded.ok());
        CHECK(decoded.error().code == Errc::Invalid);
        return decoded.error().field;
    };
    CHECK(field_of("") == "");
    CHECK(field_of("[]") == "");
    CHECK(field_of(R"({"type":"nova","timestamp":"2026-11-21T02:08:42Z","data":{}})") == "type");
    CHECK(field_of(R"({"type":"test","timestamp":"yesterday","data":{}})") == "timestamp");
    CHECK(field_of(R"({"type":"test","timestamp":"2026-11-21T02:08:42Z"})") == "data");
    const auto data_field = [&](const std::string& data) {
        return field_of(
            (R"({"type":"test","timestamp":"2026-11-21T02:08:42Z","data":)" + data + "}").c_str());
    };
    CHECK(data_field(R"({"incident":"41"})") == "data.incident");
    CHECK(data_field(R"({"event":-1})") == "data.event");
    CHECK(data_field(R"({"server":[]})") == "data.server");
    CHECK(data_field(R"({"server":{"id":1,"name":2}})") == "data.server.name");
    CHECK(data_field(R"({"pool":{"id":"x"}})") == "data.pool.id");
    CHECK(data_field(R"({"domains":{}})") == "data.domains");
    CHECK(data_field(R"({"domains":["x"]})") == "data.domains");
    CHECK(data_field(R"({"domains":[{"name":1}]})") == "data.domains[].name");
    CHECK(data_field(R"({"pending":[1]})") == "data.pending");
    CHECK(data_field(R"({"reason":1})") == "data.reason");
}

}  // namespace
}  // namespace understudy
