// Outbound: everything that leaves the process besides agent links and API answers. Requests come
// in by submit(), threads that own curl and sockets carry them, answers go back through a mailbox.
// Loop-thread face.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/dns_exchange.h"
#include "base/http_message.h"
#include "base/mail_message.h"
#include "base/policy.h"
#include "base/program_run.h"
#include "controller/core/input.h"

namespace understudy {

using TransferId = std::uint64_t;

// Numbers of everything that is submitted to one Outbound.
class TransferIds {
  public:
    TransferId next() { return ++last_; }

  private:
    TransferId last_ = 0;
};

// Looks at the certificate a server presents for a name, without trusting it.
struct CertificateProbe {
    std::string address;  // to connect to
    std::uint16_t port = 443;
    std::string name;  // SNI
    Duration timeout{10'000};
    ProxyProtocol proxy_protocol = ProxyProtocol::Off;
};
struct CertificateAnswer {
    std::string not_after;  // RFC 3339; empty: none seen
    std::string error;
    std::string serial{};      // of the certificate, hexadecimal; empty: not told
    std::string not_before{};  // RFC 3339; empty: not told
};

struct TcpEndpoint {
    std::string host;  // name or address
    std::uint16_t port = 0;
    friend bool operator==(const TcpEndpoint&, const TcpEndpoint&) = default;
};
// Is there anybody? Opens a connection, says nothing and closes it. Never waits in line behind
// other transfers: it is asked when these may all be stuck.
struct ConnectProbe {
    TcpEndpoint to;
    Duration timeout{3'000};  // the name's look-up included
};
struct ConnectAnswer {
    bool connected = false;
    std::string error;
};

// What a probe of a service asks for.
struct ServiceTerms {
    ProbeTarget target;  // tcp, http or https, with its port
    StatusRange status;
    std::string text;  // that the answer must contain; empty: any
    ProbeCertificate certificate = ProbeCertificate::Record;
    Duration timeout{3'000};
    ProxyProtocol proxy_protocol = ProxyProtocol::Off;
    friend bool operator==(const ServiceTerms&, const ServiceTerms&) = default;
};
// Does it answer there as its visitors need it? Over a connection of its own; the name is shown to
// the server and never looked up. Never waits in line.
struct ServiceProbe {
    std::string address;  // to connect to
    std::string name;     // SNI and Host
    ServiceTerms terms;
    Instant start_by = kNever;  // begun later, it finds nothing
    bool certificate = false;   // tells which one was shown
};
struct ServiceAnswer {
    Verdict verdict = Verdict::Nothing;  // of this one probe; nothing: the trouble is our own
    std::string sentence;                // "https 443: 200 in 12 ms"
    bool late = false;                   // not begun by `start_by`
    bool spoke = false;                  // it answered, and that was judged
    bool timed_out = false;              // the time was over before
    bool connected = false;              // somebody took the connection
    bool tls = false;                    // and spoke TLS
    std::string misfit = {};             // what is wrong with the certificate: "expired ..."
    CertificateAnswer certificate = {};  // where it was asked for
};

// What does a name server answer? Asked with c-ares, on a thread that carries nothing else.
struct NameQuestion {
    enum class Type { A, Aaaa, Ns };
    std::string name;
    Type type = Type::A;
    std::string server;  // its address; empty: the system's resolver
    std::uint16_t port = 53;
    bool recurse = false;  // false: its own word counts, no other's
    bool tcp = false;      // at once; else where the answer does not fit a datagram
};
struct NameAnswer {
    bool answered = false;  // with this, which may be nothing: there is no such name
    AddressSet addresses{};
    std::vector<std::string> names{};  // of Ns
    std::string problem{};             // "no answer", "refuses to answer"
    bool silent = false;               // asked, and nothing came at all
};

using Transfer = std::variant<HttpRequest, MailRequest, CertificateProbe, ConnectProbe,
                              ServiceProbe, DnsExchange, NameQuestion, ProgramRequest>;
using TransferAnswer = std::variant<HttpAnswer, MailAnswer, CertificateAnswer, ConnectAnswer,
                                    ServiceAnswer, DnsAnswer, NameAnswer, ProgramAnswer>;

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

// Where what is submitted goes: nothing of the second kind ever delays the first.
struct Outlets {
    Outbound& providers;  // probes too
    Outbound& notifications;
    Outbound* names = nullptr;  // for NameQuestions; none: nobody is asked
    Outbound* edges = nullptr;  // for probes of edges, which come with them
};

}  // namespace understudy
