// One DNS message to a server and the answer to it, as values, and how answers are told from noise.
// Providers build and read the messages; only the outbound worker sends them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/http_message.h"

namespace understudy {

struct DnsExchange {
    std::string server;  // an address: a name would have to be looked up
    std::uint16_t port = 53;
    // Udp goes on over TCP where the answer did not fit.
    enum class Over { Udp, Tcp };
    Over over = Over::Udp;
    // RFC 1035 4. Whoever sends it chooses another id by lot; the answer has this one again.
    std::string message;
    Duration timeout{5'000};  // for all of it; a query is sent again meanwhile
};

struct DnsResponse {
    std::string message;
};
using DnsAnswer = std::variant<DnsResponse, TransportFailure>;

inline constexpr std::size_t kDnsHeaderBytes = 12;
inline constexpr std::size_t kDnsMessageLimit = 65'535;

enum class DnsFit {
    NotOurs,  // no answer to that message: whoever waits goes on waiting
    Cut,      // the answer, but it did not fit (TC)
    Whole,
};
// By id, opcode, question (RFC 5452 9.1) and that it is an answer at all. Its sender has been
// judged before.
DnsFit judge_dns_answer(std::string_view asked, std::string_view message);

// Opcode 0, of a whole header: it changes nothing, and may be asked twice.
bool is_dns_query(std::string_view message);

// Messages on TCP: each with its length before it (RFC 1035 4.2.2).
std::string framed_dns(std::string_view message);

class DnsStream {
  public:
    void take(std::string_view bytes) { held_ += bytes; }
    // The next whole message; none: it has not come yet. Holds hardly more than one message when
    // this is called until it says so.
    std::optional<std::string> next();

  private:
    std::string held_;
    std::size_t at_ = 0;  // what is before it has been given out
};

}  // namespace understudy
