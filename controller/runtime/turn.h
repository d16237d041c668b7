// Turn: one round of the controller, in the order that makes it safe: take what came in, decide,
// commit, and only then answer and act. Whatever leaves the process was written first; who cannot
// write does not act.
//
// Driven by the controller's loop and, with scripted parts and virtual time, by tests. Loop thread
// only.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "base/mailbox.h"
#include "controller/api/api.h"
#include "controller/core/engine.h"
#include "controller/hub/hub.h"
#include "controller/runtime/alive_calls.h"
#include "controller/runtime/desk.h"
#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/failover_watch.h"
#include "controller/runtime/probes/probes.h"
#include "controller/runtime/probes/siblings.h"
#include "controller/store/store.h"

namespace understudy {

// What a turn needs of the hub.
class TurnHub {
  public:
    virtual ~TurnHub() = default;
    virtual Arrivals take_arrivals() = 0;
    // Closes the agent's link because its token no longer counts.
    virtual void revoke(ServerId server) = 0;
    virtual void answer_enrolment(std::uint64_t id, const Result<std::string>& server) = 0;
    virtual std::size_t agents_linked() const = 0;
    virtual HubCounters counters() const = 0;
    virtual std::vector<Budget> budgets() const = 0;  // of all that callers share
};

struct TurnSettings {
    int inputs_per_turn = 1'000;
    Duration stall_limit{10'000};
    Duration tick{
        1'000};  // a turn comes at least so often, so that a stall is noticed and the watchdog fed
    std::vector<Duration> commit_pauses{Duration{100}, Duration{300}, Duration{1'000},
                                        Duration{2'000}};
};

struct TurnParts {
    Store& store;
    Engine& engine;
    Dispatcher& dispatcher;
    TurnHub& hub;
    Desk& desk;
    Mailbox<TransferDone>& answers;
    ControllerState& state;
    // The API; orders it gives are decided in the next turn.
    std::function<void(const ApiRequest&, Instant, WallTime)> handle_request;
    std::function<void(Duration)> pause;  // between tries of a commit
    // The API, in every turn: what it answers for want of anything else in time, and what takes
    // longer than a turn may. True: it has more to do at once.
    std::function<bool(Instant)> time_passed = {};
    // Nobody waits for that request's answer any more.
    std::function<void(HttpRequestId)> client_gone = {};
    CurrentPlan* plan = nullptr;   // what these two probe by; none: nobody does
    Probes* probes = nullptr;      // none: the controller does not probe
    Siblings* siblings = nullptr;  // none: nor does it ask agents to
    AliveCalls* alive = nullptr;   // none: nobody is told that it lives
    Onlooker* onlooker = nullptr;  // none: nobody looks on
};

class Turn {
  public:
    Turn(TurnParts parts, const TurnSettings& settings);

    // Until when the loop may wait. An error is final: nothing can be written.
    Result<Instant> run(Instant now, WallTime wall);

  private:
    void take_arrivals(Instant now);
    void take_enrolment(const Enrolment& enrolment);
    void step_everything(Instant now, WallTime wall);
    void step(Instant now, const Input& input);
    void take_answers(Instant now, WallTime wall);
    void report_own_certificate(WallTime wall);
    void take_report(DispatcherOutput report);
    Result<Done> commit(Instant now, WallTime wall);
    Result<Done> write(WallTime wall);
    void release(WallTime wall);
    void note_committed(Instant now);
    void handle_requests(Instant now, WallTime wall);
    void dispatch(Instant now, WallTime wall);
    void probe(Instant now, WallTime wall);
    template <typename Said>
    void take_words(std::vector<Said> said);
    void update_state(Instant now);
    void show_probes(const ProbeCounters& counters);
    void show_siblings(const SiblingCounters& counters);
    void show_alive(const AliveCounters& counters);
    Instant count_at() const;
    Instant next(Instant now) const;

    TurnParts parts_;
    TurnSettings settings_;

    std::deque<Input> inbox_;
    std::vector<Input> reports_;  // the dispatcher's: always stepped in the turn they came in
    std::vector<ApiRequest> requests_;
    std::vector<HttpRequestId> gone_;
    std::vector<OrderDesk::Retried> retries_;

    // This turn's, not yet committed.
    std::vector<Change> changes_;
    std::vector<Reply> replies_;
    Committed committed_;
    bool answering_ = false;  // the API has more to do at once
    bool check_records_ = false;
    bool ask_witnesses_ = false;
    std::vector<ServerId> ask_observers_;
    std::vector<AskServed> ask_served_;
    std::vector<AskProof> ask_proofs_;
    std::vector<ServerId> ask_readiness_;

    bool rows_changed_ = true;  // at the start everything unfinished is due
    bool counts_changed_ = true;
    Instant counted_at_{};
    Instant check_store_at_{};
    Instant expected_by_ = kNever;
    FailoverWatch failover_watch_;
};

}  // namespace understudy
