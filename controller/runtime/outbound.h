// Outbound: everything that leaves the process besides agent links and API answers. One thread owns
// curl (curl_multi); requests come in by submit(), answers go back through a mailbox. Loop-thread
// face.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/http_message.h"
#include "base/mail_message.h"

namespace understudy {

using TransferId = std::uint64_t;

// Looks at the certificate a server presents for a name, without trusting it.
struct CertificateProbe {
    std::string address;  // to connect to
    std::uint16_t port = 443;
    std::string name;  // SNI
    Duration timeout{10'000};
};
struct CertificateAnswer {
    std::string not_after;  // RFC 3339; empty: none seen
    std::string error;
};

using Transfer = std::variant<HttpRequest, MailRequest, CertificateProbe>;
using TransferAnswer = std::variant<HttpAnswer, MailAnswer, CertificateAnswer>;

struct TransferDone {
    TransferId id = 0;
    TransferAnswer answer;
};

class Outbound {
  public:
    virtual ~Outbound() = default;
    // Never blocks, never fails: trouble is an answer.
    virtual void submit(TransferId id, Transfer transfer) = 0;
};

}  // namespace understudy
