#include "controller/core/escalation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "controller/core/announcer.h"
#include "controller/core/quiet.h"
#include "controller/core/troubles.h"

namespace understudy::escalation {
namespace {

constexpr Duration kTogether{60'000};
constexpr std::size_t kNamed = 20;

DeadlineKey deadline_of(ChannelId channel) {
    return {DeadlineKey::Kind::Escalation, channel.value};
}

bool has(const std::vector<ChannelId>& channels, ChannelId channel) {
    return std::ranges::find(channels, channel) != channels.end();
}

bool waits_for_others(const Channel& channel) {
    return !is_told_at_once(channel) && !channel.disabled;
}

// An incident, and what the channel is told of it.
struct Part {
    const Incident* incident = nullptr;
    std::vector<Trouble> broken;
    bool is_all = true;  // else its quiet hours leave something out, which is told when they end
};

// What is broken of it that the channel hears of at any time.
std::vector<Trouble> taken_of(const StepContext& context, const Channel& channel,
                              const Incident& incident) {
    auto broken = troubles::of_incident(context.fleet(), context.incidents, incident.id);
    std::erase_if(broken, [&](const Trouble& trouble) {
        return !troubles::subscribes(channel, context.fleet(), trouble);
    });
    return broken;
}

Part part_of(const StepContext& context, const Channel& channel, const Incident& incident) {
    const bool quiet = quiet::is_on(channel, context.wall());
    Part part{&incident, taken_of(context, channel, incident)};
    const auto left_out = std::erase_if(
        part.broken, [&](const Trouble& trouble) { return quiet && !cannot_wait(trouble.told); });
    part.is_all = left_out == 0;
    return part;
}

// When the channel may be told of it: at once of what it has not heard, or not that it is so bad;
// of what has only broken again, when its minutes are over once more, or what comes and goes would
// be told each time. Never: it has heard all of it.
WallTime news_at(const StepContext& context, const Channel& channel, const Part& part) {
    WallTime at = WallTime::max();
    for (const Trouble& trouble : part.broken) {
        const auto* heard =
            context.incidents.heard(part.incident->id, troubles::thing_of(trouble), channel.id);
        if (heard == nullptr || troubles::is_worse(trouble.told, heard->told))
            return WallTime::min();
        if (heard->at > context.wall()) return WallTime::min();  // the clock was set back
        if (heard->again) at = std::min(at, heard->at + channel.attention.after_min);
    }
    return at;
}

// What nobody acknowledged and the channel was not told, when it is due, and when the next will be.
struct Waiting {
    std::vector<Part> due;
    std::vector<IncidentId> known;  // all of these it has heard
    WallTime next = WallTime::max();
};
Waiting waiting_for(const StepContext& context, const Channel& channel) {
    Waiting waiting;
    std::vector<Part> soon;
    const WallTime now = context.wall();
    for (const Incident* incident : context.fleet().incidents()) {
        if (incident->acknowledged || has(incident->escalated, channel.id)) continue;
        WallTime at = incident->waits_since + channel.attention.after_min;
        if (at > now) waiting.next = std::min(waiting.next, at);
        if (at > now + kTogether) continue;
        Part part = part_of(context, channel, *incident);
        if (part.broken.empty()) continue;
        const WallTime news = news_at(context, channel, part);
        if (news == WallTime::max()) {
            if (part.is_all) waiting.known.push_back(incident->id);
            continue;
        }
        at = std::max(at, news);
        if (at > now) waiting.next = std::min(waiting.next, at);
        if (at <= now + kTogether) (at <= now ? waiting.due : soon).push_back(std::move(part));
    }
    if (!waiting.due.empty()) std::ranges::move(soon, std::back_inserter(waiting.due));
    return waiting;
}

void tell(StepContext& context, ChannelId id, const std::vector<Part>& parts) {
    std::vector<Trouble> broken;
    for (const Part& part : parts)
        broken.insert(broken.end(), part.broken.begin(), part.broken.end());
    troubles::sort(broken);
    if (!context.fleet().channel(id)->escalation) {
        const auto thread = context.tx.next_id<IncidentId>();
        context.tx.edit(id).escalation = thread;
    }
    const Channel& channel = *context.fleet().channel(id);
    Notice notice = troubles::summary(broken);
    troubles::name_pools(notice, context.fleet(), broken);
    notice.type = NoticeType::Escalated;
    notice.incident = channel.escalation;
    notice.reason += ": not acknowledged within " + to_text(Duration{channel.attention.after_min});
    for (const Part& part : parts) {
        Incident& row = context.tx.edit(part.incident->id);
        if (notice.incidents.size() < kDomainsPerNotice) notice.incidents.push_back(row.id);
        if (part.is_all) row.escalated.push_back(id);
        if (!has(row.owed, id)) row.owed.push_back(id);
        for (const Trouble& trouble : part.broken)
            context.incidents.note_heard(row.id, troubles::thing_of(trouble), id,
                                         {trouble.told, context.wall(), false});
    }
    LogLine line;
    line.type = EventType::Escalated;
    line.incident = parts.size() == 1 ? parts.front().incident->id : IncidentId{};
    line.pool = notice.pool;
    line.reason = "Channel '" + channel.name + "' told: " + notice.reason;
    notice.event = context.tx.log(std::move(line));
    context.tx.enqueue(id, notice, context.tx.next_id<NotificationId>());
}

}  // namespace

void review(StepContext& context, ChannelId id) {
    const Channel* channel = context.fleet().channel(id);
    if (channel == nullptr || !waits_for_others(*channel))
        return context.deadlines.clear(deadline_of(id));
    // After a start nothing is believed: what was broken may be well.
    if (const Instant believed = context.guards.own.warm_up_ends(context.now);
        context.now < believed)
        return context.deadlines.set(deadline_of(id), believed);
    Waiting waiting = waiting_for(context, *channel);
    for (const IncidentId known : waiting.known)
        context.tx.edit(known).escalated.push_back(id);
    if (!waiting.due.empty()) {
        tell(context, id, waiting.due);
        waiting.next = waiting_for(context, *context.fleet().channel(id)).next;
    }
    const bool any = waiting.next != WallTime::max();
    context.deadlines.set(deadline_of(id), any ? context.clock.when(waiting.next) : kNever);
}

void review_all(StepContext& context) {
    // The clock was set back: they wait from now on.
    for (const Incident* incident : context.fleet().incidents())
        if (incident->waits_since > context.wall())
            context.tx.edit(incident->id).waits_since = context.wall();
    for (const Channel* channel : context.fleet().channels())
        review(context, channel->id);
}

void changed(StepContext& context, const Incident& incident) {
    if (incident.acknowledged) return;
    for (const Channel* channel : context.fleet().channels()) {
        if (!waits_for_others(*channel) || has(incident.escalated, channel->id)) continue;
        const WallTime at = incident.waits_since + channel->attention.after_min;
        // More of what is due already may follow, and is told with it.
        const Instant soon = context.now + context.timings.digest_wait;
        const bool is_due = at <= context.wall();
        context.deadlines.set_no_later(deadline_of(channel->id),
                                       is_due ? soon : context.clock.when(at));
    }
}

void over(StepContext& context, std::set<ChannelId> owed) {
    if (owed.empty()) return;
    for (const Incident* incident : context.fleet().incidents())
        for (const ChannelId id : incident->owed)
            owed.erase(id);
    for (const ChannelId id : owed) {
        const Channel* channel = context.fleet().channel(id);
        if (channel == nullptr || !channel->escalation) continue;
        Notice notice;
        notice.type = NoticeType::EscalationOver;
        notice.incident = channel->escalation;
        notice.reason = "Nothing of what was not acknowledged is broken any more";
        context.tx.edit(id).escalation = {};
        LogLine line;
        line.type = EventType::EscalationOver;
        line.incident = notice.incident;
        line.reason = "Channel '" + channel->name + "': " + notice.reason;
        notice.event = context.tx.log(std::move(line));
        if (!channel->disabled) quiet::send_last(context, id, notice);
    }
}

std::vector<std::string> unacknowledged(const StepContext& context, const Channel& channel) {
    std::vector<std::string> found;
    for (const Incident* incident : context.fleet().incidents()) {
        if (found.size() == kNamed) break;
        if (incident->acknowledged || !has(incident->owed, channel.id)) continue;
        const auto broken = taken_of(context, channel, *incident);
        if (!broken.empty()) found.push_back(troubles::summary(broken).reason);
    }
    return found;
}

}  // namespace understudy::escalation
