// Dispatcher: carries committed rows into the world. Reads what is due from the store, runs
// provider operations and channel deliveries through Outbound, and reports as engine inputs and
// outbox changes. Everything about timeouts, retries with jitter, Retry-After, rate budgets and
// "one operation in flight per record" is here, once. Sans-I/O; loop thread only; the same object
// runs in the simulation.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "controller/api/measures.h"
#include "controller/core/change.h"
#include "controller/core/fleet.h"
#include "controller/runtime/outbound/outbound.h"
#include "controller/store/store.h"
#include "notify/channel.h"
#include "providers/provider.h"

namespace understudy {

// Makes drivers from stored accounts and channels (opens the sealed credentials). The simulation
// brings its own.
class Drivers {
  public:
    virtual ~Drivers() = default;
    virtual Result<std::shared_ptr<const Provider>> provider(const ProviderAccount& account) = 0;
    virtual Result<std::shared_ptr<const ChannelDriver>> channel(const Channel& channel) = 0;
    // Drops what was made of rows that are gone by now, or not as they were, and with it their
    // credentials. What is under way ends as it began.
    virtual void forget_removed(const Fleet&) {}
};

// Looking at the certificates that shields serve.
struct CertificateLimits {
    bool enabled = true;
    std::uint16_t port = 443;
    Duration interval{24 * 3'600'000};
    Duration first_spread{3'600'000};  // a new pair of domain and server is looked at within this
    int in_flight = 4;
    bool swept = false;  // ReadinessRounds sees most of them
};

// Asking zones' name servers what they answer.
struct ServedLimits {
    bool enabled = true;
    std::string resolver;  // an address; empty: the system's
    std::uint16_t resolver_port = 53;
    std::uint16_t port = 53;  // of the name servers
    Duration bound{60'000};   // how long it is tried
    int in_flight = 200;      // questions; one zone gets a quarter of them
    // Name servers too may be where nobody outside comes; else those addresses are left out.
    bool allow_private_addresses = false;
};

struct DispatcherLimits {
    int operations_in_flight = 16;          // over all providers
    int operations_in_flight_per_zone = 1;  // Cloudflare locks per zone; order is kept for free
    int calls_reserved_for_failover =
        100;  // of a provider's window: whatever is no failover stops there
    Duration retry_base{1'000};
    Duration retry_cap{30'000};
    CertificateLimits certificates;
    ServedLimits served;
    std::vector<TcpEndpoint> witnesses;  // asked before a loss is believed; empty: nobody is
};

// Since the start; for ControllerState.
struct DispatcherCounters {
    std::uint64_t provider_calls = 0, provider_failures = 0;
    std::uint64_t notifications_delivered = 0, notification_failures = 0;
    std::uint64_t notifications_folded = 0;
};

// What it found out; the turn hands the inputs to the engine and commits the changes.
struct DispatcherOutput {
    std::vector<Input> inputs;
    std::vector<Change> changes;
};

class Dispatcher {
  public:
    // `instance`: Store::instance(), part of every message's id.
    Dispatcher(Store& store, std::string instance, const Fleet& fleet, Drivers& drivers,
               Outlets outlets, Random random, const DispatcherLimits& limits);
    ~Dispatcher();

    // Starts what is due. Call after every commit that touched records or notifications, and at
    // next_deadline(); where no row has changed it reads them only when something else is due than
    // what name servers are asked.
    DispatcherOutput dispatch(Instant now, WallTime wall, bool rows_changed = true);
    // An answer of Outbound.
    DispatcherOutput finished(const TransferDone& done, Instant now, WallTime wall);
    // The maintenance loop ran: compare every record with its provider, within the non-urgent
    // budget; look at certificates that are due; forget back-off, so that everything unfinished is
    // tried again.
    void check_records(Instant now, WallTime wall);
    // The engine doubts a loss (Decision::ask_witnesses): WitnessesAnswered follows.
    void ask_witnesses(Instant now);
    // Decision::ask_served: RecordServed follows, unless the record is changed before that.
    void ask_served(const std::vector<AskServed>& asked, Instant now);
    // A person's question (OrderDesk::ask): answered at once, be it with "not now".
    void ask(ProviderId provider, Question question, Instant now);
    // The same for what may take several of the provider's windows: it waits for its turn.
    void ask_patiently(ProviderId provider, Question question, Instant now);
    // How long so many calls of that kind would at best take to come through; none: not known.
    std::optional<Duration> wait_for_calls(ProviderId provider, int calls, Instant now);

    // What a failover could ask of it now; none: its credential cannot be read.
    std::optional<AccountMeans> means_of(ProviderId provider, Instant now);

    Instant next_deadline() const;
    DispatcherCounters counters() const;
    // Since the start, of accounts with which something went wrong; lives as long as this does.
    const std::map<ProviderId, ProviderErrors>& provider_errors() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
