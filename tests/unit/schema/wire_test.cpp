// Codec, JSON Schemas and golden messages of the agent protocol say the same.
#include "schema/wire.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_schema.h"
#include "tests/support/test_data.h"

namespace understudy::wire {
namespace {

namespace fs = std::filesystem;

const fs::path kWire = tests_folder() / ".." / "schema" / "wire";
const FailingCheck kHaproxy{"haproxy", "backend www is DOWN", "2026-11-21T02:08:42.123Z"};
const FailingCheck kHttps{"https", "connection to 127.0.0.1 port 443 refused",
                          "2026-11-21T02:08:42.123Z"};
const FailingCheck kOrigin{"origin", "expected status 200-399, got 502",
                           "2026-11-21T02:09:02.000Z"};

Hello hello_with(Status status) {
    return {{1},
            "understudy-agent 0.1.0",
            "shield-ams-1",
            "0f6d3c5e-8f0a-4a3e-9b1f-6f6f0b6f6d11",
            std::move(status)};
}

Hello capable_hello() {
    Hello hello = hello_with({});
    hello.agent = "understudy-agent 0.2.0";
    hello.capabilities = {std::string{kCanProbe}, std::string{kCanProxy}};
    return hello;
}

Probe tcp_probe() {
    Probe probe;
    probe.id = 17;
    probe.address = "2001:db8::7";
    probe.port = 8443;
    return probe;
}

Probe proxied_probe() {
    Probe probe = tcp_probe();
    probe.id = 19;
    probe.address = "203.0.113.7";
    probe.proxy_protocol = true;
    return probe;
}

Probe http_probe() {
    Probe probe;
    probe.id = 19;
    probe.kind = ProbeKind::Http;
    probe.address = "203.0.113.7";
    probe.port = 80;
    probe.host = "www.example.org";
    return probe;
}

Probe https_probe() {
    Probe probe = http_probe();
    probe.id = 18;
    probe.kind = ProbeKind::Https;
    probe.port = 443;
    probe.path = "/healthz";
    probe.status_high = 399;
    probe.text = "all is well";
    probe.require_certificate = true;
    return probe;
}

const std::map<std::string, AgentMessage> kAgentMessages{
    {"hello", hello_with({})},
    {"hello.capabilities", capable_hello()},
    {"probed.serves", Probed{18, ProbeVerdict::Serves, "https 443: 200", 35}},
    {"probed.dead", Probed{18, ProbeVerdict::Dead, "https 443: 503", 35}},
    {"probed.nothing",
     Probed{17, ProbeVerdict::Nothing, "port 8443 is not one this agent may probe", 0}},
    {"hello.failing", hello_with({false, {kHaproxy}})},
    {"heartbeat", Heartbeat{42}},
    {"heartbeat.address", Heartbeat{44, std::nullopt, "203.0.113.9", "link"}},
    {"heartbeat.load", Heartbeat{43, 0.37}},
    {"status.ok", Status{}},
    {"status.failing", Status{false, {kHttps, kOrigin}}},
    {"enroll", Enroll{"usa_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"}},
    {"goodbye.restart", Goodbye{GoodbyeReason::Restart}},
    {"goodbye.shutdown", Goodbye{GoodbyeReason::Shutdown}},
};
const std::map<std::string, ControllerMessage> kControllerMessages{
    {"welcome", Welcome{1, "understudy-controller 0.1.0", "shield-ams-1", 7, 10'000, 30'000}},
    {"heartbeat_ack", HeartbeatAck{42}},
    {"refusal", Refusal{"no_common_version", "this controller speaks version 1"}},
    {"probe.tcp", tcp_probe()},
    {"probe.http", http_probe()},
    {"probe.proxy_protocol", proxied_probe()},
    {"probe.https", https_probe()},
    {"enrolled", Enrolled{"shield-ams-1"}},
};

std::string read(const fs::path& file) {
    std::ifstream stream{file};
    REQUIRE_MESSAGE(stream.is_open(), file.string());
    std::stringstream text;
    text << stream.rdbuf();
    std::string out = text.str();
    while (!out.empty() && out.back() == '\n')
        out.pop_back();
    return out;
}

std::vector<fs::path> json_files(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    return files;
}

// "hello.failing.json" is held against hello.schema.json.
std::size_t violation_count(const fs::path& message) {
    const std::string name = message.filename().string();
    const std::string schema = read(kWire / (name.substr(0, name.find('.')) + ".schema.json"));
    const auto document = json::Document::parse(read(message));
    REQUIRE(document.ok());
    return json::violations(schema, document->root()).size();
}

bool decodes(const std::string& text) {
    return decode_agent_message(text).ok() || decode_controller_message(text).ok();
}

std::string problem_of(std::string_view text) {
    const auto message = decode_agent_message(text);
    return message.ok() ? "" : message.error().text();
}

}  // namespace

TEST_CASE("wire: every golden message is what the codec writes and reads") {
    for (const auto& [file, message] : kAgentMessages) {
        const std::string name = file;
        CAPTURE(name);
        const std::string golden = read(kWire / "examples" / (name + ".json"));
        CHECK(encode(message) == golden);
        const auto decoded = decode_agent_message(golden);
        REQUIRE(decoded.ok());
        CHECK(*decoded == message);
    }
    for (const auto& [file, message] : kControllerMessages) {
        const std::string name = file;
        CAPTURE(name);
        const std::string golden = read(kWire / "examples" / (name + ".json"));
        CHECK(encode(message) == golden);
        const auto decoded = decode_controller_message(golden);
        REQUIRE(decoded.ok());
        CHECK(*decoded == message);
    }
}

TEST_CASE("wire: the folder of examples holds nothing the codec test does not know") {
    const auto files = json_files(kWire / "examples");
    CHECK(files.size() == kAgentMessages.size() + kControllerMessages.size());
    for (const auto& file : files) {
        CAPTURE(file.string());
        CHECK(violation_count(file) == 0);
    }
}

TEST_CASE("wire: what the schemas refuse the codec refuses too") {
    const auto files = json_files(kWire / "examples" / "refused");
    CHECK(files.size() >= 30);
    for (const auto& file : files) {
        CAPTURE(file.string());
        CHECK(violation_count(file) > 0);
        CHECK_FALSE(decodes(read(file)));
    }
}

TEST_CASE("wire: errors name the field") {
    const auto starts_with = [](const std::string& text, const std::string& start) {
        CAPTURE(text);
        CHECK(text.substr(0, start.size()) == start);
    };
    starts_with(problem_of("[]"), "must be an object");
    starts_with(problem_of(R"({"sequence":1})"), "type: ");
    starts_with(problem_of(R"({"type":"heartbeat","sequence":"1"})"), "sequence: ");
    starts_with(problem_of(R"({"type":"status","ok":true})"), "failing: ");
    starts_with(problem_of(R"({"type":"status","ok":true,"failing":[3]})"), "failing[0].: ");
    starts_with(problem_of(R"({"type":"status","ok":false,"failing":[{"name":"a","problem":1}]})"),
                "failing[0].problem: ");
    starts_with(problem_of(R"({"type":"hello","versions":[1],"agent":"x","status":{"ok":1}})"),
                "status.ok: ");
    starts_with(problem_of(R"({"type":"goodbye","reason":"bored"})"), "reason: ");
    starts_with(problem_of(R"({"type":"welcome"})"), "type: unknown message type \"welcome\"");
    CHECK(problem_of("{").find("not valid JSON") != std::string::npos);
}

TEST_CASE("wire: unknown fields are ignored") {
    const auto message =
        decode_agent_message(R"({"type":"heartbeat","sequence":7,"mood":{"a":[]}})");
    REQUIRE(message.ok());
    CHECK(*message == AgentMessage{Heartbeat{7}});
}

TEST_CASE("wire: a load that makes no sense is no load, and no reason to refuse the heartbeat") {
    const std::string begin = R"({"type":"heartbeat","sequence":7,"load":)";
    for (const std::string load : {"-0.01", "1e7", "\"0.5\"", "null", "true", "[1]", "{}"}) {
        CAPTURE(load);
        const auto message = decode_agent_message(begin + load + "}");
        REQUIRE(message.ok());
        CHECK(*message == AgentMessage{Heartbeat{7}});
    }
    const std::map<std::string, double> good{{"0", 0}, {"2", 2}, {"0.125", 0.125}, {"1e6", 1e6}};
    for (const auto& entry : good) {
        CAPTURE(entry.first);
        const auto message = decode_agent_message(begin + entry.first + "}");
        REQUIRE(message.ok());
        CHECK(*message == AgentMessage{Heartbeat{7, entry.second}});
    }
}

TEST_CASE("wire: a load is sent with two decimals, and only if it makes sense") {
    const std::string without = R"({"type":"heartbeat","sequence":7})";
    for (const double load : {-1.0, 1e300, std::nan(""), HUGE_VAL}) {
        CHECK(encode(AgentMessage{Heartbeat{7, load}}) == without);
    }
    CHECK(encode(AgentMessage{Heartbeat{7, 2.0 / 3}}) ==
          R"({"type":"heartbeat","sequence":7,"load":0.67})");
    CHECK(encode(AgentMessage{Heartbeat{7, 0.0}}) ==
          R"({"type":"heartbeat","sequence":7,"load":0.0})");
}

TEST_CASE("wire: a kind of probe that is not known is no error") {
    const auto message = decode_controller_message(
        R"({"type":"probe","id":1,"kind":"quic","address":"203.0.113.7","port":443,)"
        R"("timeout_ms":3000,"fast_interval_ms":1000,"fall":3})");
    REQUIRE(message.ok());
    CHECK(std::get<Probe>(*message).kind == ProbeKind::Unknown);
}

TEST_CASE(
    "wire: nor is a version of the PROXY protocol that is not known, which nobody may ignore") {
    const auto kind_with = [](const std::string& version) {
        const auto message = decode_controller_message(
            R"({"type":"probe","id":1,"kind":"tcp","address":"203.0.113.7","port":443,)"
            R"("timeout_ms":3000,"fast_interval_ms":1000,"fall":3,"proxy_protocol":)" +
            version + "}");
        return message.ok() ? std::optional{std::get<Probe>(*message).kind} : std::nullopt;
    };
    CHECK(kind_with(R"("v1")") == ProbeKind::Tcp);
    CHECK(kind_with(R"("v2")") == ProbeKind::Unknown);
    CHECK_FALSE(kind_with("1").has_value());
}

TEST_CASE("wire: what a probe asks for is taken whole or not at all") {
    const auto decodes_with = [](std::string host, std::string path, std::string text) {
        Probe probe = http_probe();
        probe.host = std::move(host);
        probe.path = std::move(path);
        probe.text = std::move(text);
        return decode_controller_message(encode(ControllerMessage{probe})).ok();
    };
    CHECK(decodes_with(std::string(255, 'h'), "/" + std::string(511, 'p'), std::string(512, 't')));
    CHECK_FALSE(decodes_with(std::string(256, 'h'), "/", ""));
    CHECK_FALSE(decodes_with("h", "/" + std::string(512, 'p'), ""));
    CHECK_FALSE(decodes_with("h", "/", std::string(513, 't')));
    CHECK_FALSE(decodes_with("", "/", ""));
    CHECK_FALSE(decodes_with("a b", "/", ""));
    CHECK_FALSE(decodes_with("a\r\nX: y", "/", ""));
    CHECK_FALSE(decodes_with("h", "", ""));
    CHECK_FALSE(decodes_with("h", "/a#b", ""));
    CHECK_FALSE(decodes_with("h", "/\xc3\xa4", ""));
    CHECK_FALSE(decodes_with("h", "/", "a\nb"));
    CHECK(decodes_with("h", "/", "\xc3\xa4"));

    Probe upside_down = http_probe();
    upside_down.status_low = 500;
    CHECK_FALSE(decode_controller_message(encode(ControllerMessage{upside_down})).ok());
}

TEST_CASE("wire: of capabilities the first eight are taken, each cut to a word") {
    Hello hello = hello_with({});
    for (int i = 0; i < 20; ++i)
        hello.capabilities.push_back(std::to_string(i) + std::string(100, 'x'));
    const auto decoded = decode_agent_message(encode(AgentMessage{hello}));
    REQUIRE(decoded.ok());
    const auto& taken = std::get<Hello>(*decoded).capabilities;
    REQUIRE(taken.size() == 8);
    CHECK(taken[7] == "7" + std::string(31, 'x'));
}

TEST_CASE("wire: silence must be longer than the interval of heartbeats") {
    Welcome welcome;
    welcome.silence_limit_ms = welcome.heartbeat_interval_ms;
    CHECK_FALSE(decode_controller_message(encode(ControllerMessage{welcome})).ok());
    welcome.silence_limit_ms += 1;
    CHECK(decode_controller_message(encode(ControllerMessage{welcome})).ok());
}

TEST_CASE("wire: text is one line of at most 256 bytes, cut between characters") {
    const std::string euros = [] {
        std::string text;
        for (int i = 0; i < 100; ++i)
            text += "\xe2\x82\xac";
        return text;
    }();
    const auto decoded =
        decode_controller_message(encode(ControllerMessage{Refusal{"a\nb\x7f", euros}}));
    REQUIRE(decoded.ok());
    const auto& refusal = std::get<Refusal>(*decoded);
    CHECK(refusal.code == "a b ");
    CHECK(refusal.message == euros.substr(0, 255));

    // A peer that does not cut is cut for.
    const std::string raw =
        R"({"type":"refusal","code":"a\u0000\u0085\u202eb","message":")" + euros + "\"}";
    const auto foreign = decode_controller_message(raw);
    REQUIRE(foreign.ok());
    CHECK(std::get<Refusal>(*foreign).code == "a  \ufffdb");
    CHECK(std::get<Refusal>(*foreign).message == euros.substr(0, 255));
}

TEST_CASE("wire: the fullest status still fits the limit and can be read") {
    for (const std::string& unit : {std::string{"\""}, std::string{"x"}, std::string{"\xff"}}) {
        std::string text;
        for (int i = 0; i < 300; ++i)
            text += unit;
        Status status{false, {}};
        for (int i = 0; i < 40; ++i)
            status.failing.push_back({text, text, text});
        for (const AgentMessage& message :
             {AgentMessage{status},
              AgentMessage{Hello{{1}, text, text, text, status, {9, text}}}}) {
            const std::string encoded = encode(message);
            CHECK(encoded.size() <= kMessageLimitBytes);
            CHECK(decode_agent_message(encoded).ok());
        }
    }
    Status many{false, {}};
    for (int i = 0; i < 40; ++i)
        many.failing.push_back({std::to_string(i), "fails", ""});
    const auto decoded = decode_agent_message(encode(AgentMessage{many}));
    REQUIRE(decoded.ok());
    CHECK(std::get<Status>(*decoded).failing.size() == 32);
}

TEST_CASE("wire: too long and too deep messages are refused") {
    const std::string blank(kMessageLimitBytes, ' ');
    CHECK_FALSE(decode_agent_message(R"({"type":"heartbeat","sequence":1})" + blank).ok());
    CHECK_FALSE(
        decode_agent_message(R"({"type":"heartbeat","sequence":1,"x":[[[[[[[[[]]]]]]]]]})").ok());
}

TEST_CASE("wire: an address that is none is not told, and ends no link") {
    const auto read = [](const std::string& fields) {
        const auto message =
            decode_agent_message(R"({"type":"heartbeat","sequence":1,)" + fields + "}");
        REQUIRE(message.ok());
        const auto& heartbeat = std::get<Heartbeat>(*message);
        return heartbeat.public_ipv4 + "|" + heartbeat.public_ipv6;
    };
    CHECK(read(R"("public_ipv4":"203.0.113.9","public_ipv6":"2001:DB8:0::9")") ==
          "203.0.113.9|2001:db8::9");
    CHECK(read(R"("public_ipv4":"link")") == "link|");
    CHECK(read(R"("public_ipv4":"2001:db8::9","public_ipv6":"203.0.113.9")") == "|");
    CHECK(read(R"("public_ipv4":7,"public_ipv6":{})") == "|");
    CHECK(read(R"("public_ipv4":"shield.example.org")") == "|");
    CHECK(encode(AgentMessage{Heartbeat{1, std::nullopt, "here", "there"}}) ==
          R"({"type":"heartbeat","sequence":1})");
}

}  // namespace understudy::wire
