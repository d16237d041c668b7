// Provider: how one DNS service's API is spoken to. Sans-I/O: an operation builds requests and
// reads answers; who sends them, when, how often and within which budget is the dispatcher's
// business.
//
// Used by controller/runtime/dispatch/dispatcher on the loop thread, and by the simulation.
// Implementations know neither curl nor the engine. All pass tests/contract/provider.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/dns_exchange.h"
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
    // A change of one name is carried out wholly or not at all. Otherwise it may stop halfway, and
    // what is between the old content and the new one is ours too.
    bool whole_names = true;
    // The same of the records of one family (halfway.h).
    bool whole_sets = true;
    // Calls allowed in a window for one account; 0: no limit known.
    int calls_per_window = 0;
    std::chrono::seconds window{0};
};

// What an account may be asked for at present.
struct AccountMeans {
    Capabilities can;
    std::optional<int> calls_free;  // for failovers, in the present window; none: no limit known
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
struct Foreign {
    RecordState state;  // somebody else's content: nothing was written
};
using ReplaceOutcome = std::variant<Confirmed, Foreign, Error>;

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

// Ask the world something, or finished.
struct Finished {};
using Step = std::variant<HttpRequest, DnsExchange, Finished>;
// To the question of its kind.
using StepAnswer = std::variant<HttpAnswer, DnsAnswer>;

// One conversation with the provider, as it is carried; pure. start() once, then resume() with the
// answer to the question returned last, until it has finished. An answer that never came is passed
// on as TransportFailure: the operation reads back instead of guessing. It never retries by itself:
// Transient and Throttled errors end it. `now` is the time of day, for requests that are signed
// with it: a request is as old as the call that returned it.
class AnyOperation {
  public:
    virtual ~AnyOperation() = default;
    virtual Step start(WallTime now) = 0;
    virtual Step resume(const StepAnswer& answer, WallTime now) = 0;
    // Once it has finished: why it has no result, or null.
    virtual const Error* failure() const = 0;
    // Once it has a result: what went wrong in a part of it.
    virtual std::vector<const Error*> troubles() const = 0;
};

std::vector<const Error*> troubles_in(const std::vector<ReplaceOutcome>& outcomes);
template <typename T>
std::vector<const Error*> troubles_in(const T&) {
    return {};
}

// One whose result is a T.
template <typename T>
class Operation : public AnyOperation {
  public:
    using Value = T;
    // Once it has finished.
    const Result<T>& result() const {
        ensure(result_.has_value());
        return *result_;
    }
    const Error* failure() const final { return result() ? nullptr : &result().error(); }
    std::vector<const Error*> troubles() const final { return troubles_in(*result()); }

  protected:
    Step finish(Result<T> result) {
        result_.emplace(std::move(result));
        return Finished{};
    }

  private:
    std::optional<Result<T>> result_;
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
    virtual std::unique_ptr<Operation<ZoneFindings>> find_zones(
        std::vector<std::string> names) const = 0;
    // The zone of a name (longest match) and what the name holds now, always in both families. A
    // name that exists nowhere is no error (`exists` is false); one with a problem is.
    virtual std::unique_ptr<Operation<Location>> locate(const std::string& name) const = 0;
    // Always both families: an AAAA record that nobody bound decides as much as one that was.
    virtual std::unique_ptr<Operation<std::vector<RecordReading>>> read(
        const ZoneRef& zone, std::vector<std::string> names) const = 0;
    // read, compare, write, read back; at most operation_size replacements of one zone.
    virtual std::unique_ptr<Operation<std::vector<ReplaceOutcome>>> replace(
        const ZoneRef& zone, std::vector<RecordReplacement> replacements) const = 0;
    virtual std::unique_ptr<Operation<Verification>> verify() const = 0;
    // Calls left in the provider's window, if an answer tells ("Ratelimit" header).
    virtual std::optional<CallsLeft> calls_left(const HttpResponse&) const { return std::nullopt; }
};

// What somebody asks a provider: how the operation is made, and who hears how it ended.
class Question {
  public:
    // make(const Provider&) gives an operation, be it more than once; done(const Result<T>&) is
    // called once, T being the type of the operation's result.
    template <typename Make, typename Done>
    Question(Make make, Done done)
        : make_(std::move(make)),
          done_([done = std::move(done)](const AnyOperation* finished, const Error* failure) {
              using Asked = typename std::invoke_result_t<Make, const Provider&>::element_type;
              if (failure != nullptr) return done(Result<typename Asked::Value>{*failure});
              done(static_cast<const Asked&>(*finished).result());
          }) {}

    std::unique_ptr<AnyOperation> make(const Provider& provider) const { return make_(provider); }
    // With one that make() gave, and that has a result.
    void answered(const AnyOperation& finished) const { done_(&finished, nullptr); }
    void failed(const Error& error) const { done_(nullptr, &error); }

  private:
    std::function<std::unique_ptr<AnyOperation>(const Provider&)> make_;
    std::function<void(const AnyOperation*, const Error*)> done_;
};

// Makes providers from what `provider add` was given. settings: JSON object without secrets, e.g.
// {"base_url": "...", "zone_id": "..."}; credential: token or key. Errors name the field.
Result<std::unique_ptr<Provider>> make_provider(const std::string& kind,
                                                const std::string& settings,
                                                const Secret& credential);
std::vector<std::string> provider_kinds();

}  // namespace understudy
