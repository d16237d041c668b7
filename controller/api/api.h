// The REST API (/api/v1, schema/openapi.json): requests in, responses out, perhaps some turns
// later. Loop thread only. Knows the engine's view, the order desk and the archive's; knows no
// socket.
//
// Every write becomes an Order (decided by the engine, committed, then answered) or, where a
// provider must be asked first (domain add, adopt, enforce, provider verify), a ProviderJob
// followed by an Order.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/program_run.h"
#include "controller/api/measures.h"
#include "controller/api/revisions.h"
#include "controller/api/viewers.h"
#include "controller/api/web_access.h"
#include "controller/core/engine.h"
#include "controller/hub/hub.h"
#include "controller/store/store.h"
#include "providers/provider.h"

namespace understudy {

// What a probe found at a server's IPv6 address, which nothing decides by.
struct FoundOverIpv6 {
    std::string service;  // service_of(policy)
    Verdict verdict = Verdict::Nothing;
    std::string sentence;  // of the newest probe
    Instant since{};       // of the verdict
};

// Hears what a turn does, in its order; implemented by the Api.
class Onlooker {
  public:
    virtual ~Onlooker() = default;
    virtual void heard(const Input& input) = 0;        // by the engine, just now
    virtual void decided(const Change& change) = 0;    // by it, and not committed yet
    virtual void committed(const Change& change) = 0;  // and the engine is as it is after it
    virtual void turn_ends(Instant now) = 0;           // after all that the turn did for the fleet
    virtual Instant next_deadline() const = 0;         // for a turn
};

// What the API asks of the runtime; implemented by controller/runtime.
class OrderDesk {
  public:
    virtual ~OrderDesk() = default;

    using Answered = std::function<void(const Result<OrderDone>&)>;
    // What forbids an order at the time of the engine's step: the reason, which is the answer then.
    // Null: nothing does.
    using Unmet = std::function<std::optional<Error>()>;
    // Into the engine's next step; `answered` is called after the commit.
    virtual void give(const Caller& by, OrderAction action, Unmet unmet, Answered answered) = 0;
    // All or none, in order; the answer's `ids` are theirs. With the first refusal come all.
    using BatchAnswered =
        std::function<void(const Result<OrderDone>&, const std::vector<RefusedOrder>&)>;
    virtual void give_batch(const Caller& by, std::vector<OrderAction> actions,
                            BatchAnswered answered) = 0;

    // Runs one operation against a registered provider, with the dispatcher's time limits and
    // budget.
    virtual void ask(ProviderId provider, Question question) = 0;
    // The same for one of very many: it waits for its turn, be it over several of the provider's
    // windows, where ask() would be answered "not now".
    virtual void ask_patiently(ProviderId provider, Question question) = 0;
    // How long so many calls of that kind would take at best; none: not known.
    virtual std::optional<Duration> wait_for_calls(ProviderId provider, int calls) = 0;
    // A request came with that token: kept, no more exactly than kUseGrain.
    virtual void note_use(TokenId token, const std::string& source) = 0;
    // What a failover could ask of it now; none: its credential cannot be read.
    virtual std::optional<AccountMeans> means_of(ProviderId provider) = 0;
    // Of each probe of that server's; empty: it has no IPv6 address, or nobody probes.
    virtual std::vector<FoundOverIpv6> found_over_ipv6(ServerId server) = 0;

    // Puts a dead or waiting notification, or all of a channel, back to "due now". What became of
    // it is found out by the commit, and answered after it.
    using Retried = std::function<void(const RetryOutcome&)>;
    virtual void retry_notification(NotificationRetried which, Retried retried) = 0;
    virtual void retry_channel(ChannelId id, Retried retried) = 0;
};

// What the API reads of the past, off the loop thread; implemented by controller/runtime. Not for
// what is in the engine.
class ArchiveDesk {
  public:
    virtual ~ArchiveDesk() = default;

    // A play goes through much of what was seen, for seconds; a look is a page or a few.
    enum class Length { Look, Play };
    // Runs elsewhere and touches only what it holds; what it returns runs on the loop thread. That
    // is dropped when the client has gone meanwhile.
    using Answer = std::function<void()>;
    using Reading = std::function<Answer(Archive&)>;

    // Why no other of that length is taken now (Throttled); none: there is room. Asked first, so
    // that nothing is prepared in vain.
    virtual std::optional<Error> full(Length length) = 0;
    // Sees all that is committed by now.
    virtual void read(HttpRequestId client, Length length, Reading reading) = 0;
};

// Health of the controller itself, for /healthz, /readyz and /metrics; kept by the runtime.
struct ControllerState {
    WallTime started{};
    Instant begun{};  // the same moment, for how long it has run
    bool store_writable = true;
    // Changes of what answers about the whole fleet are made from: registered things, links,
    // readiness.
    std::uint64_t fleet_changes = 0;
    std::uint64_t steps = 0, commits = 0, provider_calls = 0, provider_failures = 0;
    std::uint64_t notifications_delivered = 0, notifications_failed = 0, notifications_folded = 0;
    Measures measures;
    WallTime oldest_pending{};  // when the first notification that waits was made; the epoch: none
    std::size_t agents_linked = 0, records_behind = 0;
    std::size_t notifications_pending = 0, notifications_dead = 0;
    std::uint64_t probes_serving = 0, probes_dead = 0, probes_nothing = 0, probes_behind = 0;
    std::size_t probes_in_flight = 0;
    std::uint64_t siblings_serving = 0, siblings_dead = 0, siblings_nothing = 0;
    std::uint64_t siblings_silent = 0;
    bool alive_watched = false;  // the configuration has an alive_url
    std::uint64_t alive_answered = 0, alive_failed = 0;
    WallTime alive_last{};  // when it last answered well; the epoch: it never has
    HubCounters hub;
    std::vector<Budget> budgets;
    const TlsView* tls = nullptr;  // the hub's; null: there is none
    // The dispatcher's, of accounts with which something went wrong; null: there is none.
    const std::map<ProviderId, ProviderErrors>* provider_errors = nullptr;
    std::string agents_url;  // by which agents connect; empty: not known here

    ProviderErrors errors_of(ProviderId account) const {
        if (provider_errors == nullptr) return {};
        const auto known = provider_errors->find(account);
        return known == provider_errors->end() ? ProviderErrors{} : known->second;
    }
};

struct ApiSettings {
    bool allow_private_addresses = false;
    bool allow_private_webhooks = false;
    bool mail_configured = false;
    Programs programs;      // that channels may run
    Policy default_policy;  // what a policy given in part is filled up from
    std::string version;
    WebAccess web;
    std::string instance;  // Store::instance()
};

// What the hub has to hand on of a request's headers, in lower case.
std::vector<std::string> headers_read_by_api(const WebAccess& web);

class Api final : public HttpGate, public Onlooker {
  public:
    Api(const Engine& engine, ArchiveDesk& archive, OrderDesk& desk, const Sealer& sealer,
        const ControllerState& state, const ApiSettings& settings);
    ~Api() override;

    // `respond` is called exactly once, now or in a later turn.
    using Respond = std::function<void(ApiResponse)>;
    void handle(const ApiRequest& request, Instant now, WallTime wall, Respond respond);
    // Once in every turn, after its requests. True: an answer is under way, and wants the next
    // turn.
    bool time_passed(Instant now);
    // Nobody waits for that answer any more.
    void give_up(HttpRequestId client);
    std::vector<Budget> budgets() const;
    // Where more of an answer that is a stream goes, and how one ends.
    void set_outlet(Viewers::Send send, Viewers::End end = {});

    void heard(const Input& input) override;
    void decided(const Change& change) override;
    void committed(const Change& change) override;
    void turn_ends(Instant now) override;
    Instant next_deadline() const override;

    // Only an operation that takes a body gets one, from somebody who may order it.
    std::variant<std::size_t, ApiResponse> body_allowed(const ApiRequest& head) const override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
