// The "rfc2136" provider: a name server that takes dynamic updates (RFC 2136), signed with a TSIG
// key (RFC 8945). Everything is asked over TCP and at that one server: it decides what holds.
//
// settings: {"server", "key_name", "algorithm"?, "zone"?}; the credential is the key's secret in
// base64.
//
// Facts measured with BIND 9.18, Knot DNS 3.2 and PowerDNS 4.7: "yes" does not prove that something
// changed (an address beside a CNAME is dropped without a word); BIND and Knot say what is wrong
// with a key, PowerDNS refuses without a signature whatever is wrong; Knot says BADKEY of a change
// that its rules do not allow.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/dns_message.h"
#include "providers/rfc2136/tsig.h"
#include "providers/service.h"

namespace understudy::rfc2136 {

struct Account {
    std::string address;
    std::uint16_t port = 53;
    std::optional<std::string> zone;  // all names are in it; none: the server is asked
    Key key;
};
Result<Account> read_account(std::string_view settings, const Secret& credential);

// A no; may_hide: of a query, it may only mean that the zone is not there.
struct Denied : Refused {
    bool is_signed = false;
};
// A query is answered by a yes whether the name exists or not.
using Reply = std::variant<DnsMessage, Denied, Unknown>;
const Error* error_of(const Reply& reply);

class Server final : public Service {
  public:
    static Result<std::unique_ptr<Provider>> make(std::string_view settings,
                                                  const Secret& credential);
    explicit Server(Account account) : account_(std::move(account)) {}

    Capabilities capabilities() const override;
    // By the SOA record that the server shows for each name: it alone knows where a zone ends.
    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string> names) const override;
    // Name by name. That the name is still in that zone is part of the reading: an update goes to
    // the zone it names, also where the name has moved on to a zone below.
    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override;
    Talk<Result<Verification>> verify() const override;

    Talk<Reply> query(std::string name, std::uint16_t type) const;
    Talk<Reply> update(std::string message) const;
    std::string where() const;  // "192.0.2.53 port 53"
    const Key& key() const { return account_.key; }

  private:
    Talk<Reply> exchange(std::string message) const;

    Account account_;
};

// What a response code means. `proof`: of the answer that has it.
Reply judge(DnsMessage message, const Proof& proof, const Server& server, WallTime now);

// The zone that an answer names as the one that decides about the name asked for, by its SOA
// record. None: it names none.
std::optional<std::string> zone_told(const DnsMessage& message, std::string_view name);

// Of a name that the server answers for without deciding about it.
Error not_served(const std::string& name, const Server& server);

// What one name holds.
struct RrSet {
    std::uint16_t type = 0;
    std::uint32_t ttl = 0;
    std::vector<std::string> contents;  // raw
};
struct NameReading {
    RrSet a{dns::kA, 0, {}};
    RrSet aaaa{dns::kAaaa, 0, {}};
    bool alias = false;            // a CNAME stands there
    std::optional<Error> problem;  // it is not in the zone that it is thought to be in
};
using NameReadings = std::map<std::string, NameReading>;

// Names that were read, and how a change of them is written.
std::unique_ptr<const NamesRead> make_names(const Server& server, std::string zone,
                                            NameReadings readings);
// The update (RFC 2136 3.4) that makes `writes` true, if and only if the names hold what was read.
std::string update_of(const std::string& zone, const Writes& writes, const Capabilities& can);

}  // namespace understudy::rfc2136
