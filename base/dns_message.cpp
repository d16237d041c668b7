#include "base/dns_message.h"

#include <arpa/nameser.h>

#include <memory>

#include "base/ascii.h"
#include "base/dns_exchange.h"
#include "base/ensure.h"

namespace understudy {
namespace {

constexpr std::size_t kFlagsAt = 2;
constexpr std::size_t kCountsAt = 4;
constexpr int kOpcodeShift = 11;
constexpr int kBitsOfByte = 8;

const unsigned char* bytes_of(std::string_view message) {
    return reinterpret_cast<const unsigned char*>(message.data());
}

std::string plain_name(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    return lower(name);
}

DnsRecord record_of(const ns_rr& record) {
    // Not by the macros, whose enums do not know every number.
    DnsRecord out{plain_name(ns_rr_name(record)), record.type, record.rr_class, record.ttl};
    out.data.assign(reinterpret_cast<const char*>(ns_rr_rdata(record)), ns_rr_rdlen(record));
    return out;
}

bool read_section(ns_msg& handle, ns_sect section, std::vector<DnsRecord>& into) {
    const int count = ns_msg_count(handle, section);
    for (int i = 0; i < count; ++i) {
        ns_rr record;
        if (ns_parserr(&handle, section, i, &record) != 0) return false;
        into.push_back(record_of(record));
    }
    return true;
}

// Of a message that glibc has found whole.
std::size_t start_of_last(std::string_view message, const ns_msg& handle) {
    constexpr std::array kSections{ns_s_qd, ns_s_an, ns_s_ns, ns_s_ar};
    const auto* const end = bytes_of(message) + message.size();
    std::size_t at = kDnsHeaderBytes;
    std::size_t last = at;
    for (const auto section : kSections) {
        const int count = ns_msg_count(handle, section);
        if (count == 0) continue;
        const auto* const start = bytes_of(message) + at;
        last = at + static_cast<std::size_t>(ns_skiprr(start, end, section, count - 1));
        at += static_cast<std::size_t>(ns_skiprr(start, end, section, count));
    }
    return last;
}

}  // namespace

std::optional<DnsMessage> read_dns_message(std::string_view message) {
    ns_msg handle;
    if (message.size() > kDnsMessageLimit ||
        ns_initparse(bytes_of(message), static_cast<int>(message.size()), &handle) != 0)
        return std::nullopt;
    DnsMessage out;
    out.opcode = ns_msg_getflag(handle, ns_f_opcode);
    out.code = ns_msg_getflag(handle, ns_f_rcode);
    out.authoritative = ns_msg_getflag(handle, ns_f_aa) != 0;
    if (!read_section(handle, ns_s_an, out.answer) ||
        !read_section(handle, ns_s_ns, out.authority) ||
        !read_section(handle, ns_s_ar, out.additional))
        return std::nullopt;
    out.last_at = start_of_last(message, handle);
    return out;
}

std::optional<DnsName> read_dns_name(std::string_view message, std::size_t at) {
    if (at >= message.size()) return std::nullopt;
    std::array<char, NS_MAXDNAME> text{};
    const auto* const start = bytes_of(message);
    const int bytes =
        ns_name_uncompress(start, start + message.size(), start + at, text.data(), text.size());
    if (bytes <= 0) return std::nullopt;
    return DnsName{plain_name(text.data()), static_cast<std::size_t>(bytes)};
}

std::optional<std::string> dns_wire_name(std::string_view name) {
    if (name.find('\0') != std::string_view::npos) return std::nullopt;
    std::array<unsigned char, NS_MAXCDNAME> wire{};
    if (ns_name_pton(lower(name).c_str(), wire.data(), wire.size()) < 0) return std::nullopt;
    std::size_t size = 1;
    for (std::size_t at = 0; wire[at] != 0; at = size - 1)
        size += wire[at] + std::size_t{1};
    return std::string{reinterpret_cast<const char*>(wire.data()), size};
}

DnsWriter::DnsWriter(int opcode) : message_(kDnsHeaderBytes, '\0') {
    message_[kFlagsAt] = static_cast<char>(opcode << (kOpcodeShift - kBitsOfByte));
}

DnsWriter& DnsWriter::question(std::string_view name, std::uint16_t type) {
    const auto wire = dns_wire_name(name);
    ensure(wire.has_value());
    message_ += *wire;
    append_number(message_, type, 2);
    append_number(message_, dns::kIn, 2);
    ++counts_[0];
    return *this;
}

DnsWriter& DnsWriter::add(DnsSection section, const DnsRecord& record) {
    const auto wire = dns_wire_name(record.name);
    ensure(wire.has_value());
    message_ += *wire;
    append_number(message_, record.type, 2);
    append_number(message_, record.kind, 2);
    append_number(message_, record.ttl, 4);
    append_number(message_, record.data.size(), 2);
    message_ += record.data;
    ++counts_[static_cast<std::size_t>(section)];
    return *this;
}

std::string DnsWriter::take() {
    std::string counts;
    for (const auto count : counts_)
        append_number(counts, count, 2);
    message_.replace(kCountsAt, counts.size(), counts);
    return std::move(message_);
}

void append_number(std::string& to, std::uint64_t number, int bytes) {
    for (int left = bytes - 1; left >= 0; --left)
        to += static_cast<char>(number >> (left * kBitsOfByte) & 0xff);
}

std::uint64_t number_in(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes)
        number = number << kBitsOfByte | static_cast<unsigned char>(byte);
    return number;
}

}  // namespace understudy
