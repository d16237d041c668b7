// Service: what differs from one DNS service to the next. How zones are found, names read, a change
// written and a credential looked at; make_provider_of() makes the Provider of it: locate, read,
// replace and verify are written once, in service.cpp and replace_operation.cpp.
//
// Implementations are unchanging and shared by all operations of an account. See talk.h for how
// they speak.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/folding.h"
#include "providers/provider.h"
#include "providers/talk.h"
#include "providers/write_result.h"

namespace understudy {

// One name that is to change; `before` is what was read.
struct Write {
    RecordReplacement wanted;
    RecordState before;
};
using Writes = std::vector<const Write*>;

enum class Extent {
    Served,  // what nobody is served may be missing
    Whole,   // nothing is missing: what was read may be replaced
};

// Some names of one zone as the service shows them: what a change of them is made from.
class NamesRead {
  public:
    virtual ~NamesRead() = default;

    // All records of one of the names as one reading.
    virtual RecordReading fold(const std::string& name) const = 0;
    // The same where a change to that TTL may have stopped halfway (Capabilities::whole_names).
    virtual RecordReading fold_halfway(const std::string& name, Ttl) const { return fold(name); }
    // Of the zone, where that differs from one to the next.
    virtual std::uint32_t minimum_ttl_s() const { return 0; }
    // How much of Capabilities::batch_size a change takes.
    virtual std::size_t operations(const Write&) const { return 1; }
    // One write of all of them, read with Extent::Whole. TTLs are as ttl_to_write() has them.
    virtual Talk<WriteResult> write(Writes writes) const = 0;
};

class Service {
  public:
    virtual ~Service() = default;
    virtual Capabilities capabilities() const = 0;

    // See Provider::find_zones and Provider::verify.
    virtual Talk<Result<ZoneFindings>> find_zones(std::vector<std::string> names) const = 0;
    virtual Talk<Result<Verification>> verify() const = 0;

    // At least one name.
    using Read = Result<std::unique_ptr<const NamesRead>>;
    virtual Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const = 0;

    // See Provider::calls_left.
    virtual std::optional<CallsLeft> calls_left(const HttpResponse&) const { return std::nullopt; }
};

// The service's limits, narrowed to those of the zone that was read.
Capabilities limits_of(const Service& service, const NamesRead& read);

// The TTL that a write leaves: within the service's limits, and what was there where it is to
// choose and cannot.
Ttl ttl_to_write(const Capabilities& can, const Write& write);

std::unique_ptr<Provider> make_provider_of(std::unique_ptr<const Service> service);

}  // namespace understudy
