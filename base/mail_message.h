// One mail on its way to one SMTP server, as a value. Built by notify/email, sent by the outbound
// worker.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace understudy {

enum class MailSecurity {
    StartTls,  // submission (587): STARTTLS is required, never falling back to clear text
    Tls,       // implicit TLS (465)
    None,      // a relay on loopback only; the configuration loader refuses anything else
};

struct MailServer {
    std::string host;
    std::uint16_t port = 587;
    MailSecurity security = MailSecurity::StartTls;
    std::string ehlo_name;  // our own fully qualified name
    std::string username;   // empty: no login
    Secret password;
    std::string ca_file;  // empty: the system's
};

struct MailRequest {
    MailServer server;
    std::string sender;  // envelope, bare address
    std::vector<std::string> recipients;
    std::string message;  // RFC 5322 with CRLF line ends
    Duration timeout{60'000};
};

// Three digits and what stands behind them, all lines in one.
struct MailReply {
    int code = 0;
    std::string text;
    bool refuses() const { return code >= 400 && code < 600; }
    // The same mail will be refused tomorrow as well. Quotas are not for good, whatever the code.
    bool for_good() const;
    bool too_large() const;
};
struct RefusedRecipient {
    std::string address;  // as in the request
    MailReply reply;
};

// How far the dialogue had come: before the mail itself, what is refused is us.
enum class MailStep { Greeting, Name, Login, Sender, Mail };

// What the server said last, or why there was no answer (code 0).
struct MailAnswer {
    int code = 0;
    std::string message = {};
    // The others got the message, or there are no others: then the code asks for another try as
    // soon as one of these does.
    std::vector<RefusedRecipient> refused = {};
    MailStep step = MailStep::Mail;  // Login also when one is wanted and none was offered
    bool accepted() const { return code >= 200 && code < 300; }
};

}  // namespace understudy
