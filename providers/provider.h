// Provider: how one DNS service's API is spoken to. Sans-I/O: an Operation builds requests and
// reads answers; who sends them, when, how often and within which budget is the dispatcher's
// business.
//
// Used by controller/runtime/dispatcher on the loop thread, and by the simulation. Implementations
// know neither curl nor the engine. All pass tests/contract/provider.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/dns_record.h"
#include "base/http_message.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy {

struct ZoneRef {
    std::string id;    // the provider's
    std::string name;  // canonical
    friend auto operator<=>(const ZoneRef&, const ZoneRef&) = default;
};

struct Capabilities {
    int operation_size = 1;  // records one replace operation may carry (of one zone)
    // Changes of addresses that one write call carries; a larger operation writes several times.
    int batch_size = 1;
    std::uint32_t minimum_ttl_s = 1;
    std::uint32_t maximum_ttl_s = INT32_MAX;
    bool automatic_ttl = false;
    bool proxying = false;
    // Calls allowed in a window for one account; 0: no limit known.
    int calls_per_window = 0;
    std::chrono::seconds window{0};
};

// What was found for one name. `exists` false: no address record.
struct RecordReading {
    std::string name;
    bool exists = false;
    RecordState state;
    // The name cannot be served as one record: a CNAME stands there, its members differ in TTL or
    // in `proxied`, ... One such name must not spoil the reading of the others. Nothing else is set
    // then.
    std::optional<Error> problem;
};

// "Make it exactly this, if it holds what I think." Names are canonical.
struct RecordReplacement {
    std::string name;
    AddressSet wanted;  // all that the name shall hold, in both families
    Ttl ttl;            // for unproxied records; a proxied one keeps the automatic TTL
    // Contents that may be replaced; `wanted` itself always counts as done. The empty set among
    // them: a person allowed that a missing record is made.
    std::vector<AddressSet> acceptable;
    bool proxied = false;  // of a record that is made; one that is there keeps its own
};

// What became of one replacement, in the order given.
struct Confirmed {
    RecordState state;  // read back
};
struct Stranger {
    RecordState state;  // somebody else's content: nothing was written
};
using ReplaceOutcome = std::variant<Confirmed, Stranger, Error>;

// One name looked for: the zone it lives in and what it holds.
struct Location {
    ZoneRef zone;
    RecordReading reading;
    std::vector<std::string> warnings;  // "the zone is paused: records are served unproxied"
    bool can_proxy = false;             // whether a record that is made there may be proxied
};

// The field of an error that only another credential mends.
inline constexpr const char* kCredentialField = "credential";

// A zone that the credential sees.
struct FoundZone {
    ZoneRef zone;
    std::vector<std::string> warnings;
    std::optional<Error> unusable;  // why no name in it can be served
};

// Which zones there are, as far as some names asked for it.
struct ZoneFindings {
    std::map<std::string, FoundZone> zones;  // by their canonical names
    bool complete = false;                   // every zone there is, whatever names were asked for
    Error absent;                            // what is said of a name that is in none of them
};

// Result of `provider verify`: what was proven, and what cannot be.
struct Verification {
    std::vector<std::string> proven;
    std::vector<std::string> unproven;
    std::vector<std::string> warnings;
    // What is unproven for want of a zone to look into; who has a domain there reads its record.
    std::string reading_unproven = {};
};

using Outcome = std::variant<Location, ZoneFindings, std::vector<RecordReading>,
                             std::vector<ReplaceOutcome>, Verification>;

// Ask the world something, or finished.
using Step = std::variant<HttpRequest, Result<Outcome>>;

// One conversation with the provider; pure. start() once, then resume() with the answer to the
// request returned last, until it returns a result. An answer that never came is passed on as
// TransportFailure: the operation reads back instead of guessing. It never retries by itself:
// Transient and Throttled errors end it. `now` is the time of day, for requests that are signed
// with it: a request is as old as the call that returned it.
class Operation {
  public:
    virtual ~Operation() = default;
    virtual Step start(WallTime now) = 0;
    virtual Step resume(const HttpAnswer& answer, WallTime now) = 0;
};

// What an answer tells of the account's budget.
struct CallsLeft {
    int calls = 0;
    std::optional<std::chrono::seconds> renewed_in;  // when the window ends, if it says so
    friend bool operator==(const CallsLeft&, const CallsLeft&) = default;
};

class Provider {
  public:
    virtual ~Provider() = default;
    virtual Capabilities capabilities() const = 0;
    // The zones of many names (none given: every zone), in as few calls as the service allows:
    // with read() for each zone, what a whole file of domains is located by.
    virtual std::unique_ptr<Operation> find_zones(std::vector<std::string> names) const = 0;
    // The zone of a name (longest match) and what the name holds now, always in both families. A
    // name that exists nowhere is no error (`exists` is false); one with a problem is.
    virtual std::unique_ptr<Operation> locate(const std::string& name) const = 0;
    // Always both families: an AAAA record that nobody bound decides as much as one that was.
    virtual std::unique_ptr<Operation> read(const ZoneRef& zone,
                                            std::vector<std::string> names) const = 0;
    // read, compare, write, read back; at most operation_size replacements of one zone.
    virtual std::unique_ptr<Operation> replace(
        const ZoneRef& zone, std::vector<RecordReplacement> replacements) const = 0;
    virtual std::unique_ptr<Operation> verify() const = 0;
    // Calls left in the provider's window, if an answer tells ("Ratelimit" header).
    virtual std::optional<CallsLeft> calls_left(const HttpResponse&) const { return std::nullopt; }
};

// Makes providers from what `provider add` was given. settings: JSON object without secrets, e.g.
// {"base_url": "...", "zone_id": "..."}; credential: token or key. Errors name the field.
Result<std::unique_ptr<Provider>> make_provider(const std::string& kind,
                                                const std::string& settings,
                                                const Secret& credential);
std::vector<std::string> provider_kinds();

}  // namespace understudy
