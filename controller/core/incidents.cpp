#include "controller/core/incidents.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "controller/core/announcer.h"
#include "controller/core/escalation.h"
#include "controller/core/quiet.h"
#include "controller/core/troubles.h"
#include "controller/core/within.h"

namespace understudy::incidents {
namespace {

using Thing = IncidentBook::Thing;

template <typename Ids>
void add_things(std::vector<Thing>& things, const Ids& ids) {
    for (const auto id : ids)
        things.push_back(id.value);
}

// What the step may have brought into trouble or out of it. Whether a pool's outage counts depends
// on its members too.
std::vector<Thing> touched(StepContext& context) {
    std::vector<Thing> things = context.tx.gone();
    for (const ServerId server : context.tx.touched_servers()) {
        things.push_back(server.value);
        add_things(things, context.fleet().pools_of(server));
    }
    add_things(things, context.tx.touched_pools());
    add_things(things, context.tx.touched_domains());
    std::ranges::sort(things);
    things.erase(std::unique(things.begin(), things.end()), things.end());
    return things;
}

// A record's trouble belongs to what is wrong with its pool, else to that of the pool's other
// records, so that a thousand of them are one incident.
IncidentId incident_for(StepContext& context, const Domain& domain) {
    const Pool& pool = *context.fleet().pool(domain.pool);
    const IncidentId known = context.incidents.of_records(pool.id);
    if (known) return known;
    const bool of_its_pool = domain.record.refused && pool.incident;
    return of_its_pool ? pool.incident : context.tx.next_id<IncidentId>();
}

// The one it belongs to now, which stands in the row of what is in trouble.
IncidentId settle_incident(StepContext& context, Thing thing,
                           const std::optional<Trouble>& trouble) {
    const Domain* domain = context.fleet().domain(DomainId{thing});
    if (domain == nullptr) return trouble ? trouble->incident : IncidentId{};
    if (!trouble) {
        if (domain->incident) context.tx.edit(domain->id).incident = {};
        return {};
    }
    const IncidentBook::Entry* known = context.incidents.find(thing);
    const bool moved = known != nullptr && known->pool != domain->pool;
    if (!domain->incident || moved) {
        const IncidentId incident = incident_for(context, *domain);
        context.tx.edit(domain->id).incident = incident;
    }
    return domain->incident;
}

void open(StepContext& context, IncidentId id) {
    if (context.fleet().incident(id) != nullptr) return;
    Incident incident;
    incident.id = id;
    incident.since = incident.waits_since = context.wall();
    context.tx.put(std::move(incident));
}

void lapse(StepContext& context, Incident& incident, bool worse) {
    LogLine line;
    line.type = EventType::AcknowledgementLapsed;
    line.incident = incident.id;
    line.reason = worse ? "It has become worse than" : "More is broken than";
    line.reason += " what was acknowledged by " + incident.acknowledged->who;
    context.tx.log(std::move(line));
    incident.acknowledged.reset();
    incident.waits_since = context.wall();
    context.incidents.forget_heard(incident.id);
}

// What is news about the incident ends what people said of it, and is told again to those who hear
// only of what nobody acknowledged. Of records that fail one after the other, it is each to whoever
// acknowledged the others, and the first of its pool's to the rest.
//
// became_worse: the thing itself. How bad the incident is does not tell, for that never falls.
enum class Part { Known, Another, New };
void note(StepContext& context, IncidentId id, Severity severity, bool became_worse, Part part) {
    const Incident& known = *context.fleet().incident(id);
    const bool worse = known.severity < severity || became_worse;
    const bool lapses = known.acknowledged && (worse || part != Part::Known);
    if (!worse && !lapses && (part != Part::New || known.escalated.empty())) return;
    Incident& incident = context.tx.edit(id);
    incident.severity = std::max(incident.severity, severity);
    incident.escalated.clear();
    if (lapses) lapse(context, incident, worse);
}

// at_start: the books are empty yet, and nothing is news.
void look_at(StepContext& context, Thing thing, bool at_start = false) {
    IncidentBook& book = context.incidents;
    const auto trouble = troubles::of(context.fleet(), thing);
    const Domain* domain = context.fleet().domain(DomainId{thing});
    const IncidentId before = book.of(thing);
    const IncidentId now = settle_incident(context, thing, trouble);
    if (!now) return book.erase(thing);
    const Severity severity = severity_of(trouble->told);
    const bool is_known = at_start || before == now;
    const bool became_worse =
        before == now && troubles::is_worse(trouble->told, book.find(thing)->told);
    std::optional<Thing> like_it;
    if (domain != nullptr && !is_known) like_it = book.record_in(domain->pool, now, severity);
    const Part part = is_known ? Part::Known : like_it ? Part::Another : Part::New;
    book.put(thing, {now, trouble->told, domain == nullptr ? PoolId{} : domain->pool});
    open(context, now);
    if (like_it) book.share_heard(now, *like_it, thing);
    if (became_worse || part == Part::New) book.note_again(now, thing);
    note(context, now, severity, became_worse, part);
    escalation::changed(context, *context.fleet().incident(now));
}

// What people who are told of the acknowledgement read: of that of it which they take.
Notice notice_of(const Fleet& fleet, const Incident& incident, const std::vector<Trouble>& taken) {
    Notice notice = troubles::summary(taken);
    troubles::name_pools(notice, fleet, taken);
    notice.type = NoticeType::Acknowledged;
    notice.incidents = {incident.id};
    notice.detail = incident.acknowledged->why;
    notice.reason += ": acknowledged by " + incident.acknowledged->who;
    if (taken.size() != 1 || taken.front().server == nullptr) return notice;
    const Server& server = *taken.front().server;
    notice.server = server.id;
    notice.server_name = server.name;
    notice.server_address = to_string(server.addresses());
    return notice;
}

// Who was told that nobody acknowledged it hears of it in any case, but nothing beyond its scope.
std::vector<Trouble> taken_of(const Fleet& fleet, const Channel& channel, const Incident& incident,
                              const std::vector<Trouble>& broken) {
    const bool owed = std::ranges::find(incident.owed, channel.id) != incident.owed.end();
    std::vector<Trouble> taken;
    if (!owed && !is_told_at_once(channel)) return taken;
    std::ranges::copy_if(broken, std::back_inserter(taken), [&](const Trouble& trouble) {
        return troubles::subscribes(channel, fleet, trouble);
    });
    const bool of_all = taken.empty() && within::heard_by(channel).everything();
    return owed && of_all ? broken : taken;
}

void tell(StepContext& context, const Incident& incident, const std::vector<Trouble>& broken,
          EventId event) {
    for (const Channel* channel : context.fleet().channels()) {
        const bool wanted =
            channel->types.empty() || channel->types.contains(NoticeType::Acknowledged);
        if (channel->disabled || !wanted) continue;
        const auto taken = taken_of(context.fleet(), *channel, incident, broken);
        if (taken.empty()) continue;
        Notice notice = notice_of(context.fleet(), incident, taken);
        notice.event = event;
        const bool in_thread = !is_told_at_once(*channel) && channel->escalation;
        notice.incident = in_thread ? channel->escalation : incident.id;
        if (in_thread) notice.pending = escalation::unacknowledged(context, *channel);
        quiet::send(context, channel->id, notice, incident.severity < Severity::Critical);
    }
}

}  // namespace

void review(StepContext& context) {
    for (const Thing thing : touched(context))
        look_at(context, thing);
}

void review_all(StepContext& context) {
    std::vector<Thing> things;
    for (const Server* server : context.fleet().servers())
        things.push_back(server->id.value);
    for (const Pool* pool : context.fleet().pools())
        things.push_back(pool->id.value);
    // Those that belong to an incident first: others in trouble join it.
    for (const bool known : {true, false})
        for (const Domain* domain : context.fleet().domains())
            if (bool{domain->incident} == known) things.push_back(domain->id.value);
    for (const Thing thing : things)
        look_at(context, thing, true);
    for (const Incident* incident : context.fleet().incidents())
        if (!context.incidents.is_open(incident->id)) context.incidents.note_left(incident->id);
}

void finish(StepContext& context) {
    review(context);
    std::set<ChannelId> owed;
    for (const IncidentId id : context.incidents.take_left()) {
        const Incident* incident = context.fleet().incident(id);
        if (incident == nullptr || context.incidents.is_open(id)) continue;
        owed.insert(incident->owed.begin(), incident->owed.end());
        context.incidents.forget_heard(id);
        context.tx.erase(id);
    }
    escalation::over(context, std::move(owed));
}

void acknowledge(StepContext& context, IncidentId id, const std::string& who,
                 const std::string& why) {
    Incident& incident = context.tx.edit(id);
    incident.acknowledged = Override{who, why, context.wall(), std::nullopt};
    const auto broken = troubles::of_incident(context.fleet(), context.incidents, id);
    const Notice notice = notice_of(context.fleet(), incident, broken);
    LogLine line;
    line.type = EventType::Acknowledged;
    line.incident = id;
    line.server = notice.server;
    line.pool = notice.pool;
    line.who = who;
    line.reason = notice.reason;
    line.detail = why;
    tell(context, incident, broken, context.tx.log(std::move(line)));
}

}  // namespace understudy::incidents
