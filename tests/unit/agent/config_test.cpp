// The agent's configuration: what is read, what is refused and how, and that reader, schema and
// example agree.
#include "agent/config.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/json_schema.h"
#include "tests/support/test_data.h"

namespace understudy {
namespace {

const std::string kRoot = tests_folder().parent_path();

std::string read_text(const std::string& file) {
    std::ifstream stream{file};
    REQUIRE_MESSAGE(stream.is_open(), file);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::string with_checks(const std::string& checks) {
    return R"({"controller":"wss://c.example.org","token_file":"/t","checks":[)" + checks + "]}";
}

// "path: message (remedy)" of every problem.
std::string problems(const std::string& text, const std::string& credentials = {}) {
    std::string out;
    for (const Error& problem : parse_config(text, credentials).problems) {
        CHECK_FALSE(problem.remedy.empty());
        out += problem.text() + "\n";
    }
    return out;
}

std::size_t schema_violations(const std::string& text) {
    static const std::string schema = read_text(kRoot + "/schema/agent.schema.json");
    const auto document = json::Document::parse(text, {.comments = true});
    REQUIRE(document.ok());
    return json::violations(schema, document->root()).size();
}

struct Refused {
    std::string check;
    std::string problem;  // how its text begins
};

}  // namespace

TEST_CASE("agent config: everything at once") {
    const auto reading = parse_config(R"({
        // the controller of the staging fleet
        "controller": "wss://controller.example.org:8443/link",
        "token_file": "/etc/understudy/token", "log_level": "debug", "log_format": "json",
        "checks": [
            {"name": "t", "type": "tcp", "address": "::1", "port": 443, "interval_s": 0.5,
             "timeout_s": 0.25, "rise": 1, "fall": 4, "fast_interval_s": 0.5},
            {"name": "h", "type": "http", "port": 80, "path": "/x", "method": "HEAD",
             "host": "www.example.org", "expect": [204, "300-302"]},
            {"name": "u", "type": "systemd_unit", "unit": "haproxy.service"},
            {"name": "p", "type": "haproxy", "socket": "/s", "proxy": "www", "server": "a"},
            {"name": "c", "type": "command", "command": ["/bin/true", "-x"]},
        ]})",
                                      "");
    REQUIRE(reading.problems.empty());
    const AgentConfig& config = reading.config;
    CHECK(config.controller.host == "controller.example.org");
    CHECK(config.controller.port == 8443);
    CHECK(config.controller.path == "/link");
    CHECK(config.controller.certificate_name == "controller.example.org");
    CHECK(config.log_level == log::Level::Debug);
    CHECK(config.log_format == log::Format::Json);
    REQUIRE(config.checks.size() == 5);
    CHECK(config.checks[0] == CheckSettings{"t", TcpCheck{"::1", 443}, Duration{500}, Duration{250},
                                            1, 4, Duration{500}});
    CHECK(std::get<HttpCheck>(config.checks[1].kind) ==
          HttpCheck{{"127.0.0.1", 80}, "HEAD", "/x", "www.example.org", {{204, 204}, {300, 302}}});
    CHECK(config.checks[1].interval == Duration{5'000});
    CHECK(config.checks[1].timeout == Duration{2'000});
    CHECK(config.checks[1].fast_interval == Duration{1'000});
    CHECK(config.checks[1].rise == 2);
    CHECK(config.checks[1].fall == 3);
    CHECK(std::get<SystemdUnitCheck>(config.checks[2].kind).unit == "haproxy.service");
    CHECK(std::get<HaproxyCheck>(config.checks[3].kind) == HaproxyCheck{"/s", "www", "a"});
    CHECK(std::get<CommandCheck>(config.checks[4].kind).arguments ==
          std::vector<std::string>{"/bin/true", "-x"});
}

TEST_CASE("agent config: every problem is told, with path, value and remedy") {
    CHECK(problems(
              R"({"controller":"http://x","log_level":"loud","checks":[{"name":"a b","type":"tcp",
                       "port":0,"intervall_s":3}],"colour":1})") ==
          "controller: \"http://x\" is not a wss:// URL "
          "(write wss://controller.example.org:8443/agent)\n"
          "token_file: is missing, and systemd passes no credential "
          "(name the file that holds the token, or use LoadCredential=token:...)\n"
          "log_level: \"loud\" is no level (write debug, info, warning or error)\n"
          "checks[0].name: \"a b\" is no name of a check "
          "(use up to 63 letters, digits, dots, hyphens and underscores)\n"
          "checks[0].port: 0 is out of range (write an integer from 1 to 65535)\n"
          "checks[0].intervall_s: unknown key "
          "(known here: address, fall, fast_interval_s, interval_s, name, port, rise, timeout_s, "
          "type)\n"
          "colour: unknown key (known here: ca_file, certificate_name, checks, controller, "
          "log_format, log_level, probe_for_others, public_address, token_file)\n");
}

TEST_CASE("agent config: probing for others") {
    const auto read = [](const std::string& settings) {
        return R"({"controller":"wss://c.example.org","token_file":"/t","probe_for_others":)" +
               settings + "}";
    };
    const auto probing = [&](const std::string& settings) {
        CAPTURE(settings);
        const auto reading = parse_config(read(settings), "");
        CHECK(reading.problems.empty());
        CHECK(schema_violations(read(settings)) == 0);
        return reading.config.probing;
    };
    CHECK(parse_config(R"({"controller":"wss://c.example.org","token_file":"/t"})", "")
              .config.probing == ProbeSettings{true, {80, 443}, false});
    CHECK(probing("{}") == ProbeSettings{});
    CHECK(probing(R"({"enabled":false})") == ProbeSettings{false, {80, 443}, false});
    CHECK(probing(R"({"ports":[8443],"allow_private":true})") == ProbeSettings{true, {8443}, true});
    for (const std::string settings :
         {"true", R"({"enabled":1})", R"({"ports":[]})", R"({"ports":[0]})", R"({"ports":["80"]})",
          R"({"ports":80})", R"({"port":[80]})", R"({"allow_private":"yes"})"}) {
        CAPTURE(settings);
        CHECK(problems(read(settings)).starts_with("probe_for_others"));
        CHECK(schema_violations(read(settings)) > 0);
    }
    std::string many = "1";
    for (int i = 2; i <= 33; ++i)
        many += "," + std::to_string(i);
    CHECK(problems(read("{\"ports\":[" + many + "]}")).starts_with("probe_for_others.ports"));
}

TEST_CASE("agent config: which address is told") {
    const auto read = [](const std::string& setting) {
        return R"({"controller":"wss://c.example.org","token_file":"/t","public_address":")" +
               setting + "\"}";
    };
    CHECK(parse_config(R"({"controller":"wss://c.example.org","token_file":"/t"})", "")
              .config.public_address == "off");
    for (const std::string setting : {"off", "auto", "link", "eth0", "wg-home.7"}) {
        CAPTURE(setting);
        CHECK(problems(read(setting)).empty());
        CHECK(schema_violations(read(setting)) == 0);
        CHECK(parse_config(read(setting), "").config.public_address == setting);
    }
    for (const std::string setting : {"", "eth 0", "2001:db8::9", "../eth0", "a-very-long-name"}) {
        CAPTURE(setting);
        CHECK(problems(read(setting)).starts_with("public_address"));
        CHECK(schema_violations(read(setting)) > 0);
    }
    CHECK(problems(read("203.0.113.9")).starts_with("public_address"));
}

TEST_CASE("agent config: the token comes from a file or from systemd") {
    const std::string text = R"({"controller":"wss://c.example.org"})";
    CHECK(parse_config(text, "/run/credentials/x").config.token_file == "/run/credentials/x/token");
    CHECK(parse_config(R"({"controller":"wss://c.example.org","token_file":"/t"})", "/run/c")
              .config.token_file == "/t");
}

TEST_CASE("agent config: certificates") {
    CHECK(problems(R"({"controller":"wss://192.0.2.1","token_file":"/t"})")
              .find("certificate_name: is missing, and the controller is given by address") == 0);
    const auto named = parse_config(
        R"({"controller":"wss://[2001:db8::1]:8443","certificate_name":"c.example.org",
            "token_file":"/t"})",
        "");
    CHECK(named.problems.empty());
    CHECK(named.config.controller.host == "2001:db8::1");
    CHECK(named.config.controller.certificate_name == "c.example.org");
    CHECK(problems(R"({"controller":"wss://c","token_file":"/t","ca_file":"/nonexistent.pem"})") ==
          "ca_file: cannot read /nonexistent.pem: No such file or directory "
          "(check the path and its permissions)\n");
    CHECK(problems(R"({"controller":"wss://c","token_file":"/t","ca_file":"/etc/hostname"})")
              .find("ca_file: \"/etc/hostname\" holds no certificate") == 0);
}

TEST_CASE("agent config: URLs of the controller") {
    const auto read = [](const std::string& url) { return read_controller_url("controller", url); };
    CHECK(read("wss://c.example.org")->port == 443);
    CHECK(read("wss://c.example.org")->path == "/agent");
    CHECK(read("wss://c.example.org/")->path == "/");
    CHECK(read("ws://127.0.0.1:8080/x")->tls == false);
    CHECK(read("ws://localhost")->port == 80);
    CHECK(read("ws://[::1]:1")->host == "::1");
    CHECK(read("ws://LOCALHOST:1").ok());
    CHECK(read("ws://[0:0:0:0:0:0:0:1]:1").ok());
    for (const char* url :
         {"", "c.example.org", "https://c", "wss://", "wss:///x", "wss://c:0", "wss://c:65536",
          "wss://c:", "wss://c:8x", "wss://u:p@c", "wss://c/?token=x", "wss://c/#x", "wss://a b",
          "wss://[::1", "wss://[::1]x", "wss://c\"d", "ws://c.example.org", "ws://192.0.2.1",
          "ws://128.0.0.1"}) {
        CAPTURE(url);
        const auto target = read(url);
        REQUIRE_FALSE(target.ok());
        CHECK(target.error().field == "controller");
        CHECK(target.error().message.find(url) != std::string::npos);
    }
}

TEST_CASE("agent config: checks that are refused, by the schema too") {
    const std::vector<Refused> refused{
        {R"({"type":"tcp","port":1})", ".name: is missing"},
        {R"({"name":"a"})", ".type: is missing"},
        {R"({"name":"a","type":"icmp"})", ".type: \"icmp\" is no kind of check"},
        {R"({"name":"a","type":"tcp"})", ".port: is missing"},
        {R"({"name":"a","type":"tcp","port":"80"})", ".port: \"80\" is out of range"},
        {R"({"name":"a","type":"tcp","port":1,"interval_s":0})", ".interval_s: 0 is out of range"},
        {R"({"name":"a","type":"tcp","port":1,"fast_interval_s":0.4})",
         ".fast_interval_s: 0.4 is out of range"},
        {R"({"name":"a","type":"tcp","port":1,"rise":0})", ".rise: 0 is out of range"},
        {R"({"name":"a","type":"tcp","port":1,"path":"/"})", ".path: unknown key"},
        {R"({"name":"a","type":"http","port":1,"method":"POST"})", ".method: \"POST\" is not"},
        {R"({"name":"a","type":"http","port":1,"path":"x"})", ".path: \"x\" is no path"},
        {R"({"name":"a","type":"http","port":1,"expect":["2xx"]})", ".expect: [\"2xx\"] is no"},
        {R"({"name":"a","type":"http","port":1,"expect":[]})", ".expect: [] is no"},
        {R"({"name":"a","type":"http","port":1,"expect":[99]})", ".expect: [99] is no"},
        {R"({"name":"a","type":"http","port":1,"expect":200})", ".expect: 200 must be a list"},
        {R"({"name":"a","type":"systemd_unit"})", ".unit: is missing"},
        {R"({"name":"a","type":"systemd_unit","unit":"a/b"})", ".unit: \"a/b\" is no name"},
        {R"({"name":"a","type":"haproxy"})", ".socket: is missing"},
        {R"({"name":"a","type":"haproxy","socket":"s"})", ".socket: \"s\" is not an absolute"},
        {R"({"name":"a","type":"haproxy","socket":"/s","server":"x"})",
         ".server: is given without"},
        {R"({"name":"a","type":"command"})", ".command: must name a program"},
        {R"({"name":"a","type":"command","command":"/bin/true"})",
         ".command: \"/bin/true\" must be"},
        {R"({"name":"a","type":"command","command":["true"]})", ".command: must name a program"},
        {R"({"name":"a","type":"command","command":["/bin/x",1]})",
         ".command: [\"/bin/x\",1] must"},
        {R"({"name":"a\n","type":"tcp","port":1})", ".name: \"a\\n\" must not hold control"},
        {R"(3)", ": must be an object"},
    };
    for (const auto& [given, problem] : refused) {
        const std::string check = given;
        CAPTURE(check);
        const std::string text = problems(with_checks(check));
        CAPTURE(text);
        CHECK(text.find("checks[0]" + problem) == 0);
        CHECK(schema_violations(with_checks(check)) > 0);
    }
}

TEST_CASE("agent config: what no schema can say") {
    const std::string twice =
        R"({"name":"a","type":"tcp","port":1},{"name":"a","type":"tcp","port":2})";
    CHECK(problems(with_checks(twice)).find("checks[1].name: \"a\" is used twice") == 0);
    CHECK(
        problems(with_checks(R"({"name":"a","type":"tcp","port":1,"interval_s":1,"timeout_s":2})"))
            .find("checks[0].timeout_s: is longer than interval_s") == 0);
    CHECK(problems(with_checks(
                       R"({"name":"a","type":"tcp","port":1,"interval_s":1,"fast_interval_s":2})"))
              .find("checks[0].fast_interval_s: is longer than interval_s") == 0);
    const auto quick =
        parse_config(with_checks(R"({"name":"a","type":"tcp","port":1,"interval_s":0.2})"), {});
    CHECK(quick.problems.empty());
    CHECK(quick.config.checks.at(0).fast_interval == Duration{200});
    CHECK(problems(with_checks(R"({"name":"a","type":"tcp","port":1,"address":"localhost"})"))
              .find("checks[0].address: \"localhost\" is not an IP address") == 0);
    std::string many = R"({"name":"a","type":"tcp","port":1})";
    for (int i = 0; i < 32; ++i)
        many += R"(,{"name":"a)" + std::to_string(i) + R"(","type":"tcp","port":1})";
    CHECK(problems(with_checks(many)).find("checks: has 33 entries (list at most 32)") == 0);
}

TEST_CASE("agent config: files that are no configuration") {
    CHECK(parse_config("", "").problems.size() == 1);
    CHECK(parse_config("{\"controller\":", "").problems[0].text().find("line 1") !=
          std::string::npos);
    CHECK(parse_config("[]", "").problems[0].text() == "must be an object (write { ... })");
    CHECK(load_config("/nonexistent/agent.json", "").problems[0].text() ==
          "cannot read /nonexistent/agent.json: No such file or directory "
          "(check the path and its permissions)");
}

TEST_CASE("agent config: the example is valid for reader and schema") {
    const std::string text = read_text(kRoot + "/examples/agent.json");
    CHECK(schema_violations(text) == 0);
    const auto reading = parse_config(text, "/run/credentials/understudy-agent.service");
    for (const Error& problem : reading.problems)
        MESSAGE(problem.text());
    CHECK(reading.problems.empty());
    CHECK(reading.config.checks.size() >= 5);
}

TEST_CASE("agent config: token files") {
    std::string file = "/tmp/understudy-token-XXXXXX";
    const int fd = mkstemp(file.data());
    REQUIRE(fd >= 0);
    close(fd);
    const auto token = [&file](const std::string& text) {
        std::ofstream{file, std::ios::trunc} << text;
        return read_token(file);
    };
    CHECK(token("usa_secret\n")->reveal() == "usa_secret");
    CHECK(token("  usa_secret \r\n\n")->reveal() == "usa_secret");
    for (const std::string text : {"", " \n", "usa_one\nusa_two\n", "usa\x01", "usa\xc3\xa4"}) {
        const auto refused = token(text);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().text().find("usa") == std::string::npos);
    }
    CHECK_FALSE(token(std::string(600, 'x')).ok());
    std::filesystem::remove(file);
    CHECK_FALSE(read_token(file).ok());
}

}  // namespace understudy
