// Any bytes as what a name server sends: in datagrams, and in pieces on a connection. Whatever
// comes, only an answer with our id and our question is taken for one, and nothing of the stream is
// lost or made up.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/dns_exchange.h"
#include "base/ensure.h"

using namespace understudy;

namespace {

void judge(std::string_view message) {
    static const std::string asked("\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01x\0\0\x01\0\x01", 19);
    if (judge_dns_answer(asked, message) == DnsFit::NotOurs) return;
    ensure(message.size() >= kDnsHeaderBytes);
    ensure(message.substr(0, 2) == asked.substr(0, 2));
    if (message[5] == 0) return;  // it may say that it could not read the question
    ensure(message.size() >= asked.size());
    ensure(lower(message.substr(kDnsHeaderBytes, 7)) == asked.substr(kDnsHeaderBytes));
}

}  // namespace

// The first byte says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t step = data[0] + std::size_t{1};
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    judge(bytes);
    DnsStream stream;
    std::string again;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        stream.take(bytes.substr(at, step));
        while (const auto message = stream.next()) {
            judge(*message);
            again += framed_dns(*message);
        }
    }
    ensure(bytes.starts_with(again));
    ensure(bytes.size() - again.size() < 2 + kDnsMessageLimit);
    return 0;
}
