// Any bytes as the answers of a name server: see operation_fuzz.h. In pieces, each a byte and a
// length before it: by an even byte a message as it comes, which no signature proves; by an odd one
// sections that are put into an answer and signed, so that what a signed answer says is read.
#include <cstddef>
#include <cstdint>

#include "base/dns_message.h"
#include "providers/rfc2136/tsig.h"
#include "tests/fuzz/operation_fuzz.h"

using namespace understudy;

namespace {

constexpr const char* kSecret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kBehindMac = 6;

const rfc2136::Key& key() {
    static const rfc2136::Key kKey{"k", *rfc2136::algorithm_named("hmac-sha256"),
                                   Secret{"0123456789abcdef0123456789abcdef"}};
    return kKey;
}

std::string take(std::string_view& input, std::size_t bytes) {
    std::string taken{input.substr(0, bytes)};
    input.remove_prefix(taken.size());
    return taken;
}

// Flags, code, three counts, and the sections themselves.
std::string signed_answer(const std::string& asked, std::string_view said) {
    const auto head = take(said, 5);
    if (head.size() < 5) return {};
    const auto end = read_dns_name(asked, kDnsHeaderBytes)->bytes + kDnsHeaderBytes + 4;
    std::string message = asked.substr(0, end);
    message[2] = static_cast<char>((message[2] & 0x78) | 0x80 | (head[0] % 2 != 0 ? 0x04 : 0));
    message[3] = static_cast<char>(head[1] & 0x0f);
    for (std::size_t i = 0; i < 3; ++i)
        message.replace(6 + 2 * i, 2, std::string{'\0', head[2 + i]});
    message += said;
    const auto mac = asked.substr(asked.size() - kBehindMac - kMacBytes, kMacBytes);
    return rfc2136::sign(std::move(message), key(), WallTime{}, mac).message;
}

DnsAnswer answer(const DnsExchange& exchange, std::string_view& input) {
    const auto head = take(input, 3);
    if (head.size() < 3) return TransportFailure{true, "the input is used up"};
    const auto body = take(input, number_in(std::string_view{head}.substr(1)));
    if (head[0] % 2 != 0) return DnsResponse{signed_answer(exchange.message, body)};
    // Past the id, which its sender has to know.
    return DnsResponse{exchange.message.substr(0, 2) + body};
}

void read(std::string_view message) {
    const auto found = read_dns_message(message);
    if (!found) return;
    ensure(found->last_at < message.size() || message.size() == kDnsHeaderBytes);
    const auto proof = rfc2136::check(message, *found, key(), "mac", WallTime{});
    ensure(proof.of != rfc2136::Proof::Of::Server);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto kProvider =
        *make_provider("rfc2136", R"({"server":"192.0.2.53","key_name":"k"})", Secret{kSecret});
    fuzz::answer_over_dns = answer;
    fuzz::credential_in_use = kSecret;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    read(input);
    fuzz::play_any(*kProvider, input);
    return 0;
}
