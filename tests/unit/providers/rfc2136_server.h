// The other side of the provider "rfc2136": answers to what a Script was asked, signed as a name
// server signs. The signature is worked out here once more, from RFC 8945 4.3 and not from the
// provider's code.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/dns_message.h"
#include "base/hmac.h"
#include "tests/unit/providers/script.h"

namespace understudy::test::updates {

inline const char* const kDnsSecret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
inline const char* const kDnsSettings = R"({"server":"192.0.2.53","key_name":"upd-key"})";
inline const char* const kWww = "www.example.org";
inline const ZoneRef kDnsZone{"example.org", "example.org"};

inline Result<std::unique_ptr<Provider>> make_rfc2136(const std::string& settings = kDnsSettings,
                                                      const std::string& secret = kDnsSecret) {
    return make_provider("rfc2136", settings, Secret{secret});
}

inline std::unique_ptr<Provider> rfc2136_provider(const std::string& settings = kDnsSettings) {
    auto made = make_rfc2136(settings);
    REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text()));
    return *std::move(made);
}

// How an answer is sealed; what stands here is a good one.
struct Seal {
    bool there = true;
    bool empty = false;  // without a MAC
    std::string key_name = "upd-key";
    std::string algorithm = "hmac-sha256";
    Hash hash = Hash::Sha256;
    std::string secret = kDnsSecret;
    std::uint64_t time = 0;  // a Script's time of day
    int error = 0;
    std::string other = {};
};

struct Says {
    int code = dns::kNoError;
    bool authoritative = true;
    std::vector<DnsRecord> answer = {};
    std::vector<DnsRecord> authority = {};
    Seal seal = {};
};

// Ends in MAC, id, error and the length of nothing.
inline std::string mac_of_request(const std::string& asked, std::size_t bytes = 32) {
    return asked.substr(asked.size() - 6 - bytes, bytes);
}

inline std::string sealed(std::string message, const Seal& seal, const std::string& request_mac) {
    std::string terms;
    append_number(terms, seal.time, 6);
    append_number(terms, 300, 2);
    std::string tail;
    append_number(tail, static_cast<std::uint64_t>(seal.error), 2);
    append_number(tail, seal.other.size(), 2);
    tail += seal.other;
    std::string covered;
    append_number(covered, request_mac.size(), 2);
    covered += request_mac + message + *dns_wire_name(seal.key_name) + std::string("\0\xff", 2) +
               std::string(4, '\0') + *dns_wire_name(seal.algorithm) + terms + tail;
    const auto mac = seal.empty ? "" : hmac(seal.hash, *from_base64(seal.secret), covered);
    std::string data = *dns_wire_name(seal.algorithm) + terms;
    append_number(data, mac.size(), 2);
    data += mac + message.substr(0, 2) + tail;
    message[11] = static_cast<char>(message[11] + 1);
    message += *dns_wire_name(seal.key_name);
    append_number(message, dns::kTsig, 2);
    append_number(message, dns::kAny, 2);
    append_number(message, 0, 4);
    append_number(message, data.size(), 2);
    return message + data;
}

// What stands in the question section of a message: of an update, its zone.
inline std::string question_name(const std::string& message) {
    const auto name = read_dns_name(message, 12);
    REQUIRE(name.has_value());
    return name->text;
}
inline std::uint16_t question_type(const std::string& message) {
    const auto name = read_dns_name(message, 12);
    return static_cast<std::uint16_t>(
        number_in(std::string_view{message}.substr(12 + name->bytes, 2)));
}

inline std::string message_of(const std::string& asked, const Says& says) {
    const int opcode = static_cast<unsigned char>(asked[2]) >> 3;
    DnsWriter writer{opcode};
    writer.question(question_name(asked), question_type(asked));
    for (const auto& record : says.answer)
        writer.add(DnsSection::Answer, record);
    for (const auto& record : says.authority)
        writer.add(DnsSection::Authority, record);
    std::string message = writer.take();
    message.replace(0, 2, asked, 0, 2);
    message[2] = static_cast<char>(message[2] | 0x80 | (says.authoritative ? 0x04 : 0));
    message[3] = static_cast<char>(says.code);
    return message;
}

inline std::string answer_to(const std::string& asked, const Says& says) {
    const auto message = message_of(asked, says);
    return says.seal.there ? sealed(message, says.seal, mac_of_request(asked)) : message;
}

inline StepAnswer dns_answer(std::string message) {
    return DnsAnswer{DnsResponse{std::move(message)}};
}

inline DnsRecord a_record(const std::string& name, const std::string& address,
                          std::uint32_t ttl = 300) {
    const auto ipv4 = parse_ipv4(address);
    if (ipv4) return {name, dns::kA, dns::kIn, ttl, {ipv4->bytes.begin(), ipv4->bytes.end()}};
    const auto ipv6 = parse_ipv6(address);
    REQUIRE(ipv6.has_value());
    return {name, dns::kAaaa, dns::kIn, ttl, {ipv6->bytes.begin(), ipv6->bytes.end()}};
}

inline DnsRecord soa_record(const std::string& zone) {
    return {zone, dns::kSoa, dns::kIn, 60, std::string(2 + 5 * 4, '\0')};
}

class DnsScript : public Script {
  public:
    using Script::Script;
    // What is asked next.
    DnsScript& expect_query(const std::string& name, std::uint16_t type) {
        CHECK(question_name(exchange().message) == name);
        CHECK(question_type(exchange().message) == type);
        CHECK(exchange().over == DnsExchange::Over::Tcp);
        return *this;
    }
    DnsMessage update() const {
        const auto read = read_dns_message(exchange().message);
        REQUIRE(read.has_value());
        CHECK(read->opcode == dns::kUpdate);
        return *read;
    }
    DnsScript& says(const Says& says) {
        answer(dns_answer(answer_to(exchange().message, says)));
        return *this;
    }
    // One reading of a name that has such addresses.
    DnsScript& reads(const std::string& name, const std::vector<std::string>& contents,
                     std::uint32_t ttl = 300) {
        bool zone_told = false;
        for (const auto type : {dns::kA, dns::kAaaa}) {
            Says found;
            for (const auto& content : contents) {
                auto record = a_record(name, content, ttl);
                if (record.type == type) found.answer.push_back(std::move(record));
            }
            if (found.answer.empty()) found.authority = {soa_record("example.org")};
            zone_told = zone_told || found.answer.empty();
            expect_query(name, type).says(found);
        }
        if (!zone_told)
            expect_query(name, dns::kSoa).says({.authority = {soa_record("example.org")}});
        return *this;
    }
};

}  // namespace understudy::test::updates
