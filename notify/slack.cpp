// Slack's incoming webhooks:
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
//
// Markup is off ("mrkdwn"), names are not linked, and the three characters that begin mentions and
// links are escaped as Slack wants it.
#include "base/json.h"
#include "notify/chat_text.h"
#include "notify/service_channel.h"

namespace understudy {
namespace {

std::string slack_spelling(char32_t point) {
    switch (point) {
        case U'&':
            return "&amp;";
        case U'<':
            return "&lt;";
        case U'>':
            return "&gt;";
        default:
            return {};
    }
}

Result<Done> check_slack(const ServiceValues&) {
    return Done{};
}

HttpRequest slack_request(const ServiceValues& values, const Message& message,
                          const Notice& notice) {
    constexpr ChatForm kForm{4'000, ChatForm::Unit::Utf16, slack_spelling};
    json::Writer body;
    body.begin_object().field("text", chat_text(message, notice, kForm));
    body.field("mrkdwn", false).field("parse", "none").field("link_names", false);
    body.field("unfurl_links", false).field("unfurl_media", false).end_object();
    return post_json(values["url"], body.take());
}

}  // namespace

const Service kSlack{"slack", "url", {}, check_slack, slack_request};

}  // namespace understudy
