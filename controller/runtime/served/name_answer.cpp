#include "controller/runtime/served/name_answer.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>

#include <array>
#include <cstring>
#include <memory>

#include "base/ascii.h"
#include "base/dns_exchange.h"
#include "base/text.h"

namespace understudy {
namespace {

constexpr int kMostAddresses = 64;  // nobody publishes more, and an answer may hold thousands
constexpr std::size_t kMostNames = 32;
constexpr unsigned char kAuthoritative = 0x04;  // in the third byte (RFC 1035 4.1.1)

struct FreeHost {
    void operator()(hostent* host) const { ares_free_hostent(host); }
};

const unsigned char* bytes_of(std::string_view message) {
    return reinterpret_cast<const unsigned char*>(message.data());
}

bool is_authoritative(std::string_view message) {
    return message.size() >= kDnsHeaderBytes && (bytes_of(message)[2] & kAuthoritative) != 0;
}

std::string trouble_of(int status) {
    switch (status) {
        case ARES_ETIMEOUT:
            return "no answer";
        case ARES_ECONNREFUSED:
            return "cannot be reached";
        case ARES_ESERVFAIL:
            return "answers with SERVFAIL";
        case ARES_EREFUSED:
            return "refuses to answer";
        case ARES_ENOTIMP:
            return "answers with NOTIMP";
        case ARES_EFORMERR:
            return "answers with FORMERR";
        default:
            return plain_text(lower(ares_strerror(status)));
    }
}

NameAnswer failed(std::string problem) {
    NameAnswer answer;
    answer.problem = std::move(problem);
    return answer;
}

Ipv4 address_in(const ares_addrttl& record) {
    Ipv4 address;
    std::memcpy(address.bytes.data(), &record.ipaddr, address.bytes.size());
    return address;
}

Ipv6 address_in(const ares_addr6ttl& record) {
    Ipv6 address;
    std::memcpy(address.bytes.data(), &record.ip6addr, address.bytes.size());
    return address;
}

template <typename Record, typename Address, typename Parse>
bool read_addresses(std::string_view message, const Parse& parse, std::vector<Address>& into) {
    std::array<Record, kMostAddresses> records{};
    int count = kMostAddresses;
    const int status =
        parse(bytes_of(message), static_cast<int>(message.size()), nullptr, records.data(), &count);
    if (status != ARES_SUCCESS && status != ARES_ENODATA) return false;
    for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
        const Record& record = records[static_cast<std::size_t>(i)];
        into.push_back(address_in(record));
    }
    return true;
}

bool read_names(std::string_view message, std::vector<std::string>& into) {
    hostent* parsed = nullptr;
    const int status =
        ares_parse_ns_reply(bytes_of(message), static_cast<int>(message.size()), &parsed);
    const std::unique_ptr<hostent, FreeHost> host{parsed};
    if (status != ARES_SUCCESS) return status == ARES_ENODATA;
    for (char** name = host->h_aliases; *name != nullptr && into.size() < kMostNames; ++name) {
        std::string text = lower(*name);
        if (text.ends_with('.')) text.pop_back();
        if (!text.empty() && is_plain(text)) into.push_back(std::move(text));
    }
    return true;
}

bool read_content(const NameQuestion& question, std::string_view message, NameAnswer& answer) {
    switch (question.type) {
        case NameQuestion::Type::A:
            return read_addresses<ares_addrttl>(message, ares_parse_a_reply, answer.addresses.ipv4);
        case NameQuestion::Type::Aaaa:
            return read_addresses<ares_addr6ttl>(message, ares_parse_aaaa_reply,
                                                 answer.addresses.ipv6);
        case NameQuestion::Type::Ns:
            return read_names(message, answer.names);
    }
    return false;
}

}  // namespace

NameAnswer read_name_answer(const NameQuestion& question, int status, std::string_view message) {
    const bool nothing_there = status == ARES_ENODATA || status == ARES_ENOTFOUND;
    if (status != ARES_SUCCESS && !nothing_there) {
        NameAnswer answer = failed(trouble_of(status));
        // Not what fails on this machine.
        const bool unheard = status == ARES_ETIMEOUT || status == ARES_ECONNREFUSED;
        answer.silent = unheard && message.empty();
        return answer;
    }
    // No name server's word on its zone: somebody on the way answers in its place.
    if (!question.recurse && !is_authoritative(message))
        return failed("is not the one who decides about the zone");
    NameAnswer answer;
    answer.answered = nothing_there || read_content(question, message, answer);
    if (!answer.answered) return failed("its answer cannot be read");
    answer.addresses.normalise();
    return answer;
}

}  // namespace understudy
