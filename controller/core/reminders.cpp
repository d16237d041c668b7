#include "controller/core/reminders.h"

#include <algorithm>
#include <optional>

#include "controller/core/announcer.h"
#include "controller/core/quiet.h"
#include "controller/core/troubles.h"

namespace understudy::reminders {
namespace {

// Whom escalation tells hears again of what it has told, be it that more is to be told.
bool is_due_for(const StepContext& context, const Channel& channel, const Incident& incident,
                IncidentBook::Thing thing) {
    if (incident.acknowledged) return false;
    return is_told_at_once(channel) ||
           std::ranges::find(incident.escalated, channel.id) != incident.escalated.end() ||
           context.incidents.heard(incident.id, thing, channel.id) != nullptr;
}

// What is broken of what the channel takes, in its quiet hours of what cannot wait; none: nothing.
std::optional<Notice> still_broken(const StepContext& context, const Channel& channel, bool quiet) {
    const Fleet& fleet = context.fleet();
    std::vector<Trouble> found;
    for (const auto& [incident, thing] : context.incidents.all()) {
        const Incident* known = fleet.incident(incident);
        if (known == nullptr || !is_due_for(context, channel, *known, thing)) continue;
        const auto trouble = troubles::of(fleet, thing);
        if (!trouble || (quiet && !cannot_wait(trouble->told))) continue;
        if (troubles::subscribes(channel, fleet, *trouble)) found.push_back(*trouble);
    }
    if (found.empty()) return std::nullopt;
    troubles::sort(found);
    Notice notice = troubles::summary(found);
    notice.type = NoticeType::StillBroken;
    return notice;
}

void remind(StepContext& context, ChannelId id, Notice notice) {
    Channel& channel = context.tx.edit(id);
    channel.reminded = context.wall();
    LogLine line;
    line.type = EventType::StillBroken;
    line.incident = notice.incident;
    line.reason = "Channel '" + channel.name + "' reminded: " + notice.reason;
    notice.event = context.tx.log(std::move(line));
    context.tx.enqueue(id, notice, context.tx.next_id<NotificationId>());
}

}  // namespace

void look(StepContext& context) {
    for (const Channel* channel : context.fleet().channels()) {
        const bool wanted = channel->attention.remind_every_s.count() > 0 && !channel->disabled;
        if (!wanted && channel->reminded == WallTime{}) continue;
        const bool quiet = quiet::is_on(*channel, context.wall());
        auto notice = wanted ? still_broken(context, *channel, quiet) : std::nullopt;
        if (!notice) {
            const bool later = wanted && quiet && still_broken(context, *channel, false);
            if (channel->reminded != WallTime{} && !later)
                context.tx.edit(channel->id).reminded = {};
        } else if (channel->reminded == WallTime{} || channel->reminded > context.wall()) {
            // It has just been told of it, or the clock was set back.
            context.tx.edit(channel->id).reminded = context.wall();
        } else if (context.wall() - channel->reminded >= channel->attention.remind_every_s) {
            remind(context, channel->id, *std::move(notice));
        }
    }
}

}  // namespace understudy::reminders
