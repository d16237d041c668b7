#include "controller/config.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace understudy;

namespace {

ControllerConfigReading read(const std::string& text) {
    return read_controller_config(text, "/folder");
}

std::string errors_of(const ControllerConfigReading& reading) {
    std::string all;
    for (const auto& error : reading.errors)
        all += error.text() + "\n";
    return all;
}

bool mentions(const ControllerConfigReading& reading, const std::string& text) {
    return errors_of(reading).find(text) != std::string::npos;
}

constexpr char kListen[] = R"("listen": {"agents": [{"address": "127.0.0.1", "port": 0}],)"
                           R"( "api": [{"address": "::1", "port": 8080}]})";

std::string with(const std::string& more) {
    return std::string{"{"} + kListen + (more.empty() ? "" : ", ") + more + "}";
}

}  // namespace

TEST_CASE("the smallest configuration has the product's defaults") {
    const auto reading = read(with(""));
    REQUIRE_MESSAGE(reading.config, errors_of(reading));
    const ControllerConfig& config = *reading.config;
    CHECK(config.agents.size() == 1);
    CHECK(config.api[0].port == 8080);
    CHECK(config.timings.maintenance_interval == std::chrono::seconds{300});
    CHECK(config.policy == Policy{});
    CHECK(config.heartbeat_interval == std::chrono::seconds{10});
    CHECK_FALSE(config.mail);
    CHECK_FALSE(config.allow_private_addresses);
}

TEST_CASE("the example configuration loads") {
    std::ifstream file{std::string{UNDERSTUDY_TEST_DATA} + "/../examples/controller.json"};
    REQUIRE(file.good());
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto reading = read_controller_config(text, "/etc/understudy");
    // The files it names are not on this machine; nothing else may be wrong.
    for (const auto& error : reading.errors) {
        CHECK_MESSAGE(error.message.find("cannot be read") != std::string::npos, error.text());
    }
}

TEST_CASE("timings may be fractions, for drills") {
    const auto reading =
        read(with(R"("timings": {"maintenance_interval_s": 2.5, "heartbeat_interval_s": 0.2})"));
    REQUIRE_MESSAGE(reading.config, errors_of(reading));
    CHECK(reading.config->timings.maintenance_interval == Duration{2'500});
    CHECK(reading.config->heartbeat_interval == Duration{200});
}

TEST_CASE("every mistake is told at once, with path and value") {
    const auto reading = read(R"({
        "listen": {"agents": [{"address": "somewhere", "port": 70000}]},
        "logg": {},
        "policy": {"reaction": "soon"},
        "smtp": {"host": "mail.example.org", "from": "nobody", "security": "none", "username": "u"}
    })");
    CHECK_FALSE(reading.config);
    for (const auto* text : {"listen.agents[0].address", "'somewhere'", "listen.agents[0].port",
                             "70000", "api", "logg", "policy.reaction", "\"soon\"", "smtp.from",
                             "\"nobody\"", "smtp.security", "smtp.password_file"}) {
        CHECK_MESSAGE(mentions(reading, text), text << " is missing in\n" << errors_of(reading));
    }
}

TEST_CASE("plain text is for loopback unless asked for") {
    const std::string open = R"({"listen": {"agents": [{"address": "0.0.0.0", "port": 1}],)"
                             R"( "api": [{"address": "127.0.0.1", "port": 2}]})";
    const auto refused = read(open + "}");
    CHECK_FALSE(refused.config);
    CHECK(mentions(refused, "listen.agents[0].address"));
    CHECK(mentions(refused, "allow_plain_text"));
    CHECK(read(open + R"(, "allow_plain_text": true})").config);
}

TEST_CASE("relative paths count from the file's folder; credentials from systemd's") {
    const auto reading = read(with(R"("store": {"path": "data/u.db"}, "key_file": "/abs/key")"));
    REQUIRE(reading.config);
    CHECK(reading.config->store_path == "/folder/data/u.db");
    CHECK(reading.config->key_file == "/abs/key");

    unsetenv("CREDENTIALS_DIRECTORY");
    const std::string text = with(R"("key_file": "$CREDENTIALS_DIRECTORY/key")");
    CHECK(mentions(read(text), "LoadCredential"));
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x", 1);
    const auto by_systemd = read(text);
    unsetenv("CREDENTIALS_DIRECTORY");
    REQUIRE(by_systemd.config);
    CHECK(by_systemd.config->key_file == "/run/credentials/x/key");
}

TEST_CASE("what is no JSON is told with its place") {
    const auto reading = read("{ \"listen\": ");
    REQUIRE(reading.errors.size() == 1);
    CHECK(mentions(reading, "line 1"));
    CHECK_FALSE(read("[]").config);
    CHECK_FALSE(read("7").config);
}
