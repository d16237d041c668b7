#include <unistd.h>

#include "base/address_range.h"
#include "base/own_address.h"
#include "controller/config/sections.h"

namespace understudy::config {
namespace {

// A name of one word is refused by many servers: an address is never.
std::string own_name() {
    char name[256] = {};
    if (gethostname(name, sizeof name - 1) != 0) return "[" + own_address() + "]";
    const std::string text{name};
    return text.find('.') == std::string::npos ? "[" + own_address() + "]" : text;
}

void read_login(Reading& reading, json::Value smtp, MailServer& server) {
    server.username = std::string{smtp["username"].string().value_or("")};
    const auto path = reading.readable_file(smtp, "password_file", "smtp.password_file");
    if (server.username.empty() != path.empty()) {
        reading.fail(path.empty() ? "smtp.password_file" : "smtp.username", "is missing",
                     "a login needs both smtp.username and smtp.password_file");
    }
    if (path.empty()) return;
    server.password = reading.secret_in(path, "smtp.password_file", "the password");
}

}  // namespace

void read_smtp(Reading& reading) {
    const auto smtp = reading.root()["smtp"];
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
        reading.fail("smtp.security", "'none' sends mail in plain text to '" + server.host + "'",
                     "use \"starttls\" or \"tls\"; none is for a relay on this machine");
    }
    server.ehlo_name = std::string{smtp["ehlo_name"].string().value_or("")};
    if (server.ehlo_name.empty()) server.ehlo_name = own_name();
    server.ca_file = reading.readable_file(smtp, "ca_file", "smtp.ca_file");
    read_login(reading, smtp, server);
    reading.config().mail = std::move(mail);
}

}  // namespace understudy::config
