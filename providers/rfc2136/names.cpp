#include <algorithm>
#include <utility>

#include "base/dns_exchange.h"
#include "providers/rfc2136/server.h"

namespace understudy::rfc2136 {
namespace {

constexpr std::size_t kRecordsOfOne = 4;  // that a plain move of one address takes
constexpr std::size_t kRoomForSignature = 512;

// --- as it was read

std::string in_the_way(std::string_view type, std::string_view) {
    return type == "CNAME" ? "has a record of type CNAME" : "";
}

std::string ttls_differ(const std::string& quoted_name, Ttl first, Ttl other) {
    return "the A and AAAA records of " + quoted_name + " differ in TTL (" +
           std::to_string(first.seconds) + " and " + std::to_string(other.seconds) + ")";
}

constexpr FoldingWords kWords{"at the DNS server", in_the_way, ttls_differ};

template <typename Address>
std::string text_of(const std::string& data) {
    Address address;
    if (data.size() != address.bytes.size()) return "of " + std::to_string(data.size()) + " bytes";
    std::ranges::transform(data, address.bytes.begin(),
                           [](char byte) { return static_cast<std::uint8_t>(byte); });
    return to_string(address);
}

std::vector<std::string> texts_of(const RrSet& set) {
    std::vector<std::string> texts;
    for (const auto& content : set.contents)
        texts.push_back(set.type == dns::kA ? text_of<Ipv4>(content) : text_of<Ipv6>(content));
    return texts;
}

// --- as it is written

template <typename Address>
std::vector<std::string> data_of(const std::vector<Address>& addresses) {
    std::vector<std::string> data;
    for (const auto& address : addresses)
        data.emplace_back(address.bytes.begin(), address.bytes.end());
    return data;
}

std::vector<std::string> data_of(const AddressSet& addresses, std::uint16_t type) {
    return type == dns::kA ? data_of(addresses.ipv4) : data_of(addresses.ipv6);
}

constexpr std::array kTypes{dns::kA, dns::kAaaa};

// How the set of one type shall become another.
struct Change {
    std::uint16_t type = 0;
    std::vector<std::string> before, wanted;
    std::uint32_t ttl = 0;
    bool differs = false;
};

std::vector<Change> changes_of(const Write& write, const Capabilities& can) {
    const Ttl ttl = ttl_to_write(can, write);
    std::vector<Change> changes;
    for (const auto type : kTypes) {
        Change change{type, data_of(write.before.addresses, type),
                      data_of(write.wanted.wanted, type), ttl.seconds};
        const bool there = !change.before.empty() || !change.wanted.empty();
        change.differs = there && (change.before != change.wanted || write.before.ttl != ttl);
        changes.push_back(std::move(change));
    }
    return changes;
}

// "It holds exactly this": every member of a set, or that there is none (RFC 2136 2.4.2, 2.4.3). A
// CNAME may have come up only where no address is: beside it a new one is dropped without a word.
void add_prerequisites(DnsWriter& writer, const std::string& name,
                       const std::vector<Change>& changes) {
    const auto absent = [&](std::uint16_t type) {
        writer.add(DnsSection::Answer, {name, type, dns::kNone});
    };
    bool bare = true;
    for (const auto& change : changes) {
        for (const auto& data : change.before)
            writer.add(DnsSection::Answer, {name, change.type, dns::kIn, 0, data});
        if (change.before.empty()) absent(change.type);
        bare = bare && change.before.empty();
    }
    if (bare) absent(dns::kCname);
}

// The set goes first: some servers keep the old TTL of what is there already.
void add_changes(DnsWriter& writer, const std::string& name, const std::vector<Change>& changes) {
    for (const auto& change : changes) {
        if (!change.differs) continue;
        if (!change.before.empty())
            writer.add(DnsSection::Authority, {name, change.type, dns::kAny});
        for (const auto& data : change.wanted)
            writer.add(DnsSection::Authority, {name, change.type, dns::kIn, change.ttl, data});
    }
}

class Names final : public NamesRead {
  public:
    Names(const Server& server, std::string zone, NameReadings readings)
        : server_(server), zone_(std::move(zone)), readings_(std::move(readings)) {}

    RecordReading fold(const std::string& name) const override {
        const auto& reading = readings_.at(name);
        if (reading.problem) return {name, false, {}, reading.problem};
        Folding folding{name, kWords};
        if (reading.alias) folding.add("CNAME", std::vector<std::string>(1), {});
        folding.add("A", texts_of(reading.a), Ttl{reading.a.ttl});
        folding.add("AAAA", texts_of(reading.aaaa), Ttl{reading.aaaa.ttl});
        return std::move(folding).take();
    }

    std::size_t operations(const Write& write) const override {
        std::size_t records = kTypes.size() + 1;
        for (const auto type : kTypes) {
            records += data_of(write.before.addresses, type).size() +
                       data_of(write.wanted.wanted, type).size();
        }
        return (records + kRecordsOfOne - 1) / kRecordsOfOne;
    }

    Talk<WriteResult> write(Writes writes) const override {
        auto message = update_of(zone_, writes, server_.capabilities());
        if (message.size() + kRoomForSignature > kDnsMessageLimit) {
            co_return Refused{invalid({},
                                      "a change of so many addresses does not fit into a "
                                      "message of the DNS",
                                      "publish fewer addresses under one name"),
                              RefusalScope::OneRecord};
        }
        const Reply reply = co_await server_.update(std::move(message));
        if (const auto* refused = std::get_if<Denied>(&reply)) co_return *refused;
        if (const auto* unknown = std::get_if<Unknown>(&reply)) co_return *unknown;
        co_return Written{};
    }

  private:
    const Server& server_;
    std::string zone_;
    NameReadings readings_;
};

}  // namespace

std::string update_of(const std::string& zone, const Writes& writes, const Capabilities& can) {
    DnsWriter writer{dns::kUpdate};
    writer.question(zone, dns::kSoa);
    for (const auto* write : writes)
        add_prerequisites(writer, write->wanted.name, changes_of(*write, can));
    for (const auto* write : writes)
        add_changes(writer, write->wanted.name, changes_of(*write, can));
    return writer.take();
}

std::unique_ptr<const NamesRead> make_names(const Server& server, std::string zone,
                                            NameReadings readings) {
    return std::make_unique<const Names>(server, std::move(zone), std::move(readings));
}

}  // namespace understudy::rfc2136
