#include "providers/rfc2136/tsig.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ensure.h"

namespace understudy::rfc2136 {
namespace {

constexpr std::array kAlgorithms{
    Algorithm{"hmac-sha256", Hash::Sha256},
    Algorithm{"hmac-sha384", Hash::Sha384},
    Algorithm{"hmac-sha512", Hash::Sha512},
};

constexpr std::size_t kAdditionalCountAt = 10;
constexpr int kTimeBytes = 6;

std::uint64_t seconds_of(WallTime time) {
    return static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::string wire(std::string_view name) {
    auto bytes = dns_wire_name(name);
    ensure(bytes.has_value());
    return *std::move(bytes);
}

void set_number(std::string& message, std::size_t at, std::uint64_t number) {
    std::string bytes;
    append_number(bytes, number, 2);
    message.replace(at, bytes.size(), bytes);
}

// What a TSIG says beside its signature.
struct Terms {
    std::uint64_t time = 0;
    std::uint64_t fudge = kFudge.count();
    std::uint64_t id = 0;
    std::uint64_t error = 0;
    std::string other = {};
};

// RFC 8945 4.3: the request's signature, the message as it was before it was signed, the terms.
std::string mac_of(const std::string& message, const Key& key, const Terms& terms,
                   std::string_view request_mac) {
    std::string covered;
    if (!request_mac.empty()) {
        append_number(covered, request_mac.size(), 2);
        covered += request_mac;
    }
    covered += message;
    covered += wire(key.name);
    append_number(covered, dns::kAny, 2);
    append_number(covered, 0, 4);
    covered += wire(key.algorithm.name);
    append_number(covered, terms.time, kTimeBytes);
    append_number(covered, terms.fudge, 2);
    append_number(covered, terms.error, 2);
    append_number(covered, terms.other.size(), 2);
    covered += terms.other;
    return hmac(key.algorithm.hash, key.secret.reveal(), covered);
}

// --- of an answer

struct Seal {
    Terms terms;
    std::string algorithm;
    std::string mac;
};

// Takes what stands next in the data of a record; none: it ends before.
class Reader {
  public:
    explicit Reader(std::string_view rest) : rest_(rest) {}
    std::optional<std::uint64_t> number(std::size_t bytes) {
        const auto part = take(bytes);
        return part ? std::optional{number_in(*part)} : std::nullopt;
    }
    std::optional<std::string> counted() {
        const auto size = number(2);
        const auto part = size ? take(*size) : std::nullopt;
        return part ? std::optional<std::string>{*part} : std::nullopt;
    }
    bool at_end() const { return rest_.empty(); }

  private:
    std::optional<std::string_view> take(std::size_t bytes) {
        if (rest_.size() < bytes) return std::nullopt;
        const auto part = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return part;
    }
    std::string_view rest_;
};

// The data is the end of the message, as the TSIG is its last record.
std::optional<Seal> read_seal(std::string_view message, const DnsRecord& record) {
    const auto algorithm = read_dns_name(message, message.size() - record.data.size());
    if (!algorithm || algorithm->bytes > record.data.size()) return std::nullopt;
    Reader reader{std::string_view{record.data}.substr(algorithm->bytes)};
    const auto time = reader.number(kTimeBytes);
    const auto fudge = reader.number(2);
    auto mac = reader.counted();
    const auto id = reader.number(2);
    const auto error = reader.number(2);
    auto other = reader.counted();
    if (!time || !fudge || !mac || !id || !error || !other || !reader.at_end()) return std::nullopt;
    return Seal{{*time, *fudge, *id, *error, *std::move(other)}, algorithm->text, *std::move(mac)};
}

bool is_seal(const DnsRecord& record) {
    return record.type == dns::kTsig;
}

// At most one, and the last record of all.
bool misplaced(const DnsMessage& read) {
    const auto seals = std::ranges::count_if(read.additional, is_seal);
    return std::ranges::any_of(read.answer, is_seal) ||
           std::ranges::any_of(read.authority, is_seal) || seals > 1 ||
           (seals == 1 && !is_seal(read.additional.back()));
}

Proof forgery(std::string why) {
    return {Proof::Of::Forgery, std::move(why)};
}

// The message as it was before it was signed; the id is the one it was signed with.
std::string unsealed(std::string_view message, const DnsMessage& read, const Terms& terms) {
    std::string before{message.substr(0, read.last_at)};
    set_number(before, 0, terms.id);
    set_number(before, kAdditionalCountAt, read.additional.size() - 1);
    return before;
}

std::uint64_t apart(std::uint64_t one, std::uint64_t other) {
    return one < other ? other - one : one - other;
}

}  // namespace

std::optional<Algorithm> algorithm_named(std::string_view name) {
    const auto* const found = std::ranges::find(kAlgorithms, name, &Algorithm::name);
    return found == kAlgorithms.end() ? std::nullopt : std::optional{*found};
}

Signed sign(std::string message, const Key& key, WallTime now, std::string_view request_mac) {
    ensure(message.size() > kAdditionalCountAt + 1);
    const auto number_at = [&message](std::size_t at) {
        return number_in(std::string_view{message}.substr(at, 2));
    };
    Terms terms;
    terms.time = seconds_of(now);
    terms.id = number_at(0);
    Signed out;
    out.mac = mac_of(message, key, terms, request_mac);
    std::string data = wire(key.algorithm.name);
    append_number(data, terms.time, kTimeBytes);
    append_number(data, terms.fudge, 2);
    append_number(data, out.mac.size(), 2);
    data += out.mac;
    append_number(data, terms.id, 2);
    append_number(data, terms.error, 2);
    append_number(data, 0, 2);
    set_number(message, kAdditionalCountAt, number_at(kAdditionalCountAt) + 1);
    message += wire(key.name);
    append_number(message, dns::kTsig, 2);
    append_number(message, dns::kAny, 2);
    append_number(message, 0, 4);
    append_number(message, data.size(), 2);
    out.message = std::move(message) + data;
    return out;
}

Proof check(std::string_view message, const DnsMessage& read, const Key& key,
            std::string_view request_mac, WallTime now) {
    if (misplaced(read)) return forgery("its signature is not at its end");
    if (read.additional.empty() || !is_seal(read.additional.back())) return {};
    const auto seal = read_seal(message, read.additional.back());
    if (!seal) return forgery("its signature cannot be read");
    const auto& terms = seal->terms;
    const int error = static_cast<int>(terms.error);
    Proof proof{Proof::Of::Server, {}, error};
    if (error == kBadTime && terms.other.size() == kTimeBytes) {
        const auto told = std::chrono::seconds{number_in(terms.other)};
        proof.server_time = WallTime{std::chrono::duration_cast<Duration>(told)};
    }
    if (seal->mac.empty()) {
        proof.of = Proof::Of::Nothing;
        return proof;
    }
    if (read.additional.back().name != key.name) return forgery("it is signed with another key");
    if (seal->algorithm != key.algorithm.name)
        return forgery("it is signed with another algorithm");
    const auto mac = mac_of(unsealed(message, read, terms), key, terms, request_mac);
    if (!same_bytes(mac, seal->mac)) return forgery("its signature is wrong");
    // With BADTIME it has the time of the request (RFC 8945 5.2.3).
    if (error != kBadTime && apart(terms.time, seconds_of(now)) > std::uint64_t{kFudge.count()})
        return forgery("its signature is older or newer than " + to_text(kFudge) +
                       ": the server's clock or ours is wrong");
    return proof;
}

}  // namespace understudy::rfc2136
