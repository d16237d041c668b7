// POST /notifications/{id}/retry and /channels/{channel}/retry. What is answered is what happens: a
// channel sends in order, and one that is disabled sends nothing. Both are judged by the commit.
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"

namespace understudy::api {
namespace {

ApiResponse put_back(const RetryOutcome& outcome) {
    json::Writer out;
    out.begin_object().field("retried", outcome.retried);
    out.object_or_null("behind", outcome.behind, [&](const RetryOutcome::Ahead& ahead) {
        out.field("id", ahead.id.value).field("next_try", ahead.next_try);
    });
    out.end_object();
    return json_response(out.take());
}

Error disabled(const Fleet& fleet, ChannelId id) {
    const Channel* channel = fleet.channel(id);
    const std::string name = channel == nullptr ? to_string(id) : channel->name;
    return conflict("channel '" + name + "' is disabled: nothing is sent to it",
                    "when its receiver is there again: understudyctl channel enable " + name);
}

// How the one, or the channel, was called, and what is said when there is none.
struct Named {
    std::string key;
    Error (*missing)(const std::string& key);
};

ApiResponse answer_to(const RetryOutcome& outcome, const Context& api, const Named& named) {
    switch (outcome.verdict) {
        case RetryOutcome::Verdict::PutBack:
            return put_back(outcome);
        case RetryOutcome::Verdict::Missing:
            break;
        case RetryOutcome::Verdict::Delivered:
            return problem(
                conflict("notification " + named.key + " is delivered already", "nothing to do"));
        case RetryOutcome::Verdict::Disabled:
            return problem(disabled(api.fleet(), outcome.channel));
    }
    return problem(named.missing(named.key));
}

OrderDesk::Retried answering(const Call& call, Error (*missing)(const std::string& key)) {
    return [api = &call.api, respond = call.respond, named = Named{call.capture(), missing}](
               const RetryOutcome& outcome) { respond(answer_to(outcome, *api, named)); };
}

}  // namespace

void retry_notification(const Call& call) {
    const NotificationId id{parse_id(call.capture())};
    if (!id) return call.refuse(no_such_notification(call.capture()));
    if (!read_no_body(call)) return;
    call.api.desk.retry_notification({id, call.api.engine.channels()},
                                     answering(call, no_such_notification));
}

void retry_channel(const Call& call) {
    const auto channel = find_channel(call.api.fleet(), call.capture());
    if (!channel) return call.refuse(channel.error());
    if (!read_no_body(call)) return;
    call.api.desk.retry_channel((*channel)->id, answering(call, no_such_channel));
}

}  // namespace understudy::api
