#include "controller/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/ip_address.h"
#include "base/json.h"
#include "base/json_schema.h"
#include "embedded/config_schema.h"

namespace understudy {
namespace {

constexpr std::string_view kCredentials = "$CREDENTIALS_DIRECTORY/";
constexpr std::size_t kFileLimitBytes = 1u << 20;

bool is_loopback(const std::string& address) {
    if (const auto v4 = parse_ipv4(address)) return unreachable_reason(*v4) == "loopback";
    if (const auto v6 = parse_ipv6(address)) return unreachable_reason(*v6) == "loopback";
    return address == "localhost";
}

// Reads the sections one by one into a ControllerConfig. Values of the wrong type are the schema's
// complaint and are passed over here, so that one run finds everything.
class Reader {
  public:
    Reader(json::Value root, const std::string& folder) : root_(root), folder_(folder) {}

    ControllerConfigReading read() {
        for (const auto& violation :
             json::violations(embedded::kSchema_config_schema_json, root_)) {
            fail(violation.path, said(violation), {});
        }
        read_listen();
        read_files();
        read_smtp();
        read_timings();
        read_policy();
        read_certificates();
        read_log();
        if (!errors_.empty()) return {std::nullopt, std::move(errors_)};
        return {std::move(config_), {}};
    }

  private:
    static std::string said(const json::Violation& violation) {
        // A whole object as "value" helps nobody.
        const bool show = !violation.value.empty() && violation.value.front() != '{' &&
                          violation.value.front() != '[';
        return show ? violation.value + " " + violation.message : violation.message;
    }

    void fail(std::string path, std::string message, std::string remedy) {
        errors_.push_back(invalid(std::move(path), std::move(message), std::move(remedy)));
    }

    void set_seconds(json::Value section, std::string_view key, Duration& out) {
        const auto seconds = section[key].number();
        if (seconds) out = Duration{static_cast<Duration::rep>(std::llround(*seconds * 1000.0))};
    }
    static void set_seconds(json::Value section, std::string_view key, std::chrono::seconds& out) {
        if (const auto seconds = section[key].integer()) out = std::chrono::seconds{*seconds};
    }
    static void set_flag(json::Value section, std::string_view key, bool& out) {
        out = section[key].boolean().value_or(out);
    }
    static void set_days(json::Value section, std::string_view key, std::chrono::hours& out) {
        if (const auto days = section[key].integer()) out = std::chrono::hours{24 * *days};
    }
    static void set_port(json::Value section, std::string_view key, std::uint16_t& out) {
        const auto port = section[key].integer();
        if (port && *port >= 0 && *port <= 65535) out = static_cast<std::uint16_t>(*port);
    }

    // Empty when the key is absent or cannot be a path.
    std::string path_at(json::Value section, std::string_view key, const std::string& place) {
        const auto text = section[key].string();
        if (!text || text->empty()) return {};
        if (text->starts_with(kCredentials)) {
            const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
            if (directory == nullptr) {
                fail(place, "'" + std::string{*text} + "' needs a service started by systemd",
                     "give LoadCredential= in the unit, or an ordinary path here");
                return {};
            }
            return std::string{directory} + "/" + std::string{text->substr(kCredentials.size())};
        }
        if (text->front() == '/') return std::string{*text};
        return folder_ + "/" + std::string{*text};
    }

    std::string readable_file(json::Value section, std::string_view key, const std::string& place) {
        auto path = path_at(section, key, place);
        if (!path.empty() && access(path.c_str(), R_OK) != 0) {
            fail(place, "the file '" + path + "' cannot be read",
                 "check that it is there and that this user may read it");
        }
        return path;
    }

    void read_listen() {
        set_flag(root_, "allow_plain_text", config_.allow_plain_text);
        const auto tls = root_["tls"];
        if (tls.is_object()) {
            config_.tls = TlsFiles{readable_file(tls, "certificate", "tls.certificate"),
                                   readable_file(tls, "key", "tls.key")};
        }
        config_.agents = read_addresses("agents");
        config_.api = read_addresses("api");
    }

    std::vector<ListenAddress> read_addresses(const std::string& kind) {
        std::vector<ListenAddress> addresses;
        root_["listen"][kind].each([&](json::Value each) {
            const std::string place =
                "listen." + kind + "[" + std::to_string(addresses.size()) + "]";
            ListenAddress listen;
            listen.address = std::string{each["address"].string().value_or("")};
            set_port(each, "port", listen.port);
            check_listen(listen.address, place);
            addresses.push_back(std::move(listen));
        });
        return addresses;
    }

    void check_listen(const std::string& address, const std::string& place) {
        if (address.empty()) return;  // the schema said so
        if (!parse_ipv4(address) && !parse_ipv6(address)) {
            fail(place + ".address", "'" + address + "' is not an IP address",
                 "give \"0.0.0.0\", \"::\" or one address of this machine");
        } else if (!config_.tls && !config_.allow_plain_text && !is_loopback(address)) {
            fail(place + ".address",
                 "'" + address +
                     "' can be reached from outside, and there is no TLS: tokens "
                     "would travel in plain text",
                 "add \"tls\", listen on 127.0.0.1, or set \"allow_plain_text\": true");
        }
    }

    void read_files() {
        const auto store = root_["store"];
        if (auto path = path_at(store, "path", "store.path"); !path.empty()) {
            config_.store_path = std::move(path);
        }
        set_days(store, "log_retention_days", config_.retention.log);
        set_days(store, "delivered_retention_days", config_.retention.delivered);
        if (auto path = path_at(root_, "key_file", "key_file"); !path.empty()) {
            config_.key_file = std::move(path);
        }
        config_.admin_token_file = path_at(root_, "admin_token_file", "admin_token_file");
        config_.extra_ca_file = readable_file(root_, "extra_ca_file", "extra_ca_file");
        set_flag(root_, "allow_private_addresses", config_.allow_private_addresses);
        set_flag(root_, "allow_private_webhooks", config_.allow_private_webhooks);
    }

    void read_smtp() {
        const auto smtp = root_["smtp"];
        if (!smtp.is_object()) return;
        MailSettings mail;
        mail.from = std::string{smtp["from"].string().value_or("")};
        auto& server = mail.server;
        server.host = std::string{smtp["host"].string().value_or("")};
        const auto security = smtp["security"].string().value_or("starttls");
        server.security = security == "tls"    ? MailSecurity::Tls
                          : security == "none" ? MailSecurity::None
                                               : MailSecurity::StartTls;
        server.port = server.security == MailSecurity::Tls    ? std::uint16_t{465}
                      : server.security == MailSecurity::None ? std::uint16_t{25}
                                                              : std::uint16_t{587};
        set_port(smtp, "port", server.port);
        if (server.security == MailSecurity::None && !is_loopback(server.host)) {
            fail("smtp.security", "'none' sends mail in plain text to '" + server.host + "'",
                 "use \"starttls\" or \"tls\"; none is for a relay on this machine");
        }
        server.ehlo_name = std::string{smtp["ehlo_name"].string().value_or("")};
        if (server.ehlo_name.empty()) server.ehlo_name = own_host_name();
        server.ca_file = readable_file(smtp, "ca_file", "smtp.ca_file");
        read_login(smtp, server);
        config_.mail = std::move(mail);
    }

    void read_login(json::Value smtp, MailServer& server) {
        server.username = std::string{smtp["username"].string().value_or("")};
        const auto path = readable_file(smtp, "password_file", "smtp.password_file");
        if (server.username.empty() != path.empty()) {
            fail(path.empty() ? "smtp.password_file" : "smtp.username", "is missing",
                 "a login needs both smtp.username and smtp.password_file");
        }
        if (path.empty()) return;
        struct stat about {};
        if (stat(path.c_str(), &about) == 0 && (about.st_mode & S_IROTH) != 0) {
            fail("smtp.password_file", "everybody on this machine can read '" + path + "'",
                 "chmod 600 " + path);
        }
        std::ifstream file{path};
        std::string password;
        std::getline(file, password);
        if (!password.empty() && password.back() == '\r') password.pop_back();
        if (file.is_open() && password.empty()) {
            fail("smtp.password_file", "'" + path + "' is empty", "write the password into it");
        }
        server.password = Secret{std::move(password)};
    }

    static std::string own_host_name() {
        char name[256] = {};
        if (gethostname(name, sizeof name - 1) != 0) return "localhost";
        return name;
    }

    void read_timings() {
        const auto timings = root_["timings"];
        auto& engine = config_.timings;
        set_seconds(timings, "maintenance_interval_s", engine.maintenance_interval);
        set_seconds(timings, "warm_up_s", engine.warm_up);
        set_seconds(timings, "restart_grace_s", engine.restart_grace);
        set_seconds(timings, "stall_grace_s", engine.stall_grace);
        set_seconds(timings, "digest_wait_s", engine.digest_wait);
        set_seconds(timings, "heartbeat_interval_s", config_.heartbeat_interval);
        set_seconds(timings, "stall_limit_s", config_.stall_limit);
        set_seconds(timings, "stop_s", config_.stop_patience);
        if (const auto count = root_["refusals_before_alarm"].integer()) {
            engine.refusals_before_alarm = static_cast<int>(*count);
        }
    }

    void read_policy() {
        const auto section = root_["policy"];
        auto& policy = config_.policy;
        if (const auto word = section["reaction"].string()) {
            policy.reaction = reaction_from(*word).value_or(policy.reaction);
        }
        if (const auto word = section["failback"].string()) {
            policy.failback = failback_from(*word).value_or(policy.failback);
        }
        set_seconds(section, "confirm_s", policy.confirm_s);
        set_seconds(section, "health_timeout_s", policy.health_timeout_s);
        set_seconds(section, "failback_after_s", policy.failback_after_s);
        if (const auto ttl = section["failover_ttl_s"].integer()) {
            policy.failover_ttl_s = static_cast<std::uint32_t>(*ttl);
        }
    }

    void read_certificates() {
        const auto section = root_["certificates"];
        auto& limits = config_.certificates;
        set_flag(section, "enabled", limits.enabled);
        set_port(section, "port", limits.port);
        set_seconds(section, "interval_s", limits.interval);
        set_seconds(section, "first_within_s", limits.first_spread);
        if (const auto days = section["warn_days"].integer()) {
            config_.timings.certificate_warn_days = static_cast<int>(*days);
        }
    }

    void read_log() {
        const auto section = root_["log"];
        const auto level = section["level"].string().value_or("info");
        config_.log.level = level == "debug"     ? log::Level::Debug
                            : level == "warning" ? log::Level::Warning
                            : level == "error"   ? log::Level::Error
                                                 : log::Level::Info;
        const bool json = section["format"].string().value_or("key_value") == "json";
        config_.log.format = json ? log::Format::Json : log::Format::KeyValue;
    }

    json::Value root_;
    const std::string& folder_;
    ControllerConfig config_;
    std::vector<Error> errors_;
};

ControllerConfigReading only(Error error) {
    return {std::nullopt, {std::move(error)}};
}

}  // namespace

ControllerConfigReading read_controller_config(std::string_view text, const std::string& folder) {
    json::ParseOptions options;
    options.comments = true;
    options.max_bytes = kFileLimitBytes;
    const auto document = json::Document::parse(text, options);
    if (!document) return only(document.error());
    return Reader{document->root(), folder}.read();
}

ControllerConfigReading read_controller_config_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return only(invalid({}, "the file cannot be read",
                            "check the path, or give another one with --config"));
    }
    std::ostringstream text;
    text << file.rdbuf();
    const auto slash = path.rfind('/');
    return read_controller_config(text.str(),
                                  slash == std::string::npos ? "." : path.substr(0, slash));
}

}  // namespace understudy
