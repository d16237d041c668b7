// SiblingRounds: asks agents about the services of other servers, and makes of their answers what
// the engine is told (ServiceProbed). Up to three siblings for each job, the same ones as long as
// they stay linked: one that is calm is asked once a minute, so that its word counts when it
// matters, and as soon as anything speaks against the server, at once and every five seconds.
//
// Sans-I/O; loop thread only. Used by Siblings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/token_bucket.h"
#include "controller/core/input.h"
#include "controller/runtime/probes/probe_plan.h"
#include "controller/runtime/probes/sibling_choice.h"
#include "schema/wire.h"

namespace understudy {

// What is needed of agents' links.
class SiblingLinks {
  public:
    virtual ~SiblingLinks() = default;
    // proxied: with the PROXY protocol's header.
    virtual bool can_probe(ServerId server, bool proxied) const = 0;
    virtual bool probe(ServerId server, const wire::Probe& probe) = 0;  // false: it cannot
};

struct SiblingTimings {
    Duration calm{60'000};
    Duration fast{5'000};
    Duration between = wire::kProbeInterval;  // two probes of one address by one sibling
    Duration away{30'000};                    // an agent that restarts keeps its services
    Duration travel{5'000};                   // for question and answer
};

// Since the start; in flight: now.
struct SiblingCounters {
    std::uint64_t serves = 0, dead = 0, nothing = 0, unanswered = 0, ignored = 0;
    std::size_t in_flight = 0;
};

class SiblingRounds {
  public:
    SiblingRounds(const Fleet& fleet, SiblingLinks& links, Random random,
                  const SiblingTimings& timings = {})
        : fleet_(fleet), links_(links), random_(random), timings_(timings) {}

    // Takes up new jobs and forgets those that are gone. One whose address is as before goes on.
    void plan(const ProbeJobs& jobs, Instant now);
    // Something speaks against that server: ask about it at once.
    void ask(ServerId server, Instant now);
    // What the engine is fed: of links, and of what the controller finds itself.
    void note(const Input& input, Instant now);
    // Ignored: who answers what is not open.
    std::optional<ServiceProbed> answered(ServerId by, const wire::Probed& answer, Instant now);
    // It may be elsewhere now: what was asked about its old address is not waited for.
    void moved(const Server& server);
    // Sends what is due, as far as it may, and gives up what was not answered.
    std::vector<ServiceProbed> run(Instant now);

    Instant next_deadline() const;
    SiblingCounters counters() const;

  private:
    using JobId = std::uint64_t;
    using QuestionId = std::int64_t;

    // What somebody has seen of a service: as testimony.h has it, who never reached it is silent.
    struct Eyes {
        std::optional<Instant> reached;
        bool calls_dead = false;
        bool calibrated(Instant now) const;
        bool saw(Verdict verdict, Instant now);
    };
    struct Sibling {
        ServerId by;
        Eyes eyes;
        Instant due{};
        Instant asked_at{};
        QuestionId open = 0;                // 0: none
        bool again = false;                 // asked for while one was open
        bool second = false;                // auto: https has failed, http is next
        std::optional<ProbeTarget> learnt;  // auto: what first served
        std::optional<Instant> away_since;
    };
    struct Watched {
        ProbeKey key;
        ProbeJob job;
        std::vector<Sibling> siblings;
    };
    struct Question {
        JobId job = 0;
        ServerId by;
        Instant asked_at{};
        Instant until{};
        Duration interval{0};  // asked at
        ProbeTarget target;
    };
    using Queue = std::set<std::pair<Instant, std::pair<JobId, ServerId>>>;

    void forget(JobId id);
    void drop(JobId id, ServerId by);
    void fill_soon(Instant now);
    void fill(Instant now);
    void fill(JobId id, const SiblingChoice& choice, Instant now);

    bool is_fast(const Watched& watched) const;
    Duration interval_of(const Watched& watched, const Sibling& one, Instant now) const;
    void hurry(JobId id, Instant now);
    void schedule(JobId id, Sibling& sibling, Instant due);
    void begin(JobId id, ServerId by, Instant now);
    std::optional<Instant> busy_until(const Watched& watched, ServerId by, Instant now) const;
    void close(QuestionId id);
    void forget_old_times(Instant now);
    void send(JobId id, Sibling& sibling, Instant now);
    bool gone(JobId id, Sibling& sibling, Instant now);

    ServiceProbed end(QuestionId id, Verdict verdict, std::string sentence, Instant now);
    bool goes_on(Watched& watched, Sibling& sibling, const Question& question,
                 Verdict verdict) const;
    Sibling* sibling(JobId id, ServerId by);

    const Fleet& fleet_;
    SiblingLinks& links_;
    Random random_;
    const SiblingTimings timings_;

    JobId last_job_ = 0;
    QuestionId last_question_ = 0;
    std::map<ProbeKey, JobId> by_key_;
    std::unordered_map<JobId, Watched> jobs_;
    std::unordered_map<ServerId, int> services_;  // of each sibling
    std::set<JobId> short_handed_;                // with fewer siblings than there may be
    JobId fill_from_ = 0;
    Instant fill_at_ = kNever;
    Queue queue_;  // siblings without an open question
    std::map<QuestionId, Question> open_;
    std::set<std::pair<Instant, QuestionId>> until_;
    std::unordered_map<ServerId, std::size_t> open_at_;         // questions, of each sibling
    std::map<std::pair<ServerId, Ipv4>, Instant> asked_about_;  // when each asked of an address

    std::unordered_set<ServerId> lost_;  // their links
    std::map<ProbeKey, Eyes> here_;      // the controller's
    TokenBucket rate_{{}, {}};
    Instant free_at_{};                                // before then nobody may be asked
    std::unordered_map<ServerId, TokenBucket> rates_;  // of siblings
    SiblingCounters counters_;
};

}  // namespace understudy
