// Announcer: what people are told, and when. Used by the engine's parts within one step.
//
// Servers' news goes out at once. News about domains is gathered per incident, so that one dead
// shield with a thousand domains gives one message per channel: it is told when every domain of the
// incident has settled, or when digest_wait is over; what settles later follows in one more
// message. Outages of several pools in one step are one message as well. What waits to be told
// stands in the domains' rows (Domain::news): restore() rebuilds the digests after a crash, so no
// alert is lost.
#pragma once

#include <functional>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "controller/core/step_context.h"

namespace understudy {

class Announcer {
  public:
    explicit Announcer(UndoLog& log)
        : digests_(log), outages_(log, {}), held_(log, {}), waiting_(log), waiting_for_(log) {}

    void restore(const Fleet& fleet, Deadlines& deadlines, Instant due);

    // At once, to every channel that subscribes to it.
    void tell(StepContext& context, Notice notice);
    // A pool's: those of one type and incident go out as one, when the step is over.
    void gather(StepContext& context, Notice notice);
    void finish(StepContext& context);  // the last thing in a step
    // At once, to every channel that takes one of these domains, in words about those it takes.
    void tell(StepContext& context, const std::vector<DomainId>& domains,
              const std::function<Notice(const std::vector<DomainId>&)>& words);
    // A domain's: from/to as the message will say them. What was told of it before goes out first.
    // problem: what failed; it is not stored, so after a crash the message does without.
    void tell(StepContext& context, DomainId domain, News news, const AddressSet& from,
              const AddressSet& to, const std::string& problem = {});

    // A record of the incident is on its way; done() when it has settled, was refused, or found to
    // hold what is foreign.
    void waits(StepContext& context, DomainId domain, IncidentId incident);
    void done(StepContext& context, DomainId domain);

    void due(StepContext& context, std::int64_t digest);    // DeadlineKey::Kind::Digest
    void flush(StepContext& context, IncidentId incident);  // everything about it, now
    void forget(StepContext& context, DomainId domain);     // before it is removed

  private:
    void tell_gathered(StepContext& context, std::vector<Notice>& gathered);
    struct Key {
        IncidentId incident;
        News news = News::None;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    static DeadlineKey deadline_of(const Key& key);
    void flush(StepContext& context, const Key& key);
    struct Digest {
        std::map<DomainId, std::string> domains;  // with what is to be said of each
    };
    void send_digest(StepContext& context, const Key& key, const Digest& digest,
                     const Channel& channel);
    void add(const Key& key, DomainId domain, Deadlines& deadlines, Instant due,
             const std::string& problem);
    void name_pending(const Fleet& fleet, const Channel& channel, IncidentId incident,
                      Notice& notice) const;

    UndoMap<std::map<Key, Digest>> digests_;
    UndoValue<std::vector<Notice>> outages_, held_;                 // gathered in this step
    UndoMap<std::map<IncidentId, std::vector<DomainId>>> waiting_;  // each in the order of ids
    UndoMap<std::unordered_map<DomainId, IncidentId>> waiting_for_;
};

// Whether the channel subscribes to it; and whether it is told at once (escalation.h).
bool subscribes(const Channel& channel, const Fleet& fleet, const Notice& notice);
bool is_told_at_once(const Channel& channel);
bool takes(const Channel& channel, const Fleet& fleet, const Notice& notice);

// The pool of all of them, for a message that names one; none: they are of several.
PoolId common_pool(const Fleet& fleet, const std::vector<DomainId>& domains);

}  // namespace understudy
