#include "controller/config.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/test_data.h"

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
    std::ifstream file{tests_folder().parent_path() / "examples/controller.json"};
    REQUIRE(file.good());
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto reading = read_controller_config(text, "/etc/understudy");
    // The files it names are not on this machine; nothing else may be wrong.
    for (const auto& error : reading.errors) {
        CHECK_MESSAGE(error.message.find("cannot be read") != std::string::npos, error.text());
    }
}

TEST_CASE("the local socket has its place, unless another is named or it is turned off") {
    const auto local = [](const std::string& section) {
        return read(R"({"listen": {"agents": [{"address": "::1", "port": 0}],
            "api": [{"address": "::1", "port": 0}], "local": )" +
                    section + "}}");
    };
    const auto plain = read(with(""));
    REQUIRE(plain.config);
    REQUIRE(plain.config->local);
    CHECK(plain.config->local->path == "/run/understudy/controller.sock");
    CHECK_FALSE(plain.config->local->wanted);
    CHECK(plain.config->local->gids.empty());

    const auto named = local(R"({"path": "api.sock", "groups": ["root"]})");
    REQUIRE_MESSAGE(named.config, errors_of(named));
    CHECK(named.config->local->path == "/folder/api.sock");
    CHECK(named.config->local->wanted);
    CHECK(named.config->local->gids == std::vector<gid_t>{0});

    const auto off = local(R"({"enabled": false})");
    REQUIRE(off.config);
    CHECK_FALSE(off.config->local);

    const auto wrong =
        local(R"({"path": "/)" + std::string(120, 'x') + R"(", "groups": ["no such group"]})");
    CHECK_FALSE(wrong.config);
    CHECK(mentions(wrong, "listen.local.path"));
    CHECK(mentions(wrong, "listen.local.groups[0]"));
    CHECK(mentions(wrong, "'no such group'"));
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

TEST_CASE("the default policy takes whatever a pool's own does") {
    const auto reading = read(with(R"("policy": {"failback_after_s": "vm", "mode": "active_active",
        "max_answers": 2, "answers": "least_loaded", "fallback_ipv4": "192.0.2.9",
        "fallback_ipv6": null})"));
    REQUIRE_MESSAGE(reading.config, errors_of(reading));
    const Policy& policy = reading.config->policy;
    CHECK(policy.failback_after_s == std::chrono::seconds{180});
    CHECK(policy.mode == PoolMode::ActiveActive);
    CHECK(policy.max_answers == 2);
    CHECK(policy.answers == AnswerOrder::LeastLoaded);
    CHECK(policy.fallback_ipv4 == parse_ipv4("192.0.2.9"));

    const auto unsound = read(with(R"("policy": {"max_answers": 3})"));
    CHECK_FALSE(unsound.config);
    CHECK(mentions(unsound, "policy.max_answers: a pool of mode 'failover' has one answer"));

    const auto wrong = read(with(R"("policy": {"fallback_ipv4": "10.0.0.1", "confirm_s": -1})"));
    CHECK_FALSE(wrong.config);
    CHECK(wrong.errors.size() == 2);  // one about each place
    CHECK(mentions(wrong, "policy.fallback_ipv4"));
    CHECK(mentions(wrong, "policy.confirm_s"));
}

TEST_CASE("guards are filled from their section; without it they are the product's") {
    const auto plain = read(with(""));
    REQUIRE(plain.config);
    CHECK(plain.config->timings.guards.mass_loss_percent == 50);
    CHECK_FALSE(plain.config->timings.guards.witnesses);
    CHECK(plain.config->witnesses.empty());

    const auto reading = read(with(R"("guards": {"mass_loss_percent": 40, "mass_loss_servers": 5,
        "mass_loss_window_s": 7.5, "changes_per_record": 1, "changes_per_pool": 2,
        "changes_per_provider": 3, "change_window_s": 60, "brake_percent": 20, "brake_domains": 4,
        "witness_retry_s": 0.5,
        "witnesses": ["Witness.Example.org:443", "9.9.9.9:53", "[2620:FE::7]:80"]})"));
    REQUIRE_MESSAGE(reading.config, errors_of(reading));
    CHECK(reading.warnings.empty());
    const GuardLimits& limits = reading.config->timings.guards;
    CHECK(limits.mass_loss_percent == 40);
    CHECK(limits.mass_loss_servers == 5);
    CHECK(limits.mass_loss_window == Duration{7'500});
    CHECK(limits.changes_per_record == 1);
    CHECK(limits.changes_per_pool == 2);
    CHECK(limits.changes_per_provider == 3);
    CHECK(limits.change_window == std::chrono::seconds{60});
    CHECK(limits.brake_percent == 20);
    CHECK(limits.brake_domains == 4);
    CHECK(limits.witness_retry == Duration{500});
    CHECK(limits.witnesses);
    CHECK(reading.config->witnesses == std::vector<TcpEndpoint>{{"witness.example.org", 443},
                                                                {"9.9.9.9", 53},
                                                                {"2620:fe::7", 80}});
}

TEST_CASE("members are probed unless the section says otherwise") {
    const auto plain = read(with(""));
    REQUIRE(plain.config);
    CHECK(plain.config->probes.enabled);
    CHECK(plain.config->probes.in_flight == 500);
    const auto reading =
        read(with(R"("probes": {"enabled": false, "in_flight": 20, "siblings": false})"));
    REQUIRE_MESSAGE(reading.config, errors_of(reading));
    CHECK_FALSE(reading.config->probes.enabled);
    CHECK(reading.config->probes.in_flight == 20);
    CHECK_FALSE(reading.config->probes.siblings);
    CHECK_FALSE(read(with(R"("probes": {"in_flight": 0})")).config);
}

TEST_CASE("public_url is taken without its slash, and what is no place of a page is refused") {
    const auto good = read(with(R"("public_url": "https://understudy.example.org/a/")"));
    REQUIRE_MESSAGE(good.config, errors_of(good));
    CHECK(good.config->timings.public_url == "https://understudy.example.org/a");
    for (const std::string bad : {"", "understudy.example.org", "ftp://example.org", "https://",
                                  "https://me:pw@example.org", "https://example.org/?a=b"}) {
        CAPTURE(bad);
        const auto reading = read(with(R"("public_url": ")" + bad + R"(")"));
        CHECK_FALSE(reading.config);
        REQUIRE(reading.errors.size() == 1);
        CHECK(reading.errors[0].field == "public_url");
    }
}

TEST_CASE("the watcher's URL is read, and what is wrong with it is told without it") {
    const auto good = read(with(R"("alive_url": "https://hc.example.org/ping/kept-to-ourselves")"));
    REQUIRE_MESSAGE(good.config, errors_of(good));
    CHECK(good.config->alive_url.reveal() == "https://hc.example.org/ping/kept-to-ourselves");
    CHECK(read(with("")).config->alive_url.empty());
    // A receiver in one's own network.
    CHECK(read(with(R"("alive_url": "https://10.0.0.5:8000/ping/x")")).config);
    CHECK(read(with(R"("alive_url": "http://127.0.0.1:8000/ping/x")")).config);
    for (const std::string bad :
         {"", "kept-to-ourselves", "ftp://hc.example.org/kept-to-ourselves",
          "http://hc.example.org/kept-to-ourselves", "https://u:p@hc.example.org/kept-to-ourselves",
          "https://hc.example.org:0/kept-to-ourselves", "https:///kept-to-ourselves",
          "https://hc.example.org/kept to ourselves",
          "https://hc.example.org/x#kept-to-ourselves"}) {
        CAPTURE(bad);
        const auto reading = read(with(R"("alive_url": ")" + bad + R"(")"));
        CHECK_FALSE(reading.config);
        REQUIRE(reading.errors.size() == 1);
        CHECK(reading.errors[0].field == "alive_url");
        CHECK_FALSE(reading.errors[0].remedy.empty());
        CHECK_FALSE(mentions(reading, "ourselves"));
    }
    CHECK(mentions(read(with(R"("alive_url": 5)")), "alive_url"));
    const auto listed = read(with(R"("alive_url": ["https://hc.example.org/ours"])"));
    CHECK_FALSE(listed.config);
    CHECK_FALSE(mentions(listed, "example.org/ours"));
    const auto endless = read(with(R"("alive_url": "https://h/)" + std::string(3'000, 'x') + "\""));
    CHECK_FALSE(endless.config);
    CHECK_FALSE(mentions(endless, "xxx"));
    CHECK(mentions(read(with(R"("alive_url_file": "absent")")), "'/folder/absent' cannot be read"));
}

TEST_CASE("name servers are asked unless the section says otherwise") {
    const auto plain = read(with(""));
    REQUIRE(plain.config);
    CHECK(plain.config->served.enabled);
    CHECK(plain.config->served.resolver.empty());
    CHECK(plain.config->timings.served_bound == Duration{60'000});
    const auto reading = read(with(
        R"("served": {"resolver": "127.0.0.1:5300", "port": 5301, "bound_s": 5, "in_flight": 9})"));
    REQUIRE_MESSAGE(reading.config, errors_of(reading));
    CHECK(reading.config->served.resolver == "127.0.0.1");
    CHECK(reading.config->served.resolver_port == 5300);
    CHECK(reading.config->served.port == 5301);
    CHECK(reading.config->served.in_flight == 9);
    CHECK(reading.config->timings.served_bound == Duration{5'000});
    const auto off = read(with(R"("served": {"enabled": false})"));
    REQUIRE(off.config);
    CHECK(off.config->timings.served_bound == Duration{0});
    for (const std::string good :
         {"192.0.2.53", "2001:db8::53", "[2001:db8::53]:5300", "[2001:db8::53]", "192.0.2.53:53"}) {
        CAPTURE(good);
        CHECK(read(with(R"("served": {"resolver": ")" + good + R"("})")).config);
    }
    for (const std::string bad :
         {"ns1.example.org", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "[192.0.2.53]:53",
          "[2001:db8::53", "2001:db8::53]:53", "[2001:db8::53]x"}) {
        CAPTURE(bad);
        const auto refused = read(with(R"("served": {"resolver": ")" + bad + R"("})"));
        CHECK_FALSE(refused.config);
    }
}

TEST_CASE("an address out of a document is no witness") {
    for (const std::string bad : {"192.0.2.1:53", "198.51.100.1:53", "203.0.113.255:443",
                                  "[2001:db8::7]:443", "[2001:0DB8:ffff::]:443", "[3fff::1]:53"}) {
        CAPTURE(bad);
        const auto reading =
            read(with(R"("guards": {"witnesses": ["9.9.9.9:53", ")" + bad + R"("]})"));
        CHECK(mentions(reading, "guards.witnesses[1]: '" + bad + "' is an address for document"));
        CHECK(mentions(reading, "leave witnesses out"));
    }
    CHECK(read(with(R"("guards": {"witnesses": ["192.0.3.1:53", "[3fff:1000::1]:53"]})")).config);
}

TEST_CASE("a witness that is none is told with place, value and remedy") {
    for (const std::string bad :
         {"", "example.org", "example.org:", "example.org:0", ":53", "example.org:65536",
          "example.org:5x", "2620:fe::7:53", "[2620:fe::7]", "[9.9.9.9]:53", "*.example.org:53",
          "tcp://example.org:53", "exa mple.org:53"}) {
        CAPTURE(bad);
        const auto reading =
            read(with(R"("guards": {"witnesses": ["9.9.9.9:53", ")" + bad + R"("]})"));
        CHECK_FALSE(reading.config);
        REQUIRE(reading.errors.size() == 1);
        CHECK(reading.errors[0].field == "guards.witnesses[1]");
        CHECK(mentions(reading, "'" + bad + "'"));
        CHECK(mentions(reading, "host:port"));
    }
    CHECK(
        mentions(read(with(R"("guards": {"witnesses": ["9.9.9.9:53", "9.9.9.9:53"]})")), "twice"));
    std::string many = "\"9.9.9.9:1\"";
    for (int i = 2; i <= 11; ++i)
        many += ", \"9.9.9.9:" + std::to_string(i) + "\"";
    CHECK(mentions(read(with(R"("guards": {"witnesses": [)" + many + "]}")), "guards.witnesses"));
    CHECK(mentions(read(with(R"("guards": {"witnesses": [53]})")), "guards.witnesses[0]"));
    CHECK(mentions(read(with(R"("guards": {"mass_loss_percent": 101})")), "mass_loss_percent"));
}

TEST_CASE("a lone witness, and one on this machine, are worth a warning and no error") {
    const auto lone = read(with(R"("guards": {"witnesses": ["9.9.9.9:53"]})"));
    REQUIRE(lone.config);
    REQUIRE(lone.warnings.size() == 1);
    CHECK(lone.warnings[0].text().find("at least two") != std::string::npos);
    const auto near =
        read(with(R"("guards": {"witnesses": ["9.9.9.9:53", "localhost:53", "[::1]:53"]})"));
    REQUIRE(near.config);
    REQUIRE(near.warnings.size() == 2);
    CHECK(near.warnings[0].field == "guards.witnesses[1]");
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

TEST_CASE("programs that channels may run are there, and nobody else can write them") {
    const auto programs = [](const std::string& command) {
        return read(
            with(R"("programs": {"sms": {"command": [)" + command + R"(], "timeout_s": 7}})"));
    };
    const auto good = programs(R"("/bin/sh", "-c", "true")");
    REQUIRE_MESSAGE(good.config, errors_of(good));
    const Programs wanted{{"sms", {{"/bin/sh", "-c", "true"}, Duration{7'000}}}};
    CHECK(good.config->programs == wanted);
    CHECK(mentions(programs(R"("sh")"), "programs.sms.command[0]: 'sh' is no absolute path"));
    CHECK(mentions(programs(R"("/bin")"), "'/bin' is no program that this user may run"));
    CHECK(mentions(programs(R"("/nonexistent/sms")"), "is no program that this user may run"));
    CHECK(mentions(programs(""), "programs.sms.command"));
    CHECK_FALSE(read(with(R"("programs": {"a/b": {"command": ["/bin/sh"]}})")).config);
    CHECK_FALSE(read(with(R"("programs": {"a": {"command": ["/bin/sh"], "shell": true}})")).config);
    CHECK_FALSE(
        read(with(R"("programs": {"a": {"command": ["/bin/sh"], "timeout_s": 61}})")).config);

    const auto file = std::filesystem::temp_directory_path() /
                      ("understudy-program-" + std::to_string(::getpid()));
    std::ofstream{file} << "#!/bin/sh\n";
    namespace fs = std::filesystem;
    fs::permissions(file, fs::perms::owner_all | fs::perms::others_write);
    CHECK(mentions(programs("\"" + file.string() + "\""), "everybody on this machine can write"));
    fs::permissions(file, fs::perms::owner_all);
    CHECK(programs("\"" + file.string() + "\"").config);
    fs::remove(file);
}
