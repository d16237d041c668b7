// DNS messages (RFC 1035 4, RFC 2136 2) between bytes and values. Pure; any thread. Who they go to
// and which answer belongs to which question is in dns_exchange.h.
//
// Reading is glibc's (ns_initparse, ns_parserr): it holds every length and every compressed name
// against the end of the message and allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy {

namespace dns {

inline constexpr std::uint16_t kA = 1, kCname = 5, kSoa = 6, kAaaa = 28, kTsig = 250;
inline constexpr std::uint16_t kIn = 1, kNone = 254, kAny = 255;  // classes
inline constexpr int kQuery = 0, kUpdate = 5;                     // opcodes
// Response codes (RFC 1035 4.1.1, RFC 2136 2.2).
inline constexpr int kNoError = 0, kFormErr = 1, kServFail = 2, kNxDomain = 3, kNotImp = 4,
                     kRefused = 5, kYxDomain = 6, kYxRrset = 7, kNxRrset = 8, kNotAuth = 9,
                     kNotZone = 10;

}  // namespace dns

struct DnsRecord {
    std::string name;  // without the dot at its end; of one that was read: in lower case
    std::uint16_t type = 0;
    std::uint16_t kind = dns::kIn;  // the class
    std::uint32_t ttl = 0;
    std::string data = {};  // as it stands in the message: names in it may be compressed
};

// Of an update they are the zone, the prerequisites, the update and what is additional.
enum class DnsSection : std::uint8_t { Question, Answer, Authority, Additional };

struct DnsMessage {
    int opcode = dns::kQuery;
    int code = dns::kNoError;
    bool authoritative = false;
    std::vector<DnsRecord> answer, authority, additional;
    std::size_t last_at = 0;  // where the last record of all begins
};

// None: it is no whole message, or there is something behind it.
std::optional<DnsMessage> read_dns_message(std::string_view message);

// The name that stands there in a message, in lower case and without the dot at its end, and how
// many bytes it takes there.
struct DnsName {
    std::string text;
    std::size_t bytes = 0;
};
std::optional<DnsName> read_dns_name(std::string_view message, std::size_t at);

// Uncompressed, small letters; none: it is no name.
std::optional<std::string> dns_wire_name(std::string_view name);

// Sections in their order. Names must be names.
class DnsWriter {
  public:
    // With id 0: whoever sends it draws another.
    explicit DnsWriter(int opcode);
    DnsWriter& question(std::string_view name, std::uint16_t type);
    DnsWriter& add(DnsSection section, const DnsRecord& record);
    std::size_t size() const { return message_.size(); }
    std::string take();

  private:
    std::string message_;
    std::array<std::uint16_t, 4> counts_{};
};

// Numbers in network order.
void append_number(std::string& to, std::uint64_t number, int bytes);
std::uint64_t number_in(std::string_view bytes);

}  // namespace understudy
