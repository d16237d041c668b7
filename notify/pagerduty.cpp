// PagerDuty, Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
//
// One incident here is one there, by its key: what begins or goes on triggers it, what ends it
// resolves it. A server, an outage and the records each have a key of their own within it, since a
// server that is back ends neither an outage nor a change that failed. What nothing ends, and what
// belongs to no incident, is for a person to resolve. What a channel is told that nobody
// acknowledged is one of its own, until all of it is over.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "notify/chat_text.h"
#include "notify/render.h"
#include "notify/service_channel.h"

namespace understudy {
namespace {

constexpr std::size_t kSummaryLimit = 1'024;
// An event may have 512 kB.
constexpr std::size_t kDetailsLimit = 256u << 10;

Result<Done> check_pagerduty(const ServiceValues& values) {
    return check_word(values, "credential", "", 64, "the 32 characters of the integration key");
}

std::string_view part_of_incident(NoticeType type) {
    switch (type) {
        case NoticeType::OutageStarted:
        case NoticeType::OutageResolved:
            return "-outage";
        case NoticeType::FailoverTriggered:
        case NoticeType::FailoverFailed:
        case NoticeType::ServerRecovered:
            return "-records";
        default:
            return "";
    }
}

// A reminder adds to what its incident opened, and opens one of its own only where none did.
std::string key_of_reminder(const Message& message, const Notice& notice) {
    if (message.incident.empty())
        return message.id.substr(0, message.id.rfind('_')) + "-still-broken";
    return message.incident + (notice.pool ? "-outage" : "");
}

// One part of an incident at a time can be acknowledged there: the worst. What was escalated has no
// parts.
std::string key_of_acknowledged(const Message& message, const Notice& notice) {
    const bool is_itself =
        std::ranges::find(notice.incidents, notice.incident) != notice.incidents.end();
    // What was told with it in one thread may be nobody's still: then it acknowledges nothing
    // there, for there is no incident of that key. A trigger would open one if all of it is over by
    // then.
    if (!is_itself) return notice.pending.empty() ? message.incident : message.id;
    if (notice.domain_count > 0) return message.incident + "-records";
    const bool of_pools = notice.pool || !notice.pools.empty();
    return message.incident + (of_pools ? "-outage" : "");
}

std::string key_of(const Message& message, const Notice& notice) {
    if (notice.type == NoticeType::StillBroken) return key_of_reminder(message, notice);
    if (message.incident.empty()) return message.id;
    if (notice.type == NoticeType::Acknowledged) return key_of_acknowledged(message, notice);
    return message.incident + std::string{part_of_incident(notice.type)};
}

std::string source_of(const Notice& notice) {
    if (!notice.server_name.empty()) return plain_text(notice.server_name);
    return notice.pool_name.empty() ? "understudy" : "pool " + plain_text(notice.pool_name);
}

void write_payload(json::Writer& out, const Message& message, const Notice& notice) {
    const RenderedNotice text = render_unwrapped(notice);
    out.key("payload").begin_object();
    out.field("summary", text.subject.substr(0, kSummaryLimit)).field("source", source_of(notice));
    out.field("severity", to_text(severity_of(notice.type)));
    out.field("timestamp", to_rfc3339(notice.at)).field("class", to_text(notice.type));
    out.key("custom_details").begin_object().field("id", message.id).field("text", text.body);
    if (message.payload.size() <= kDetailsLimit) out.key("notification").raw(message.payload);
    out.end_object().end_object();
}

HttpRequest pagerduty_request(const ServiceValues& values, const Message& message,
                              const Notice& notice) {
    // Another pool of the same incident may have no healthy member still.
    const bool outages_left = notice.type == NoticeType::OutageResolved && !notice.pending.empty();
    const bool over = ends_trouble(notice.type) && !outages_left;
    json::Writer body;
    const bool seen_to = notice.type == NoticeType::Acknowledged;
    body.begin_object().field("routing_key", values["credential"]);
    body.field("event_action", over ? "resolve" : seen_to ? "acknowledge" : "trigger");
    body.field("dedup_key", key_of(message, notice)).field("client", "Understudy");
    if (!notice.link.empty()) body.field("client_url", notice.link);
    write_payload(body, message, notice);
    body.end_object();
    return post_json(values["server"] + "/v2/enqueue", body.take());
}

}  // namespace

const Service kPagerDuty{"pagerduty", "server", "https://events.pagerduty.com", check_pagerduty,
                         pagerduty_request};

}  // namespace understudy
