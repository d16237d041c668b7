// A dispatcher's world for tests: a store in memory, a fleet, scripted providers and channels, and
// an Outbound that only writes down what was submitted. Time is a number.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/probes/probes.h"
#include "tests/support/store_in_memory.h"

namespace understudy::test {

inline const WallTime kWallStart{std::chrono::seconds{1'790'000'000}};
inline const Instant kStart{Duration{1'000'000}};

// Sweeps have tests of their own.
inline ProbeLimits without_readiness() {
    ProbeLimits limits;
    limits.readiness.enabled = false;
    return limits;
}

// Of a server that serves, over TLS.
inline ServiceAnswer good_answer() {
    ServiceAnswer answer{Verdict::Serves, "https 443: 200 in 9 ms"};
    answer.connected = answer.tls = true;
    answer.certificate = {"2027-01-30T00:00:00Z", "", "4A", "2026-10-01T00:00:00Z"};
    return answer;
}

struct Submitted {
    TransferId id = 0;
    Transfer transfer;
    const HttpRequest& http() const { return std::get<HttpRequest>(transfer); }
};

class RecordingOutbound final : public Outbound {
  public:
    void submit(TransferId id, Transfer transfer) override {
        submitted.push_back(Submitted{id, std::move(transfer)});
    }
    Submitted take() {
        REQUIRE_FALSE(submitted.empty());
        Submitted first = std::move(submitted.front());
        submitted.pop_front();
        return first;
    }
    std::deque<Submitted> submitted;
};

// One request per operation: the URL says which, and "Date" when the operation was called. The
// answer's status decides: 200 done, 409 foreign content, 403 refused for good, 429 throttled
// (with "retry-after" seconds if given), anything else try again.
class ScriptedProvider final : public Provider {
  public:
    explicit ScriptedProvider(Capabilities capabilities) : capabilities_(capabilities) {}
    Capabilities capabilities() const override { return capabilities_; }
    std::unique_ptr<Operation<Location>> locate(const std::string& name) const override;
    // A request for each name.
    std::unique_ptr<Operation<ZoneFindings>> find_zones(
        std::vector<std::string> names) const override;
    std::unique_ptr<Operation<std::vector<RecordReading>>> read(
        const ZoneRef& zone, std::vector<std::string> names) const override;
    std::unique_ptr<Operation<std::vector<ReplaceOutcome>>> replace(
        const ZoneRef& zone, std::vector<RecordReplacement> wanted) const override;
    std::unique_ptr<Operation<Verification>> verify() const override;
    std::optional<CallsLeft> calls_left(const HttpResponse& response) const override;

  private:
    Capabilities capabilities_;
};

// Sends "POST channel"; 200 delivered, 207 half of it, 410 gone, anything else later (after
// "retry-after").
class ScriptedChannel final : public ChannelDriver {
  public:
    Result<Dispatch> compose(const Message& message, WallTime now) const override;
    Delivery read(const HttpAnswer& answer, WallTime now) const override;
    Delivery read(const MailAnswer& answer) const override;
};

class ScriptedDrivers final : public Drivers {
  public:
    Result<std::shared_ptr<const Provider>> provider(const ProviderAccount& account) override;
    Result<std::shared_ptr<const ChannelDriver>> channel(const Channel& channel) override;
    void forget_removed(const Fleet& fleet) override { kept.push_back(fleet.providers().size()); }
    Capabilities capabilities;
    std::vector<std::size_t> kept;  // of how many accounts, each time it was told
    std::optional<Error> broken;

  private:
    std::shared_ptr<const Provider> driver_;  // of `capabilities`
};

struct World {
    explicit World(Capabilities capabilities = {}, const DispatcherLimits& limits = quiet_limits());

    static DispatcherLimits quiet_limits();  // no certificate probes

    // One provider (1), two servers (11, which is down, and 12), one pool (21), one channel (31)
    // are there.
    DomainId add_domain(std::int64_t id, const std::string& name, const std::string& zone = "z1");
    // Another desired address, one generation up.
    void wish(DomainId domain, const std::string& ipv4);
    void enqueue(std::int64_t id, NoticeType type = NoticeType::ServerDown, ServerId about = {});
    void set_alarm(ServerId server, Alarm alarm);
    void commit(std::vector<Change> changes);
    void save(Domain domain);

    DispatcherOutput dispatch();
    // Answers the transfer submitted longest ago, and commits what the dispatcher wants changed.
    DispatcherOutput answer(int status, std::vector<Header> headers = {});
    DispatcherOutput answer_with(TransferAnswer answer);
    void confirm(const DispatcherOutput& output);  // what the engine would do
    void advance(Duration by) {
        now += by;
        wall += by;
    }

    StoreInMemory store{"test"};
    UndoLog log;
    Fleet fleet{log};
    ScriptedDrivers drivers;
    RecordingOutbound outbound;
    Dispatcher dispatcher;
    Instant now = kStart;
    WallTime wall = kWallStart;
    std::int64_t last_id = 1000;
};

template <typename T>
std::vector<T> inputs_of(const DispatcherOutput& output) {
    std::vector<T> found;
    for (const auto& input : output.inputs) {
        if (const auto* one = std::get_if<T>(&input)) found.push_back(*one);
    }
    return found;
}

template <typename T>
std::vector<T> changes_of(const DispatcherOutput& output) {
    std::vector<T> found;
    for (const auto& change : output.changes) {
        if (const auto* one = std::get_if<T>(&change)) found.push_back(*one);
    }
    return found;
}

}  // namespace understudy::test
