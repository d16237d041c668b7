// Microsoft Teams by a workflow ("When a Teams webhook request is received"), with an adaptive
// card:
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
//
// The lines are runs of rich text, which know no Markdown, and nobody is mentioned: that takes
// entities of its own. A card may have 28 kB.
#include <algorithm>
#include <utility>

#include "base/json.h"
#include "notify/chat_text.h"
#include "notify/service_channel.h"

namespace understudy {
namespace {

Result<Done> check_teams(const ServiceValues&) {
    return Done{};
}

void write_run(json::Writer& card, std::string_view line, bool bold) {
    card.begin_object().field("type", "RichTextBlock").key("inlines").begin_array();
    card.begin_object().field("type", "TextRun").field("text", line);
    if (bold) card.field("weight", "Bolder");
    card.end_object().end_array().end_object();
}

void write_card(json::Writer& out, std::string_view text) {
    out.begin_object().field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    out.field("type", "AdaptiveCard").field("version", "1.4");
    out.key("body").begin_array();
    bool first = true;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!line.empty()) write_run(out, line, std::exchange(first, false));
    }
    out.end_array().end_object();
}

HttpRequest teams_request(const ServiceValues& values, const Message& message,
                          const Notice& notice) {
    // JSON may double each character, and each of some sixty lines takes a hundred more.
    constexpr ChatForm kForm{10'000, ChatForm::Unit::Byte};
    json::Writer body;
    body.begin_object().field("type", "message").key("attachments").begin_array();
    body.begin_object().field("contentType", "application/vnd.microsoft.card.adaptive");
    body.key("contentUrl").null().key("content");
    write_card(body, chat_text(message, notice, kForm));
    body.end_object().end_array().end_object();
    return post_json(values["url"], body.take());
}

}  // namespace

const Service kTeams{"teams", "url", {}, check_teams, teams_request};

}  // namespace understudy
